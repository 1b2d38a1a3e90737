"""The natural level of the loss where labels are noisy: what the true rule itself has."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoopt import flows
from zoopt.objectives import LossObjective
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item
from zoopt.studies.flooding._data import label_entropy

_COUNT = 1000


@dataclass(frozen=True)
class _Noise:
    """Labels of which a share is wrong."""

    share: float
    classes: int


_NOISES = (_Noise(0.1, 2), _Noise(0.2, 2), _Noise(0.2, 10))


def levels() -> Iterator[Item]:
    """Yield the entropies of noisy labels beside the least loss of a model that knows the true ones."""
    for noise in _NOISES:
        yield Claim(
            source="S4.4",
            statement=f"{noise.classes} classes, ρ = {noise.share:g}: with the true label as input the least "
            "cross-entropy is the entropy of ρ",
            prediction=label_entropy(noise.share, noise.classes),
            measured=least_loss(noise.share, noise.classes),
            tolerance=1e-6,
            kernel="zoopt.objectives.LossObjective",
            note="A lower training loss is had by heart: the natural level is at most this.",
        )


def least_loss(share: float, classes: int) -> float:
    """Return the least cross-entropy of a linear model that is given the true label, as indicators."""
    truth = np.repeat(np.arange(classes), classes)
    noisy = np.tile(np.arange(classes), classes)
    weights = np.where(truth == noisy, 1 - share, share / (classes - 1))
    loss = LossObjective(np.eye(classes)[truth], noisy, sample_weight=weights)
    field = flows.field(loss)
    run = flows.descend(field, np.zeros(loss.dim), learning_rate=0.05, steps=_COUNT, method="adam")
    return field.value(run.x[-1])
