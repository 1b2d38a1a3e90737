"""The time by which the run of this thread is to end of its own accord.

Whoever counts its evaluations looks here in between. What never looks is killed later, where it has a process of its
own.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_here = threading.local()


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Give the block this many seconds; None for any time."""
    before = getattr(_here, "until", math.inf)
    _here.until = math.inf if seconds is None else time.monotonic() + seconds
    try:
        yield
    finally:
        _here.until = before


def left() -> float:
    """Return the seconds left to the run, infinite without a limit, ≤ 0 once it is to end."""
    until: float = getattr(_here, "until", math.inf)
    return until - time.monotonic()
