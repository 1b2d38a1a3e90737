"""Ranks over objectives, critical differences and who beats whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics
from zoopt.compare.shown._values import is_logarithmic

if TYPE_CHECKING:
    from zoopt.compare._results import Results

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Matrix:
    """A table of numbers with named lines and columns.

    Attributes
    ----------
    rows, columns : tuple of str
    values : ndarray of shape (rows, columns)
        NaN where there is nothing to show.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class Difference:
    """Average ranks over objectives, and which of them differ.

    Attributes
    ----------
    labels : tuple of str
        The best first.
    ranks : ndarray of shape (k,)
    difference : float
        Nemenyi's critical difference at level ``alpha``.
    cliques : list of tuple of int
        Places of contenders that it does not tell apart.
    p_value : float
        Friedman's test with the correction of Iman and Davenport: whether any two differ.
    objectives : int
    alpha : float
    """

    labels: tuple[str, ...]
    ranks: FloatArray
    difference: float
    cliques: list[tuple[int, ...]]
    p_value: float
    objectives: int
    alpha: float


def ranks(results: "Results", objectives: Sequence[str] | None = None) -> Matrix:
    """Return the rank of each contender on each objective, 1 for the best; the best on average in the first column.

    Contenders are ranked by the mean of their scores on an objective, by the median where values span powers of ten;
    one without any value is last.
    """
    names = tuple(results.objectives if objectives is None else objectives)
    labels = tuple(contender.label for contender in results.participants)
    scores = np.array([_middles(results, name, labels) for name in names])
    if len(labels) < 2 or not names:
        return Matrix(names, labels, np.ones((len(names), len(labels))))
    table = statistics.rank_table(scores)
    order = np.argsort(table.mean(axis=0), kind="stable")
    return Matrix(names, tuple(labels[place] for place in order), table[:, order])


def critical_difference(results: "Results", *, alpha: float | None = None) -> Difference | None:
    """Return average ranks and their critical difference; None for fewer than two objectives or contenders."""
    table = ranks(results)
    level = results.rules.alpha if alpha is None else alpha
    if min(table.values.shape) < 2:
        return None
    test = statistics.friedman_test(table.values)
    distance = statistics.critical_difference(len(table.columns), len(table.rows), alpha=level)
    groups = statistics.cliques(test.ranks, distance)
    return Difference(table.columns, test.ranks, distance, groups, test.p_value, len(table.rows), level)


def wins(results: "Results", objectives: Sequence[str] | None = None) -> Matrix:
    """Return how often the contender of a line is better than that of a column on the same seed; a tie counts half.

    Lines and columns are ordered from the best; the diagonal is NaN.
    """
    names = list(results.objectives if objectives is None else objectives)
    labels = tuple(contender.label for contender in results.participants)
    lines = [line for name in names for line in _costs(results, name, labels)]
    if not lines:
        return Matrix(labels, labels, np.full((len(labels), len(labels)), np.nan))
    share = statistics.win_matrix(np.array(lines)).share
    np.fill_diagonal(share, np.nan)
    order = np.argsort(-np.nansum(share, axis=1), kind="stable")
    ordered = tuple(labels[place] for place in order)
    return Matrix(ordered, ordered, share[np.ix_(order, order)])


def _middles(results: "Results", objective: str, labels: Sequence[str]) -> list[float]:
    costs, logarithmic = _signed(results, objective), is_logarithmic(results, objective)
    return [_middle(costs[results.runs.rows(objective, label)], logarithmic) for label in labels]


def _middle(costs: FloatArray, logarithmic: bool) -> float:
    if not costs.size:
        return np.inf
    return float(np.median(costs)) if logarithmic or np.isinf(costs).any() else float(costs.mean())


def _signed(results: "Results", objective: str) -> FloatArray:
    """Return the scores of all runs, the smaller the better; a run without one is worst."""
    scores = -results.runs.score if results.objectives[objective].sense == "max" else results.runs.score
    return np.where(np.isnan(scores), np.inf, scores)


def _costs(results: "Results", objective: str, labels: tuple[str, ...]) -> FloatArray:
    """Return a line for each seed of an objective, a column for each contender; the smaller the better."""
    runs = results.runs
    rows = runs.rows(objective)
    rows = rows[~runs.baseline[rows]]
    seeds = np.unique(runs.seed[rows])
    table = np.full((seeds.size, len(labels)), np.inf)
    place = {runs.labels.index(label): column for column, label in enumerate(labels) if label in runs.labels}
    columns = [place[int(code)] for code in runs.contender[rows]]
    table[np.searchsorted(seeds, runs.seed[rows]), columns] = _signed(results, objective)[rows]
    return table
