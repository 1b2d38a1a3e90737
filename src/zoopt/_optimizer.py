"""Ask and tell: one search distribution, driven by the caller."""

from __future__ import annotations

import math
import time
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._algorithms import resolve_cell
from zoopt._arguments import (
    FloatArray,
    Seed,
    flag,
    logits,
    number,
    point,
    positive,
    real_numbers,
    seed_of,
    square_or_diagonal,
    values_of,
    whole,
)
from zoopt._bounds import BoundsHandling, box_of
from zoopt._evaluate import Evaluator
from zoopt._saved import BYTES_A_ROW, Saved
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError
from zoopt.objectives._failure import CallFailed

MEMORY_LIMIT = 2**31
_SLICE_SECONDS = 0.05  # how long run() stays in the core between two looks at the keyboard


class Optimizer(Saved):
    """A search distribution that asks for candidates and learns from their values.

    Made by :func:`zoopt.optimizer`, whose parameters it shares.
    """

    def __init__(
        self,
        cell: Cell,
        x0: npt.ArrayLike,
        *,
        scale: float | None = None,
        seed: Seed,
        bounds: object = None,
        bounds_handling: BoundsHandling | None = None,
        sense: Literal["min", "max"] = "min",
        threads: int = 1,
        covariance: npt.ArrayLike | None = None,
        memory_limit: float = MEMORY_LIMIT,
        budget: int | None = None,
        record: bool = False,
        noise_handling: bool = False,
        most_effort: int = 100,
        options: dict[str, object] | None = None,
    ):
        if sense not in ("min", "max"):
            raise InvalidInput(f"sense must be 'min' or 'max', got {sense!r}")
        start, categories = logits(x0) if cell.distribution == "categorical" else (point(x0), 0)
        self._records = flag("record", record)
        handles_noise = flag("noise_handling", noise_handling)
        effort = whole("most_effort", most_effort, low=1, high=10**6)
        population, numbers = cell.resolve(start.size, options or {})
        self._memory_limit = positive("memory_limit", memory_limit)
        self._check_size(f"a population of {population}", population * BYTES_A_ROW, "lower the option population")
        box = box_of(bounds, bounds_handling or ("projection" if cell.first_order else "transform"), start)
        self.cell = cell
        self.sense = sense
        self.seed = seed_of(seed)
        self._first_population = population
        self._start, self._first_scale = start, _scale(scale, cell)
        self._engine = _core.Engine(
            distribution=cell.distribution,
            shaping=cell.shaping,
            metric=cell.metric,
            update=cell.update,
            schedule=cell.schedule,
            driver=cell.driver,
            population=population,
            antithetic=cell.antithetic,
            options=numbers,
            start=start,
            scale=self._first_scale,
            seed=self.seed,
            maximise=sense == "max",
            threads=whole("threads", threads, low=1, high=1024),
            categories=categories,
            horizon=float("nan") if budget is None else whole("budget", budget, low=1, high=2**62),
            memory_limit=self._memory_limit,
            most_effort=float(effort) if handles_noise else 0.0,
            covariance=np.empty(0) if covariance is None else square_or_diagonal(covariance, start.size),
            bounds_handling=box.handling,
            lower=box.lower,
            upper=box.upper,
        )
        self._engine.keep_record(self._records)

    def ask(self) -> FloatArray:
        """Return the candidates of this generation.

        Returns
        -------
        ndarray, shape (rows, dim)
            Antithetic pairs stand next to each other; the mean comes last where the cell needs its value. Asking
            again before :meth:`tell` returns the same rows.
        """
        self._check_size(
            f"{self.rows} candidates of {self.width} coordinates",
            8 * self.rows * self.width,
            "use run() with a compiled objective, which holds a part of them at a time, or lower the option population",
        )
        return self._engine.ask()

    def tell(
        self,
        values: npt.ArrayLike,
        *,
        candidates: npt.ArrayLike | None = None,
        gradients: npt.ArrayLike | None = None,
    ) -> None:
        """Learn from the values of the candidates.

        Parameters
        ----------
        values : array_like, shape (rows,)
            Natural values in the order of :meth:`ask`. NaN and infinite ones count as invalid: they rank last, or
            drop out with their antithetic partner where values rather than ranks are used.
        candidates : array_like, shape (rows, width), optional
            The points that the values belong to, if they are not those of :meth:`ask`.
        gradients : array_like, shape (rows, dim), optional
            Gradients of the natural values; for first-order algorithms, which need them.

        Raises
        ------
        InvalidInput
            For another number of values, candidates or gradients, or ones this algorithm has no use for.
        StateError
            Without a call of :meth:`ask` before, unless `candidates` are given.
        """
        told = values_of(values, self.rows, "values")
        if candidates is not None and gradients is not None:
            raise InvalidInput("give candidates or gradients, not both: a first-order algorithm learns at its own mean")
        if candidates is not None:
            self._engine.tell_candidates(told, self._matrix("candidates", candidates, self.width))
        elif gradients is not None:
            self._engine.tell_gradient(told[0], self._matrix("gradients", gradients, self.dim)[0])
        else:
            self._engine.tell(told)

    def resample(self, values: npt.ArrayLike) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """Replace the candidates whose value is NaN or infinite by others of the same distribution.

        Parameters
        ----------
        values : array_like, shape (rows,)
            Natural values of the candidates in force, in the order of :meth:`ask`.

        Returns
        -------
        rows : ndarray of int64, shape (replaced,)
            Which rows are replaced: antithetic partners together. Empty where every candidate has a value, or those
            that have none cannot be replaced: they were 20 times already, or are all that their block of orthogonal
            directions leaves. The mean is never replaced.
        candidates : ndarray, shape (replaced, width)
            Their new points. Evaluate these, put the values in their places, and call again or :meth:`tell`, which
            learns from the mixed generation exactly.

        Raises
        ------
        StateError
            Without a call of :meth:`ask` before.
        InvalidInput
            For another number of values, or an algorithm whose candidates are evaluated more than once or not drawn:
            first-order ones, control variates, noise handling.

        Notes
        -----
        What is replaced counts as evaluated and as invalid. The replacements are a function of the seed, the
        generation, the row and how often it was replaced, whoever evaluates them in whatever order. A value of -inf
        to be minimised is no find but an error, and replaced too.

        Orthogonal directions that are replaced stay so: each is drawn orthogonal to those of its block that have a
        value, and to the replacements before it, so that it also depends on what else was replaced. Where a block has
        as many directions as there are dimensions and a single one of them fails, nothing but that one and its
        opposite is orthogonal to the others: it is not replaced, and drops out.
        """
        return self._engine.resample(values_of(values, self.rows, "values"))

    def _matrix(self, name: str, rows: npt.ArrayLike, width: int) -> FloatArray:
        matrix = real_numbers(rows)
        if matrix is None or matrix.shape != (self.rows, width) or not np.isfinite(matrix).all():
            got = "something else" if matrix is None else f"shape {matrix.shape}"
            raise InvalidInput(f"{name} must be finite numbers and of shape ({self.rows}, {width}), got {got}")
        return np.ascontiguousarray(matrix)

    def run(
        self, objective: object, evaluations: int, *, target: float | None = None, time_limit: float | None = None
    ) -> int:
        """Run whole generations on a compiled objective, without Python in the loop.

        Parameters
        ----------
        objective : compiled objective
            For example of :func:`zoopt.objectives.function` or :func:`zoopt.objective`, or a plain ``njit`` function.
        evaluations : int
            Total since the start that must not be exceeded.
        target : float, optional
            Stop once the best value is this good.
        time_limit : float, optional
            Seconds after which no other part of the run is begun; a part takes a twentieth of a second, or a generation
            where that takes longer. What a run finds until then depends on the machine.

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
        KeyboardInterrupt
            On Ctrl-C, some twentieths of a second later, or when the candidates under evaluation are done: at first up
            to sixteen, then as few as take that long. The generation is then still open: its values are forgotten, but
            counted in :attr:`nfev`, and ``run`` begins it anew. Drawing and learning are not interrupted.
        """
        door, core = self._compiled(objective)
        limit = whole("evaluations", evaluations, low=0, high=2**62)
        goal = float("nan") if target is None else number("target", target)
        end = math.inf if time_limit is None else time.perf_counter() + positive("time_limit", time_limit)
        slice_rows = self.rows
        while True:
            before, clock = self.nfev, time.perf_counter()
            try:
                self._engine.run(core, min(limit, before + slice_rows), goal)
            except CallFailed as failed:
                error = self._blame(door, failed)
                raise error from error.__cause__
            now = time.perf_counter()
            if self.nfev + self.rows > limit or self.nfev == before or now >= end:
                return self.nfev
            slice_rows = max(2 * slice_rows if now - clock < _SLICE_SECONDS else slice_rows, self.rows)

    def _compiled(self, objective: object) -> tuple[Evaluator, _core.Objective]:
        """Return how the objective is called, and what the core calls of it."""
        own = getattr(objective, "dim", None)
        if own not in (None, self.width):
            raise InvalidInput(f"the objective has dimension {own!r}, the optimizer {self.width}")
        door = objective
        if callable(objective) and not isinstance(objective, Evaluator):
            door = Evaluator(objective, dim=self.width, sense=self.sense)
        if not isinstance(door, Evaluator) or door.core is None:
            raise InvalidType(
                f"run() takes a compiled objective, got {type(objective).__name__}; "
                "use zoopt.minimize, or ask() and tell(), for Python functions"
            )
        if door.core.maximise != (self.sense == "max"):
            raise InvalidInput(
                f"the objective is to be {'maximised' if door.core.maximise else 'minimised'}, but this optimizer has "
                f"sense={self.sense!r}; make it with the sense of the objective"
            )
        return door, door.core

    def _blame(self, door: Evaluator, failed: CallFailed) -> ObjectiveError:
        try:
            error = door.blame(failed, self.ask())
        except InvalidOption:  # too many candidates to look the one up among them
            error = door.blame(failed, failed.rows)
            error.candidate = None
        error.best = self.best
        return error

    def _check_size(self, what: str, size: float, advice: str) -> None:
        if size > self._memory_limit:
            raise InvalidOption(
                f"{what} would take {_amount(size)}, more than memory_limit, {_amount(self._memory_limit)}; {advice}"
            )


