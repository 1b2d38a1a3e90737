"""Why runs end, and how they went."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray


class Status(IntEnum):
    """Why a run ended. Zero and above: as asked; below zero: something to look at."""

    TARGET_REACHED = 0
    BUDGET_EXHAUSTED = 1
    CALLBACK_STOP = 2
    INTERRUPTED = 3
    COLLAPSED = 4
    DIVERGED = -1
    ILL_CONDITIONED = -2
    ALL_INVALID = -3


ADVICE: dict[Status, str] = {
    Status.TARGET_REACHED: "the target was reached",
    Status.BUDGET_EXHAUSTED: "the budget is used up; raise budget= to go on, or accept the best so far",
    Status.CALLBACK_STOP: "the callback raised StopIteration",
    Status.INTERRUPTED: "interrupted from the keyboard; the best so far is returned",
    Status.COLLAPSED: "the search distribution has shrunk to a point: converged as far as floats go",
    Status.DIVERGED: "the mean has run away beyond what the scale can move; lower learning_rate",
    Status.ILL_CONDITIONED: (
        "the axes of the search distribution differ by more than 1e7; rescale the variables, or restart from x"
    ),
    Status.ALL_INVALID: (
        "every value of a generation was NaN or infinite; start where the objective is defined, or lower scale"
    ),
}

# The engine's own stop codes, in the order of zoopt::Stop.
ENGINE_STATUS = (None, Status.DIVERGED, Status.COLLAPSED, Status.ILL_CONDITIONED, Status.ALL_INVALID)


class Best(NamedTuple):
    """The best point evaluated so far and its (natural) value."""

    x: FloatArray
    fun: float


@dataclass(frozen=True)
class Trace:
    """How a run went, a row a recorded generation; at most 4096 of them, evenly thinned.

    Attributes
    ----------
    nfev : ndarray of int64
        Evaluations up to and including the generation.
    best : ndarray of float64
        Best value so far.
    current : ndarray of float64
        Best value of the generation.
    scale : ndarray of float64
        Scale of the search distribution that it was drawn from.
    """

    nfev: npt.NDArray[np.int64]
    best: FloatArray
    current: FloatArray
    scale: FloatArray
