"""What losses are told of samples: how much each counts, and what its scores should be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, number, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import real_array
from zoopt.objectives._labels import Labels


def outputs_of(classes: Labels) -> int:
    return 1 if len(classes) == 2 else len(classes)


def as_many(labels: Labels, samples: int) -> Labels:
    if len(labels) != samples:
        raise InvalidInput(f"X has {samples} samples, y has {len(labels)} labels; they must be as many")
    return labels


def weights_of(sample_weight: npt.ArrayLike | None, samples: int) -> FloatArray:
    if sample_weight is None:
        return np.ones(samples)
    weights = real_array("sample_weight", sample_weight)
    if weights.shape != (samples,):
        raise InvalidInput(f"sample_weight must have shape ({samples},), got {weights.shape}")
    bad = np.flatnonzero(~((weights >= 0) & np.isfinite(weights)))
    if bad.size:
        raise InvalidInput(f"weights must be finite and at least 0, but sample_weight[{bad[0]}] is {weights[bad[0]]}")
    return weights


def class_factors(class_weight: Any, numbers: npt.NDArray[np.int32], classes: Labels) -> FloatArray:
    if class_weight is None:
        return np.ones(len(numbers))
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(numbers, minlength=len(classes))
        present = np.count_nonzero(counts)
        return len(numbers) / (present * counts[numbers])
    if not isinstance(class_weight, Mapping):
        raise InvalidType(f"class_weight must be a dict of factors by class or 'balanced', got {shown(class_weight)}")
    strange = [label for label in class_weight if label not in classes.tolist()]
    if strange:
        raise InvalidInput(f"class_weight names {strange[0]!r}, which is none of the classes {classes.tolist()}")
    factors = np.array([class_weight.get(label, 1.0) for label in classes.tolist()], dtype=np.float64)
    if not (np.isfinite(factors) & (factors >= 0)).all():
        raise InvalidInput(f"factors of class_weight must be finite and at least 0, got {class_weight}")
    return factors[numbers]


def finite(name: str, value: object, low: float = -math.inf) -> float:
    found = number(name, value)
    if not (math.isfinite(found) and found >= low):
        raise InvalidInput(f"{name} must be finite{' and at least 0' if low == 0 else ''}, got {found}")
    return found


def offsets_of(adjustment: float, numbers: npt.NDArray[np.int32], weights: FloatArray, classes: Labels) -> list[float]:
    """Return what the logit adjustment adds to the scores of each output, or nothing."""
    if adjustment == 0.0:
        return []
    totals = np.bincount(numbers, weights, len(classes))
    missing = np.flatnonzero(totals == 0)
    if missing.size:
        raise InvalidInput(
            f"logit_adjustment needs the share of every class, but no sample of {classes.tolist()[missing[0]]!r} has a "
            "weight above 0; leave that class out"
        )
    logarithms = adjustment * np.log(totals / totals.sum())
    return [float(each) for each in (logarithms if len(classes) > 2 else logarithms[1:] - logarithms[:1])]


def wanted_scores(y: npt.ArrayLike, samples: int, dtype: np.dtype[Any]) -> FloatArray:
    wanted = real_array("y", y)
    table = wanted.reshape(-1, 1) if wanted.ndim == 1 else wanted
    if table.ndim != 2 or len(table) != samples or table.shape[1] == 0:
        raise InvalidInput(f"y must have shape ({samples},) or ({samples}, outputs), got {wanted.shape}")
    bad = np.argwhere(~(np.abs(table) <= float(np.finfo(dtype).max)))
    if bad.size:
        raise InvalidInput(f"y must be finite in {dtype.name}, but y[{bad[0][0]}] is {table[tuple(bad[0])]}")
    return table
