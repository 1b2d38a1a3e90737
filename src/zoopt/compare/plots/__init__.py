"""Figures for papers: functions that take results and axes, and return the axes.

Public names are imported when first used; matplotlib is, when something is drawn.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoopt.compare.plots._ranks import critical_difference as critical_difference
    from zoopt.compare.plots._ranks import ranks as ranks
    from zoopt.compare.plots._ranks import wins as wins
    from zoopt.compare.plots._times import data_profile as data_profile
    from zoopt.compare.plots._times import performance_profile as performance_profile
    from zoopt.compare.plots._times import running_times as running_times
    from zoopt.compare.plots._times import runtime_ecdf as runtime_ecdf
    from zoopt.compare.plots._times import scaling as scaling
    from zoopt.compare.plots._values import convergence as convergence
    from zoopt.compare.plots._values import final_values as final_values

_HOMES = {
    "convergence": "_values",
    "critical_difference": "_ranks",
    "data_profile": "_times",
    "final_values": "_values",
    "performance_profile": "_times",
    "ranks": "_ranks",
    "running_times": "_times",
    "runtime_ecdf": "_times",
    "scaling": "_times",
    "wins": "_ranks",
}

__all__ = [
    "convergence",
    "critical_difference",
    "data_profile",
    "final_values",
    "performance_profile",
    "ranks",
    "running_times",
    "runtime_ecdf",
    "scaling",
    "wins",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'zoopt.compare.plots' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"zoopt.compare.plots.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
