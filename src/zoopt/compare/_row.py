"""One line of the table: the runs of a contender over all seeds of an objective."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics
from zoopt.compare._facts import Facts, Participant
from zoopt.compare._record import STATUSES, Runs

_FAILURES = {"failed": "failed", "timeout": "ran out of time", "memory": "ran out of memory", "lost": "lost its worker"}


@dataclass(frozen=True)
class Row:
    """One line of the table: an optimiser from one start, or a baseline, on one objective.

    ``search`` and ``holdout`` are means over the seeds with the corrected interval, of the runs that have a value; of
    distances from a known optimum they are medians, in which a run without a value is worst. ``failures`` counts runs
    that ended otherwise than ``done``; ``note`` says why there are none or fewer.
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
    failures: int = 0

    @property
    def label(self) -> str:
        """Name of the row: optimiser and start."""
        return f"{self.optimizer} ({self.start})" if self.start else self.optimizer

    @property
    def score(self) -> float:
        """The honest mean: on the hold-out where there is one, else that of the search."""
        return self.search if math.isnan(self.holdout) else self.holdout


def summarise(runs: Runs, rows: NDArray[np.int64], participant: Participant, facts: Facts) -> Row:
    """Return the line of runs that differ in their seed only.

    Parameters
    ----------
    runs : Runs
    rows : ndarray of shape (n,)
        Their indices, at least one.
    participant : Participant
    facts : Facts
        Of the objective.
    """
    search, holdout = runs.search[rows], runs.holdout[rows]
    failures = int((runs.status[rows] != 0).sum())
    return Row(
        runs.objectives[runs.objective[rows[0]]],
        participant.optimizer,
        participant.start,
        bool(runs.baseline[rows[0]]),
        *_middle(search, facts),
        *_middle(holdout, facts),
        evaluations=float(np.mean(runs.evaluations[rows])),
        seconds=float(np.mean(runs.seconds[rows])),
        runs=len(rows),
        note=_note(runs, rows),
        failures=failures,
    )


def failure_words(runs: Runs, rows: NDArray[np.int64]) -> str:
    """Return how many of the runs failed in which way, such as ``"2 of 15 runs failed: no such file"``; else empty."""
    counts = Counter(STATUSES[runs.status[row]] for row in rows)
    parts = []
    for status, words in _FAILURES.items():
        if counts[status]:
            first = next(runs.message[row] for row in rows if STATUSES[runs.status[row]] == status)
            parts.append(f"{counts[status]} of {len(rows)} runs {words}" + (f": {first}" if first else ""))
    return "; ".join(parts)


def _note(runs: Runs, rows: NDArray[np.int64]) -> str:
    early = [runs.message[row] for row in rows if runs.message[row] and runs.status[row] == 0]
    ended = f"{len(early)} of {len(rows)} runs ended early: {early[0]}" if early else ""
    return "; ".join(part for part in (failure_words(runs, rows), ended) if part)


def _middle(values: NDArray[np.float64], facts: Facts) -> tuple[float, float, float]:
    known = np.isfinite(values)
    if not known.any():
        return (math.nan,) * 3
    if facts.distance:
        return statistics.median_interval(np.where(known, values, np.inf))
    return statistics.mean_interval(values[known], facts.test_train_ratio)
