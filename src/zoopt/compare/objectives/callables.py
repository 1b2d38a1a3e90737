"""Functions of one's own as objectives."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray

from zoopt import _core
from zoopt._arguments import positive, real_numbers, whole
from zoopt._bounds import ends_of
from zoopt._evaluate import Evaluator
from zoopt.compare._plugin import ObjectivePlugin
from zoopt.compare._problem import Problem, SimpleObjective
from zoopt.errors import InvalidInput, InvalidType

FloatArray = NDArray[np.float64]

PLUGINS: tuple[ObjectivePlugin, ...] = ()
"""None: these are objects, named by ``module:attribute``."""

_OBJECTIVE_STREAM, _STARTS = 5, 2
_SCALE, _SHARE_OF_RANGE = 0.5, 0.25


class FunctionObjective(SimpleObjective):
    """A function of one's own as an objective of experiments.

    Parameters
    ----------
    function : callable
        As :func:`zoopt.minimize` takes it: of one point, of all rows (marked with :func:`zoopt.objectives.batch`), of
        Numba, or a compiled objective. It must not depend on anything but the point, unless `noise_free` says what it
        is without noise. For several processes it must be picklable.
    dim : int
        Variables, ≥ 1.
    name : str
        In tables, unique within an experiment.
    version : str
        Whatever changes when the values change: finished runs of one name and version are not repeated.
    start : array_like, shape (dim,) or (dim, 2), optional
        The start, or a (low, high) range for each variable from which each seed draws it. Default: the bounds if they
        are finite, else zeros.
    scale : float, optional
        Initial scale of the search, > 0. Default: a quarter of the mean range of starts, or .5.
    bounds : scipy.optimize.Bounds or sequence of (low, high), optional
    optimum : float, optional
        The best value, where it is known. What is measured is then the distance from it.
    sense : {"min", "max"}
    noise : float
        Standard deviation of normal noise to be added to every value that an optimiser sees, ≥ 0; the same for all
        optimisers at each evaluation. What is recorded, and the score of the answer, are without it.
    noise_free : callable, optional
        The function without its noise, where it has noise of its own. It is what is recorded, at the cost of another
        call a point, and what the answer is scored by.
    targets : sequence of float, optional
        Measured values whose first reach is recorded. Default: 51 distances from 100 to 1e-8 where the optimum is
        known, else none.

    Raises
    ------
    InvalidInput, InvalidType
        The argument that cannot be used is named.

    Examples
    --------
    >>> from zoopt.compare import Experiment, FunctionObjective
    >>> bowl = FunctionObjective(lambda x: float(x @ x), 3, name="bowl", version="1", start=[(-2, 2)] * 3, optimum=0)
    >>> runs = [run for job in Experiment(["snes"], [bowl], seeds=2, budget=300).jobs() for run in job.run()]
    >>> [run.score < 1e-3 for run in runs]
    [True, True]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        dim: int,
        *,
        name: str,
        version: str,
        start: npt.ArrayLike | None = None,
        scale: float | None = None,
        bounds: object = None,
        optimum: float | None = None,
        sense: Literal["min", "max"] = "min",
        noise: float = 0.0,
        noise_free: Callable[..., Any] | None = None,
        targets: Sequence[float] | None = None,
    ) -> None:
        self._dim = whole("dim", dim, low=1, high=2**31 - 1)
        if sense not in ("min", "max"):
            raise InvalidInput(f"sense must be 'min' or 'max', got {sense!r}")
        self._name, self.version = _text("name", name), _text("version", version)
        self._function, self._noise_free = _called("function", function), noise_free
        if noise_free is not None:
            _called("noise_free", noise_free)
        self._noise = _finite("noise", noise)
        if self._noise < 0 or (self._noise and noise_free is not None):
            raise InvalidInput(f"noise must be ≥ 0, and 0 beside noise_free, got {noise!r}")
        self._natural: Literal["min", "max"] = sense
        self._optimum = None if optimum is None else _finite("optimum", optimum)
        self._bounds = None if bounds is None else ends_of(bounds, self._dim)
        self._start = _start(start, self._bounds, self._dim)
        self._scale = _scale(self._start) if scale is None else positive("scale", scale)
        self._targets = None if targets is None else tuple(_finite("each of targets", target) for target in targets)

    def __repr__(self) -> str:
        return f"FunctionObjective({self._name!r}, {self._dim}, version={self.version!r})"

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def metric(self) -> str:
        """What is measured: the value, or the distance from the optimum."""
        return "value" if self._optimum is None else "distance from the optimum"

    @property
    def sense(self) -> Literal["min", "max"]:
        """Direction in which measured values get better."""
        return self._natural if self._optimum is None else "min"

    @property
    def dimensions(self) -> int:
        """Variables."""
        return self._dim

    @property
    def targets(self) -> tuple[float, ...]:
        """As given, or 51 distances from a known optimum."""
        from zoopt.compare.objectives.functions import TARGETS

        if self._targets is not None:
            return self._targets
        return () if self._optimum is None else TARGETS

    @property
    def bounded(self) -> bool:
        """Whether bounds were given."""
        return self._bounds is not None

    @property
    def work(self) -> float:
        """Nothing is known of it; that of a short Python function."""
        return 10_000.0

    def describe(self) -> dict[str, Any]:
        """Return what was said of it."""
        return {
            "description": f"a function of one's own in {self._dim} dimensions, version {self.version}",
            "metric": self.metric,
            "dimensions": self._dim,
            "test_train_ratio": 0.0,
            "optimum": self._optimum,
            "scale": self._scale,
        }

    def identity(self) -> dict[str, Any]:
        """Return name, version, and all that decides starts and what is measured."""
        return {
            "kind": "callable",
            "name": self._name,
            "version": self.version,
            "dim": self._dim,
            "start": self._start,
            "scale": self._scale,
            "bounds": self._bounds,
            "optimum": self._optimum,
            "sense": self._natural,
            "noise": self._noise,
            "noise_free": self._noise_free is not None,
        }

    def prepare(self, seed: int) -> Problem:
        """Draw the start of the seed."""
        search = Called(self._function, self._dim, self._natural)
        exact = None if self._noise_free is None else Called(self._noise_free, self._dim, self._natural)
        return Problem(
            search=search,
            holdout=search if self._noise else exact,
            starts={"": self._start if self._start.ndim == 1 else self._drawn(seed)},
            scales={"": self._scale},
            bounds=self._bounds,
            optimum=self._optimum,
            noise=self._noise,
            seed=seed,
            noise_free=exact,
        )

    def _drawn(self, seed: int) -> FloatArray:
        import zoopt

        unit = zoopt.noise(seed, _STARTS, 0, self._dim, kind="uniform", stream=_OBJECTIVE_STREAM)
        low, high = self._start.T
        return np.asarray(low + (high - low) * unit, dtype=np.float64)


