"""Estimators for scikit-learn that train and tune on the metric itself, and say honestly whether it helped.

They follow scikit-learn's conventions: pipelines, grid search, ``clone``, ``random_state``, ``sample_weight``, scoring
by name. Importing this package needs scikit-learn.
"""

from __future__ import annotations

import importlib.util

from zoopt.errors import MissingDependency

if importlib.util.find_spec("sklearn") is None:
    raise MissingDependency("zoopt.sklearn needs scikit-learn: pip install 'zoopt-engine[sklearn]'")

from zoopt.sklearn._classifier import MetricClassifier
from zoopt.sklearn._decision import MetricDecision
from zoopt.sklearn._regressor import MetricRegressor
from zoopt.sklearn._report import Report

__all__ = ["MetricClassifier", "MetricDecision", "MetricRegressor", "Report"]
