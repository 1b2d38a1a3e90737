"""Ranks over objectives, critical differences and who beats whom."""

import itertools
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

    The best on average has the first column; NaN where a contender did not run.
    """
    names = tuple(results.objectives if objectives is None else objectives)
    labels = tuple(participant.label for participant in results.participants)
    table = np.array([_ranks_on(results, name, labels) for name in names]).reshape(len(names), len(labels))
    order = np.argsort([_mean(column) for column in table.T], kind="stable")
    return Matrix(names, tuple(labels[place] for place in order), table[:, order])


def critical_difference(results: "Results", *, alpha: float | None = None) -> Difference | None:
    """Return average ranks and their critical difference, of the contenders that ran on every objective.

    None for fewer than two of them, or fewer than two objectives.
    """
    table = ranks(results)
    level = results.rules.alpha if alpha is None else alpha
    everywhere = np.isfinite(table.values).all(axis=0)
    if everywhere.sum() < 2 or len(table.rows) < 2:
        return None
    labels = tuple(table.columns[place] for place in np.flatnonzero(everywhere))
    test = statistics.friedman_test(statistics.rank_table(table.values[:, everywhere]))
    order = np.argsort(test.ranks, kind="stable")
    average = test.ranks[order]
    distance = statistics.critical_difference(len(labels), len(table.rows), alpha=level)
    return Difference(
        labels=tuple(labels[place] for place in order),
        ranks=average,
        difference=distance,
        cliques=statistics.cliques(average, distance),
        p_value=test.p_value,
        objectives=len(table.rows),
        alpha=level,
    )


def wins(results: "Results", objectives: Sequence[str] | None = None) -> Matrix:
    """Return how often the contender of a line is better than that of a column on the same seed; a tie counts half.

    Lines and columns are ordered from the best; NaN on the diagonal and where two never ran on the same seed.
    """
    names = list(results.objectives if objectives is None else objectives)
    labels = tuple(participant.label for participant in results.participants)
    table = np.concatenate([_places(results, name, labels) for name in names])
    share = np.full((len(labels), len(labels)), np.nan)
    present = np.isfinite(table)
    for row, column in itertools.combinations(range(len(labels)), 2):
        both = table[present[:, row] & present[:, column]][:, [row, column]]
        if len(both):
            found = statistics.win_matrix(both).share
            share[row, column], share[column, row] = found[0, 1], found[1, 0]
    order = np.argsort([-_mean(line) for line in share], kind="stable")
    ordered = tuple(labels[place] for place in order)
    return Matrix(ordered, ordered, share[np.ix_(order, order)])


def _mean(values: FloatArray) -> float:
    """Return the mean of the numbers among the values; infinite where there is none."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else np.inf


def _ranks_on(results: "Results", objective: str, labels: Sequence[str]) -> FloatArray:
    places = _places(results, objective, labels)
    ranked, present = np.full(len(labels), np.nan), np.isfinite(places).any(axis=0)
    if present.sum() > 1:
        means = statistics.rank_table(places[:, present]).mean(axis=0).round(9)  # equal means are equal numbers
        ranked[present] = statistics.rank_table(means[None])[0]
    else:
        ranked[present] = 1.0
    return ranked


def _places(results: "Results", objective: str, labels: Sequence[str]) -> FloatArray:
    """Return a line for each seed of an objective, a column for each contender; infinite for one that did not run."""
    present, places = results.order(objective)
    table = np.full((places.shape[1], len(labels)), np.inf)
    for label, line in zip(present, places, strict=True):
        table[:, labels.index(label)] = line
    return table
