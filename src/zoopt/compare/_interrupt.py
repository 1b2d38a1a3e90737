"""Ctrl-C while an experiment runs."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from zoopt.compare._record import Runs


class Interrupted(KeyboardInterrupt):
    """Ctrl-C has ended an experiment; what was finished is stored.

    Attributes
    ----------
    runs : Runs
        What was finished.
    """

    def __init__(self, runs: Runs):
        super().__init__("interrupted")
        self.runs = runs


class Interrupt:
    """Counts Ctrl-C instead of letting it strike anywhere.

    It leaves the signal alone where the program handles it in a way of its own, and outside the main thread, where it
    never arrives.

    Attributes
    ----------
    count : int
        How often it was pressed.
    wake : callable
        Ends the waiting for workers; called from the signal handler.
    """

    def __init__(self) -> None:
        self.count = 0
        self.wake: Callable[[], object] = _nothing
        self._strikes = False

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Count while the block runs."""
        in_main = threading.current_thread() is threading.main_thread()
        if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._handle)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    @contextmanager
    def at_once(self) -> Iterator[Callable[[], bool]]:
        """Let it end the block, whose outcome is then good for nothing; hand out what tells whether it was not."""
        self._strikes = True
        try:
            yield self._is_silent
        except KeyboardInterrupt:
            if not self.count:
                raise
        finally:
            self._strikes = False

    def wait(self, seconds: float) -> None:
        """Sleep, but not through Ctrl-C."""
        until = time.monotonic() + seconds
        while not self.count and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.05))

    def _is_silent(self) -> bool:
        return self.count == 0

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self._strikes:
            self._strikes = False
            raise KeyboardInterrupt
        self.wake()


def _nothing() -> None:
    """Wake nobody."""
