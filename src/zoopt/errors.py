"""What zoopt raises: every mistake of the user is a :class:`ZooptError` that says what to do."""

__all__ = [
    "InvalidInput",
    "InvalidOption",
    "InvalidType",
    "MissingDependency",
    "ObjectiveError",
    "StateError",
    "StoreError",
    "UnknownName",
    "UnsupportedCpu",
    "WorkerError",
    "ZooptError",
]


class ZooptError(Exception):
    """Base class of everything that zoopt raises about its use."""


class InvalidInput(ZooptError, ValueError):
    """A value that cannot be used: wrong shape, not finite, out of range."""


class InvalidType(ZooptError, TypeError):
    """An argument of the wrong type, or one that the call does not take."""


class InvalidOption(InvalidInput):
    """An option that the algorithm does not have, or a value outside its range."""


class UnknownName(InvalidInput, KeyError):
    """A name that is not registered: an algorithm, stage, metric, data set or test function."""

    def __str__(self) -> str:
        """Return the message as it is; ``KeyError`` would show its repr."""
        return str(self.args[0]) if self.args else ""


class StateError(ZooptError, RuntimeError):
    """A call out of turn (``tell`` without ``ask``), or a state that does not fit."""


class ObjectiveError(ZooptError, RuntimeError):
    """The objective raised, or returned what cannot be used. ``__cause__`` holds the original exception.

    Attributes
    ----------
    candidate : int or None
        Index of the candidate within its generation, where one is to blame.
    x : numpy.ndarray or None
        That candidate.
    best : tuple (x, fun) or None
        The best so far, where there is any.
    """

    def __init__(self, message: str, *, candidate: int | None = None, x: object = None, best: object = None):
        super().__init__(message)
        self.candidate = candidate
        self.x = x
        self.best = best


class StoreError(ZooptError, RuntimeError):
    """A store of runs that cannot be used: damaged, locked, of a newer version, read-only, or on a full disk."""


class WorkerError(ZooptError, RuntimeError):
    """Worker processes that cannot be started, or are all gone."""


class MissingDependency(ZooptError, ImportError):
    """An optional package that is not installed; the message names the extra that brings it."""


class UnsupportedCpu(ZooptError, RuntimeError):
    """A CPU tier that this machine or build does not have."""
