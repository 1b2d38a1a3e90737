"""What can be optimised: compiled test functions, metrics of classifiers, and functions of your own.

A compiled objective works on whole batches without Python in its loops: ``objective(rows)`` takes shape (rows, dim) and
returns shape (rows,). The value of a row never depends on the rows beside it, on blocking or on threads.
"""

from __future__ import annotations

from zoopt.objectives._batch import batch
from zoopt.objectives._functions import TestFunction, function
from zoopt.objectives._metric_objective import MetricObjective
from zoopt.objectives._metrics import Metric, metric, metric_options, metrics
from zoopt.objectives._normalizer import RunningNormalizer
from zoopt.objectives._numba import NumbaObjective, objective
from zoopt.objectives._predicting import OperatingPoint

__all__ = [
    "Metric",
    "MetricObjective",
    "NumbaObjective",
    "OperatingPoint",
    "RunningNormalizer",
    "TestFunction",
    "batch",
    "function",
    "metric",
    "metric_options",
    "metrics",
    "objective",
]
