"""Results in the formats of others, and in one that gives them back whole.

Public names are imported when first used.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoopt.compare.exchange._coco import write_coco as write_coco
    from zoopt.compare.exchange._export import Export as Export
    from zoopt.compare.exchange._ioh import write_ioh as write_ioh
    from zoopt.compare.exchange._long import read_parquet as read_parquet
    from zoopt.compare.exchange._long import write_parquet as write_parquet

_HOMES = {
    "Export": "_export",
    "read_parquet": "_long",
    "write_coco": "_coco",
    "write_ioh": "_ioh",
    "write_parquet": "_long",
}

__all__ = ["Export", "read_parquet", "write_coco", "write_ioh", "write_parquet"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'zoopt.compare.exchange' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"zoopt.compare.exchange.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
