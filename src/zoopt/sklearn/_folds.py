"""The part of training that one fold has: a warm start that never saw it, and the search from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from zoopt._arguments import FloatArray
from zoopt.sklearn._crossfit import Fold
from zoopt.sklearn._goal import Goal
from zoopt.sklearn._objective import codes_of, margins_of, objective_of
from zoopt.sklearn._rules import Cuts, Decision, Learner, habit_of, rule_of
from zoopt.sklearn._search import Plan, climb, scale_of
from zoopt.sklearn._starts import Recipe, Start, scores_of

Codes = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Task:
    """What all folds share.

    Attributes
    ----------
    goal : Goal
    recipe : Recipe
        Of the warm start.
    plan : Plan
    share : float
        The standard deviation of candidates, as a share of that of the margins.
    """

    goal: Goal
    recipe: Recipe
    plan: Plan
    share: float

    def learner(self) -> Learner:
        """Return how the threshold or the offsets of the warm start are learned."""
        two = len(self.goal.classes) == 2
        rule = rule_of("auto", self.goal, one_score=two, log_odds=not two, linear=True)
        return Learner(rule, self.goal, habit_of(self.goal, one_score=two, regression=False), "cma-es", 2000)

    def decide(self, scores: FloatArray, y: Codes, weights: FloatArray | None, seed: int) -> Decision:
        """Return the decision learned from held-out scores; for rankings there is none to learn."""
        learner = self.learner()
        return learner.habit if self.goal.ranking else learner.learn(scores, y, weights, seed)


@dataclass(frozen=True)
class Data:
    """Rows to fit to."""

    X: FloatArray
    y: Codes
    weights: FloatArray | None

    def at(self, rows: npt.NDArray[np.intp]) -> Data:
        """Return some of the rows."""
        return Data(self.X[rows], self.y[rows], None if self.weights is None else self.weights[rows])


@dataclass(frozen=True)
class Found:
    """What a fold gave: predictions and scores of its left-out rows at every stop, and training metrics."""

    codes: npt.NDArray[np.intp]
    scores: FloatArray
    train: FloatArray
    plain: Codes


def with_decision(theta: FloatArray, decision: Decision) -> FloatArray:
    """Return a linear layer with the decision in its intercepts."""
    moved = theta.copy()
    moved[:, -1] += -decision.points if isinstance(decision, Cuts) else decision.offsets
    return moved


def held_out(task: Task, data: Data, fold: Fold) -> FloatArray:
    """Return scores of the left-out rows for every strength, shape (strengths, rows) or (strengths, rows, C)."""
    train, test = data.at(fold[0]), data.X[fold[1]]
    starts = [fitted(task, train, strength) for strength in task.recipe.strengths]
    return np.array([scores_of(start.theta, start.features(test)) for start in starts])


def fitted(task: Task, data: Data, strength: float) -> Start:
    """Return a warm start."""
    with threadpool_limits(1):  # small matrices, and the same sums however many folds run at once
        return task.recipe.fit(data.X, data.y, data.weights, len(task.goal.classes), strength)


def crossed(task: Task, data: Data, inner: list[Fold], strength: float, seed: int) -> Decision:
    """Return a decision that is learned on left-out scores of these rows alone."""
    scores: FloatArray | None = None
    seen = np.zeros(len(data.y), dtype=bool)
    for train, test in inner:
        if np.unique(data.y[train]).size < 2:
            continue
        start = fitted(task, data.at(train), strength)
        found = scores_of(start.theta, start.features(data.X[test]))
        scores = np.empty((len(data.y), *found.shape[1:])) if scores is None else scores
        scores[test], seen[test] = found, True
    if scores is None:
        return task.learner().habit
    rows = np.flatnonzero(seen)
    kept = data.at(rows)
    return task.decide(scores[rows], kept.y, kept.weights, seed)


def inner_folds(folds: list[Fold], number: int, y: Codes, seed: int) -> list[Fold]:
    """Return folds of the rows outside one fold, as positions among them: the other folds, or two of its own."""
    train = folds[number][0]
    if len(folds) > 2:
        place = np.full(len(y), -1)
        place[train] = np.arange(len(train))
        tests = [place[test] for k, (_, test) in enumerate(folds) if k != number]
        tests = [test[test >= 0] for test in tests]
        return [(np.setdiff1d(np.arange(len(train)), test), test) for test in tests if test.size]
    if np.unique(y[train], return_counts=True)[1].min() < 2:
        return []
    return list(StratifiedKFold(2, shuffle=True, random_state=seed).split(np.zeros(len(train)), y[train]))


def trained_fold(task: Task, data: Data, folds: list[Fold], number: int, strength: float, seed: int) -> Found:
    """Start without a fold, decide without it, search without it; then predict it at every stop."""
    train, test = folds[number]
    kept, left = data.at(train), data.at(test)
    with threadpool_limits(1):
        start = fitted(task, kept, strength)
        decision = crossed(task, kept, inner_folds(folds, number, data.y, seed), strength, seed)
        thetas, values = searched(task, start, decision, kept, None)
        features = start.features(left.X)
        plain = codes_of(scores_of(start.theta, features))
        scores = np.array([scores_of(theta, features) for theta in thetas])
    return Found(np.array([codes_of(one) for one in scores]), scores, values, plain)


def searched(
    task: Task, start: Start, decision: Decision, data: Data, last: int | None
) -> tuple[FloatArray, FloatArray]:
    """Return the last layer at every stop up to `last`, shape (stops, k, q + 1), and its training metric."""
    features = start.features(data.X)
    theta = with_decision(start.theta, decision)
    scale = scale_of(margins_of(scores_of(theta, features)), features, task.share, data.weights)
    objective = objective_of(task.goal, features, data.y, data.weights)
    rows = climb(objective, (theta / scale).ravel(), task.plan, last)
    rows[0] = (theta / scale).ravel()
    values = np.asarray(objective(rows), dtype=np.float64)
    thetas = rows.reshape(len(rows), *theta.shape) * scale
    thetas[0] = theta
    return thetas, values


def pooled(task: Task, data: Data, folds: list[Fold], found: list[Any], stops: npt.NDArray[np.intp]) -> float:
    """Return the out-of-fold metric where fold k stops at stops[k]: of all rows together, rankings a fold at a time."""
    if task.goal.ranking:
        values = [
            task.goal.value(part.y, f.codes[s], part.weights, f.scores[s])
            for f, s, part in zip(found, stops, (data.at(test) for _, test in folds), strict=True)
        ]
        return float(np.average(values, weights=[len(test) for _, test in folds]))
    codes = np.empty(len(data.y), dtype=np.intp)
    for (_, test), f, s in zip(folds, found, stops, strict=True):
        codes[test] = f.codes[s]
    return task.goal.value(data.y, codes, data.weights)
