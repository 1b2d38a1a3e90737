"""What an optimizer tells about its run, whoever drives it."""

from __future__ import annotations

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt._status import ADVICE, ENGINE_STATUS, NOISY_ADVICE, Best, Leg, Status, Trace
from zoopt.cells import Cell

_RECENT, _ENOUGH = 20, 5  # recorded generations whose signal-to-noise ratio is looked at, and how few are too few


class Described:
    """The part of :class:`zoopt.Optimizer` that only looks."""

    cell: Cell
    _engine: _core.Engine

    def __repr__(self) -> str:
        return f"<Optimizer {self.cell.name} dim={self.dim} generation={self.generation} nfev={self.nfev}>"

    @property
    def dim(self) -> int:
        """Parameters of the search distribution's mean: the dimension, or the number of logits."""
        return self._engine.dim

    @property
    def width(self) -> int:
        """Coordinates of a candidate: `dim`, but one a variable where candidates are categories."""
        return self._engine.width

    @property
    def rows(self) -> int:
        """Candidates that the next :meth:`ask` returns, the mean included where its value is wanted."""
        return self._engine.rows

    @property
    def population(self) -> int:
        """Candidates a generation, without the mean; restarts change it."""
        return self._engine.population

    @property
    def restarts(self) -> int:
        """Restarts so far."""
        return self._engine.leg

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The searches between restarts, the current one last: one where the algorithm does not restart."""
        return tuple(
            Leg(population, scale, evaluations, ENGINE_STATUS[stop])
            for population, scale, evaluations, stop in self._engine.legs
        )

    @property
    def effort(self) -> int:
        """Evaluations of a candidate in the next generation: 1 without noise handling."""
        return self._engine.effort

    @property
    def passes(self) -> tuple[tuple[int, int], ...]:
        """The rows of :meth:`ask` in parts, (rows, generation of the objective) each, in their order.

        One part without noise handling. With it every repetition is a part, so that an objective with mini-batches has
        another batch for each.
        """
        return tuple(self._engine.passes)

    @property
    def objective_generation(self) -> int:
        """What to tell an objective with mini-batches: the generation, or 2**64 - 1 where it is to use all it has."""
        return self._engine.objective_generation

    @property
    def nfev(self) -> int:
        """Evaluations so far: values told, candidates replaced, and what interrupted runs made for nothing."""
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
        """Mean of the search distribution, shape (dim,), within the bounds; logits where candidates are discrete."""
        return self._engine.centre if self.cell.continuous else self._engine.mean

    @property
    def centre(self) -> FloatArray:
        """The candidate in the middle, shape (width,): the mean, or the mode where candidates are discrete."""
        return self._engine.centre

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

    @property
    def status(self) -> Status | None:
        """The engine's reason to stop, or None."""
        return ENGINE_STATUS[self._engine.stop]

    @property
    def advice(self) -> str | None:
        """What would help a run that goes on while its steps are mostly noise; None where nothing is amiss.

        Looked at is the median of the signal-to-noise ratio of :attr:`trace` over the last 20 recorded generations, for
        algorithms that follow a gradient at a learning rate: those that adapt their scale live with less than 1.
        """
        if "learning_rate" not in self.cell.options:
            return None
        ratios = self.trace.signal_to_noise[-_RECENT:]
        ratios = ratios[np.isfinite(ratios)]
        if self.status is not None or ratios.size < _ENOUGH or np.median(ratios) >= 1:
            return None
        return NOISY_ADVICE.format(float(np.median(ratios)))

    def stop(self) -> str | None:
        """Return why the run should end, with advice, or None while it should go on."""
        status = self.status
        return None if status is None else ADVICE[status]
