"""Logit adjustment in training and after it, and the decision that belongs to each."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.imbalance._methods import FloatArray, Problem
from zoopt.studies.imbalance._population import Population
from zoopt.studies.imbalance._weights import batch_of, complex_step, margin_only

_KERNEL = "zoopt.objectives.LossObjective"
_EXACT = 1e-9
_FAR = 15.0


def sampled(population: Population) -> Problem:
    """Return the nodes of the quadrature as samples, so that a mean over them is one over the population."""
    negatives, positives = population.masses
    return Problem(
        np.tile(population.points, 2)[:, None],
        np.repeat(np.array([0, 1]), len(population.points)),
        masses=np.concatenate([negatives, positives]),
    )


def _cut(theta: FloatArray, offset: float = 0.0) -> float:
    """Return the x above which the score plus an offset is positive."""
    return float(-(theta[1] + offset) / theta[0])


def decisions(population: Population, problem: Problem) -> Iterator[Item]:
    """Yield the claims on logit adjustment and its decisions, trained on the whole population."""
    import pandas as pd

    odds = population.log_odds
    models = {"cross-entropy": problem.plain, "logit adjustment": problem.fit(logit_adjustment=1.0)}
    rules = {"f": 0.0, "f − log π": -odds, "f + log π": odds}
    balanced = float(population.balanced_accuracy_above(population.shift / 2))
    accuracy = float(population.accuracy_above(population.cut(0.5)))

    def of(model: str, rule: str) -> float:
        return _cut(models[model], rules[rule])

    for model, rule, statement in (
        ("logit adjustment", "f", "a model trained with logit adjustment decides by argmax f for balanced accuracy"),
        ("cross-entropy", "f − log π", "an ordinary model decides by argmax f − log π for balanced accuracy"),
    ):
        yield Claim(
            source="S6.3",
            statement=statement,
            prediction=balanced,
            measured=float(population.balanced_accuracy_above(of(model, rule))),
            tolerance=_EXACT,
            kernel=_KERNEL,
            note="Predicted: Φ(shift/2), the best there is.",
        )
    yield Claim(
        source="S6.3",
        statement="for accuracy the adjusted model decides by argmax f + log π",
        prediction=accuracy,
        measured=float(population.accuracy_above(of("logit adjustment", "f + log π"))),
        tolerance=_EXACT,
        kernel=_KERNEL,
        note="Predicted: the accuracy of the Bayes rule.",
    )
    yield from _margins(population.prior)
    frame = pd.DataFrame(
        [
            {
                "trained by": model,
                "decides by argmax": rule,
                "balanced accuracy": float(population.balanced_accuracy_above(of(model, rule))),
                "accuracy": float(population.accuracy_above(of(model, rule))),
                "F1": float(population.f1_above(of(model, rule))),
            }
            for model in models
            for rule in rules
        ]
    )
    yield Table("decisions", frame, "Two models of the population and three decisions")


def _margins(prior: float) -> Iterator[Claim]:
    from scipy.optimize import brentq

    batch = batch_of(prior, 0.0, 1.0)
    yield Claim(
        source="S6.3",
        statement="a margin on the true logit alone is a different loss: its weight ratio grows by 1/(π₀π₁) along z",
        prediction=1 / (prior * (1 - prior)),
        measured=_ratio(prior, _FAR) / _ratio(prior, -_FAR),
        tolerance=10 * math.exp(-_FAR) / (prior * (1 - prior)) ** 2,
        kernel="complex-step derivative",
        note=f"From logit −{_FAR:g} to {_FAR:g}; with logit adjustment the ratio is the same everywhere.",
    )
    positives = batch.labels == 1

    def pull(eta: float) -> float:
        """Slope at logit 0 of the expected loss where the posterior is eta."""
        slopes = complex_step(margin_only(batch), np.zeros(len(batch.logits)))
        return float(eta * slopes[positives].mean() + (1 - eta) * slopes[~positives].mean())

    eta = float(brentq(pull, 1e-9, 1 - 1e-9, xtol=1e-14))
    yield Claim(
        source="S6.3",
        statement="with that margin argmax f cuts the posterior at odds (1+π₁)/(1+π₀), not at π₁/π₀",
        prediction=(1 + prior) / (2 - prior),
        measured=eta / (1 - eta),
        tolerance=_EXACT,
        kernel="complex-step derivative",
        note=f"π₁/π₀ is {prior / (1 - prior):.4g}, the odds at which balanced accuracy is best.",
    )


def _ratio(prior: float, logit: float) -> float:
    """Return the weight of a positive over that of a negative at one logit, for the margin on the true logit."""
    batch = replace(batch_of(prior, 0.0, 1.0), logits=np.array([logit, logit]), labels=np.array([0.0, 1.0]))
    negative, positive = complex_step(margin_only(batch), batch.logits) / np.where(
        batch.labels == 1, batch.p - 1, batch.p
    )
    return float(positive / negative)
