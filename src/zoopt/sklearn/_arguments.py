"""What users pass to ``fit``, checked as scikit-learn checks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import assert_all_finite, compute_sample_weight, indexable
from sklearn.utils.metadata_routing import process_routing
from sklearn.utils.validation import _check_sample_weight, check_consistent_length, column_or_1d, has_fit_parameter

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput


def checked_rows(estimator: Any, X: Any, y: Any, sample_weight: Any) -> tuple[Any, npt.NDArray[Any], FloatArray | None]:
    """Return X as it is, y as a vector and the weights, of one length; X is checked by whoever is fitted to it."""
    if y is None:
        raise InvalidInput(f"{type(estimator).__name__} requires y to be passed, but the target y is None")
    X, y = indexable(X, y)
    labels = column_or_1d(y, warn=True)
    assert_all_finite(labels, input_name="y")
    check_consistent_length(X, labels)
    return X, labels, checked_weights(sample_weight, X)


def checked_weights(sample_weight: Any, X: Any) -> FloatArray | None:
    """Return the weights as float64, or None where there are none."""
    if sample_weight is None:
        return None
    weights: FloatArray = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weights < 0).any() or not weights.any():
        raise InvalidInput("sample_weight must not be negative, nor 0 for all rows")
    return weights


def class_weighted(
    class_weight: Any, classes: npt.NDArray[Any], labels: npt.NDArray[Any], weights: FloatArray | None
) -> FloatArray | None:
    """Return the weights of rows times those of their classes; "balanced" gives every class the same in all.

    Raises
    ------
    InvalidInput
        It is no dict, "balanced" or None, or names a class that there is not.
    """
    if class_weight is None:
        return weights
    if isinstance(class_weight, Mapping):
        strange = [label for label in class_weight if label not in classes.tolist()]
        if strange:
            raise InvalidInput(f"class_weight names {strange[0]!r}, which is none of the classes {classes.tolist()}")
    elif class_weight != "balanced":
        raise InvalidInput(f"class_weight must be a dict, 'balanced' or None, got {class_weight!r}")
    own = compute_sample_weight(class_weight, labels)
    return np.asarray(own if weights is None else own * weights, dtype=np.float64)


def codes_among(y: Any, classes: npt.NDArray[Any], backwards: bool) -> npt.NDArray[np.intp]:
    """Return the number of every label among sorted classes, of two with the positive one as 1.

    Raises
    ------
    InvalidInput
        A label is none of the classes.
    """
    labels = column_or_1d(y)
    strange = np.setdiff1d(labels, classes)
    if strange.size:
        raise InvalidInput(f"y holds {strange.tolist()[0]!r}, which is none of the classes {classes.tolist()}")
    codes: npt.NDArray[np.intp] = np.searchsorted(classes, labels)
    return 1 - codes if backwards else codes


def order_of(classes: npt.NDArray[Any], pos_label: Any) -> tuple[npt.NDArray[Any], bool]:
    """Return the classes with the positive one of two last, and whether that is not their sorted order.

    Raises
    ------
    InvalidInput
        There is one class, or `pos_label` is none of them.
    """
    if len(classes) < 2:
        raise InvalidInput(f"y holds one class only, {classes.tolist()}; a classifier needs two classes at least")
    if pos_label is None or len(classes) > 2:
        return classes, False
    if pos_label not in classes.tolist():
        raise InvalidInput(f"pos_label is {pos_label!r}, which is none of the classes {classes.tolist()}")
    backwards = bool(classes[0] == pos_label)
    return (classes[::-1], True) if backwards else (classes, False)


def seed_from(random: np.random.RandomState) -> int:
    """Draw a seed."""
    return int(random.randint(np.iinfo(np.int32).max))


def fit_params(
    owner: Any, estimators: dict[str, Any], sample_weight: Any, params: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return what is passed to ``fit`` of each estimator: as routed, or all of it where routing is off.

    Raises
    ------
    InvalidInput
        Weights for an estimator that takes none.
    """
    from sklearn import get_config

    given = params if sample_weight is None else {**params, "sample_weight": sample_weight}
    if get_config()["enable_metadata_routing"]:
        routed = process_routing(owner, "fit", **given)
        return [dict(routed[name].fit) for name in estimators]
    for estimator in estimators.values():
        if sample_weight is not None and not has_fit_parameter(estimator, "sample_weight"):
            raise InvalidInput(
                f"{type(estimator).__name__} takes no sample_weight; leave it out, or route it with "
                "sklearn.set_config(enable_metadata_routing=True) and set_fit_request(sample_weight=True)"
            )
    return [dict(given) for _ in estimators]
