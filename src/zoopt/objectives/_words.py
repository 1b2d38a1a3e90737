"""scikit-learn's scoring words, and a few of practice, as metrics of the core with options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Word(NamedTuple):
    """A metric of the core, the options that the word stands for, and whether the sign is changed."""

    metric: str
    options: Mapping[str, object]
    negated: bool = False


def _averages(word: str, metric: str) -> dict[str, Word]:
    """Return the word alone, of the positive class, and with each average behind it."""
    kinds = ("macro", "micro", "weighted", "samples")
    return {word: Word(metric, {})} | {f"{word}_{kind}": Word(metric, {"average": kind}) for kind in kinds}


WORDS: dict[str, Word] = {
    **_averages("f1", "fbeta"),
    **_averages("precision", "precision"),
    **_averages("recall", "recall"),
    **_averages("jaccard", "jaccard"),
    "roc_auc_ovr": Word("roc_auc", {"multi_class": "ovr"}),
    "roc_auc_ovr_weighted": Word("roc_auc", {"multi_class": "ovr", "average": "weighted"}),
    "roc_auc_ovo": Word("roc_auc", {"multi_class": "ovo"}),
    "roc_auc_ovo_weighted": Word("roc_auc", {"multi_class": "ovo", "average": "weighted"}),
    "linear_weighted_kappa": Word("cohen_kappa", {"weights": "linear"}),
    "quadratic_weighted_kappa": Word("cohen_kappa", {"weights": "quadratic"}),
    "neg_log_loss": Word("log_loss", {}, negated=True),
    "neg_brier_score": Word("brier_score", {}, negated=True),
    "neg_mean_absolute_error": Word("mean_absolute_error", {}, negated=True),
    "neg_mean_squared_error": Word("mean_squared_error", {}, negated=True),
    "neg_root_mean_squared_error": Word("root_mean_squared_error", {}, negated=True),
}
