"""Ask and tell: one search distribution, driven by the caller."""

from __future__ import annotations

import time
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, Seed, point, positive, seed_of, values_of, whole
from zoopt._status import ADVICE, ENGINE_STATUS, Best, Status, Trace
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidType, StateError

STATE_FORMAT = 1
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
        self.cell = cell
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
        points = np.ascontiguousarray(candidates, dtype=np.float64)
        if points.shape != (self.rows, self.dim) or not np.isfinite(points).all():
            raise InvalidInput(
                f"candidates must be finite and of shape ({self.rows}, {self.dim}), got shape {points.shape}"
            )
        self._engine.tell_candidates(told, points)

    def run(self, objective: object, evaluations: int, *, target: float | None = None) -> int:
        """Run whole generations on a compiled objective, without Python in the loop.

        Parameters
        ----------
        objective : compiled objective
            For example of :func:`zoopt.objectives.function`.
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
            If its dimension is another.
        """
        core = getattr(objective, "_core", None)
        if not isinstance(core, _core.Objective):
            raise InvalidType(
                f"run() takes a compiled objective, got {type(objective).__name__}; "
                "use zoopt.minimize, or ask() and tell(), for Python functions"
            )
        if core.dim != self.dim:
            raise InvalidInput(f"the objective has dimension {core.dim}, the optimizer {self.dim}")
        limit = whole("evaluations", evaluations, low=0, high=2**62)
        goal = float("nan") if target is None else float(target)
        slice_rows = self.rows
        while True:
            before, clock = self.nfev, time.perf_counter()
            self._engine.run(core, min(limit, before + slice_rows), goal)
            if self.nfev + self.rows > limit or self.nfev == before:
                return self.nfev
            if time.perf_counter() - clock < _SLICE_SECONDS:
                slice_rows *= 2

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
        about = {"format": STATE_FORMAT, "noise_version": _core.NOISE_VERSION, "algorithm": self.cell.name}
        return about | self._engine.save()

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Go on from a state of :meth:`state_dict`; all that follows is bit-identical.

        Raises
        ------
        StateError
            If the state is of another algorithm, dimension, format or version of the noise.
        """
        expected = {"format": STATE_FORMAT, "noise_version": _core.NOISE_VERSION, "algorithm": self.cell.name}
        for key, value in expected.items():
            if state.get(key) != value:
                raise StateError(f"the state has {key} {state.get(key)!r}, this optimizer needs {value!r}")
        self._engine.load({key: value for key, value in state.items() if key not in expected})
        self.seed = int(state["seed"])  # type: ignore[call-overload]


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
