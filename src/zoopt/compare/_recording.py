"""Compiled objectives that are recorded without Python in the loop."""

from typing import Any

from zoopt import _core
from zoopt.errors import ObjectiveError
from zoopt.objectives._compiled import CompiledObjective, OwnObjective
from zoopt.objectives._failure import CallFailed


class Recording(OwnObjective):
    """A compiled objective whose evaluations go into a recorder, for :meth:`zoopt.Optimizer.run`.

    Parameters
    ----------
    search : BatchObjective
        The same objective for Python, which is asked again what went wrong where compiled code failed.
    core : _core.Objective
    recorder : _core.Recorder
    seed : int
        Of the noise that is added to what is recorded.
    deviation : float
        Its standard deviation; 0 for none.
    """

    def __init__(
        self, search: Any, core: _core.Objective, recorder: _core.Recorder, *, seed: int = 0, deviation: float = 0.0
    ) -> None:
        self._search = search
        self.sense = search.sense
        self._recorded = _core.RecordedObjective(core, recorder, seed, deviation)
        super().__init__(self._recorded, threads=1)

    def record(self, points: Any) -> Any:
        """Return the value of a point, or the values of rows, once recorded; the recorder knows if the run is over.

        Raises
        ------
        ObjectiveError
            Compiled code failed; the message has what Python says of it.
        """
        try:
            return self._recorded.record(points)
        except CallFailed as failed:
            self._search(failed.rows)
            raise ObjectiveError("the objective failed in compiled code, but not when it was called again") from None

    @property
    def seconds(self) -> float:
        """That the objective itself took."""
        return 1e-9 * self._recorded.nanoseconds

    def __call__(self, candidates: Any, *, generation: int = 0) -> Any:
        """Return values that are not recorded."""
        return self._search(candidates)


def compiled(search: Any) -> _core.Objective | None:
    """Return what the core can call of an objective, or None where that is Python."""
    if isinstance(search, CompiledObjective):
        return search.bound(search.dim or 0, maximise=search.sense == "max")
    core: _core.Objective | None = getattr(search, "core", None)
    return core
