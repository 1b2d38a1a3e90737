"""Figures for papers: functions that take results and axes, and return the axes.

Public names are imported when first used; matplotlib is, when something is drawn.
"""

from typing import TYPE_CHECKING

from zoopt._lazy import attributes

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


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
