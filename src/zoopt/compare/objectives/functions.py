"""Test functions: shifted and turned as the seed says, started at a point that the seed draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _spec
from zoopt.compare._plugin import ObjectivePlugin, Option, Value
from zoopt.compare._problem import Problem, SimpleObjective

FloatArray = NDArray[np.float64]

TARGETS = tuple(float(f"{10 ** (2 - k / 5):.12g}") for k in range(51))
"""Distances from the optimum whose first reach is recorded: 51 from 100 to 1e-8."""
REACH = 4.0
"""Starts, and shifted optima, are drawn evenly from [-4, 4] in every coordinate."""
SCALE = 2.0
"""Initial scale of the search: from it the optimum is a few deviations away."""
SOURCE = 1
"""Version of how functions, shifts and starts are made; one more where that changes a value."""

_OBJECTIVE_STREAM, _STARTS, _OPTIMA = 5, 2, 3  # generation 0 of the stream turns, 1 disturbs
_OPTIMAL = {"rosenbrock": 1.0}  # every coordinate of the optimum before shift and rotation, where it is not 0

_OPTIONS: Mapping[str, Option] = {
    "dim": Option(10, "int", 1, 2**20, summary="variables"),
    "shift": Option(False, "bool", summary="whether the seed moves the optimum, to a point in [-4, 4]^dim"),
    "rotation": Option(False, "bool", summary="whether the seed turns the function"),
    "noise": Option(0.0, "float", 0.0, 1e300, summary="standard deviation of normal noise on every value"),
}


@dataclass(frozen=True)
class BenchmarkFunction(SimpleObjective):
    """A compiled test function; what is measured is the distance of its value from the optimum.

    For one seed all optimisers share shift, rotation, start and the noise of each evaluation. With noise the curve and
    the targets follow the values without it, and the point that an optimiser answers with is scored without it.

    Attributes
    ----------
    function : str
        One of :func:`zoopt.objectives.function`.
    dim : int
    shift, rotation : bool
        Whether the seed moves the optimum and turns the function.
    noise : float
        Standard deviation, ≥ 0.
    """

    function: str
    dim: int = 10
    shift: bool = False
    rotation: bool = False
    noise: float = 0.0

    @cached_property
    def name(self) -> str:
        """As it is written, such as ``sphere:dim=10``."""
        changed = {key: value for key, value in self._parameters.items() if key == "dim" or value}
        return _spec.written(self.function, changed)

    @property
    def _parameters(self) -> dict[str, Value]:
        return {"dim": self.dim, "shift": self.shift, "rotation": self.rotation, "noise": self.noise}

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
        """Multiply-adds of one evaluation."""
        return float(self.dim * (self.dim if self.rotation else 1))

    def describe(self) -> dict[str, Any]:
        """Return function, parameters, and how starts are drawn."""
        return {
            "description": f"{self.function} in {self.dim} dimensions",
            "metric": self.metric,
            "dimensions": self.dim,
            "test_train_ratio": 0.0,
            "function": self.function,
            **self._parameters,
            "start": f"drawn from [-{REACH:g}, {REACH:g}]",
            "scale": SCALE,
        }

    def identity(self) -> dict[str, Any]:
        """Return function and parameters."""
        drawn = {"reach": REACH, "scale": SCALE, "source": SOURCE}
        return {"kind": "function", "name": self.name, "function": self.function, **self._parameters, **drawn}

    def prepare(self, seed: int) -> Problem:
        """Draw start, shift and rotation of the seed."""
        from zoopt.objectives import function

        plain = function(self.function, self.dim, rotation=seed if self.rotation else None)
        shift = self._shift(plain.rotation, seed) if self.shift else None
        search = plain if shift is None else function(self.function, self.dim, shift=shift, rotation=plain.rotation)
        return Problem(
            search=search,
            holdout=search if self.noise else None,
            starts={"": drawn(seed, _STARTS, self.dim)},
            scales={"": SCALE},
            optimum=0.0,
            noise=self.noise,
            seed=seed,
        )

    def _shift(self, rotation: FloatArray | None, seed: int) -> FloatArray:
        """Return what brings the optimum to a drawn point."""
        unmoved = np.full(self.dim, _OPTIMAL.get(self.function, 0.0))
        turned = unmoved if rotation is None else (rotation * unmoved[:, None]).sum(axis=0)  # row by row, no BLAS
        return np.asarray(drawn(seed, _OPTIMA, self.dim) - turned)


def drawn(seed: int, what: int, dim: int) -> FloatArray:
    """Return a point drawn evenly from [-REACH, REACH]^dim."""
    import zoopt

    unit = zoopt.noise(seed, what, 0, dim, kind="uniform", stream=_OBJECTIVE_STREAM)
    return np.asarray(REACH * (2.0 * unit - 1.0), dtype=np.float64)


@dataclass(frozen=True)
class BenchmarkFamily:
    """The objectives of one test function.

    Attributes
    ----------
    name : str
    summary : str
    least : int
        Smallest dimension.
    """

    name: str
    summary: str
    least: int

    def options(self) -> Mapping[str, Option]:
        """Return dimension, shift, rotation and noise."""
        return {**_OPTIONS, "dim": Option(10, "int", self.least, 2**20, summary="variables")}

    def make(self, options: Mapping[str, Value]) -> BenchmarkFunction:
        """Return the objective of these options."""
        return BenchmarkFunction(self.name, **options)  # type: ignore[arg-type]


def _families() -> tuple[ObjectivePlugin, ...]:
    from zoopt import _core

    return tuple(BenchmarkFamily(*entry) for entry in _core.test_functions())


PLUGINS = _families()
