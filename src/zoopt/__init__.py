"""Train and tune what has no gradient, and compare optimisers so that the verdict can be trusted.

Public names are imported when first used, so that ``import zoopt`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoopt._lazy import attributes

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
    "Alternation": "_alternate",
    "Cell": "cells",
    "Optimizer": "_optimizer",
    "Phase": "_alternate",
    "ReadingCurve": "_reading_curve",
    "ReadingPoint": "_reading_curve",
    "Result": "_result",
    "Status": "_status",
    "Trace": "_status",
    "ZooptError": "errors",
    "algorithm": "_algorithms",
    "algorithms": "_algorithms",
    "alternate": "_alternate",
    "cell": "_algorithms",
    "compare": "",
    "errors": "",
    "flows": "",
    "minimize": "_minimize",
    "noise": "_noise",
    "objective": "objectives",
    "objectives": "",
    "optimizer": "_optimizer",
    "reading_curve": "_reading_curve",
    "sklearn": "",
    "studies": "",
}

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


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
