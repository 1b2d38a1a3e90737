"""What the benchmarks share: one pinned thread, and figures per item."""

from __future__ import annotations

import os
from collections.abc import Callable

from pytest_benchmark.fixture import BenchmarkFixture

# Libraries read these when they are loaded, so this module comes before them in a benchmark's imports.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


def pin() -> None:
    """Keep this process on its last CPU, the one that the system uses least, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measure(benchmark: BenchmarkFixture, call: Callable[[], object], items: int) -> None:
    """Time `call`, which handles `items` items, and keep the nanoseconds an item of its best round."""
    benchmark(call)
    if benchmark.stats is not None:
        benchmark.extra_info["ns_per_item"] = benchmark.stats.stats.min / items * 1e9
