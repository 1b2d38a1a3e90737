"""How a flow or a descent went."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown
from zoopt.errors import InvalidInput
from zoopt.flows._points import Field


class FlowStatus(IntEnum):
    """Why a trajectory ended. Zero and above: as asked; below zero: something to look at."""

    REACHED = 0
    EVENT = 1
    CALLBACK_STOP = 2
    INTERRUPTED = 3
    STEP_TOO_SMALL = -1
    DIVERGED = -2
    OUT_OF_STEPS = -3


class DenseTrajectory:
    """A flow at any time: ``sol(t)``.

    Attributes
    ----------
    t_min, t_max : float
        Between which it is known.
    ts : ndarray
        Ends of the steps.
    """

    def __init__(self, core: _core.DenseFlow) -> None:
        self._core = core
        self.ts = core.times
        self.t_min = float(self.ts.min())
        self.t_max = float(self.ts.max())

    def __call__(self, t: npt.ArrayLike) -> FloatArray:
        """Return the point at `t`, of shape (dim,), or those of shape (times, dim).

        Raises
        ------
        InvalidInput
            A time lies outside [t_min, t_max].
        """
        times = real_numbers(t)
        if times is None or times.ndim > 1:
            raise InvalidInput(f"t must be a time or a vector of times, got {shown(t)}")
        outside = ~((times >= self.t_min) & (times <= self.t_max))
        if outside.any():
            bad = float(np.atleast_1d(times)[np.atleast_1d(outside)][0])
            raise InvalidInput(f"t must lie within [{self.t_min:g}, {self.t_max:g}], got {bad:g}")
        points = self._core.at(np.ascontiguousarray(np.atleast_1d(times)))
        return points if times.ndim else points[0]


@dataclass(frozen=True)
class Trajectory:
    """Points on the way of a flow or a descent.

    Attributes
    ----------
    t : ndarray, shape (points,)
        Times of the points that were kept.
    x : ndarray, shape (points, dim)
        The points, a row a time.
    field : Field
        What was descended.
    status : FlowStatus
        Why it ended: as asked from 0 on, else below.
    message : str
        The same in words, with advice.
    nfev : int
        Gradients that were evaluated.
    nit : int
        Steps.
    rejected : int
        Steps that were tried and found too long.
    t_events, x_events : list of ndarray
        Times, of shape (zeros,), and points, of shape (zeros, dim), of every event.
    sol : DenseTrajectory or None
        The flow at any time, with ``dense_output=True``.
    """

    t: FloatArray
    x: FloatArray
    field: Field
    status: FlowStatus
    message: str
    nfev: int
    nit: int
    rejected: int = 0
    t_events: Sequence[FloatArray] = ()
    x_events: Sequence[FloatArray] = ()
    sol: DenseTrajectory | None = None

    @functools.cached_property
    def value(self) -> FloatArray:
        """Values of the field at the points, found when they are first asked for."""
        return self.field.values(self.x)

    @property
    def success(self) -> bool:
        """Whether it ended as asked."""
        return self.status >= 0

    def __repr__(self) -> str:
        """Return how it went in a line."""
        return (
            f"Trajectory({len(self.t)} points{f' to t={self.t[-1]:g}' if len(self.t) else ''}, {self.status.name}, "
            f"nfev={self.nfev}, nit={self.nit})"
        )
