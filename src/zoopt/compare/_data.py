"""Labelled data for comparisons: the named sets, and one's own csv file."""

import difflib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _spec
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MINIMUM_TRAINING_ROWS = 5  # of each class: the folds of the cross-fitted baselines
MINIMUM_HOLDOUT_ROWS = 2
MAXIMUM_CLASSES = 100


@dataclass(frozen=True)
class Dataset:
    """Features and class labels, with the shares that go into the training part and the hold-out.

    Attributes
    ----------
    name : str
    features : ndarray of shape (n, p), float64
    labels : ndarray of shape (n,), int64
        Class indices 0 … C - 1 into ``classes``; for two classes 1 is the positive one.
    classes : tuple of str
        Names of the classes, ascending.
    description : str
        One sentence for the report.
    train_share, test_share : float
        Shares of the rows in the training part and in the hold-out, in (0, 1), together at most 1.
    synthetic : bool
        Whether it was made for this comparison.
    """

    name: str
    features: FloatArray
    labels: IntArray
    classes: tuple[str, ...]
    description: str = ""
    train_share: float = 0.6
    test_share: float = 0.4
    synthetic: bool = False

    def __post_init__(self) -> None:
        _check(self)

    @property
    def rows(self) -> int:
        """Number of rows n."""
        return int(self.features.shape[0])

    def __reduce__(self) -> str | tuple[Any, ...]:
        """By its name where it is a named one, so that runs that go to workers do not carry it."""
        named = self.name in _LOADERS and dataset(self.name) is self
        return (dataset, (self.name,)) if named else super().__reduce__()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of features and labels, to recognise the very same data."""
        content = hashlib.sha256(np.ascontiguousarray(self.features, dtype="<f8").tobytes())
        content.update(np.ascontiguousarray(self.labels, dtype="<i8").tobytes())
        return content.hexdigest()

    @property
    def test_train_ratio(self) -> float:
        """n_test / n_train of a split, for the corrected tests."""
        return round(self.rows * self.test_share) / round(self.rows * self.train_share)

    def split(self, seed: int) -> tuple[IntArray, IntArray]:
        """Return the training and hold-out rows of one seed, stratified by class.

        Parameters
        ----------
        seed : int
            The same seed gives the same split to every optimiser.
        """
        from sklearn.model_selection import StratifiedShuffleSplit

        sizes = round(self.rows * self.train_share), round(self.rows * self.test_share)
        splitter = StratifiedShuffleSplit(1, train_size=sizes[0], test_size=sizes[1], random_state=seed)
        train, test = next(splitter.split(self.features, self.labels))
        return train.astype(np.int64), test.astype(np.int64)


@cache
def dataset(name: str) -> Dataset:
    """Return a named data set, the same object at every call.

    Raises
    ------
    UnknownName
        No data set has this name; close matches are named.
    """
    if name not in _LOADERS:
        raise _spec.unknown("data set", name, NAMES)
    return _LOADERS[name]()


def read_csv(path: str | Path, target: str) -> Dataset:
    """Read a csv file with numeric feature columns and one column of class labels.

    Parameters
    ----------
    path : str or path
        Has a header row. All columns but ``target`` must be numeric, without missing values.
    target : str
        Name of the label column; text or numbers. Of two classes the later one in sorted order is the
        positive one.

    Returns
    -------
    Dataset
        Named after the file.

    Raises
    ------
    InvalidInput
        The file is missing or no csv, the target is not there, a feature is text or missing, or a class is
        too small.
    """
    table = _read_table(Path(path))
    if target not in table.columns:
        folded = {str(column).casefold(): str(column) for column in table.columns}
        close = difflib.get_close_matches(target.casefold(), folded, n=1)
        hint = f"did you mean {folded[close[0]]!r}? " if close else ""
        columns = ", ".join(str(c) for c in table.columns[:20])
        raise InvalidInput(f"{path} has no column {target!r}; {hint}its columns are {columns}")
    labels, classes = _labels(table[target], str(path), target)
    features = _features(table.drop(columns=[target]), str(path))
    return Dataset(
        name=Path(path).stem,
        features=features,
        labels=labels,
        classes=classes,
        description=f"{Path(path).name}, target {target}",
    )


def two_causes(rows: int = 4000, seed: int = 20250101) -> Dataset:
    """Return a synthetic rare class with two causes, on which a linear model is misspecified.

    Six features, all standard normal for the negatives. One positive in ten rows is a *near* one: shifted by
    +2.5 in feature 0 and +0.8 in feature 1. One in twenty-five is a *far* one: shifted by -3 in feature 0, on
    the other side of the negatives, and +0.8 in feature 1. Features 2 to 5 carry nothing. No half-space holds
    both groups. The loss of cross-entropy grows with the distance of a mistake, so its fit turns away from
    feature 0 to appease the far ones, and no threshold on its scores undoes that; the rule with the best F1
    gives the far ones up.

    Parameters
    ----------
    rows : int
        Number of rows.
    seed : int
        Of numpy's PCG64 generator.

    Returns
    -------
    Dataset
    """
    rng = np.random.default_rng(seed)
    near, far = round(0.10 * rows), round(0.04 * rows)
    features = rng.normal(size=(rows, 6))
    features[:near, 0] += 2.5
    features[near : near + far, 0] -= 3.0
    features[: near + far, 1] += 0.8
    labels = (np.arange(rows) < near + far).astype(np.int64)
    return Dataset(
        name="two_causes",
        features=features,
        labels=labels,
        classes=("0", "1"),
        description="Synthetic, made for this comparison: a rare class with two causes on opposite "
        "sides of the rest. No linear rule holds both; cross-entropy compromises between them, the rule with "
        "the best F1 gives the smaller one up.",
        synthetic=True,
    )


def _breast_cancer() -> Dataset:
    from sklearn.datasets import load_breast_cancer

    raw = load_breast_cancer()
    return Dataset(
        name="breast_cancer",
        features=raw.data,
        labels=raw.target.astype(np.int64),
        classes=("malignant", "benign"),
        description="Wisconsin breast cancer: 30 measurements of cell nuclei, malignant or benign.",
    )


def _digits() -> Dataset:
    from sklearn.datasets import load_digits

    raw = load_digits()
    return Dataset(
        name="digits",
        features=raw.data,
        labels=raw.target.astype(np.int64),
        classes=tuple(str(digit) for digit in range(10)),
        description="Handwritten digits, 8 x 8 pixels. Splits use 20 % of the rows for training and "
        "20 % as hold-out, to save time.",
        train_share=0.2,
        test_share=0.2,
    )


def _diabetes() -> Dataset:
    from sklearn.datasets import load_diabetes

    raw = load_diabetes()
    rare = raw.target > np.quantile(raw.target, 0.85)
    return Dataset(
        name="diabetes",
        features=raw.data,
        labels=rare.astype(np.int64),
        classes=("rest", "upper 15 %"),
        description="Diabetes progression after one year; positive is the upper 15 % of progression.",
    )


_LOADERS: dict[str, Callable[[], Dataset]] = {
    "breast_cancer": _breast_cancer,
    "digits": _digits,
    "diabetes": _diabetes,
    "two_causes": two_causes,
}

NAMES = tuple(_LOADERS)
"""The named data sets."""


def _check(data: Dataset) -> None:
    if data.features.ndim != 2 or data.features.shape[1] == 0:
        raise InvalidInput(f"{data.name}: expected features of shape (rows, columns), got {data.features.shape}")
    if data.labels.shape != (data.rows,):
        raise InvalidInput(f"{data.name}: expected {data.rows} labels, got an array of shape {data.labels.shape}")
    if not np.all(np.isfinite(data.features)):
        row, column = np.argwhere(~np.isfinite(data.features))[0]
        raise InvalidInput(
            f"{data.name}: feature column {column} of row {row} is missing or not finite; fill it or drop it"
        )
    counts = np.bincount(data.labels, minlength=len(data.classes))
    if np.count_nonzero(counts) < 2:
        raise InvalidInput(f"{data.name}: the labels hold one class only; a classifier needs at least two")
    if data.train_share <= 0 or data.test_share <= 0 or data.train_share + data.test_share > 1 + 1e-12:
        raise InvalidInput(
            f"{data.name}: the shares of training part and hold-out must be > 0 and add to at most 1, "
            f"got {data.train_share} and {data.test_share}"
        )
    _check_class_sizes(data, counts)


def _check_class_sizes(data: Dataset, counts: NDArray[np.int64]) -> None:
    rarest = int(counts.argmin())
    in_training = int(counts[rarest] * data.train_share)
    in_holdout = int(counts[rarest] * data.test_share)
    if in_training < MINIMUM_TRAINING_ROWS or in_holdout < MINIMUM_HOLDOUT_ROWS:
        raise InvalidInput(
            f"{data.name}: class {data.classes[rarest]!r} has {counts[rarest]} rows, too few for a "
            f"stratified {data.train_share:.0%}/{data.test_share:.0%} split ({in_training} and {in_holdout}); "
            f"at least {MINIMUM_TRAINING_ROWS} and {MINIMUM_HOLDOUT_ROWS} are needed. Collect more or merge classes"
        )


def _read_table(path: Path) -> "pd.DataFrame":
    import pandas as pd

    if not path.is_file():
        raise InvalidInput(f"no such file: {path}; --data takes the path of a csv file with a header row")
    try:
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} is not a csv file with a header row: {error}") from error
    if table.empty:
        raise InvalidInput(f"{path} has no rows below its header")
    return table


def _labels(column: "pd.Series[Any]", path: str, target: str) -> tuple[IntArray, tuple[str, ...]]:
    if column.isna().any():
        raise InvalidInput(
            f"{path}: {int(column.isna().sum())} of {column.size} labels in column {target!r} are missing; "
            "drop these rows"
        )
    classes, labels = np.unique(column.to_numpy(), return_inverse=True)
    if classes.size > MAXIMUM_CLASSES:
        raise InvalidInput(
            f"{path}: column {target!r} has {classes.size} distinct values; it should hold class labels "
            f"(at most {MAXIMUM_CLASSES}), not a quantity"
        )
    return labels.astype(np.int64).reshape(-1), tuple(str(name) for name in classes)


def _features(table: "pd.DataFrame", path: str) -> FloatArray:
    import pandas as pd

    if table.shape[1] == 0:
        raise InvalidInput(f"{path} has no feature columns beside the target")
    for name in table.columns:
        column = table[name]
        if column.isna().any():
            raise InvalidInput(
                f"{path}: column {str(name)!r} has {int(column.isna().sum())} missing values "
                f"(first in data row {int(column.isna().to_numpy().argmax()) + 1}); fill or drop them"
            )
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            raise InvalidInput(
                f"{path}: column {str(name)!r} holds text (such as {str(column.iloc[0])!r}); features must "
                "be numbers: encode it or drop it"
            )
    return table.to_numpy(dtype=np.float64)
