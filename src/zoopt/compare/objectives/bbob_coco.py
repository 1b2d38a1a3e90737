"""The functions of BBOB by COCO's own package ``coco-experiment``."""

from collections.abc import Callable

import numpy as np

from zoopt.compare.objectives import bbob_ioh
from zoopt.compare.objectives._bbob import FloatArray, Suite
from zoopt.errors import InvalidInput


def load(function: int, instance: int, dim: int) -> tuple[Callable[[FloatArray], FloatArray], float]:
    """Return the values of rows, and the optimal one, which ``ioh`` knows of the same instance.

    Raises
    ------
    InvalidInput
        The packages disagree about the function.
    """
    import cocoex

    # By default the suite has the instances of one year, of which `instance_indices` would count places.
    suite = cocoex.Suite("bbob", f"instances:{instance}", f"dimensions:{dim} function_indices:{function}")
    problem = suite[0]
    other, optimum = bbob_ioh.load(function, instance, dim)
    point = np.linspace(-4.0, 4.0, dim)
    if not np.isclose(problem(point), other(point[np.newaxis])[0], rtol=1e-9):
        raise InvalidInput(f"COCO and ioh disagree about function {function}, instance {instance}, dimension {dim}")

    def values(rows: FloatArray, _keep: object = suite) -> FloatArray:  # a problem lives as long as its suite
        return np.array([problem(row) for row in rows], dtype=np.float64)

    return values, optimum


PLUGINS = (
    Suite(
        "bbob-coco",
        "The 24 noiseless functions of BBOB, by COCO (coco-experiment).",
        {"cocoex": "coco-experiment", "ioh": "ioh"},
        load,
        dimensions=(2, 3, 5, 10, 20, 40),
    ),
)
