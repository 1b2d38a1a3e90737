"""Runs as the tables that statistics and verdicts take: contests, hits, scores and curves, paired by seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics
from zoopt.compare._facts import Facts
from zoopt.compare._record import STATUSES, Runs
from zoopt.compare._verdict import PRECISION_FLOOR, Contest

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DONE = STATUSES.index("done")


@dataclass(frozen=True)
class Hits:
    """When the runs of one optimiser on one objective reached its targets.

    Attributes
    ----------
    seeds : ndarray of shape (n,)
        Ascending.
    times : ndarray of shape (n, t), int64
        Evaluation that reached each target first; -1 for never.
    evaluations : ndarray of shape (n,), int64
        All evaluations that each run used, those of failed runs too.
    """

    seeds: IntArray
    times: IntArray
    evaluations: IntArray


@dataclass(frozen=True)
class Scores:
    """Honest scores of several optimisers on one objective, paired by seed.

    Attributes
    ----------
    labels : tuple of str
    seeds : ndarray of shape (n,)
        Those with a record of a run of every one, ascending.
    values : ndarray of shape (n, k)
        NaN for a run that failed.
    left_out : int
        Number of seeds with a record of some, but not of every one.
    """

    labels: tuple[str, ...]
    seeds: IntArray
    values: FloatArray
    left_out: int


def hits_of(runs: Runs, objective: str, label: str, targets: int) -> Hits:
    """Return when the runs of one optimiser reached the targets of an objective.

    Parameters
    ----------
    runs : Runs
    objective, label : str
    targets : int
        Number of targets t of the objective; a run that died before it could report has reached none.
    """
    rows = runs.rows(objective, label)
    return Hits(runs.seed[rows], runs.hit_table(rows, targets), runs.evaluations[rows])


def scores_of(runs: Runs, objective: str, labels: Sequence[str]) -> Scores:
    """Return the honest scores of optimisers on an objective, for the seeds that all of them have.

    A run whose status is not ``"done"``, or that has no score, is NaN here: it failed, and that is worse than any
    value.
    """
    rows = [runs.rows(objective, label) for label in labels]
    seeds = [runs.seed[found] for found in rows]
    shared = _shared(seeds)
    honest = np.where(runs.status == _DONE, runs.score, np.nan)
    columns = [honest[found[_at(own, shared)]] for found, own in zip(rows, seeds, strict=True)]
    known = np.unique(np.concatenate([*seeds, np.empty(0, np.int64)])).size
    values = np.array(columns, dtype=np.float64).reshape(len(columns), shared.size).T
    return Scores(tuple(labels), shared, values, known - shared.size)


def contests_of(
    runs: Runs, facts: Mapping[str, Facts], *, plain: str | None = None, tuned: str | None = None
) -> list[Contest]:
    """Return what verdicts are made of, one contest for each objective.

    Parameters
    ----------
    runs : Runs
    facts : mapping of str to Facts
        Of each objective, in the order of the verdicts.
    plain, tuned : str, optional
        Labels of the baselines, where there are such.

    Returns
    -------
    list of Contest
    """
    return [_contest(runs, objective, known, plain, tuned) for objective, known in facts.items()]


def areas_of(
    runs: Runs, objective: str, label: str, budget: int, *, low: float = 1e-8, high: float = 1e2, log: bool = True
) -> FloatArray:
    """Return the area over the convergence curve of each run of an optimiser, ordered by seed; 0 without a curve.

    See :func:`zoopt.compare.statistics.area_over_curve`.
    """
    return np.array(
        [_area(runs, int(row), budget, low, high, log) for row in runs.rows(objective, label)], dtype=np.float64
    )


def _area(runs: Runs, row: int, budget: int, low: float, high: float, log: bool) -> float:
    spent, values = runs.curve_evaluations[row], runs.curve_values[row]
    if not spent.size:
        return 0.0
    return float(statistics.area_over_curve(spent, values, budget, low=low, high=high, log=log))


def _contest(runs: Runs, objective: str, facts: Facts, plain: str | None, tuned: str | None) -> Contest:
    labels = runs.labels_of(objective)
    scores = scores_of(runs, objective, labels)
    targets = len(facts.targets)
    hits = {}
    if targets and not facts.splits:
        for label in labels:
            rows = runs.rows(objective, label)
            hits[label] = runs.hit_table(rows[_at(runs.seed[rows], scores.seeds)], targets)
    return Contest(
        objective=objective,
        optimisers=dict(zip(labels, scores.values.T, strict=True)),
        ratio=facts.test_train_ratio,
        plain=_baseline(runs, objective, plain, scores.seeds),
        tuned=_baseline(runs, objective, tuned, scores.seeds),
        tuned_name=tuned or "tuned baseline",
        sense=facts.sense,
        distance=facts.distance,
        floor=facts.targets[-1] if targets and facts.targets[-1] > 0 else PRECISION_FLOOR,
        hits=hits,
        left_out=scores.left_out,
    )


def _baseline(runs: Runs, objective: str, label: str | None, seeds: IntArray) -> FloatArray | None:
    """Scores of a baseline, None where it is not there for every seed."""
    if label is None:
        return None
    rows = runs.rows(objective, label)
    own = runs.seed[rows]
    if not rows.size or not np.isin(seeds, own).all():
        return None
    return runs.score[rows[_at(own, seeds)]]


def _shared(seeds: Sequence[IntArray]) -> IntArray:
    """Seeds that are in every series, ascending."""
    if not seeds:
        return np.empty(0, np.int64)
    values, counts = np.unique(np.concatenate([np.unique(own) for own in seeds]), return_counts=True)
    return np.asarray(values[counts == len(seeds)], dtype=np.int64)


def _at(own: IntArray, wanted: IntArray) -> NDArray[np.intp]:
    """Where the wanted seeds stand in an ascending series that has them all."""
    return np.searchsorted(own, wanted)
