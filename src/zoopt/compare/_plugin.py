"""What the comparison asks of an optimiser, its own or a peer, and of families of objectives: found by name.

Every module of ``zoopt.compare.optimizers`` and ``zoopt.compare.objectives`` without a leading underscore holds a tuple
``PLUGINS``. Other packages name theirs as entry points of the groups ``zoopt.optimizers`` and ``zoopt.objectives``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zoopt.compare._problem import ExperimentObjective, Problem

FloatArray = NDArray[np.float64]
Value = bool | int | float | str


class SearchOver(Exception):
    """The budget, the time or the target of a run is reached; an optimiser lets it through, or ends."""


@dataclass(frozen=True)
class Option:
    """An option of an optimiser.

    Attributes
    ----------
    default : bool, int, float, str or None
        None: chosen by the optimiser.
    kind : {"bool", "int", "float", "str"}
    low, high : float
        Range of a number, ends included.
    choices : tuple of str
        Values of a text.
    summary : str
    """

    default: Value | None
    kind: str
    low: float = -np.inf
    high: float = np.inf
    choices: tuple[str, ...] = ()
    summary: str = ""


class Meter(Protocol):
    """The search objective as an optimiser sees it: a cost to be minimised, counted, timed and recorded.

    Every call raises :class:`SearchOver` once nothing is left; a batch that the budget cuts is evaluated as far as it
    goes first.
    """

    @property
    def left(self) -> int:
        """Evaluations left."""

    def cost(self, x: FloatArray) -> float:
        """Return the cost of one point, shape (d,); NaN and failures come as +inf where the run allows them."""

    def costs(self, rows: FloatArray) -> FloatArray:
        """Return the costs, shape (n,), of rows of shape (n, d)."""

    def report(self, x: FloatArray) -> None:
        """Name the point that would be the answer now; see ``ExperimentObjective.follows``."""


@dataclass(frozen=True)
class Task:
    """What an optimiser is given for one run.

    Attributes
    ----------
    meter : Meter
    problem : Problem
        For optimisers that evaluate in compiled code; others need the meter only.
    start : ndarray of shape (d,)
    scale : float
        Initial scale of the search, > 0.
    bounds : pair of ndarray of shape (d,), or None
    seed : int
        Of the search noise, in [0, 2**64); other packages may need it shorter.
    budget : int
        Evaluations, ≥ 1.
    options : mapping
        Checked against :meth:`OptimizerPlugin.options`; those left out have their defaults.
    """

    meter: Meter
    problem: Problem
    start: FloatArray
    scale: float
    bounds: tuple[FloatArray, FloatArray] | None
    seed: int
    budget: int
    options: Mapping[str, Value]


@dataclass(frozen=True)
class Outcome:
    """What an optimiser answers.

    Attributes
    ----------
    point : ndarray of shape (d,), or None
        What it recommends; None for the best point seen.
    message : str
        Why it ended before its budget; else empty.
    """

    point: FloatArray | None = None
    message: str = ""


class OptimizerPlugin(Protocol):
    """An optimiser that experiments can name.

    One that follows gradients has beside these an attribute ``needs_surrogate`` that is true.
    """

    @property
    def name(self) -> str:
        """Registered name, kebab-case, such as ``"cma-es"`` or ``"scipy-powell"``."""

    @property
    def summary(self) -> str:
        """One sentence, with the package it comes from."""

    def version(self) -> str:
        """Return the version of the package that decides the results; MissingPackage says how to install it."""

    def options(self) -> Mapping[str, Option]:
        """Return the options with their ranges."""

    def obstacle(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        """Return why it cannot run there, in a sentence; empty where it can."""

    def run(self, task: Task) -> Outcome:
        """Search until the meter raises SearchOver or the optimiser itself is done."""


class ObjectivePlugin(Protocol):
    """A family of objectives that experiments can name, such as ``sphere:dim=10``."""

    @property
    def name(self) -> str:
        """Registered name, such as ``"sphere"``."""

    @property
    def summary(self) -> str:
        """One sentence."""

    def options(self) -> Mapping[str, Option]:
        """Return the options with their ranges."""

    def make(self, options: Mapping[str, Value]) -> ExperimentObjective:
        """Return the objective of these options, checked against :meth:`options`; those left out have defaults."""
