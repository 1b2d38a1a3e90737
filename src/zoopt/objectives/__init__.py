"""What can be optimised: compiled test functions, metrics of classifiers and n-best lists, and functions of your own.

A compiled objective works on whole batches without Python in its loops: ``objective(rows)`` takes shape (rows, dim) and
returns shape (rows,). The value of a row never depends on the rows beside it, on blocking or on threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoopt._lazy import attributes
from zoopt.objectives._batch import batch
from zoopt.objectives._functions import TestFunction, function
from zoopt.objectives._normalizer import RunningNormalizer
from zoopt.objectives._numba import NumbaObjective, objective

if TYPE_CHECKING:
    from zoopt.objectives._bleu import bleu_from_statistics as bleu_from_statistics
    from zoopt.objectives._bleu import bleu_statistics as bleu_statistics
    from zoopt.objectives._bleu import corpus_bleu as corpus_bleu
    from zoopt.objectives._bleu import sentence_bleu as sentence_bleu
    from zoopt.objectives._line_search import LineSearch as LineSearch
    from zoopt.objectives._line_search import MertResult as MertResult
    from zoopt.objectives._line_search import line_search as line_search
    from zoopt.objectives._line_search import mert as mert
    from zoopt.objectives._losses import LossObjective as LossObjective
    from zoopt.objectives._metric_objective import MetricObjective as MetricObjective
    from zoopt.objectives._metrics import Metric as Metric
    from zoopt.objectives._metrics import metric as metric
    from zoopt.objectives._metrics import metric_options as metric_options
    from zoopt.objectives._metrics import metrics as metrics
    from zoopt.objectives._models import Layout as Layout
    from zoopt.objectives._policy import SoftmaxPolicy as SoftmaxPolicy
    from zoopt.objectives._policy_objective import PolicyObjective as PolicyObjective
    from zoopt.objectives._policy_temperature import matched_temperature as matched_temperature
    from zoopt.objectives._predicting import OperatingPoint as OperatingPoint
    from zoopt.objectives._reading_groups import patches as patches
    from zoopt.objectives._rerank import Oracle as Oracle
    from zoopt.objectives._rerank import RerankObjective as RerankObjective
    from zoopt.objectives._skip_reading import Reading as Reading
    from zoopt.objectives._skip_reading import SkipReading as SkipReading
    from zoopt.objectives._translation._lists import CatalogueLists as CatalogueLists
    from zoopt.objectives._translation._lists import catalogue_lists as catalogue_lists

# Imported when first used, as optimisers do not need them.
_HOMES = {
    "CatalogueLists": "_translation._lists",
    "Layout": "_models",
    "LineSearch": "_line_search",
    "LossObjective": "_losses",
    "MertResult": "_line_search",
    "Metric": "_metrics",
    "MetricObjective": "_metric_objective",
    "OperatingPoint": "_predicting",
    "Oracle": "_rerank",
    "PolicyObjective": "_policy_objective",
    "Reading": "_skip_reading",
    "RerankObjective": "_rerank",
    "SkipReading": "_skip_reading",
    "SoftmaxPolicy": "_policy",
    "bleu_from_statistics": "_bleu",
    "bleu_statistics": "_bleu",
    "catalogue_lists": "_translation._lists",
    "corpus_bleu": "_bleu",
    "line_search": "_line_search",
    "matched_temperature": "_policy_temperature",
    "mert": "_line_search",
    "metric": "_metrics",
    "metric_options": "_metrics",
    "metrics": "_metrics",
    "patches": "_reading_groups",
    "sentence_bleu": "_bleu",
}

__all__ = [
    "CatalogueLists",
    "Layout",
    "LineSearch",
    "LossObjective",
    "MertResult",
    "Metric",
    "MetricObjective",
    "NumbaObjective",
    "OperatingPoint",
    "Oracle",
    "PolicyObjective",
    "Reading",
    "RerankObjective",
    "RunningNormalizer",
    "SkipReading",
    "SoftmaxPolicy",
    "TestFunction",
    "batch",
    "bleu_from_statistics",
    "bleu_statistics",
    "catalogue_lists",
    "corpus_bleu",
    "function",
    "line_search",
    "matched_temperature",
    "mert",
    "metric",
    "metric_options",
    "metrics",
    "objective",
    "patches",
    "sentence_bleu",
]


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
