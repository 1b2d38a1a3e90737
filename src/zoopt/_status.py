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
    VALUES_SETTLED = 5
    STEPS_SETTLED = 6
    OUT_OF_TIME = 7
    RESTARTS_USED = 8
    DIVERGED = -1
    ILL_CONDITIONED = -2
    ALL_INVALID = -3
    PLATEAU = -4
    STAGNATION = -5


ADVICE: dict[Status, str] = {
    Status.TARGET_REACHED: "the target was reached",
    Status.BUDGET_EXHAUSTED: "the budget is used up; raise budget= to go on, or accept the best so far",
    Status.CALLBACK_STOP: "the callback raised StopIteration",
    Status.INTERRUPTED: "interrupted from the keyboard; the best so far is returned",
    Status.COLLAPSED: "the search distribution has shrunk to a point: converged as far as floats go",
    Status.VALUES_SETTLED: "converged: the values of the last generations differ by less than tolfun",
    Status.STEPS_SETTLED: "converged: the steps are smaller than tolx",
    Status.OUT_OF_TIME: "the time limit is reached; raise it to go on, or accept the best so far",
    Status.RESTARTS_USED: "all restarts are used up; raise the option restarts, or accept the best so far",
    Status.DIVERGED: "the mean has run away beyond what the scale can move; lower learning_rate",
    Status.ILL_CONDITIONED: (
        "the axes of the search distribution differ by more than 1e7; rescale the variables, or restart from x"
    ),
    Status.ALL_INVALID: (
        "every value of a generation was NaN or infinite; start where the objective is defined, or lower scale"
    ),
    Status.PLATEAU: (
        "all candidates have had one and the same value for generations: the objective is flat at this scale; "
        "start with a larger scale, or soften the metric"
    ),
    Status.STAGNATION: "no better value for many generations; restart with a larger population, or accept the best",
}

# The engine's own stop codes, in the order of zoopt::Stop.
ENGINE_STATUS = (
    None,
    Status.DIVERGED,
    Status.COLLAPSED,
    Status.ILL_CONDITIONED,
    Status.ALL_INVALID,
    Status.VALUES_SETTLED,
    Status.STEPS_SETTLED,
    Status.PLATEAU,
    Status.STAGNATION,
    Status.RESTARTS_USED,
)

NOISY_ADVICE = (
    "the signal-to-noise ratio of recent steps is {:.2g}, below 1: single steps are mostly noise; use a larger "
    "population, or a smaller learning rate, which averages over generations, or noise_handling=True "
    "where the values are noisy"
)

# How a run ends that has found what it can find.
CONVERGED = (Status.TARGET_REACHED, Status.COLLAPSED, Status.VALUES_SETTLED, Status.STEPS_SETTLED)


class Best(NamedTuple):
    """The best point evaluated so far and its (natural) value."""

    x: FloatArray
    fun: float


class Leg(NamedTuple):
    """One search between restarts: its population, first scale and evaluations, and why it ended; None while it runs.

    One that ended because its evaluations were used up, as those of BIPOP with small populations are, has None too.
    """

    population: int
    scale: float
    evaluations: int
    status: Status | None


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
    signal_to_noise : ndarray of float64
        Estimate of ‖E g‖² / tr Cov(g) for the direction g of the generation, near q / (d + 1) for q antithetic pairs on
        a linear function in d dimensions. NaN where no direction was formed, or of fewer than two samples, or of
        dependent ones (orthogonal, beside an anchor). For CMA-ES that of the recombined step, too low by a fifth in 8
        dimensions, less in more. Below 1 a single step is mostly noise: more candidates or a
        smaller learning rate average it out.
    """

    nfev: npt.NDArray[np.int64]
    best: FloatArray
    current: FloatArray
    scale: FloatArray
    signal_to_noise: FloatArray
