"""Rounds of a differentiable loss and of the metric by zeroth order, against either alone (S1.7)."""

from collections.abc import Iterator

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.objectives import LossObjective, MetricObjective
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.equivalence._data import NAMES, RATIO, Data, loaded
from zoopt.studies.equivalence._estimates import mean_of

_ROUNDS, _EACH = 3, 6.4  # evaluations of the metric a step of the loss
_ALONE = ("loss alone", "metric alone")


def alternation(splits: int, steps: int, seed: int) -> Iterator[Item]:
    """Yield the difference of alternation from loss and metric alone, at as many evaluations, on every data set."""
    import pandas as pd

    rows = []
    for name in NAMES:
        found = _accuracies(loaded(name), splits, steps, seed)
        for other in _ALONE:
            told = mean_of(found["alternation"] - found[other], RATIO)
            low, high = told["interval"]
            rows.append((name, other, found["alternation"].mean(), found[other].mean(), told["measured"], low, high))
            yield Claim(
                source="S1.7",
                statement=f"alternating loss and metric is no worse than {other} ({name})",
                relation="at least",
                prediction=0.0,
                **told,
                kernel="zoopt.alternate",
                open=True,
                note="The article's advice, which it does not measure. Difference of held-out accuracies at as many "
                "evaluations, corrected interval over splits.",
            )
    names = ["data", "against", "alternation", "that", "difference", "low", "high"]
    yield Table(
        "alternation", pd.DataFrame(rows, columns=names), "Held-out accuracy of alternation and of either alone"
    )


def _accuracies(data: Data, splits: int, steps: int, seed: int) -> dict[str, FloatArray]:
    tries = round(_EACH * steps)
    plans = {
        "alternation": (_ROUNDS, steps, tries),
        "loss alone": (1, _ROUNDS * (steps + tries), 0),
        "metric alone": (1, 0, _ROUNDS * (steps + tries)),
    }
    found: dict[str, list[float]] = {name: [] for name in plans}
    for split, (train, test) in enumerate(data.splits(splits, seed)):
        loss = LossObjective(train.X, train.y, dtype=np.float32)
        metric = MetricObjective(train.X, train.y, dtype=np.float32)
        held_out = metric.with_data(test.X, test.y)
        for name, (rounds, descents, evaluations) in plans.items():
            run = zoopt.alternate(
                loss, metric, np.zeros(loss.dim), rounds=rounds, steps=descents, evaluations=evaluations,
                seed=seed + split,
            )  # fmt: skip
            found[name].append(float(held_out(run.x)))
    return {name: np.array(values) for name, values in found.items()}
