"""Ask and tell: one search distribution, driven by the caller."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, Seed, number, point, positive, real_numbers, seed_of, values_of, whole
from zoopt._evaluate import Evaluator
from zoopt._status import ADVICE, ENGINE_STATUS, Best, Status, Trace
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError, StateError
from zoopt.objectives._failure import CallFailed

STATE_FORMAT = 1
_MOST_BYTES = 2**31
_BYTES_A_ROW = 64  # costs, weights and their order
_SLICE_SECONDS = 0.05  # how long run() stays in the core between two looks at the keyboard


class Optimizer:
    """A search distribution that asks for candidates and learns from their values.

    Made by :func:`zoopt.optimizer`, whose parameters it shares.
    """

    def __init__(
        self,
        cell: Cell,
        x0: npt.ArrayLike,
        *,
        scale: float,
        seed: Seed,
        sense: Literal["min", "max"] = "min",
        threads: int = 1,
        options: dict[str, object] | None = None,
    ):
        if sense not in ("min", "max"):
            raise InvalidInput(f"sense must be 'min' or 'max', got {sense!r}")
        start = point(x0)
        population, numbers = cell.resolve(start.size, options or {})
        _check_size("population", population * _BYTES_A_ROW, "lower the option population")
        self.cell = cell
        self.population = population
        self.sense = sense
        self.seed = seed_of(seed)
        self._engine = _core.Engine(
            distribution=cell.distribution,
            shaping=cell.shaping,
            metric=cell.metric,
            update=cell.update,
            population=population,
            antithetic=cell.antithetic,
            options=numbers,
            start=start,
            scale=positive("scale", scale),
            seed=self.seed,
            maximise=sense == "max",
            threads=whole("threads", threads, low=1, high=1024),
        )

    def __repr__(self) -> str:
        return f"<Optimizer {self.cell.name} dim={self.dim} generation={self.generation} nfev={self.nfev}>"

    @property
    def dim(self) -> int:
        """Dimension of the search space."""
        return self._engine.dim

    @property
    def rows(self) -> int:
        """Candidates that :meth:`ask` returns, the mean included where the cell needs its value."""
        return self._engine.rows

    @property
    def nfev(self) -> int:
        """Values told so far."""
        return self._engine.evaluations

    @property
    def generation(self) -> int:
        """Generations told so far."""
        return self._engine.generation

    @property
    def invalid(self) -> int:
        """Candidates so far whose value was NaN or infinite."""
        return self._engine.invalid

    @property
    def mean(self) -> FloatArray:
        """Mean of the search distribution, shape (dim,)."""
        return self._engine.mean

    @property
    def scale(self) -> float:
        """Overall standard deviation of the search distribution."""
        return self._engine.scale

    @property
    def deviations(self) -> FloatArray | None:
        """Standard deviation a coordinate, shape (dim,), of diagonal distributions; None for others."""
        relative = self._engine.deviations
        return self.scale * relative if relative.size else None

    @property
    def covariance(self) -> FloatArray | None:
        """Covariance matrix divided by scale², shape (dim, dim), of full distributions; None for others."""
        flat = self._engine.covariance
        return flat.reshape(self.dim, self.dim) if flat.size else None

    @property
    def best(self) -> Best | None:
        """The best point told so far, or None before the first."""
        found = self._engine.best
        return None if found is None else Best(*found)

    @property
    def trace(self) -> Trace:
        """How the run went so far; not part of the state."""
        return Trace(*self._engine.trace)

    def ask(self) -> FloatArray:
        """Return the candidates of this generation.

        Returns
        -------
        ndarray, shape (rows, dim)
            Antithetic pairs stand next to each other; the mean comes last where the cell needs its value. Asking
            again before :meth:`tell` returns the same rows.
        """
        _check_size(
            f"{self.rows} candidates of {self.dim} coordinates",
            8 * self.rows * self.dim,
            "use run() with a compiled objective, which holds a part of them at a time, or lower the option population",
        )
        return self._engine.ask()

    def tell(self, values: npt.ArrayLike, *, candidates: npt.ArrayLike | None = None) -> None:
        """Learn from the values of the candidates.

        Parameters
        ----------
        values : array_like, shape (rows,)
            Natural values in the order of :meth:`ask`. NaN and infinite ones count as invalid: they rank last, or
            drop out with their antithetic partner where values rather than ranks are used.
        candidates : array_like, shape (rows, dim), optional
            The points that the values belong to, if they are not those of :meth:`ask`.

        Raises
        ------
        InvalidInput
            For another number of values.
        StateError
            Without a call of :meth:`ask` before, unless `candidates` are given.
        """
        told = values_of(values, self.rows, "values")
        if candidates is None:
            self._engine.tell(told)
            return
        points = real_numbers(candidates)
        if points is None or points.shape != (self.rows, self.dim) or not np.isfinite(points).all():
            got = "something else" if points is None else f"shape {points.shape}"
            raise InvalidInput(f"candidates must be finite numbers and of shape ({self.rows}, {self.dim}), got {got}")
        self._engine.tell_candidates(told, np.ascontiguousarray(points))

    def run(self, objective: object, evaluations: int, *, target: float | None = None) -> int:
        """Run whole generations on a compiled objective, without Python in the loop.

        Parameters
        ----------
        objective : compiled objective
            For example of :func:`zoopt.objectives.function` or :func:`zoopt.objective`, or a plain ``njit`` function.
        evaluations : int
            Total since the start that must not be exceeded.
        target : float, optional
            Stop once the best value is this good.

        Returns
        -------
        int
            Total evaluations used since the start.

        Raises
        ------
        InvalidType
            If the objective is not compiled; use :meth:`ask` and :meth:`tell` for others.
        InvalidInput
            If its dimension is another, or its sense.
        ObjectiveError
            If it fails; the generation is then still open, as after :meth:`ask`.
        """
        own = getattr(objective, "dim", None)
        if own not in (None, self.dim):
            raise InvalidInput(f"the objective has dimension {own}, the optimizer {self.dim}")
        door = self._door(objective)
        core = door.core
        if core is None:
            raise InvalidType(
                f"run() takes a compiled objective, got {type(objective).__name__}; "
                "use zoopt.minimize, or ask() and tell(), for Python functions"
            )
        if core.maximise != (self.sense == "max"):
            raise InvalidInput(
                f"the objective is to be {'maximised' if core.maximise else 'minimised'}, but this optimizer has "
                f"sense={self.sense!r}; make it with the sense of the objective"
            )
        limit = whole("evaluations", evaluations, low=0, high=2**62)
        goal = float("nan") if target is None else number("target", target)
        slice_rows = self.rows
        while True:
            before, clock = self.nfev, time.perf_counter()
            try:
                self._engine.run(core, min(limit, before + slice_rows), goal)
            except CallFailed as failed:
                raise self._blame(door, failed) from None
            if self.nfev + self.rows > limit or self.nfev == before:
                return self.nfev
            if time.perf_counter() - clock < _SLICE_SECONDS:
                slice_rows *= 2

    def _door(self, objective: object) -> Evaluator:
        """Return how the objective is called; one without a sense of its own is asked in that of this optimizer."""
        if isinstance(objective, Evaluator):
            return objective
        maximize = None if getattr(objective, "sense", None) else self.sense == "max"
        return Evaluator(objective, dim=self.dim, maximize=maximize)  # type: ignore[arg-type]

    def _blame(self, door: Evaluator, failed: CallFailed) -> ObjectiveError:
        try:
            error = door.blame(failed, self.ask())
        except InvalidOption:  # too many candidates to look the one up among them
            error = door.blame(failed, failed.rows)
            error.candidate = None
        error.best = self.best
        return error

    @property
    def status(self) -> Status | None:
        """The engine's reason to stop, or None."""
        return ENGINE_STATUS[self._engine.stop]

    def stop(self) -> str | None:
        """Return why the run should end, with advice, or None while it should go on."""
        status = self.status
        return None if status is None else ADVICE[status]

    def state_dict(self) -> dict[str, object]:
        """Return the whole state: strings, integers, floats and arrays only, never noise."""
        return self._identity() | self._engine.save()

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a state of :meth:`state_dict`; all that follows is bit-identical.

        Raises
        ------
        StateError
            If the state is of another algorithm, dimension, population, sense, format or version of the noise. The
            optimizer is then what it was before.

        Notes
        -----
        Lists and zero-dimensional arrays, as JSON and npz files return them, are taken for what they were.
        """
        fields = {key: _field(value) for key, value in state.items()}
        expected = self._identity()
        for key, value in expected.items():
            found = fields.get(key)
            if type(found) is not type(value) or found != value:
                raise StateError(f"the state has {key} {found!r}, this optimizer needs {value!r}")
        self._engine.load({key: value for key, value in fields.items() if key not in expected})
        self.seed = int(fields["seed"])  # type: ignore[call-overload]

    def _identity(self) -> dict[str, object]:
        """Return what a state must share with this optimizer."""
        cell = self.cell
        return {
            "format": STATE_FORMAT,
            "noise_version": _core.NOISE_VERSION,
            "algorithm": cell.name,
            "stages": " ".join((cell.distribution, cell.shaping, cell.metric, cell.update, cell.driver)),
            "antithetic": int(cell.antithetic),
            "population": self.population,
            "sense": self.sense,
        }


def _check_size(what: str, size: int, advice: str) -> None:
    if size > _MOST_BYTES:
        raise InvalidOption(f"{what} would take {size / 2**30:.1f} GiB, more than {_MOST_BYTES / 2**30:.0f}; {advice}")


def _field(value: object) -> object:
    """Return one field of a state as the core takes it."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    if not isinstance(value, list | tuple | np.ndarray):
        return value
    numbers = real_numbers(value)
    return value if numbers is None or numbers.ndim != 1 else np.ascontiguousarray(numbers)


