"""The data sets of scikit-learn that the claims are measured on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.errors import MissingDependency

NAMES = ("breast_cancer", "wine", "iris", "digits")
HOLD_OUT = 0.3
RATIO = HOLD_OUT / (1 - HOLD_OUT)
"""Samples held out over samples trained on."""


@dataclass(frozen=True)
class Data:
    """Samples whose features have mean 0 and deviation 1, and their labels."""

    name: str
    X: FloatArray
    y: "np.ndarray[Any, np.dtype[np.int64]]"

    def splits(self, count: int, seed: int) -> "Iterator[tuple[Data, Data]]":
        """Yield training and held-out parts, stratified, scaled by what the training part says."""
        from sklearn.model_selection import StratifiedShuffleSplit

        splitter = StratifiedShuffleSplit(count, test_size=HOLD_OUT, random_state=seed % 2**32)
        for train, test in splitter.split(self.X, self.y):
            mean, spread = _moments(self.X[train])
            parts = [Data(self.name, (self.X[rows] - mean) / spread, self.y[rows]) for rows in (train, test)]
            yield parts[0], parts[1]


def require() -> None:
    """Refuse to begin where scikit-learn is missing.

    Raises
    ------
    MissingDependency
        It is; the message says how to get it.
    """
    try:
        import sklearn  # noqa: F401
    except ImportError as error:
        raise MissingDependency("the study needs scikit-learn's data: pip install 'zoopt-engine[sklearn]'") from error


def loaded(name: str) -> Data:
    """Return a data set by its name in scikit-learn."""
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    mean, spread = _moments(X)
    return Data(name, (X - mean) / spread, y)


def _moments(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    spread = X.std(axis=0)
    return X.mean(axis=0), np.where(spread > 0, spread, 1.0)
