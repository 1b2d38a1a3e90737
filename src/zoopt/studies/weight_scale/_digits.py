"""A network on few digits with wrong labels, trained with each penalty."""

from dataclasses import dataclass

import numpy as np

import zoopt
from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.compare._data import dataset
from zoopt.objectives import LossObjective

_BRIGHTEST = 16.0
_INPUT_NOISE = 5  # stream of zoopt.noise


@dataclass(frozen=True)
class Plan:
    """Sizes of the experiment."""

    train: int
    validation: int
    test: int
    label_noise: float
    hidden: int
    rate: float
    steps: int
    input_noise: tuple[float, ...]


@dataclass(frozen=True)
class Setting:
    """A penalty with its coefficients; λ₂ is that of the direction term, else 0."""

    method: str
    first: float = 0.0
    second: float = 0.0

    def field(self, loss: LossObjective) -> flows.Field:
        """Return what is descended."""
        plain = flows.field(loss)
        if self.method == "L2":
            return flows.L2(self.first)(plain)
        if self.method.startswith("WEISSI"):
            return flows.WeightScaleInvariant(self.first, self.second)(plain)
        return plain

    @property
    def decoupled(self) -> float:
        """The decay outside the gradient."""
        return self.first if self.method == "AdamW" else 0.0


@dataclass(frozen=True)
class Result:
    """Accuracies of a trained network; on new digits without noise and with each size of it."""

    setting: Setting
    split: int
    train: float
    validation: float
    test: tuple[float, ...]


class Split:
    """Digits in three parts; labels of the first two are wrong with a given chance, those of the test are right."""

    def __init__(self, plan: Plan, seed: int, number: int) -> None:
        data, self.plan, self.number, self.seed = dataset("digits"), plan, number, seed
        rng = np.random.default_rng([seed, number])
        ends = np.cumsum([plan.train, plan.validation, plan.test])
        parts = np.split(rng.permutation(data.rows)[: ends[-1]], ends[:-1])
        wrong = rng.random(data.rows) < plan.label_noise
        classes = len(data.classes)
        seen = np.where(wrong, (data.labels + rng.integers(1, classes, data.rows)) % classes, data.labels)
        X = data.features / _BRIGHTEST
        self.train, self.validation, self.test = (X[part] for part in parts)
        self.labels, self.validation_labels, self.right = seen[parts[0]], seen[parts[1]], data.labels[parts[2]]
        self.loss = LossObjective(
            self.train, self.labels, model="mlp", hidden=plan.hidden, dtype=np.float32, classes=np.arange(classes)
        )
        self.start = self.loss.layout.initial("he-normal", seed=seed + number)

    def trained(self, setting: Setting) -> Result:
        """Return what Adam makes of it."""
        plan = self.plan
        end = flows.descend(
            setting.field(self.loss),
            self.start,
            learning_rate=plan.rate,
            steps=plan.steps,
            method="adam",
            weight_decay=setting.decoupled,
        ).x[-1]

        def right(X: FloatArray, labels: np.ndarray) -> float:
            return float(np.mean(self.loss.predict(end, X) == labels))

        return Result(
            setting,
            self.number,
            right(self.train, self.labels),
            right(self.validation, self.validation_labels),
            tuple(right(self._noisy(size), self.right) for size in (0.0, *plan.input_noise)),
        )

    def _noisy(self, size: float) -> FloatArray:
        noise = zoopt.noise(self.seed, self.number, 0, self.test.size, stream=_INPUT_NOISE)
        noisy: FloatArray = self.test + size * noise.reshape(self.test.shape)
        return noisy


def best(results: list[Result], method: str) -> list[Result]:
    """Return, split by split, the result of a method whose validation accuracy is best; of equal ones the first."""
    own = [each for each in results if each.setting.method == method]
    return [
        max((each for each in own if each.split == split), key=lambda each: each.validation)
        for split in sorted({each.split for each in own})
    ]
