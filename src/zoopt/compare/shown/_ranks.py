"""Ranks over objectives, critical differences and who beats whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics

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
    """Return the average rank of each contender over the seeds of each objective, ranked once more; 1 is best.

    The best over all objectives has the first column. A contender that did not run on an objective is last there.
    """
    names = tuple(results.objectives if objectives is None else objectives)
    labels = tuple(participant.label for participant in results.participants)
    if len(labels) < 2 or not names:
        return Matrix(names, labels, np.ones((len(names), len(labels))))
    table = statistics.rank_table(np.array([_mean_ranks(results, name, labels) for name in names]))
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
    labels = tuple(participant.label for participant in results.participants)
    table = np.concatenate([_places(results, name, labels) for name in names])
    if not len(table):
        return Matrix(labels, labels, np.full((len(labels), len(labels)), np.nan))
    share = statistics.win_matrix(table).share
    np.fill_diagonal(share, np.nan)
    order = np.argsort(-np.nansum(share, axis=1), kind="stable")
    ordered = tuple(labels[place] for place in order)
    return Matrix(ordered, ordered, share[np.ix_(order, order)])


def _mean_ranks(results: "Results", objective: str, labels: Sequence[str]) -> FloatArray:
    places = _places(results, objective, labels)
    if not len(places):
        return np.full(len(labels), np.inf)
    means: FloatArray = np.round(statistics.rank_table(places).mean(axis=0), 9)  # equal means are equal numbers
    return np.where(np.isinf(places).all(axis=0), np.inf, means)


def _places(results: "Results", objective: str, labels: Sequence[str]) -> FloatArray:
    """Return a line for each seed of an objective, a column for each contender; infinite for one that did not run."""
    present, places = results.order(objective)
    table = np.full((places.shape[1], len(labels)), np.inf)
    for label, line in zip(present, places, strict=True):
        table[:, labels.index(label)] = line
    return table
