"""What figures and tables show, computed once for matplotlib, the report and the terminal."""

from zoopt.compare.shown._ranks import Difference, Matrix, critical_difference, ranks, wins
from zoopt.compare.shown._times import (
    TimeLine,
    data_profile,
    default_target,
    performance_profile,
    running_times,
    runtime_ecdf,
    scaling,
    some_targets,
)
from zoopt.compare.shown._values import (
    Curve,
    Final,
    as_results,
    best_baseline,
    chosen,
    convergence,
    finals,
    is_logarithmic,
    positive,
)

__all__ = [
    "Curve",
    "Difference",
    "Final",
    "Matrix",
    "TimeLine",
    "as_results",
    "best_baseline",
    "chosen",
    "convergence",
    "critical_difference",
    "data_profile",
    "default_target",
    "finals",
    "is_logarithmic",
    "performance_profile",
    "positive",
    "ranks",
    "running_times",
    "runtime_ecdf",
    "scaling",
    "some_targets",
    "wins",
]
