"""One worker process, as the process that started it sees it."""

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from zoopt.compare import _memory
from zoopt.compare._frames import Frames
from zoopt.compare._record import Status
from zoopt.compare._worker import ONE_THREAD, READY, Began, Call, Ended, Unreadable, serve
from zoopt.errors import InvalidType, WorkerError

_UNPICKLING = 60.0  # seconds: what calls with a time limit may take to be unpickled, with all that they import
_DYING = 1.0  # seconds


class WorkerEnded(WorkerError):
    """The process of a call is no more: it was stopped at a limit, or it died.

    Attributes
    ----------
    status : {"timeout", "memory", "lost"}
    """

    def __init__(self, message: str, status: Status = "lost"):
        super().__init__(message)
        self.status: Status = status


@dataclass(slots=True)
class Task:
    """A call and the future of its result; it is running from when it is first handed to a worker."""

    call: Call
    future: Future[Any]
    running: bool = False

    def begin(self) -> bool:
        """Return whether it is still wanted."""
        if not self.running:
            self.running = self.future.set_running_or_notify_cancel()
        return self.running


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks that go to one worker together, and the limits of each of them."""

    tasks: Sequence[Task]
    time_limit: float | None
    memory_limit: int | None

    def rest(self, place: int) -> "Chunk":
        """Return the tasks from this place on."""
        return Chunk(self.tasks[place:], self.time_limit, self.memory_limit)

    def fail(self, error: BaseException) -> None:
        """Let all tasks end with this error."""
        for task in self.tasks:
            if task.begin():
                task.future.set_exception(error)


class Hand:
    """A worker process: it is ready once it has said so, and busy while it has a chunk."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other,), name="zoopt-worker")
        try:
            with _one_thread():
                self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            other.close()
        self._frames = Frames(self.pipe.fileno())
        self.ready = False
        self.chunk: Chunk | None = None
        self._place = 0
        self._since = 0.0
        self._memory: int | None = None
        self._began = False

    @property
    def streams(self) -> bool:
        """Whether it is in the middle of a chunk, with results on their way."""
        return self.chunk is not None and self._place > 0

    @property
    def idle(self) -> bool:
        """Whether it can be given a chunk."""
        return self.ready and self.chunk is None

    def give(self, chunk: Chunk) -> bool:
        """Send a chunk; False where the process is dead and the chunk has not been touched."""
        try:
            payload = pickle.dumps([task.call for task in chunk.tasks])
        except Exception as error:
            chunk.fail(_unpicklable(error, "cannot be pickled"))
            return True
        try:
            self.pipe.send(chunk.memory_limit)
            self.pipe.send_bytes(payload)
        except OSError:
            return False
        self.chunk, self._place, self._began, self._since = chunk, 0, False, time.monotonic()
        return True

    def receive(self) -> bool:
        """Take what has come; False where there will be no more."""
        payloads = self._frames.read()
        for payload in payloads or ():
            self._hear(payload)
        return payloads is not None

    def _hear(self, payload: bytes) -> None:
        try:
            message = pickle.loads(payload)
        except Exception as error:
            message = Ended(self._place, None, error)
        self._since = time.monotonic()
        if isinstance(message, Ended):
            self._resolve(message)
        elif isinstance(message, Began):
            self._began, self._memory = True, message.memory
        elif isinstance(message, Unreadable) and self.chunk is not None:
            self.chunk.fail(_unpicklable(message.error, "cannot be unpickled in a worker"))
            self.chunk = None
        elif message == READY:
            self.ready = True

    def receive_all(self) -> None:
        """Take what waits in the pipe."""
        while _has_message(self.pipe) and self.receive():
            pass

    @property
    def deadline(self) -> float | None:
        """The time (of the monotonic clock) at which the present call is past its limit."""
        if self.chunk is None or self.chunk.time_limit is None:
            return None
        return self._since + self.chunk.time_limit + (0.0 if self._began else _UNPICKLING)

    def excess(self) -> str:
        """Return how far the present call is beyond its memory limit, in words; empty where it is not."""
        if self.chunk is None or self.chunk.memory_limit is None or self._memory is None:
            return ""
        now = _memory.resident(self.process.pid or 0)
        if now is None or now - self._memory <= self.chunk.memory_limit:
            return ""
        return (
            f"stopped with {(now - self._memory) / _memory.MiB:.0f} MiB more than at its start, beyond the memory "
            f"limit of {self.chunk.memory_limit / _memory.MiB:.0f} MiB"
        )

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()

    def bury(self, error: WorkerEnded | None = None) -> Chunk | None:
        """Reap the process, and return what of its chunk is left to others.

        The call that it was doing ends with the error; without one, the process has died of itself.
        """
        at_fault = self._place
        code = self._reap(_DYING)
        self.receive_all()
        chunk, self.chunk = self.chunk, None
        if chunk is None:
            return None
        if error is None:
            error, at_fault = WorkerEnded(f"its worker process died ({cause_of_death(code)})"), self._place
        if at_fault == self._place:  # else its call had ended when it was stopped, and the next one is not to blame
            chunk.tasks[at_fault].future.set_exception(error)
            at_fault += 1
        rest = chunk.rest(at_fault)
        return rest if rest.tasks else None

    def dismiss(self) -> None:
        """Let an idle process end, and reap it."""
        self.pipe.close()
        self._reap(_DYING)

    def _reap(self, patience: float) -> int:
        """Wait for the process, kill it where it lives on, and return its exit code."""
        until = time.monotonic() + patience
        while self.process.exitcode is None and time.monotonic() < until:
            time.sleep(0.001)  # join(patience) would wait for good on a process that has closed its end of the pipe
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode
        self.process.close()
        return 0 if code is None else code

    def _resolve(self, message: Ended) -> None:
        if self.chunk is None:
            return
        future = self.chunk.tasks[message.place].future
        if message.error is None:
            future.set_result(message.value)
        else:
            future.set_exception(message.error)
        self._place = message.place + 1
        if self._place == len(self.chunk.tasks):
            self.chunk = None


def cause_of_death(code: int) -> str:
    """Return an exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = ", perhaps by the system for want of memory" if -code == signal.SIGKILL else ""
    return f"killed by {name}{hint}"


def _has_message(pipe: Connection) -> bool:
    try:
        return pipe.poll(0)
    except OSError:
        return False


def _unpicklable(error: BaseException, how: str) -> InvalidType:
    return InvalidType(
        f"what workers are to do {how}: {error}; define objectives and optimisers at the top of a module, or use "
        "one process"
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let what is started in the block find one thread for linear algebra in its environment."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