class Called:
    """A function as a batch objective, however it is called.

    Parameters
    ----------
    function : callable
    dim : int
    sense : {"min", "max"}
    """

    def __init__(self, function: Callable[..., Any], dim: int, sense: Literal["min", "max"]) -> None:
        self.dim, self.sense = dim, sense
        self._evaluator = Evaluator(function, dim=dim, sense=sense)
        own = getattr(self._evaluator.fun, "sense", None)
        if own in ("min", "max") and own != sense:
            raise InvalidInput(f"the function says its sense is {own!r}, the objective was given sense={sense!r}")

    def __call__(self, rows: FloatArray, /) -> FloatArray:
        """Return the natural values, shape (n,), of rows of shape (n, d)."""
        return self._evaluator.values(rows, 0)

    @property
    def core(self) -> _core.Objective | None:
        """What compiled code can call, or None for Python."""
        return self._evaluator.core


def _called(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    if not callable(function):
        raise InvalidType(f"{name} must be callable, got {type(function).__name__}")
    return function


def _text(name: str, value: str) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise InvalidInput(f"{name} must be text that neither begins nor ends with a space, got {value!r}")
    return value


def _finite(name: str, value: float) -> float:
    found = real_numbers(value)
    if found is None or found.ndim or not np.isfinite(found):
        raise InvalidInput(f"{name} must be a finite number, got {value!r}")
    return float(found)


def _start(start: npt.ArrayLike | None, bounds: tuple[FloatArray, FloatArray] | None, dim: int) -> FloatArray:
    if start is None:
        if bounds is not None and np.isfinite(bounds).all():
            return np.column_stack(bounds)
        return np.zeros(dim)
    found = real_numbers(start)
    if found is None or found.shape not in ((dim,), (dim, 2)) or not np.isfinite(found).all():
        raise InvalidInput(f"start must be finite numbers, a point of shape ({dim},) or ranges of shape ({dim}, 2)")
    low, high = (found, found) if found.ndim == 1 else found.T
    if not (low <= high).all():
        raise InvalidInput("each range of start must go from low to high")
    if bounds is not None and not ((bounds[0] <= low) & (high <= bounds[1])).all():
        raise InvalidInput("start lies outside the bounds; start inside")
    return found.copy()


def _scale(start: FloatArray) -> float:
    width = float(np.mean(start[:, 1] - start[:, 0])) if start.ndim == 2 else 0.0
    return _SHARE_OF_RANGE * width if width > 0 else _SCALE
