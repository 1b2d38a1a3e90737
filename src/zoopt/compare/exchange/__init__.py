"""Results in the formats of others, and in one that gives them back whole.

Public names are imported when first used.
"""

from typing import TYPE_CHECKING

from zoopt._lazy import attributes

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


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
