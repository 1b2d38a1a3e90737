"""The functions of BBOB by the package ``ioh``."""

from collections.abc import Callable

import numpy as np

from zoopt.compare.objectives._bbob import FloatArray, Suite


def load(function: int, instance: int, dim: int) -> tuple[Callable[[FloatArray], FloatArray], float]:
    """Return the values of rows, and the optimal one."""
    import ioh

    problem = ioh.get_problem(function, instance, dim, ioh.ProblemClass.BBOB)
    return lambda rows: np.array([problem(row) for row in rows], dtype=np.float64), float(problem.optimum.y)


PLUGINS = (Suite("bbob", "The 24 noiseless functions of BBOB, by ioh.", {"ioh": "ioh"}, load),)
