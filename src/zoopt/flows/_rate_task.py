"""What learning rates are compared on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, ObjectiveError, UnknownName
from zoopt.flows._estimates import GradientEstimate
from zoopt.flows._finite_sum import InTurn
from zoopt.flows._lanczos import sharpness
from zoopt.flows._modified import ModifiedFlow, modified_flow
from zoopt.flows._points import Field

IntArray = npt.NDArray[np.int64]

_SHARPNESS_RTOL = 1e-3
_MOST_DOTS, _MOST_NUMBERS = 300, 2**22  # of a way: 32 MiB


@dataclass(eq=False)
class Task:
    """What rates are compared on, checked."""

    field: Field
    x0: FloatArray
    cell: Cell
    steps: int
    time: float
    order: int
    checkpoints: int
    metric: Callable[[FloatArray], Any] | None
    options: Mapping[str, Any]
    limit: float
    flow_limit: float
    radius: float = 0.0
    seeds: int = 1
    estimate: GradientEstimate | None = None
    notes: list[str] = made(default_factory=list)

    @cached_property
    def whole(self) -> Field:
        """What a sampled field samples."""
        return self.field.whole

    @cached_property
    def start_loss(self) -> float:
        """The loss at the start."""
        return self.whole.value(self.x0)

    @cached_property
    def start_sharpness(self) -> float:
        """The largest eigenvalue at the start."""
        return sharpness(self.whole, self.x0, rtol=_SHARPNESS_RTOL)

    def timed_steps(self, rate: float) -> int:
        """Return the steps that come nearest to the equal time."""
        return max(1, round(self.time / rate))

    @property
    def plain(self) -> bool:
        """Whether a step is the gradient, or its estimate, times the learning rate."""
        decayed = self.options.get("weight_decay", 0.0) > 0
        return self.cell.update == "sgd" and self.cell.schedule == "constant" and not decayed

    @cached_property
    def followed(self) -> Field | None:
        """The field whose flow steps follow as they become short, or None where that is not known."""
        if self.cell.schedule != "constant" or (not self.cell.first_order and self.estimate is None):
            self.note(
                f"No flow to compare with: {self.cell.name} does not take steps of one length along the gradient."
            )
            return None
        try:
            return self.modified(self.time, 0)
        except (UnknownName, InvalidInput) as error:
            self.note(f"No flow to compare with: {error}.")
            return None

    def modified(self, rate: float, order: int) -> ModifiedFlow:
        """Return the modified flow of the method."""
        base = self.field if isinstance(self.field, InTurn) else self.whole
        known = (o[0] for o in _core.updates()[self.cell.update][1])
        options = {name: self.options[name] for name in known if name in self.options}
        return modified_flow(base, rate, order, method=self.cell, **options)

    def note(self, text: str) -> None:
        """Keep what the reader should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def measured(self, points: FloatArray) -> float:
        """Return the mean metric of points, or NaN."""
        return math.nan if self.metric is None else float(np.mean([self.metric(x) for x in points]))

    def mean_loss(self, points: FloatArray) -> float:
        """Return the mean loss of points."""
        return float(np.mean(self.whole.values(points)))

    @property
    def dots(self) -> int:
        """Points of a way that are kept."""
        return max(self.checkpoints, min(_MOST_DOTS, _MOST_NUMBERS // self.x0.size))

    def checkpoints_of(self, kept: int) -> IntArray:
        """Return which of the kept points are looked at."""
        return thinned(kept, self.checkpoints + 1)

    def sharpness_at(self, x: FloatArray) -> float:
        """Return the largest eigenvalue, or NaN where the Hessian is not finite."""
        try:
            return sharpness(self.whole, x, rtol=_SHARPNESS_RTOL)
        except (InvalidInput, ObjectiveError):
            return math.nan


def thinned(count: int, most: int) -> IntArray:
    """Return at most so many indices, the first and the last among them."""
    return np.unique(np.round(np.linspace(0, count - 1, min(count, most))).astype(np.int64))
