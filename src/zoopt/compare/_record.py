"""What a run leaves behind, one by one and as columns of many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

Status = Literal["done", "failed", "timeout", "memory", "lost"]
STATUSES: tuple[Status, ...] = ("done", "failed", "timeout", "memory", "lost")
"""``failed``: the objective or the optimiser raised. ``timeout``: the time limit of the run. ``memory``: its memory
limit. ``lost``: the worker died."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one optimiser (or baseline) reached on one objective at one seed.

    Values are measured: natural, or the distance from the optimum where that is known.

    Attributes
    ----------
    key : str
        Hash of all that decides the run; that of the job, which the baselines of a seed share.
    objective, optimizer, start : str
        ``start`` is empty where there is no choice of starts.
    baseline : bool
        Whether it is a point that no optimiser has touched.
    seed, budget : int
    status : {"done", "failed", "timeout", "memory", "lost"}
    message : str
        Why the run ended before its budget, how it failed, what it was tuned to, or how many values were not finite;
        else empty.
    evaluations : int
        All evaluations of the search objective, those for reporting included; 0 for a baseline.
    search, holdout : float
        The value that the curve ends with: the best one, or that of the recommended point, on the search objective
        without noise. And the value of the recommended point on the hold-out (or noise-free); NaN where there is none.
    seconds, objective_seconds : float
        Time of the run, and what of it the objective took (NaN where it cannot be told apart).
    curve_evaluations, curve_values : ndarray of shape (k,), int64 and float64
        Evaluations used, ascending, and the value of the best point or the recommendation then.
    hits : ndarray of shape (t,), int64
        For each target of the objective the evaluation that reached it first; -1 for never.
    """

    key: str
    objective: str
    optimizer: str
    start: str
    seed: int
    budget: int
    status: Status = "done"
    message: str = ""
    baseline: bool = False
    evaluations: int = 0
    search: float = np.nan
    holdout: float = np.nan
    seconds: float = 0.0
    objective_seconds: float = np.nan
    curve_evaluations: IntArray = field(default_factory=lambda: np.empty(0, np.int64), repr=False, compare=False)
    curve_values: FloatArray = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    hits: IntArray = field(default_factory=lambda: np.empty(0, np.int64), repr=False, compare=False)

    @property
    def label(self) -> str:
        """Name of the contender: optimiser and start."""
        return f"{self.optimizer} ({self.start})" if self.start else self.optimizer

    @property
    def score(self) -> float:
        """The honest value: on the hold-out or noise-free where there is such, else that of the search."""
        return self.search if np.isnan(self.holdout) else self.holdout


@dataclass(frozen=True)
class Ragged:
    """Rows of different lengths in one array: row i is ``flat[offsets[i]:offsets[i + 1]]``."""

    flat: NDArray[np.generic]
    offsets: IntArray

    def __getitem__(self, row: int) -> NDArray[np.generic]:
        return self.flat[self.offsets[row] : self.offsets[row + 1]]

    def __len__(self) -> int:
        return self.offsets.size - 1


@dataclass(frozen=True)
class Runs:
    """Many runs as columns; what statistics, plots, report and exchange work on.

    Attributes
    ----------
    objectives, labels : tuple of str
        What the codes stand for.
    objective, contender : ndarray of shape (n,), int32
        Codes into ``objectives`` and ``labels``.
    seed, budget, evaluations : ndarray of shape (n,), int64
    status : ndarray of shape (n,), int8
        Code into ``STATUSES``.
    baseline : ndarray of shape (n,), bool
    search, holdout, seconds, objective_seconds : ndarray of shape (n,), float64
    message, key : tuple of str
    curve_evaluations, curve_values, hits : Ragged
    """

    objectives: tuple[str, ...]
    labels: tuple[str, ...]
    objective: NDArray[np.int32]
    contender: NDArray[np.int32]
    seed: IntArray
    budget: IntArray
    evaluations: IntArray
    status: NDArray[np.int8]
    baseline: NDArray[np.bool_]
    search: FloatArray
    holdout: FloatArray
    seconds: FloatArray
    objective_seconds: FloatArray
    message: tuple[str, ...]
    key: tuple[str, ...]
    curve_evaluations: Ragged
    curve_values: Ragged
    hits: Ragged

    def __len__(self) -> int:
        return self.seed.size

    @property
    def score(self) -> FloatArray:
        """The honest values, as :attr:`Run.score`."""
        return np.where(np.isnan(self.holdout), self.search, self.holdout)

    def rows(self, objective: str, label: str | None = None) -> IntArray:
        """Return the indices of the runs of an objective, or of one contender there, ordered by seed."""
        if objective not in self.objectives or (label is not None and label not in self.labels):
            return np.empty(0, np.int64)
        wanted = self.objective == self.objectives.index(objective)
        if label is not None:
            wanted &= self.contender == self.labels.index(label)
        found = np.flatnonzero(wanted)
        return found[np.argsort(self.seed[found], kind="stable")]

    def labels_of(self, objective: str, *, baselines: bool = False) -> tuple[str, ...]:
        """Return the contenders of an objective in the order of ``labels``; with ``baselines`` those instead."""
        rows = self.rows(objective)
        codes = np.unique(self.contender[rows[self.baseline[rows] == baselines]])
        return tuple(self.labels[code] for code in codes)

    def held(self, rows: IntArray, grid: IntArray) -> FloatArray:
        """Return the curve value that each run holds at each number of evaluations, shape (rows, grid).

        NaN before the first point; a run holds its last value for good.
        """
        table = np.full((len(rows), grid.size), np.nan)
        for line, row in zip(table, rows, strict=True):
            at = np.searchsorted(self.curve_evaluations[row], grid, side="right") - 1
            known = at >= 0
            line[known] = self.curve_values[row][at[known]]
        return table

    def hit_table(self, rows: IntArray, targets: int) -> IntArray:
        """Return the evaluation at which each run reached each target first, shape (rows, targets); -1 for never.

        A run that ended before its hits were recorded reached nothing.
        """
        table = np.full((len(rows), targets), -1, np.int64)
        for line, row in zip(table, rows, strict=True):
            hits = self.hits[row]
            if hits.size == targets:
                line[:] = hits
        return table


def columns(runs: Sequence[Run]) -> Runs:
    """Return runs as columns, objectives and contenders in the order in which they first appear."""
    objectives = tuple(dict.fromkeys(run.objective for run in runs))
    labels = tuple(dict.fromkeys(run.label for run in runs))
    code_of = {name: code for code, name in enumerate(objectives)}, {name: code for code, name in enumerate(labels)}
    return Runs(
        objectives=objectives,
        labels=labels,
        objective=np.array([code_of[0][run.objective] for run in runs], np.int32),
        contender=np.array([code_of[1][run.label] for run in runs], np.int32),
        seed=np.array([run.seed for run in runs], np.int64),
        budget=np.array([run.budget for run in runs], np.int64),
        evaluations=np.array([run.evaluations for run in runs], np.int64),
        status=np.array([STATUSES.index(run.status) for run in runs], np.int8),
        baseline=np.array([run.baseline for run in runs], np.bool_),
        search=np.array([run.search for run in runs], np.float64),
        holdout=np.array([run.holdout for run in runs], np.float64),
        seconds=np.array([run.seconds for run in runs], np.float64),
        objective_seconds=np.array([run.objective_seconds for run in runs], np.float64),
        message=tuple(run.message for run in runs),
        key=tuple(run.key for run in runs),
        curve_evaluations=ragged([run.curve_evaluations for run in runs], np.dtype(np.int64)),
        curve_values=ragged([run.curve_values for run in runs], np.dtype(np.float64)),
        hits=ragged([run.hits for run in runs], np.dtype(np.int64)),
    )


def ragged(rows: Sequence[NDArray[np.generic]], dtype: np.dtype[np.generic]) -> Ragged:
    """Return rows of different lengths as one array."""
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([row.size for row in rows], out=offsets[1:])
    flat = np.concatenate([*rows, np.empty(0, dtype)]).astype(dtype, copy=False)
    return Ragged(flat, offsets)
