"""The problems of benchmarks/choose.py: what is asked, from where, with how many evaluations, and what is scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

import zoopt

SCALE = 0.5
Rows = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Contestant:
    """An algorithm and what differs from its defaults; `most` is in how many dimensions it takes part."""

    method: str
    keywords: Mapping[str, Any] = field(default_factory=dict)
    most: float = float("inf")

    def minimize(self, objective: Any, start: np.ndarray, budget: int, seed: int) -> zoopt.Result:
        """Return the result of one run."""
        scale = SCALE if zoopt.algorithm(self.method).continuous else None
        given = {} if scale is None else {"scale": scale}
        return zoopt.minimize(
            objective, start, method=self.method, budget=budget, seed=seed, **given, **dict(self.keywords)
        )


@dataclass(frozen=True)
class Problem:
    """Scored by the best value found."""

    name: str
    objective: Any
    start: np.ndarray
    budget: int

    def score(self, contestant: Contestant, seed: int) -> float:
        """Return the score of one run, the less the better."""
        return float(contestant.minimize(self.objective, self.start, self.budget, seed).fun)


@dataclass(frozen=True)
class Noisy(Problem):
    """Noise of standard deviation `level` on every value, scored by the true value of the final mean."""

    level: float

    def score(self, contestant: Contestant, seed: int) -> float:
        noise = np.random.default_rng(seed)

        @zoopt.objectives.batch
        def noisy(rows: np.ndarray) -> np.ndarray:
            return self.objective(rows) + self.level * noise.standard_normal(len(rows))

        result = contestant.minimize(noisy, self.start, self.budget, seed)
        return float(self.objective(result.mean[None, :])[0])


@dataclass(frozen=True)
class Discrete(Problem):
    """Bits or categories; a method for real numbers searches thresholds: x > 0, or the largest of a row of `start`."""

    def score(self, contestant: Contestant, seed: int) -> float:
        if zoopt.algorithm(contestant.method).continuous:
            shape, objective = self.start.shape, self.objective
            read = (lambda rows: rows.reshape(-1, *shape).argmax(axis=2)) if len(shape) > 1 else (lambda rows: rows > 0)
            relaxed = zoopt.objectives.batch(lambda rows: objective(read(rows).astype(float)))
            return float(contestant.minimize(relaxed, self.start.ravel(), self.budget, seed).fun)
        return super().score(contestant, seed)


def function(name: str, dim: int, budget: int, *, rotated: bool = False) -> Problem:
    """Return a test function from the point of all ones."""
    shift = 0.3 * np.cos(np.arange(dim))
    objective = zoopt.objectives.function(name, dim, shift=shift, rotation=1 if rotated else None)
    return Problem(f"{'rotated ' if rotated else ''}{name}, d = {dim}", objective, np.ones(dim), budget)


def noisy(name: str, dim: int, budget: int, level: float, *, rotated: bool = False) -> Noisy:
    """Return a test function under noise."""
    objective = zoopt.objectives.function(name, dim, rotation=1 if rotated else None)
    label = f"{'rotated ' if rotated else ''}{name} + noise {level:g}, d = {dim}"
    return Noisy(label, objective, np.ones(dim), budget, level)


@cache
def _data(name: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn import datasets

    data = getattr(datasets, f"load_{name}")()
    return (data.data - data.data.mean(axis=0)) / (data.data.std(axis=0) + 1e-12), data.target


def errors(name: str, budget: int, *, trained: bool = False) -> Problem:
    """Return the share of training errors of a linear classifier, from zero or from where logistic regression ends."""
    columns, labels = _data(name)
    metric = zoopt.objectives.MetricObjective(columns, labels, metric="accuracy")
    start = _regression(columns, labels) if trained else np.zeros(metric.dim)
    where = ", trained start" if trained else ""
    objective = zoopt.objectives.batch(lambda rows: 1 - metric(rows))
    return Problem(f"training errors, {name}, d = {metric.dim}{where}", objective, start, budget)


def _regression(columns: np.ndarray, labels: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=5000).fit(columns, labels)
    return np.column_stack([model.coef_, model.intercept_]).ravel()


class LogLoss:
    """Mean cross-entropy of a linear model with a bias, with a little weight decay, and its gradient."""

    def __init__(self, name: str):
        columns, labels = _data(name)
        self._columns = np.column_stack([columns, np.ones(len(labels))])
        self._wanted = np.eye(labels.max() + 1)[labels]
        self.dim = self._columns.shape[1] * self._wanted.shape[1]

    def __call__(self, x: np.ndarray) -> float:
        """Return the loss."""
        return self.value_and_gradient(x)[0]

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the loss and its gradient."""
        scores = self._columns @ x.reshape(-1, self._wanted.shape[1])
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        count = len(scores)
        slope = self._columns.T @ (np.exp(logs) - self._wanted) / count
        return float(-(logs * self._wanted).sum() / count + 5e-4 * x @ x), slope.ravel() + 1e-3 * x


def cross_entropy(name: str, budget: int) -> Problem:
    """Return the loss of a linear model on a bundled data set."""
    loss = LogLoss(name)
    return Problem(f"cross-entropy, {name}, d = {loss.dim}", loss, np.zeros(loss.dim), budget)


def one_max(dim: int) -> Discrete:
    """Count the bits that are off."""
    return Discrete(f"one-max, {dim} bits", _rows(lambda rows: rows.shape[1] - rows.sum(axis=1)), np.zeros(dim), 10_000)


def cut(dim: int) -> Discrete:
    """Weigh the edges of a random graph that stay inside the two halves; the optimum is not known."""
    rng = np.random.default_rng(0)
    weights = np.triu(rng.uniform(size=(dim, dim)) * (rng.uniform(size=(dim, dim)) < 0.2), 1)

    def kept(rows: np.ndarray) -> np.ndarray:
        sides = 2.0 * rows - 1.0
        return (weights.sum() + np.einsum("ri,ij,rj->r", sides, weights, sides)) / 2.0

    return Discrete(f"max-cut, {dim} bits", _rows(kept), np.zeros(dim), 10_000)


def colours(vertices: int, kinds: int) -> Discrete:
    """Count the edges of a random graph whose ends have one colour."""
    rng = np.random.default_rng(1)
    ends = np.argwhere(np.triu(rng.uniform(size=(vertices, vertices)) < 0.2, 1))
    clashes = _rows(lambda rows: (rows[:, ends[:, 0]] == rows[:, ends[:, 1]]).sum(axis=1).astype(float))
    return Discrete(f"colouring, {vertices} of {kinds}", clashes, np.zeros((vertices, kinds)), 10_000)


def _rows(values: Rows) -> Any:
    return zoopt.objectives.batch(lambda rows: values(np.asarray(rows, dtype=float)))
