"""Corpus metrics as functions of added-up statistics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers
from zoopt.errors import ObjectiveError

Metric = Callable[[FloatArray], npt.ArrayLike]


@dataclass(frozen=True)
class BleuValue:
    """BLEU with its smoothing."""

    method: str
    value: float
    effective_order: bool

    def __call__(self, totals: FloatArray) -> FloatArray:
        """Return the values of totals, shape (rows, 10) -> (rows,)."""
        return _core.bleu(totals, self.method, self.value, self.effective_order)

    def core(self, width: int) -> _core.RerankValue:
        """Return what the core calls."""
        return _core.bleu_value(self.method, self.value, self.effective_order)


@dataclass(frozen=True)
class OwnValue:
    """A function of the user's."""

    function: Metric

    def __call__(self, totals: FloatArray) -> FloatArray:
        """Return the values of totals, shape (rows, width) -> (rows,); anything else is an error."""
        values = real_numbers(self.function(totals))
        if values is None or values.shape != (len(totals),):
            got = "something else" if values is None else f"shape {values.shape}"
            raise ObjectiveError(
                f"the metric must return one number a row of its statistics: shape ({len(totals)},), got {got}"
            )
        return np.ascontiguousarray(values)

    def core(self, width: int) -> _core.RerankValue:
        """Return what the core calls."""
        return _core.python_value(self, width)
