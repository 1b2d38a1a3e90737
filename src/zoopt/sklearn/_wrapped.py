"""The estimators that a decision is made about: fitted to all rows and to all but each fold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from zoopt._arguments import FloatArray
from zoopt.errors import InvalidInput, InvalidType
from zoopt.sklearn._crossfit import Fold, part_of
from zoopt.sklearn._scores import Reading, read, reading_of


def named(estimator: Any) -> dict[str, Any]:
    """Return one estimator or a list of them by name."""
    if not isinstance(estimator, Sequence) or isinstance(estimator, str) or hasattr(estimator, "fit"):
        return {"estimator": estimator}
    return dict(item if isinstance(item, tuple) else (f"estimator{i}", item) for i, item in enumerate(estimator))


def check_estimators(estimators: list[Any]) -> None:
    """Raise where they are no classifiers and no regressors, or both.

    Raises
    ------
    InvalidInput, InvalidType
    """
    if not estimators:
        raise InvalidInput("estimator is an empty list; give one estimator at least")
    for estimator in estimators:
        if not (is_classifier(estimator) or is_regressor(estimator)):
            raise InvalidType(f"estimator must be a classifier or a regressor, got {estimator!r}")
    if len({is_regressor(estimator) for estimator in estimators}) > 1:
        raise InvalidInput("the estimators of a list must all be classifiers, or all regressors")


def last_step(estimator: Any) -> Any:
    """Return the estimator, or what a pipeline ends with."""
    return estimator[-1] if hasattr(estimator, "steps") else estimator


def fitted_on_folds(
    estimators: list[Any],
    X: Any,
    target: npt.NDArray[Any],
    folds: list[Fold],
    params: list[dict[str, Any]],
    n_jobs: int | None,
) -> tuple[list[Any], list[list[Any]]]:
    """Return every estimator fitted to all rows, and, for each, those fitted without one fold."""
    rows = [np.arange(len(target)), *(train for train, _ in folds)]
    jobs = [(e, part, given) for e, given in zip(estimators, params, strict=True) for part in rows]
    fitted = Parallel(n_jobs=n_jobs)(delayed(_fitted_on)(clone(e), X, target, part, given) for e, part, given in jobs)
    each = [fitted[start : start + len(rows)] for start in range(0, len(fitted), len(rows))]
    return [some[0] for some in each], [some[1:] for some in each]


def _fitted_on(estimator: Any, X: Any, y: npt.NDArray[Any], rows: npt.NDArray[np.intp], params: dict[str, Any]) -> Any:
    if len(rows) == len(y):
        return estimator.fit(X, y, **params)
    return estimator.fit(_safe_indexing(X, rows), y[rows], **part_of(params, rows, len(y)))


def common_reading(estimators: list[Any], classes: int, *, ordinal: bool, prior: bool) -> Reading:
    """Return how the scores of all are read.

    Raises
    ------
    InvalidType
        They have different ones, or several have margins, which cannot be mixed.
    """
    readings = {reading_of(estimator, classes, ordinal=ordinal, prior=prior) for estimator in estimators}
    found = readings.pop()
    if readings or (len(estimators) > 1 and found in ("margin", "margins")):
        raise InvalidType("several classifiers can be mixed only if all of them have predict_proba")
    return found


def left_out_parts(
    left_out: list[list[Any]], X: Any, folds: list[Fold], reading: Reading, labels: npt.NDArray[Any]
) -> FloatArray:
    """Return scores of every row by the estimators that have not seen it, shape (n, m) or (n, m, C)."""
    rows = sum(len(test) for _, test in folds)
    columns = []
    for fitted in left_out:
        parts = [read(e, _safe_indexing(X, test), reading, labels) for e, (_, test) in zip(fitted, folds, strict=True)]
        column = np.empty((rows, *parts[0].shape[1:]))
        for part, (_, test) in zip(parts, folds, strict=True):
            column[test] = part
        columns.append(column)
    return np.stack(columns, axis=1)
