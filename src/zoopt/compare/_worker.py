"""What runs inside a worker process of :class:`zoopt.compare._processes.LocalProcesses`."""

import os
import pickle
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from typing import Any

from zoopt._workers import portable
from zoopt.compare import _frames, _memory

ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
"""Environment variables that are 1 when a worker starts: workers would only wait for each other's threads."""

Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Began:
    """The calls are unpickled, and the clock of the first one runs; bytes that the process has by then."""

    memory: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """What the call at this place returned, or raised; the clock of the next one runs."""

    place: int
    value: Any
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The calls cannot be unpickled here."""

    error: BaseException


READY = "ready"


def serve(pipe: Connection) -> None:
    """Tell that we are ready, then do what comes, one list of calls after the other, until the other end is closed.

    Orders come by the pipe's own protocol; what is told goes back as frames, which can be read many at a time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits for us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, name="zoopt-parent", daemon=True).start()
    try:
        _send(pipe, READY)
        while True:
            memory_limit = pipe.recv()
            _answer(pipe, pipe.recv_bytes(), memory_limit)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _answer(pipe: Connection, payload: bytes, memory_limit: int | None) -> None:
    try:
        calls: list[Call] = pickle.loads(payload)
    except BaseException as error:
        _send(pipe, Unreadable(portable(error)))
        return
    _send(pipe, Began(_memory.resident(os.getpid()) if memory_limit is not None else None))
    for place, call in enumerate(calls):
        _send_bytes(pipe, _result(place, call, memory_limit))


def _result(place: int, call: Call, memory_limit: int | None) -> bytes:
    function, arguments, keywords = call
    try:
        with _memory.limited(memory_limit):
            value = function(*arguments, **keywords)
        return pickle.dumps(Ended(place, value))
    except BaseException as error:
        return pickle.dumps(Ended(place, None, portable(error)))


def _send(pipe: Connection, message: object) -> None:
    _send_bytes(pipe, pickle.dumps(message))


def _send_bytes(pipe: Connection, payload: bytes) -> None:
    frame = memoryview(_frames.LENGTH.pack(len(payload)) + payload)
    while frame:
        frame = frame[os.write(pipe.fileno(), frame) :]


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
