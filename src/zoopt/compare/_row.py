"""One line of the table: the runs of an optimiser over all seeds of an objective."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoopt.compare import statistics
from zoopt.compare._record import Run


@dataclass(frozen=True)
class Row:
    """One line of the table: an optimiser from one start, or a baseline, on one objective.

    ``search`` and ``holdout`` are means over the seeds with the corrected interval; ``note`` says why there
    are none.
    """

    objective: str
    optimizer: str
    start: str
    baseline: bool
    search: float = math.nan
    search_low: float = math.nan
    search_high: float = math.nan
    holdout: float = math.nan
    holdout_low: float = math.nan
    holdout_high: float = math.nan
    evaluations: float = math.nan
    seconds: float = math.nan
    runs: int = 0
    note: str = ""

    @property
    def label(self) -> str:
        """Name of the row: optimiser and start."""
        return f"{self.optimizer} ({self.start})" if self.start else self.optimizer


def summarise(runs: Sequence[Run], ratio: float) -> Row:
    """Return the line of runs that differ in their seed only.

    Parameters
    ----------
    runs : sequence of Run
        At least one.
    ratio : float
        n_test / n_train of the splits behind the seeds.
    """
    first = runs[0]
    search = statistics.mean_interval([run.search for run in runs], ratio)
    held = [run.holdout for run in runs]
    holdout = (math.nan,) * 3 if any(map(math.isnan, held)) else statistics.mean_interval(held, ratio)
    early = [run.message for run in runs if run.message]
    return Row(
        first.objective,
        first.optimizer,
        first.start,
        first.baseline,
        *search,
        *holdout,
        evaluations=float(np.mean([run.evaluations for run in runs])),
        seconds=float(np.mean([run.seconds for run in runs])),
        runs=len(runs),
        note=f"{len(early)} of {len(runs)} runs ended early: {early[0]}" if early else "",
    )
