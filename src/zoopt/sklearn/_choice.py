"""How many steps are taken, and what the folds say that it brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.sklearn._crossfit import Fold, others
from zoopt.sklearn._folds import Codes, Data, Found, Task, pooled
from zoopt.sklearn._objective import codes_of
from zoopt.sklearn._report import Line, Report
from zoopt.sklearn._search import best_stop
from zoopt.sklearn._starts import scores_of

NAMES = ("cross-entropy", "tuned decision", "trained on the metric")


@dataclass(frozen=True)
class Outcome:
    """What the folds gave.

    Attributes
    ----------
    steps : int
        To be taken.
    trace : dict of ndarray
    out_of_fold : tuple of float
        The metric of the three :data:`NAMES`.
    why : str
    note : str
    """

    steps: int
    trace: dict[str, npt.NDArray[Any]]
    out_of_fold: tuple[float, float, float]
    why: str
    note: str

    def report(self, metric: str, train: Sequence[float]) -> Report:
        """Return the report, with the metric on the training rows."""
        lines = tuple(Line(*line) for line in zip(NAMES, train, self.out_of_fold, strict=True))
        return Report(metric, lines, NAMES[2] if self.steps else NAMES[1], self.why, (self.note,))


def chosen(task: Task, data: Data, folds: list[Fold], found: list[Found]) -> Outcome:
    """Choose the number of steps by all folds; judge it by what the folds would have chosen without each."""
    stops, count = task.plan.stops, len(folds)
    curve = _curve(task, data, folds, found)
    alone = np.array([_stop_without(task, data, folds, found, k) for k in range(count)])
    trained = pooled(task, data, folds, found, alone)
    steps = stops[best_stop(curve)]
    trace = {"steps": np.array(stops), "out_of_fold": curve, "train": np.mean([f.train for f in found], axis=0)}
    return Outcome(
        steps,
        trace,
        (_plain(task, data, folds, found), float(curve[0]), trained),
        f"{steps} steps have the best out-of-fold {task.goal.name}, 0 among the choices",
        "Each fold stops where the other folds say. A gain on training rows alone means nothing.",
    )


def unmeasured(task: Task, data: Data, folds: list[Fold], scores: FloatArray, shrink: float, seed: int) -> Outcome:
    """Take all steps and go back a share of the way; nothing is searched in folds."""
    goal, tuned = task.goal, np.empty(len(data.y), dtype=np.intp)
    for k, (_, test) in enumerate(folds):
        rest = np.flatnonzero(others(folds, k, len(data.y)))
        part = data.at(rest)
        tuned[test] = task.decide(scores[rest], part.y, part.weights, seed).classes_of(scores[test])
    values = [goal.value(data.y, codes, data.weights, scores) for codes in (codes_of(scores), tuned)]
    stops = np.array(task.plan.stops)
    return Outcome(
        int(stops[-1]),
        {"steps": stops, "out_of_fold": np.full(len(stops), np.nan)},
        (values[0], values[1], float("nan")),
        f"shrink={shrink} goes that share of the way back to the tuned decision",
        "Trained, out of fold: not measured, as nothing is searched in folds; without shrink it is.",
    )


def _curve(task: Task, data: Data, folds: list[Fold], found: list[Found]) -> FloatArray:
    """Return the out-of-fold metric where all folds stop alike."""
    stops = range(len(task.plan.stops))
    return np.array([pooled(task, data, folds, found, np.full(len(folds), s)) for s in stops])


def _stop_without(task: Task, data: Data, folds: list[Fold], found: list[Found], number: int) -> int:
    """Return where all folds but one would stop."""
    rest = [k for k in range(len(folds)) if k != number]
    rows = np.flatnonzero(others(folds, number, len(data.y)))
    place = np.full(len(data.y), -1)
    place[rows] = np.arange(len(rows))
    inner = [(folds[k][0], place[folds[k][1]]) for k in rest]
    return best_stop(_curve(task, data.at(rows), inner, [found[k] for k in rest]))


def _plain(task: Task, data: Data, folds: list[Fold], found: list[Found]) -> float:
    """Return the out-of-fold metric of cross-entropy as it is; no decision changes a ranking."""
    if task.goal.ranking:
        return pooled(task, data, folds, found, np.zeros(len(folds), dtype=np.intp))
    codes = np.empty(len(data.y), dtype=np.intp)
    for fold, (_, test) in zip(found, folds, strict=True):
        codes[test] = fold.plain
    return task.goal.value(data.y, codes, data.weights)


def value_of(task: Task, data: Data, theta: FloatArray, features: FloatArray) -> float:
    """Return the metric of a last layer."""
    scores = scores_of(theta, features)
    codes: Codes = codes_of(scores)
    return task.goal.value(data.y, codes, data.weights, scores)
