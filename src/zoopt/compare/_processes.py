"""An executor of local processes that can be stopped at limits, and die, one by one."""

import atexit
import os
import selectors
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from typing import Any

from zoopt._arguments import whole
from zoopt._workers import cpus
from zoopt.compare._hand import Chunk, Hand, Task, WorkerEnded
from zoopt.compare._worker import Call
from zoopt.errors import InvalidInput

_FAILED_STARTS = 3  # in a row, without any that got as far as to be ready
_WATCH = 0.1  # seconds between looks at the memory
_LOOK = 0.5  # seconds between looks for processes that died unnoticed
_STREAMING = 0.002  # seconds in which results of short calls gather, rather than wake us one by one
_MOST_WORKERS = 1024


class LocalProcesses(Executor):
    """Processes of this machine, each with one thread for linear algebra.

    A call that is past its time limit is stopped with its process, and a process that dies takes only its call with it;
    a new one takes its place. The futures of such calls raise :class:`WorkerEnded`. Processes are started afresh
    ("spawn"), so a script that uses them needs ``if __name__ == "__main__":``. They ignore Ctrl-C and end with the
    process that started them.

    Parameters
    ----------
    max_workers : int, optional
        Processes at most, ≥ 1; default: the CPUs that this process may use. They are started when needed.
    time_limit : float, optional
        Seconds a call, > 0.
    memory_limit : int, optional
        Bytes that a call may take beyond what the process has at its start, ≥ 1. An allocation beyond it raises
        MemoryError where the system knows such a limit (Linux); elsewhere the process is stopped.

    Examples
    --------
    >>> from zoopt.compare._processes import LocalProcesses
    >>> with LocalProcesses(1, time_limit=10.0) as processes:
    ...     processes.submit(pow, 2, 10).result()
    1024
    """

    def __init__(
        self, max_workers: int | None = None, *, time_limit: float | None = None, memory_limit: int | None = None
    ) -> None:
        count = cpus() if max_workers is None else max_workers
        self._max_workers = whole("max_workers", count, low=1, high=_MOST_WORKERS)
        check_limits(time_limit, memory_limit)
        self._limits = time_limit, memory_limit
        self._lock = threading.Lock()
        self._closing = False
        self._crew: _Crew | None = None

    @property
    def max_workers(self) -> int:
        """Processes at most."""
        return self._max_workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return the future of one call."""
        return self._send([(fn, args, kwargs)], *self._limits)[0]

    def submit_chunk(
        self, calls: Sequence[Call], *, time_limit: float | None, memory_limit: int | None
    ) -> list[Future[Any]]:
        """Return the futures of calls that one process does in turn, each within these limits.

        Every result comes as soon as its call ends. When the process dies, only the call that it was doing is lost;
        those after it are done by another one.

        Parameters
        ----------
        calls : sequence of (function, arguments, keywords)
        time_limit : float or None
            Seconds a call.
        memory_limit : int or None
            Bytes a call.
        """
        return self._send(calls, time_limit, memory_limit)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls, and end the processes when those that were taken are done."""
        self._end(wait=wait, cancel=cancel_futures, kill=False)

    def kill(self) -> None:
        """Stop all processes at once; calls in the middle end with :class:`WorkerEnded`."""
        self._end(wait=True, cancel=True, kill=True)

    def _send(self, calls: Sequence[Call], time_limit: float | None, memory_limit: int | None) -> list[Future[Any]]:
        tasks = [Task(call, Future()) for call in calls]
        with self._lock:
            if self._closing:
                raise RuntimeError("the processes were shut down; calls cannot be submitted any more")
            if self._crew is None:
                self._crew = _Crew(self._max_workers)
                atexit.register(self.kill)
            self._crew.add(Chunk(tasks, time_limit, memory_limit))
        return [task.future for task in tasks]

    def _end(self, *, wait: bool, cancel: bool, kill: bool) -> None:
        with self._lock:
            self._closing = True
            crew = self._crew
        if crew is None:
            return
        crew.end(cancel=cancel, kill=kill)
        if wait:
            crew.join()
            atexit.unregister(self.kill)


