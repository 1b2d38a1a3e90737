"""Compare optimisers on objectives so that the verdict can be trusted.

Public names are imported when first used, so that importing this package costs next to nothing.
"""

from typing import TYPE_CHECKING

from zoopt._lazy import attributes

if TYPE_CHECKING:
    from zoopt.compare._coordinator import Progress as Progress
    from zoopt.compare._data import Dataset as Dataset
    from zoopt.compare._data import dataset as dataset
    from zoopt.compare._data import read_csv as read_csv
    from zoopt.compare._entry import configured as configured
    from zoopt.compare._experiment import Experiment as Experiment
    from zoopt.compare._facts import Facts as Facts
    from zoopt.compare._facts import Participant as Participant
    from zoopt.compare._gate import GateResult as GateResult
    from zoopt.compare._gate import check_gates as check_gates
    from zoopt.compare._results import Results as Results
    from zoopt.compare._store import Store as Store
    from zoopt.compare._stored import stored_results as stored_results
    from zoopt.compare._verdict import BaselineVerdict as BaselineVerdict
    from zoopt.compare._verdict import OverallVerdict as OverallVerdict
    from zoopt.compare._verdict import Verdict as Verdict
    from zoopt.compare.objectives.callables import FunctionObjective as FunctionObjective
    from zoopt.compare.objectives.classification import Classification as Classification
    from zoopt.compare.objectives.classification import named_objective as named_objective
    from zoopt.compare.optimizers.callables import FunctionOptimizer as FunctionOptimizer

_HOMES = {
    "BaselineVerdict": "_verdict",
    "Classification": "objectives.classification",
    "Dataset": "_data",
    "Experiment": "_experiment",
    "Facts": "_facts",
    "FunctionObjective": "objectives.callables",
    "FunctionOptimizer": "optimizers.callables",
    "GateResult": "_gate",
    "OverallVerdict": "_verdict",
    "Participant": "_facts",
    "Progress": "_coordinator",
    "Results": "_results",
    "Store": "_store",
    "Verdict": "_verdict",
    "check_gates": "_gate",
    "configured": "_entry",
    "dataset": "_data",
    "named_objective": "objectives.classification",
    "read_csv": "_data",
    "statistics": "",
    "stored_results": "_stored",
}

__all__ = [
    "BaselineVerdict",
    "Classification",
    "Dataset",
    "Experiment",
    "Facts",
    "FunctionObjective",
    "FunctionOptimizer",
    "GateResult",
    "OverallVerdict",
    "Participant",
    "Progress",
    "Results",
    "Store",
    "Verdict",
    "check_gates",
    "configured",
    "dataset",
    "named_objective",
    "read_csv",
    "stored_results",
]


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
