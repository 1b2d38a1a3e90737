"""Train and tune what has no gradient, and compare optimisers so that the verdict can be trusted.

Public names are imported when first used, so that ``import zoopt`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoopt import compare as compare
    from zoopt import flows as flows
    from zoopt import objectives as objectives
    from zoopt import sklearn as sklearn
    from zoopt import studies as studies
    from zoopt._algorithms import algorithm as algorithm
    from zoopt._algorithms import algorithms as algorithms
    from zoopt._algorithms import cell as cell
    from zoopt._alternate import Alternation as Alternation
    from zoopt._alternate import Phase as Phase
    from zoopt._alternate import alternate as alternate
    from zoopt._minimize import minimize as minimize
    from zoopt._noise import noise as noise
    from zoopt._optimizer import Optimizer as Optimizer
    from zoopt._optimizer import optimizer as optimizer
    from zoopt._reading_curve import ReadingCurve as ReadingCurve
    from zoopt._reading_curve import ReadingPoint as ReadingPoint
    from zoopt._reading_curve import reading_curve as reading_curve
    from zoopt._result import Result as Result
    from zoopt._status import Status as Status
    from zoopt._status import Trace as Trace
    from zoopt.cells import Cell as Cell
    from zoopt.errors import ZooptError as ZooptError
    from zoopt.objectives import objective as objective

__version__ = "0.1.0"

_HOMES = {
    "Alternation": "zoopt._alternate",
    "Cell": "zoopt.cells",
    "Optimizer": "zoopt._optimizer",
    "Phase": "zoopt._alternate",
    "ReadingCurve": "zoopt._reading_curve",
    "ReadingPoint": "zoopt._reading_curve",
    "Result": "zoopt._result",
    "Status": "zoopt._status",
    "Trace": "zoopt._status",
    "ZooptError": "zoopt.errors",
    "algorithm": "zoopt._algorithms",
    "algorithms": "zoopt._algorithms",
    "alternate": "zoopt._alternate",
    "cell": "zoopt._algorithms",
    "minimize": "zoopt._minimize",
    "noise": "zoopt._noise",
    "objective": "zoopt.objectives",
    "optimizer": "zoopt._optimizer",
    "reading_curve": "zoopt._reading_curve",
}
_SUBPACKAGES = ("compare", "errors", "flows", "objectives", "sklearn", "studies")

__all__ = [
    "Alternation",
    "Cell",
    "Optimizer",
    "Phase",
    "ReadingCurve",
    "ReadingPoint",
    "Result",
    "Status",
    "Trace",
    "ZooptError",
    "__version__",
    "algorithm",
    "algorithms",
    "alternate",
    "cell",
    "compare",
    "errors",
    "flows",
    "minimize",
    "noise",
    "objective",
    "objectives",
    "optimizer",
    "reading_curve",
    "sklearn",
    "studies",
]


def __getattr__(name: str) -> object:
    if name in _SUBPACKAGES:
        return importlib.import_module(f"zoopt.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'zoopt' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