class _Crew:
    """The thread that starts, feeds, watches and buries the processes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Chunk] = deque()
        self._hands: list[Hand] = []
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._closing = self._cancelling = self._killing = False
        self._failed_starts = 0
        self._broken = ""
        self._looked = self._watched = 0.0
        self._gone = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="zoopt-processes", daemon=True)
        self._thread.start()

    def add(self, chunk: Chunk) -> None:
        self._waiting.append(chunk)
        self._wake()

    def end(self, *, cancel: bool, kill: bool) -> None:
        self._closing = True
        self._cancelling |= cancel
        self._killing |= kill
        self._wake()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        """Go on until the end is asked for and nothing is left to do."""
        if hasattr(signal, "pthread_sigmask"):  # so the processes, which inherit it, start undisturbed by Ctrl-C
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            while not self._is_over():
                self._staff()
                for event, _ in self._selector.select(self._pause()):
                    if event.data is None:
                        _empty(self._wake_read)
                    else:
                        self._hear(event.data)
                self._watch()
        finally:
            self._close()

    def _is_over(self) -> bool:
        if self._cancelling:
            self._cancel()
        return self._killing or (self._closing and not self._waiting and not any(hand.chunk for hand in self._hands))

    def _cancel(self) -> None:
        while self._waiting:
            for task in self._waiting.popleft().tasks:
                task.future.cancel()
                if task.begin():  # it was being done before, by a process that died
                    task.future.set_exception(WorkerEnded("its worker process died, and the others were stopped"))

    def _staff(self) -> None:
        """Give what waits to those who are idle, and start as many more as have something to do."""
        for hand in [hand for hand in self._hands if hand.idle]:
            while self._waiting and hand.idle:
                chunk = self._waiting.popleft()
                wanted = Chunk([task for task in chunk.tasks if task.begin()], chunk.time_limit, chunk.memory_limit)
                if wanted.tasks and not hand.give(wanted):
                    self._waiting.appendleft(wanted)
                    self._bury(hand)
                    break
        if self._broken:
            self._refuse()
        starting = sum(not hand.ready for hand in self._hands)
        for _ in range(min(len(self._waiting) - starting, self._most - len(self._hands))):
            self._start()

    def _start(self) -> None:
        try:
            hand = Hand()
        except Exception as error:
            self._failed(f"a worker process cannot be started: {error}")
            return
        self._hands.append(hand)
        self._selector.register(hand.pipe, selectors.EVENT_READ, hand)

    def _failed(self, how: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _FAILED_STARTS:
            self._broken = how
            self._refuse()

    def _refuse(self) -> None:
        while self._waiting:
            self._waiting.popleft().fail(BrokenExecutor(self._broken))

    def _hear(self, hand: Hand) -> None:
        if not hand.receive():
            self._bury(hand)
            return
        if hand.ready:
            self._failed_starts = 0
        if hand.streams:
            time.sleep(_STREAMING)

    def _bury(self, hand: Hand, error: WorkerEnded | None = None) -> None:
        self._selector.unregister(hand.pipe)
        self._hands.remove(hand)
        rest = hand.bury(error)
        if rest is not None:
            self._waiting.appendleft(rest)
        if not hand.ready:
            self._failed(
                "worker processes end before they are ready; what they said is above. A script that uses more than one "
                'process needs if __name__ == "__main__": round what it does'
            )

    def _watch(self) -> None:
        """Stop what is past its limits, and find those who died without closing their end of the pipe."""
        now = time.monotonic()
        for hand in [hand for hand in self._hands if hand.deadline is not None and now > hand.deadline]:
            hand.receive_all()
            if hand.chunk is not None and hand.deadline is not None and now > hand.deadline:
                self._stop(hand, f"stopped after {hand.chunk.time_limit:g} s, the time limit of a run", "timeout")
        if now - self._watched > _WATCH:
            self._watched = now
            for hand in list(self._hands):
                if excess := hand.excess():
                    self._stop(hand, excess, "memory")
        if now - self._looked > _LOOK:
            self._looked = now
            for hand in [hand for hand in self._hands if hand.process.exitcode is not None]:
                hand.receive_all()
                self._bury(hand)

    def _stop(self, hand: Hand, why: str, status: Any) -> None:
        hand.end()
        self._bury(hand, WorkerEnded(why, status))

    def _pause(self) -> float | None:
        if not self._hands:
            return _WATCH if self._waiting else None
        limits = [hand.chunk.memory_limit for hand in self._hands if hand.chunk is not None]
        pauses = [_LOOK if all(limit is None for limit in limits) else _WATCH]
        pauses.extend(hand.deadline - time.monotonic() for hand in self._hands if hand.deadline is not None)
        return max(0.0, min(pauses))

    def _close(self) -> None:
        self._cancelling = True
        self._cancel()
        for hand in self._hands:
            if hand.chunk is None and hand.ready:
                hand.dismiss()
            else:
                hand.end()
                rest = hand.bury(WorkerEnded("its worker process was stopped"))
                if rest is not None:
                    rest.fail(WorkerEnded("its worker process was stopped"))
        self._hands.clear()
        self._selector.close()
        with self._gone:
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._wake_write = -1

    def _wake(self) -> None:
        with self._gone, suppress(BlockingIOError):
            if self._wake_write >= 0:
                os.write(self._wake_write, b"\0")


def check_limits(time_limit: float | None, memory_limit: int | None) -> None:
    """Refuse limits that mean nothing."""
    if time_limit is not None and not time_limit > 0.0:
        raise InvalidInput(f"time_limit must be a positive number of seconds, or None, got {time_limit!r}")
    if memory_limit is not None:
        whole("memory_limit", memory_limit, low=1, high=2**62)


def _empty(pipe: int) -> None:
    with suppress(BlockingIOError):
        while os.read(pipe, 4096):
            pass
