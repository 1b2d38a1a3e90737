"""Losses for rare classes: the weights that they induce, the thresholds that follow, and what they are worth."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option
from zoopt.studies.imbalance._decisions import decisions, sampled
from zoopt.studies.imbalance._digits import digits
from zoopt.studies.imbalance._fixed_points import fixed_points
from zoopt.studies.imbalance._population import Population
from zoopt.studies.imbalance._real import real
from zoopt.studies.imbalance._synthetic import synthetic
from zoopt.studies.imbalance._weights import weights


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    shift: float = option(1.5, "distance between the means of the two classes", low=0.2, high=6)
    prior: float = option(0.1, "share of positives", low=0.01, high=0.5)
    focusing: float = option(2.0, "γ of the focal loss", low=0)
    adjustment: float = option(1.0, "τ of the logit adjustment, where its weights are compared", low=-4, high=4)
    samples: int = option(2000, "samples of a synthetic draw", low=100)
    draws: int = option(60, "synthetic draws", quick=20, low=2)
    tail: float = option(20.0, "how many times rarer digit 9 is than digit 0", low=1, high=40)
    digit_splits: int = option(20, "splits of the digits", quick=4, low=2)
    splits: int = option(20, "splits of each real data set", quick=2, low=2)
    rarity: float = option(10.0, "benign cases of breast cancer for each malignant one", low=2, high=35)


def _study(options: Options, seed: int) -> Iterator[Item]:
    population = Population(options.shift, options.prior)
    whole = sampled(population)
    yield from weights(options.prior, options.focusing, options.adjustment)
    yield from decisions(population, whole)
    yield from fixed_points(population, whole)
    yield from synthetic(population, options.samples, options.draws, options.focusing, seed)
    yield from digits(options.digit_splits, options.tail, options.focusing, seed)
    yield from real(options.splits, options.rarity, options.focusing, seed)


STUDY = Definition(
    article="S6",
    title="Rare classes: weights or other losses?",
    summary="The weights that losses for rare classes put on cross-entropy, where training ends, and what it is worth.",
    options=Options,
    generate=_study,
)
