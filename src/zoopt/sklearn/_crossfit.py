"""Cross-fitting: every row is scored by a model that has not seen it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import KFold, StratifiedKFold, check_cv

from zoopt.errors import InvalidInput

Fold = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


def folds_of(cv: Any, X: Any, y: npt.NDArray[Any], *, classifier: bool, seed: int) -> list[Fold]:
    """Return (train, test) row numbers of the folds; every row is in exactly one test part.

    Parameters
    ----------
    cv : int, splitter or iterable
        A number stands for that many shuffled folds, stratified for classes; fewer where the rarest class has fewer
        rows, but two at least.
    X : array_like
    y : ndarray of shape (n,)
    classifier : bool
    seed : int
        Of the shuffling.

    Raises
    ------
    InvalidInput
        Test parts that overlap or leave rows out; fewer rows than folds.
    """
    if isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        if cv < 2:
            raise InvalidInput(f"cv must be 2 or more folds, got {cv}")
        if len(y) < 2:
            raise InvalidInput(f"cross-fitting needs several rows, got n_samples = {len(y)}")
        splitter = (
            _stratified(int(cv), y, seed) if classifier else KFold(min(cv, len(y)), shuffle=True, random_state=seed)
        )
    else:
        splitter = check_cv(cv, y, classifier=classifier)
    folds = [(np.asarray(train), np.asarray(test)) for train, test in splitter.split(X, y)]
    tested = np.bincount(np.concatenate([test for _, test in folds]), minlength=len(y))
    if not (tested == 1).all():
        raise InvalidInput(
            f"cv must put every row into exactly one test part, but row {int(np.flatnonzero(tested != 1)[0])} is in "
            f"{int(tested[tested != 1][0])}; use KFold, StratifiedKFold or GroupKFold"
        )
    return folds


def _stratified(cv: int, y: npt.NDArray[Any], seed: int) -> StratifiedKFold:
    rarest = int(np.unique(y, return_counts=True)[1].min())
    return StratifiedKFold(max(2, min(cv, rarest)), shuffle=True, random_state=seed)


def check_classes(
    codes: npt.NDArray[np.intp], classes: npt.NDArray[Any], folds: list[Fold], *, ranking: bool = False
) -> None:
    """Raise where a part to be trained on has one class only, or, for rankings, a part to be judged.

    Raises
    ------
    InvalidInput
    """
    for number, (train, test) in enumerate(folds):
        if ranking and np.unique(codes[test]).size < 2:
            raise InvalidInput(
                f"a metric of rankings has no value on fold {number}, whose rows are all of the class "
                f"{classes[codes[test][0]]}; give a cv that spreads the classes, such as StratifiedKFold"
            )
        found = np.unique(codes[train])
        if found.size < 2:
            left = classes[found[0]] if found.size else "none"
            raise InvalidInput(
                f"without fold {number} the only class left is {left}; a class needs 2 rows or more, in different "
                "folds: give more data, or a cv that spreads the classes"
            )


def others(folds: list[Fold], number: int, rows: int) -> npt.NDArray[np.bool_]:
    """Return which rows are outside the test part of one fold."""
    outside = np.ones(rows, dtype=bool)
    outside[folds[number][1]] = False
    return outside


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """Yield all pairs of folds."""
    for one in range(count):
        for other in range(one + 1, count):
            yield one, other


def part_of(params: dict[str, Any], rows: npt.NDArray[np.intp], total: int) -> dict[str, Any]:
    """Return fit parameters for some rows: those that have an entry a row are cut, others are passed on."""
    from sklearn.utils import _safe_indexing

    def cut(value: Any) -> Any:
        by_row = hasattr(value, "__len__") and not isinstance(value, str | bytes | dict) and len(value) == total
        return _safe_indexing(value, rows) if by_row else value

    return {name: cut(value) for name, value in params.items()}
