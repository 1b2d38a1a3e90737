"""How much memory a process has, and how it is kept from taking more."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LINUX = sys.platform.startswith("linux")
_PAGE = resource.getpagesize()
_DATA_PAGES = 5  # of the fields of statm

MiB = 2**20


@contextmanager
def limited(extra: int | None) -> Iterator[None]:
    """Let this process allocate so many bytes more while the block runs; beyond that, MemoryError.

    It does nothing where the system has no such limit; :func:`resident` is for others to watch the process then.
    """
    used = _data() if extra is not None else None
    if used is None or extra is None:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (_at_most(used + extra, before[0]), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def resident(process: int) -> int | None:
    """Return the bytes that a process has in memory, files that it reads left out; None where it cannot be told."""
    if not _LINUX:
        return _listed(process)
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    kilobytes = [int(line.split()[1]) for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:"))]
    return 1024 * sum(kilobytes) if kilobytes else None


def _data() -> int | None:
    """Return the bytes that the limit on data counts for this process."""
    if not _LINUX:
        return None
    try:
        return int(Path("/proc/self/statm").read_text().split()[_DATA_PAGES]) * _PAGE
    except (OSError, IndexError, ValueError):
        return None


def _at_most(wanted: int, limit: int) -> int:
    return wanted if limit == resource.RLIM_INFINITY else min(wanted, limit)


def _listed(process: int) -> int | None:
    try:
        found = subprocess.run(
            ["/bin/ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, timeout=5, check=True
        )
        return 1024 * int(found.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