def optimizer(
    name: str | Cell,
    x0: npt.ArrayLike,
    *,
    scale: float,
    seed: Seed,
    sense: Literal["min", "max"] = "min",
    threads: int = 1,
    **options: object,
) -> Optimizer:
    """Make an optimizer to be driven by ask and tell.

    Parameters
    ----------
    name : str or Cell
        One of :func:`zoopt.algorithms`, or a cell of :func:`zoopt.cell`.
    x0 : array_like, shape (d,)
        Mean of the first search distribution.
    scale : float
        Its standard deviation a coordinate: how far to look around `x0`, in the units of x.
    seed : int, numpy Generator or None
        The same seed and the same values give the same candidates, bit for bit, on every machine.
    sense : {"min", "max"}
        Whether small or large values are good; `tell` takes natural values in both cases.
    threads : int
        Threads for drawing candidates and adding up moments; results do not depend on it.
    **options
        Options of the algorithm: see ``zoopt.algorithm(name).options``.

    Returns
    -------
    Optimizer

    Raises
    ------
    UnknownName
        For an algorithm that does not exist.
    InvalidOption
        For an option that the algorithm does not have, or a value out of range.
    InvalidInput
        For an x0, scale or seed that cannot be used.

    Examples
    --------
    >>> import numpy as np, zoopt
    >>> opt = zoopt.optimizer("snes", np.full(5, 2.0), scale=0.5, seed=1)
    >>> for _ in range(300):
    ...     X = opt.ask()
    ...     opt.tell((X**2).sum(axis=1))
    >>> opt.best.fun < 1e-8
    True
    """
    return Optimizer(
        resolve_cell(name), x0, scale=scale, seed=seed, sense=sense, threads=threads, options=dict(options)
    )
