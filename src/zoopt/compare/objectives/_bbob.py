"""The 24 noiseless functions of BBOB, as objectives that both of their packages offer.

Hansen, Finck, Ros, Auger (2009), Real-parameter black-box optimization benchmarking 2009: noiseless functions
definitions, INRIA RR-6829.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _spec
from zoopt.compare._plugin import Option, Value
from zoopt.compare._problem import Problem, SimpleObjective
from zoopt.compare.objectives.functions import SCALE, TARGETS, drawn
from zoopt.errors import InvalidOption, MissingDependency

FloatArray = NDArray[np.float64]

FUNCTIONS = (
    "sphere", "separable ellipsoid", "separable Rastrigin", "Büche-Rastrigin", "linear slope", "attractive sector",
    "step ellipsoid", "Rosenbrock", "rotated Rosenbrock", "ellipsoid", "discus", "bent cigar", "sharp ridge",
    "different powers", "Rastrigin", "Weierstrass", "Schaffer F7", "ill-conditioned Schaffer F7", "Griewank-Rosenbrock",
    "Schwefel", "Gallagher 101 peaks", "Gallagher 21 peaks", "Katsuura", "Lunacek bi-Rastrigin",
)  # fmt: skip
_STARTS = 2
_OPTIONS: Mapping[str, Option] = {
    "function": Option(1, "int", 1, 24, summary="number of the function"),
    "dim": Option(10, "int", 2, 640, summary="variables"),
    "instance": Option(None, "int", 1, 2**30, summary="instance; by default seed 0 has 1, seed 1 has 2 and so on"),
}


@dataclass(frozen=True)
class Suite:
    """A package that offers the functions.

    Attributes
    ----------
    name, summary : str
    packages : mapping of str to str
        What is imported and what is installed for it.
    load : callable
        ``load(function, instance, dim)`` returns the values of rows, and the optimal one.
    dimensions : tuple of int
        Those that it has; empty where it has all.
    """

    name: str
    summary: str
    packages: Mapping[str, str]
    load: Callable[[int, int, int], tuple[Callable[[FloatArray], FloatArray], float]]
    dimensions: tuple[int, ...] = ()

    def options(self) -> Mapping[str, Option]:
        """Return function, dimension and instance."""
        return _OPTIONS

    def make(self, options: Mapping[str, Value]) -> "BbobFunction":
        """Return the objective of these options.

        Raises
        ------
        MissingDependency
            The package is not installed; the message says how to install it.
        InvalidOption
            It has no such dimension.
        """
        missing = [package for module, package in self.packages.items() if find_spec(module) is None]
        if missing:
            raise MissingDependency(
                f"{self.name} needs {' and '.join(missing)}, not installed; run: pip install 'zoopt-engine[peers]'"
            )
        made = BbobFunction(self, **options)  # type: ignore[arg-type]
        if self.dimensions and made.dim not in self.dimensions:
            known = ", ".join(str(dim) for dim in self.dimensions)
            raise InvalidOption(f"{self.name}: dim must be one of {known}, got {made.dim}; bbob has all")
        return made


@dataclass(frozen=True)
class Values:
    """A function of BBOB as a batch objective."""

    function: Callable[[FloatArray], FloatArray]
    dim: int
    sense: str = "min"

    def __call__(self, rows: FloatArray) -> FloatArray:
        """Return the values, shape (n,), of rows of shape (n, d)."""
        return self.function(rows)


@dataclass(frozen=True)
class BbobFunction(SimpleObjective):
    """One function of BBOB; what is measured is the distance of its value from the optimum.

    The seed draws the start from [-4, 4]^d and, unless one is given, picks the instance.

    Attributes
    ----------
    suite : Suite
    function, dim : int
    instance : int or None
    """

    suite: Suite
    function: int = 1
    dim: int = 10
    instance: int | None = None

    @property
    def name(self) -> str:
        """As it is written, such as ``bbob:function=3,dim=10``."""
        given: dict[str, Value] = {"function": self.function, "dim": self.dim}
        return _spec.written(self.suite.name, given if self.instance is None else given | {"instance": self.instance})

    @property
    def metric(self) -> str:
        """Distance from the optimum."""
        return "distance from the optimum"

    @property
    def sense(self) -> Literal["min"]:
        """The smaller the better."""
        return "min"

    @property
    def dimensions(self) -> int:
        """Variables."""
        return self.dim

    @property
    def targets(self) -> tuple[float, ...]:
        """51 distances from 100 to 1e-8."""
        return TARGETS

    @property
    def work(self) -> float:
        """Multiply-adds of one evaluation, roughly: two rotations, and a call from Python."""
        return float(2 * self.dim * self.dim + 10_000)

    def describe(self) -> dict[str, Any]:
        """Return function, dimension, instance and package."""
        return {
            "description": f"BBOB function {self.function} ({FUNCTIONS[self.function - 1]}) in {self.dim} dimensions",
            "metric": self.metric,
            "dimensions": self.dim,
            "test_train_ratio": 0.0,
            "function": self.function,
            "instance": "of the seed" if self.instance is None else self.instance,
            "package": self._version(),
            "start": "drawn from [-4, 4]",
            "scale": SCALE,
        }

    def identity(self) -> dict[str, Any]:
        """Return function, dimension, instance and the version of the package."""
        return {
            "kind": self.suite.name,
            "name": self.name,
            "function": self.function,
            "dim": self.dim,
            "instance": self.instance,
            "package": self._version(),
            "scale": SCALE,
        }

    def prepare(self, seed: int) -> Problem:
        """Load the instance and draw the start."""
        instance = seed + 1 if self.instance is None else self.instance
        function, optimum = self.suite.load(self.function, instance, self.dim)
        return Problem(
            search=Values(function, self.dim),
            starts={"": drawn(seed, _STARTS, self.dim)},
            scales={"": SCALE},
            optimum=optimum,
            seed=seed,
            details={"instance": float(instance)},
        )

    def _version(self) -> str:
        return ", ".join(f"{package} {metadata.version(package)}" for package in self.suite.packages.values())