def _amount(size: float) -> str:
    return f"{size / 2**30:.1f} GiB" if size > 2**27 else f"{size / 2**10:.1f} KiB"


def _scale(scale: float | None, cell: Cell) -> float:
    if scale is not None:
        return positive("scale", scale)
    if cell.continuous:
        raise InvalidInput(f"{cell.name} needs scale=: how far to look around x0, in the units of x")
    return 1.0


def optimizer(
    name: str | Cell,
    x0: npt.ArrayLike,
    *,
    scale: float | None = None,
    seed: Seed,
    bounds: object = None,
    bounds_handling: BoundsHandling | None = None,
    sense: Literal["min", "max"] = "min",
    threads: int = 1,
    covariance: npt.ArrayLike | None = None,
    memory_limit: float = MEMORY_LIMIT,
    budget: int | None = None,
    record: bool = False,
    noise_handling: bool = False,
    most_effort: int = 100,
    **options: object,
) -> Optimizer:
    """Make an optimizer to be driven by ask and tell.

    Parameters
    ----------
    name : str or Cell
        One of :func:`zoopt.algorithms`, or a cell of :func:`zoopt.cell`.
    x0 : array_like, shape (d,)
        Mean of the first search distribution. Logits where candidates are discrete: shape (d,) for bits, shape
        (variables, categories) for categories.
    scale : float
        Its standard deviation a coordinate: how far to look around `x0`, in the units of x. Needed but for discrete and
        first-order algorithms.
    seed : int, numpy Generator or None
        The same seed and the same values give the same candidates, bit for bit, on every machine.
    bounds : scipy.optimize.Bounds or sequence of (low, high), optional
        A box for the candidates, with None or infinities where there is no bound.
    bounds_handling : {"transform", "projection"}, optional
        How they stay in it: by a smooth map that is the identity but near the bounds (default), or by moving to the
        nearest point of the box, the mean too (default of first-order algorithms).
    sense : {"min", "max"}
        Whether small or large values are good; `tell` takes natural values in both cases.
    threads : int
        Threads for drawing candidates and adding up moments; results do not depend on it.
    covariance : array_like, shape (d, d) or (d,), optional
        Of the first distribution, divided by scale², or its diagonal: to start from what another run has learned.
    memory_limit : float
        Bytes that the search distribution, or one call of :meth:`Optimizer.ask`, may take. Default 2 GiB.
    budget : int, optional
        Evaluations planned, for schedules that end; it stops nothing.
    record : bool
        Whether to keep what :meth:`Optimizer.replay` needs.
    noise_handling : bool
        Whether to evaluate candidates several times where values are so noisy that their ranks change (Hansen,
        Niederberger, Guzzella and Koumoutsakos 2009): :meth:`Optimizer.ask` gives every row ``effort`` times, and a
        tenth of them, but at least two, ``effort`` times more; the effort grows by half where their ranks change more
        than chance allows, else it shrinks. For continuous candidates whose values are told.
    most_effort : int
        Most evaluations of a candidate with noise handling, and as many again for those evaluated anew. Where that is
        not enough the scale grows instead, if the algorithm adapts it.
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
        For an option that the algorithm does not have, a value out of range, or more memory than the limit.
    InvalidInput
        For an x0, scale, seed, bounds or covariance that cannot be used.

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
        resolve_cell(name),
        x0,
        scale=scale,
        seed=seed,
        bounds=bounds,
        bounds_handling=bounds_handling,
        sense=sense,
        threads=threads,
        covariance=covariance,
        memory_limit=memory_limit,
        budget=budget,
        record=record,
        noise_handling=noise_handling,
        most_effort=most_effort,
        options=dict(options),
    )
