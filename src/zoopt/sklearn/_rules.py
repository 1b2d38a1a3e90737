"""How a decision is learned from held-out scores, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import numpy.typing as npt

from zoopt import minimize
from zoopt._arguments import FloatArray
from zoopt.cells import Cell
from zoopt.errors import InvalidInput
from zoopt.sklearn import _cuts, _offsets, _sweep
from zoopt.sklearn._goal import Goal

Rule = Literal["auto", "threshold", "prior", "tau", "offsets", "variance", "cuts"]
RULES: tuple[Rule, ...] = ("auto", "threshold", "prior", "tau", "offsets", "variance", "cuts")


@dataclass(frozen=True)
class Cuts:
    """Ordered classes by cut points on one score.

    Attributes
    ----------
    points : ndarray of shape (C - 1,)
        Ascending; a score above k of them belongs to class k.
    """

    points: FloatArray

    def classes_of(self, scores: FloatArray) -> npt.NDArray[np.intp]:
        """Return the class numbers of scores, shape (n,)."""
        return np.searchsorted(self.points, scores, side="left")

    def __str__(self) -> str:
        """Return the points."""
        shown = ", ".join(f"{point:.4g}" for point in self.points)
        return f"threshold {shown}" if self.points.size == 1 else f"cut points {shown}"


@dataclass(frozen=True)
class Offsets:
    """The class whose score and offset together are the greatest.

    Attributes
    ----------
    offsets : ndarray of shape (C,)
    tau : float or None
        The weight of the log prior, where that is what the offsets are.
    """

    offsets: FloatArray
    tau: float | None = None

    def classes_of(self, scores: FloatArray) -> npt.NDArray[np.intp]:
        """Return the class numbers of scores, shape (n, C)."""
        return np.asarray(np.argmax(scores + self.offsets, axis=1))

    def __str__(self) -> str:
        """Return the offsets, or tau."""
        if self.tau is not None:
            return f"score - {self.tau:.3g} log prior"
        return "offsets " + ", ".join(f"{offset:.4g}" for offset in self.offsets)


Decision = Cuts | Offsets


@dataclass(frozen=True)
class Learner:
    """One way to learn a decision.

    Attributes
    ----------
    rule : str
        One of :data:`RULES` but "auto".
    goal : Goal
    habit : Decision
        What is done without learning: threshold 0, the greatest score, rounding.
    optimizer : str or Cell
        Of free offsets and of metrics without an exact way.
    budget : int
        Its evaluations.
    """

    rule: Rule
    goal: Goal
    habit: Decision
    optimizer: str | Cell
    budget: int

    def learn(self, scores: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None, seed: int) -> Decision:
        """Return the decision learned from scores (n,) or (n, C) of rows that their model has not seen."""
        if weights is not None:  # rows without weight must not even divide the intervals between cuts
            kept = weights > 0
            scores, y, weights = scores[kept], y[kept], weights[kept]
        classes = len(self.goal.classes)
        if self.rule == "variance":
            return Cuts(_cuts.matched_cuts(scores, y, classes, weights))
        prior = _offsets.log_prior(y, classes, weights)
        if self.rule == "prior":
            return Cuts(np.array([prior[1] - prior[0]])) if scores.ndim == 1 else Offsets(-prior, 1.0)
        if self.rule == "threshold":
            return self._threshold(scores, y, weights)
        if self.rule == "cuts" and self.goal.of_counts is not None:
            of_counts = self.goal.of_counts
            return Cuts(_cuts.bagged_cuts(scores, y, classes, of_counts, weights, seed=seed))
        if self.rule == "tau" and self.goal.of_counts is not None:
            tau, _ = _offsets.best_tau(scores, y, self.goal.of_counts, prior, weights)
            return Offsets(-tau * prior, tau)
        return self._searched(scores, y, weights, seed)

    def _threshold(self, scores: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None) -> Cuts:
        habit = float(cast(Cuts, self.habit).points[0])  # a single score is cut, learned or not
        if self.goal.of_counts is not None:
            cut, _ = _sweep.best_threshold(scores, y == 1, self.goal.of_counts, weights, habit)
        else:
            cut, _ = _sweep.best_among_quantiles(
                scores, lambda t: self.goal.value(y, (scores > t).astype(np.intp), weights), habit
            )
        return Cuts(np.array([cut]))

    def _searched(self, scores: FloatArray, y: npt.NDArray[np.intp], weights: FloatArray | None, seed: int) -> Decision:
        """Search all offsets or cut points by the optimiser: the mean it ends with, not its best point."""
        if isinstance(self.habit, Cuts):
            start, spread = _cuts.matched_cuts(scores, y, len(self.goal.classes), weights), float(np.std(scores))
        else:
            start, spread = np.zeros(scores.shape[1]), float(np.std(scores - scores.mean(axis=1, keepdims=True)))

        def value(point: FloatArray) -> float:
            decision = Cuts(np.sort(point)) if scores.ndim == 1 else Offsets(point)
            return self.goal.value(y, decision.classes_of(scores), weights)

        found = minimize(
            value,
            start,
            method=self.optimizer,
            scale=0.3 * spread or 1.0,
            budget=self.budget,
            seed=seed,
            maximize=True,
        )
        return Cuts(np.sort(found.mean)) if scores.ndim == 1 else Offsets(np.asarray(found.mean))


def rule_of(rule: Rule, goal: Goal, *, one_score: bool, log_odds: bool, linear: bool) -> Rule:
    """Return the rule that "auto" stands for, or check one that was named.

    Parameters
    ----------
    rule : str
    goal : Goal
    one_score : bool
        Whether a row has one score: two classes, a regressor, or an ordinal metric.
    log_odds : bool
        Whether scores are log odds or log probabilities, so that a log prior can be taken away.
    linear : bool
        Whether the scores are those of a linear model.

    Raises
    ------
    InvalidInput
        The rule does not fit what is decided.
    """
    two = len(goal.classes) == 2
    if rule == "auto":
        if goal.prior and log_odds:
            return "prior"
        if one_score:
            return "threshold" if two else "cuts" if linear or not goal.ordinal else "variance"
        return "tau" if goal.of_counts is not None else "offsets"
    fits: dict[Rule, tuple[bool, str]] = {
        "threshold": (one_score and two, "two classes"),
        "prior": (log_odds, "an estimator with predict_proba"),
        "tau": (not one_score, "several classes with a score each"),
        "offsets": (not one_score, "several classes with a score each"),
        "variance": (one_score, "one score a row: a regressor, or an ordinal metric"),
        "cuts": (one_score, "one score a row: a regressor, or an ordinal metric"),
    }
    if rule not in fits:
        raise InvalidInput(f"rule must be one of {', '.join(RULES)}, got {rule!r}")
    if not fits[rule][0]:
        raise InvalidInput(f"rule={rule!r} needs {fits[rule][1]}; leave it 'auto'")
    return rule


def habit_of(goal: Goal, *, one_score: bool, regression: bool) -> Decision:
    """Return what is decided without learning."""
    classes = len(goal.classes)
    if not one_score:
        return Offsets(np.zeros(classes))
    return Cuts(np.zeros(1) if classes == 2 and not regression else _cuts.rounding_cuts(classes))


def described(decision: Decision) -> dict[str, Any]:
    """Return a decision as plain numbers."""
    if isinstance(decision, Cuts):
        return {"cuts": decision.points.tolist()}
    return {"offsets": decision.offsets.tolist(), "tau": decision.tau}
