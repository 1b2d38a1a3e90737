"""The named algorithms: one small file each, naming the coordinates of its cell and its default numbers."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from zoopt.cells._cell import Cell, Option, Population

__all__ = ["Cell", "Option", "Population", "registered"]


@cache
def registered() -> dict[str, Cell]:
    """Return every named cell; each module of this package that has no leading underscore holds one."""
    modules = (m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    cells = [importlib.import_module(f"{__name__}.{name}").CELL for name in modules]
    return {cell.name: cell for cell in sorted(cells, key=lambda cell: cell.name)}
