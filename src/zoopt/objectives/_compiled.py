"""What all compiled objectives share: the call, and the arguments that it takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from difflib import get_close_matches
from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, shown, whole
from zoopt.errors import InvalidInput, InvalidType, UnknownName

THREADS_LIMIT = 4096
GENERATION_LIMIT = 2**64 - 1
Sense = Literal["min", "max"]


class CompiledObjective(ABC):
    """An objective whose loops are compiled; see its subclasses.

    Attributes
    ----------
    sense : {"min", "max"} or None
        Whether lower or higher values are better; None where whoever optimises it says so.
    dim : int or None
        Coordinates of a candidate; None takes any number.
    threads : int
        Threads that a call may use; they change no bit of the values.
    """

    sense: Sense | None = None
    zoopt_batch: bool = True

    def __init__(self, dim: int | None, threads: int) -> None:
        self.dim = dim
        self.threads = whole("threads", threads, low=1, high=THREADS_LIMIT)

    @abstractmethod
    def bound(self, dim: int, *, maximise: bool = False, invalid: bool = False) -> _core.Objective | None:
        """Return what the core calls for candidates of `dim` coordinates; failures are NaN where `invalid`.

        None where Python has a part in every value.
        """

    def __call__(self, candidates: npt.ArrayLike, *, generation: int = 0) -> FloatArray | float:
        """Return the value of every candidate.

        Parameters
        ----------
        candidates : array_like of float, shape (rows, dim) or (dim,)
            Candidates, or a single one.
        generation : int
            Chooses the mini-batch of an objective that has them; others make nothing of it.

        Returns
        -------
        numpy.ndarray of float64, shape (rows,), or float
            One value a row, or the value of the single candidate.

        Raises
        ------
        InvalidInput
            The shape does not fit.
        InvalidType
            The candidates are not real numbers, or Numba cannot compile the function.
        Exception
            What a function of the user's raises.
        """
        rows = candidate_rows(candidates, self.dim)
        values = self._values(np.atleast_2d(rows), generation_number(generation))
        return values if rows.ndim == 2 else float(values[0])

    @abstractmethod
    def _values(self, rows: FloatArray, generation: int) -> FloatArray:
        """Return the values of rows that fit."""


class OwnObjective(CompiledObjective):
    """A compiled objective of this package.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate.
    sense : {"min", "max"}
        Whether lower or higher values are better.
    threads : int
        Threads that a call may use; they change no bit of the values.
    """

    sense: Sense
    dim: int

    def __init__(self, core: _core.Objective, threads: int) -> None:
        super().__init__(core.dim, threads)
        self._core = core

    def bound(self, dim: int, *, maximise: bool = False, invalid: bool = False) -> _core.Objective:
        """Return what the core calls for candidates of `dim` coordinates."""
        return self._core

    def _values(self, rows: FloatArray, generation: int) -> FloatArray:
        return self._core.evaluate(rows, generation, self.threads)


def candidate_rows(candidates: npt.ArrayLike, dim: int | None) -> FloatArray:
    """Return candidates as a float64 array of shape (rows, dim), or (dim,) for a single one; None takes any dim."""
    rows = real_array("candidates", candidates)
    if rows.ndim not in (1, 2) or rows.shape[-1] != (dim or max(1, rows.shape[-1])):
        width = "dim" if dim is None else dim
        raise InvalidInput(f"candidates must have shape (rows, {width}), or ({width},) for one, got {rows.shape}")
    return rows


def one_candidate(theta: npt.ArrayLike, dim: int | None, *, finite: bool = True) -> FloatArray:
    """Return a single candidate of shape (dim,), finite unless it may be otherwise; None takes any dim."""
    candidate = real_array("theta", theta)
    if candidate.ndim != 1 or dim not in (None, candidate.size):
        shape = "(dim,)" if dim is None else f"({dim},)"
        raise InvalidInput(f"theta must be one candidate of shape {shape}, got {candidate.shape}")
    bad = np.flatnonzero(~np.isfinite(candidate))
    if finite and bad.size:
        raise InvalidInput(f"theta must be finite, but theta[{bad[0]}] is {candidate[bad[0]]}")
    return candidate


def generation_number(generation: int) -> int:
    """Return the number of a generation, or say that it is none."""
    return whole("generation", generation, low=0, high=GENERATION_LIMIT)


def real_array(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return `values` as a contiguous float64 array; what is not real numbers is refused."""
    if hasattr(values, "toarray"):
        raise InvalidType(f"{name} is a sparse matrix, which is not supported; pass {name}.toarray()")
    if np.ma.is_masked(values):
        raise InvalidType(f"{name} must not have masked entries; fill them, by filled()")
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":
            raise InvalidType(f"{name} must hold real numbers, got {array.dtype}")
        return np.ascontiguousarray(array, dtype=np.float64) if array.ndim else array.astype(np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, InvalidType):
            raise
        raise InvalidType(f"{name} must hold real numbers: {error}") from error


def unknown_name(kind: str, name: object, known: list[str]) -> UnknownName:
    """Return the error that names close matches and everything there is."""
    close = get_close_matches(str(name).lower(), known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return UnknownName(f"there is no {kind} named {shown(name)}; {hint}there are: {', '.join(known)}")
