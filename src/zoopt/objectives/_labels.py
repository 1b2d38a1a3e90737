"""Labels of classification: what they may be, which classes there are, and their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt.errors import InvalidInput, InvalidType

Labels = npt.NDArray[Any]
CLASS_LIMIT = 1000


def label_vector(y: npt.ArrayLike, name: str = "y") -> Labels:
    """Return labels as a vector of one plain type: text, whole numbers or booleans."""
    labels = np.asarray(y)
    if labels.dtype.kind == "U" and not isinstance(y, np.ndarray):
        labels = np.asarray(y, dtype=object)  # a list of text and numbers has become text
    if labels.ndim == 2 and labels.shape[1] == 1:
        raise InvalidInput(f"{name} must be a vector, got shape {labels.shape}; pass {name}.ravel()")
    if labels.ndim != 1:
        raise InvalidInput(f"{name} must be a vector of labels, got shape {labels.shape}")
    if labels.dtype == object:
        labels = _plain(labels, name)
    if labels.dtype.kind == "f":
        _check_whole(labels, name)
    if labels.dtype.kind not in "biufUS":
        raise InvalidType(f"{name} must hold text, whole numbers or booleans, got {labels.dtype}")
    return labels


def classes_of(labels: Labels, classes: npt.ArrayLike | None) -> Labels:
    """Return the sorted classes: those of the labels, or those named."""
    if classes is None:
        found = np.unique(labels)
        if len(found) == 1:
            raise InvalidInput(
                f"y holds only the class {found[0]!s}; a classifier needs two at least. Name them all by classes= "
                "where the data lack one"
            )
    else:
        given = label_vector(classes, "classes")
        found = np.unique(given)
        if len(found) != len(given) or len(found) < 2:
            raise InvalidInput(f"classes must be two or more different labels, got {given.tolist()}")
    if len(found) > CLASS_LIMIT:
        raise InvalidInput(
            f"there are {len(found)} classes, more than the {CLASS_LIMIT} supported; is y a quantity to be regressed?"
        )
    return found


def label_numbers(labels: Labels, classes: Labels) -> npt.NDArray[np.int32]:
    """Return the index of every label among the sorted `classes`."""
    if (labels.dtype.kind in "US") != (classes.dtype.kind in "US"):
        raise InvalidInput(f"y holds {_kind(labels)}, but the classes are {_kind(classes)}: {classes.tolist()}")
    numbers = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    strange = np.flatnonzero(classes[numbers] != labels)
    if strange.size:
        raise InvalidInput(
            f"y[{strange[0]}] is {labels[strange[0]]!s}, which is none of the classes {classes.tolist()}"
        )
    return numbers.astype(np.int32)


def _plain(labels: Labels, name: str) -> Labels:
    missing = [index for index, label in enumerate(labels.tolist()) if label is None]
    if missing:
        raise InvalidInput(f"{name}[{missing[0]}] is missing; every sample needs a label, got None")
    kinds = {"text" if isinstance(label, str) else "number" for label in labels.tolist()}
    if len(kinds) > 1:
        raise InvalidInput(f"{name} mixes text with other labels, or has missing ones; make them all one type")
    try:
        return np.array(labels.tolist())
    except ValueError as error:
        raise InvalidType(f"{name} must hold text, whole numbers or booleans: {error}") from error


def _check_whole(labels: Labels, name: str) -> None:
    bad = np.flatnonzero(~np.isfinite(labels))
    if bad.size:
        raise InvalidInput(f"{name}[{bad[0]}] is {labels[bad[0]]}; every sample needs a label")
    bad = np.flatnonzero(labels != np.floor(labels))
    if bad.size:
        raise InvalidInput(
            f"{name}[{bad[0]}] is {labels[bad[0]]}, a quantity and not a class; labels are text, whole numbers or "
            "booleans, and a quantity needs a metric of regression"
        )


def _kind(labels: Labels) -> str:
    return "text" if labels.dtype.kind in "US" else "numbers"
