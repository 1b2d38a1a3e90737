"""Tables that the documentation includes: who measured what, when and where, in reStructuredText."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Iterable, Iterator
from itertools import chain

from zoopt import _core

TIERS = {"v2": "SSE4.2", "v3": "AVX2", "v4": "AVX-512"}


def made_by(command: str) -> Iterator[str]:
    """Yield the paragraph that says when, where and by which command the table after it was made."""
    machine = platform.machine().replace("_", "-")
    vectors = TIERS.get(_core.cpu_tier())
    where = f"{os.cpu_count()}-core {machine}" + (f" with {vectors}" if vectors else "")
    yield f"*Measured {datetime.datetime.now(datetime.UTC).date()} on {where}:* ``{command}``"
    yield ""


def list_table(head: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield a list-table whose first row is its header, line by line."""
    yield from (".. list-table::", "   :header-rows: 1", "")
    for row in chain([head], rows):
        yield from (f"   {'* -' if k == 0 else '  -'} {cell}" for k, cell in enumerate(row))
