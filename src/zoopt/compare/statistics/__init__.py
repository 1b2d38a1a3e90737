"""Statistics of runs: pure functions on arrays, each with its reference.

Larger or smaller may be better; every function says which. Runs that failed are worst (infinite), never missing.
"""

from zoopt.compare.statistics._curves import area_over_curve
from zoopt.compare.statistics._ecdf import Ecdf, runtime_ecdf
from zoopt.compare.statistics._effects import WinMatrix, proportion_interval, vargha_delaney, win_matrix
from zoopt.compare.statistics._friedman import (
    Friedman,
    cliques,
    control_test,
    critical_difference,
    friedman_test,
    holm_pairs,
    nemenyi_test,
    rank_difference_test,
    rank_table,
)
from zoopt.compare.statistics._intervals import bootstrap_interval, mean_interval, median_interval
from zoopt.compare.statistics._multiplicity import bonferroni, hochberg, holm
from zoopt.compare.statistics._profiles import data_profile, decrease_times, performance_profile
from zoopt.compare.statistics._running_times import RunningTime, expected_running_time, simulated_restarts
from zoopt.compare.statistics._signed_ranks import (
    SignedRanks,
    equivalence_test,
    hodges_lehmann,
    signed_rank_runs,
    signed_rank_test,
)
from zoopt.compare.statistics._splits import (
    Comparison,
    corrected_standard_error,
    corrected_t_test,
    paired_differences,
    runs_to_equate,
    runs_to_exclude,
    runs_to_separate,
)

__all__ = [
    "Comparison",
    "Ecdf",
    "Friedman",
    "RunningTime",
    "SignedRanks",
    "WinMatrix",
    "area_over_curve",
    "bonferroni",
    "bootstrap_interval",
    "cliques",
    "control_test",
    "corrected_standard_error",
    "corrected_t_test",
    "critical_difference",
    "data_profile",
    "decrease_times",
    "equivalence_test",
    "expected_running_time",
    "friedman_test",
    "hochberg",
    "hodges_lehmann",
    "holm",
    "holm_pairs",
    "mean_interval",
    "median_interval",
    "nemenyi_test",
    "paired_differences",
    "performance_profile",
    "proportion_interval",
    "rank_difference_test",
    "rank_table",
    "runs_to_equate",
    "runs_to_exclude",
    "runs_to_separate",
    "runtime_ecdf",
    "signed_rank_runs",
    "signed_rank_test",
    "simulated_restarts",
    "vargha_delaney",
    "win_matrix",
]
