"""What is run, stored and repeated as one: an optimiser's run, or the baselines of a seed."""

from typing import Protocol

from zoopt.compare._record import Run


class Job(Protocol):
    """One piece of an experiment; it can be pickled, and its result depends on nothing but itself."""

    @property
    def key(self) -> str:
        """Hash of all that decides the result."""

    @property
    def cost(self) -> float:
        """Estimated time in nanoseconds, > 0, preparation of the problem included."""

    @property
    def blank(self) -> Run:
        """The run as it is known before it is begun; what is recorded of a run that was killed is made of it."""

    def run(self) -> list[Run]:
        """Return the run, or those of the baselines.

        An exception of the objective or the optimiser is a run of status ``"failed"``, or of status ``"memory"`` where
        it is a MemoryError. A run that :func:`zoopt.compare._deadline.left` tells to end has status ``"timeout"`` and
        what it found by then.
        """
