"""Processes that run into their limits, or die: only the call at fault is lost, and nothing is left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Future, wait

import numpy as np
import pytest
from store_jobs import program

from zoopt.compare import _memory, _processes
from zoopt.compare._hand import Chunk, Hand, Task, WorkerEnded
from zoopt.compare._processes import LocalProcesses
from zoopt.errors import InvalidInput, InvalidType

MiB = 2**20
LINUX = sys.platform.startswith("linux")


def double(x):
    return 2 * x


def own_number():
    return os.getpid()


def environment():
    return {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def interrupt_handling():
    return signal.getsignal(signal.SIGINT) == signal.SIG_IGN


def hang():
    time.sleep(3600)


def leave():
    os._exit(3)


def kill_oneself():
    os.kill(os.getpid(), signal.SIGKILL)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave_a_child_behind(seconds):
    """Die, while a child still holds the pipe open."""
    if os.fork() == 0:
        time.sleep(seconds)
        os._exit(0)
    os._exit(4)


def close_everything():
    os.closerange(3, 256)
    time.sleep(3600)


def fail():
    raise KeyError("why")


def ask_to_leave():
    sys.exit("enough")


def allocate(mebibytes):
    return np.ones(mebibytes * MiB // 8).nbytes


def share(mebibytes):
    """Take memory that a limit on data does not count."""
    import mmap

    with mmap.mmap(-1, mebibytes * MiB) as held:
        for at in range(0, len(held), 4096):
            held[at] = 1
        time.sleep(30)


def big(size):
    return bytes(size)


def unpicklable():
    return lambda: None


def calls(*functions):
    return [(function if isinstance(function, tuple) else (function, (), {})) for function in functions]


@pytest.fixture(scope="module")
def processes():
    with LocalProcesses(2) as pool:
        yield pool


def error_of(future):
    error = future.exception(timeout=60)
    assert isinstance(error, WorkerEnded), error
    return error


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def gone(number, patience=30.0):
    until = time.monotonic() + patience
    while alive(number) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(number)


def test_results_come_back(processes):
    futures = [processes.submit(double, i) for i in range(50)]
    assert [future.result() for future in futures] == [2 * i for i in range(50)]
    assert list(processes.map(double, range(5))) == [0, 2, 4, 6, 8]
    assert len(processes.submit(big, 10**7).result()) == 10**7


def test_exceptions_come_back_with_their_traceback(processes):
    error = processes.submit(fail).exception()
    assert isinstance(error, KeyError)
    assert "in fail" in error.__notes__[-1]
    assert isinstance(processes.submit(ask_to_leave).exception(), SystemExit)
    assert "pickle" in str(processes.submit(unpicklable).exception()).lower()


def test_workers_have_one_thread_and_leave_ctrl_c_alone(processes):
    before = dict(os.environ)
    with LocalProcesses(1) as fresh:
        assert set(fresh.submit(environment).result().values()) == {"1"}
        assert fresh.submit(interrupt_handling).result()
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (leave, "exit code 3"),
        (kill_oneself, "killed by SIGKILL, perhaps by the system for want of memory"),
        (crash, "killed by SIGSEGV"),
    ],
)
def test_a_death_costs_only_the_call_at_fault(processes, act, words):
    chunk = calls((double, (1,), {}), own_number, act, own_number, (double, (2,), {}))
    first, before, lost, after, last = processes.submit_chunk(chunk, time_limit=None, memory_limit=None)
    assert (first.result(), last.result(timeout=60)) == (2, 4)
    assert error_of(lost).status == "lost"
    assert f"its worker process died ({words})" in str(lost.exception())
    assert before.result() != after.result()
    assert gone(before.result())


def test_a_hanging_call_is_stopped_with_its_process(processes):
    chunk = calls(own_number, hang, own_number)
    began = time.monotonic()
    before, stopped, after = processes.submit_chunk(chunk, time_limit=0.5, memory_limit=None)
    assert error_of(stopped).status == "timeout"
    assert time.monotonic() - began >= 0.5
    assert str(stopped.exception()) == "stopped after 0.5 s, the time limit of a run"
    assert after.result(timeout=60) != before.result()
    assert gone(before.result())


def test_the_time_limit_is_one_for_every_call(processes):
    chunk = [(time.sleep, (0.4,), {})] * 5
    futures = processes.submit_chunk(chunk, time_limit=1.5, memory_limit=None)
    assert [future.result(timeout=60) for future in futures] == [None] * 5


@pytest.mark.skipif(not LINUX, reason="the system has no limit on data")
def test_an_allocation_without_end_is_a_memory_error(processes):
    chunk = calls(own_number, (allocate, (50,), {}), (allocate, (400,), {}), own_number, (allocate, (50,), {}))
    before, small, large, after, again = processes.submit_chunk(chunk, time_limit=None, memory_limit=150 * MiB)
    assert isinstance(large.exception(timeout=60), MemoryError)
    assert small.result() == again.result() == 50 * MiB
    assert before.result() == after.result()
    assert processes.submit(allocate, 400).result() == 400 * MiB


def test_memory_that_the_limit_does_not_count_is_watched(processes):
    chunk = calls((double, (1,), {}), (share, (400,), {}), (double, (2,), {}))
    first, stopped, last = processes.submit_chunk(chunk, time_limit=None, memory_limit=150 * MiB)
    assert error_of(stopped).status == "memory"
    assert "beyond the memory limit of 150 MiB" in str(stopped.exception())
    assert (first.result(), last.result(timeout=60)) == (2, 4)


def test_the_memory_of_a_process_can_be_listed():
    ours, listed = _memory.resident(os.getpid()), _memory._listed(os.getpid())
    if listed is None:
        pytest.skip("no ps")
    assert 5 * MiB < ours <= listed * 1.2
    assert _memory.resident(2**22 + 1) is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_death_is_noticed_though_a_child_lives_on(processes):
    future = processes.submit(leave_a_child_behind, 8.0)
    began = time.monotonic()
    assert "exit code 4" in str(error_of(future))
    assert time.monotonic() - began < 7.0


def test_a_process_that_closes_its_pipe_is_ended(processes):
    assert error_of(processes.submit(close_everything)).status == "lost"


def test_what_cannot_be_sent_is_refused(processes):
    with pytest.raises(InvalidType, match="cannot be pickled"):
        processes.submit(lambda: None).result()
    chunk = calls((double, (1,), {}), (lambda: None, (), {}))
    assert all(
        isinstance(future.exception(), InvalidType)
        for future in processes.submit_chunk(chunk, time_limit=None, memory_limit=None)
    )


def test_what_cannot_be_read_there_is_refused(processes, monkeypatch):
    import store_jobs

    def passing(x):
        return x

    passing.__module__, passing.__qualname__ = "store_jobs", "passing"
    monkeypatch.setattr(store_jobs, "passing", passing, raising=False)
    with pytest.raises(InvalidType, match="cannot be unpickled in a worker"):
        processes.submit(passing, 1).result()
    assert processes.submit(double, 4).result() == 8


def test_what_has_not_begun_can_be_cancelled():
    with LocalProcesses(1) as pool:
        running, waiting = pool.submit(time.sleep, 0.3), pool.submit(double, 1)
        assert waiting.cancel()
        assert running.result() is None
        assert pool.submit(double, 2).result() == 4


def test_shutdown_waits_and_takes_no_more():
    pool = LocalProcesses(1)
    futures = [pool.submit(own_number), pool.submit(time.sleep, 0.2), pool.submit(double, 1)]
    pool.shutdown()
    assert futures[2].done()
    assert not alive(futures[0].result())
    with pytest.raises(RuntimeError, match="were shut down"):
        pool.submit(double, 1)
    pool.shutdown()
    LocalProcesses(1).shutdown()


def test_shutdown_can_cancel():
    pool = LocalProcesses(1)
    first = pool.submit(own_number)
    first.result()
    running, waiting = pool.submit(time.sleep, 0.3), pool.submit(double, 1)
    while not running.running():
        time.sleep(0.01)
    pool.shutdown(cancel_futures=True)
    assert running.result() is None
    assert waiting.cancelled()


def test_kill_stops_at_once():
    pool = LocalProcesses(2)
    number = pool.submit(own_number).result()
    running = [pool.submit(hang), pool.submit(hang)]
    chunk = pool.submit_chunk(calls(hang, own_number), time_limit=None, memory_limit=None)
    while not all(future.running() for future in running):
        time.sleep(0.01)
    began = time.monotonic()
    pool.kill()
    assert time.monotonic() - began < 5.0
    assert [error_of(future).status for future in running] == ["lost", "lost"]
    assert not wait(chunk, timeout=5).not_done
    assert not alive(number)


def test_results_that_come_while_a_process_is_stopped_are_kept():
    tasks = [Task((double, (i,), {}), Future()) for i in range(4)] + [Task((hang, (), {}), Future())]
    assert all(task.begin() for task in tasks)
    hand = Hand()
    while not hand.ready:
        assert hand.receive()
    assert hand.give(Chunk(tasks, None, None))
    time.sleep(0.5)  # nobody takes what it sends
    hand.end()
    rest = hand.bury(WorkerEnded("stopped"))
    assert [task.future.result(0) for task in tasks[:4]] == [0, 2, 4, 6]
    assert rest is not None
    assert list(rest.tasks) == tasks[4:]  # not to blame: nobody knew that it was at it
    rest.fail(WorkerEnded("stopped"))
    assert isinstance(tasks[4].future.exception(0), WorkerEnded)


def test_limits_of_the_pool_hold_for_all_its_calls():
    with LocalProcesses(1, time_limit=0.3) as pool:
        assert error_of(pool.submit(hang)).status == "timeout"


@pytest.mark.parametrize(
    "keywords", [{"max_workers": 0}, {"time_limit": 0.0}, {"time_limit": float("nan")}, {"memory_limit": 0}]
)
def test_limits_that_mean_nothing_are_refused(keywords):
    with pytest.raises(InvalidInput):
        LocalProcesses(**keywords)


def test_no_process_is_left(processes):
    others = set(multiprocessing.active_children())
    with LocalProcesses(2) as pool:
        numbers = {pool.submit(own_number).result() for _ in range(5)}
        error_of(pool.submit(leave))
    assert set(multiprocessing.active_children()) == others
    assert not any(alive(number) for number in numbers)


def test_processes_that_cannot_start_are_told(monkeypatch):
    def refuse():
        raise OSError("no more processes")

    monkeypatch.setattr(_processes, "Hand", refuse)
    with LocalProcesses(2) as pool:
        for _ in range(2):
            with pytest.raises(BrokenExecutor, match="a worker process cannot be started: no more processes"):
                pool.submit(double, 1).result(timeout=60)


def test_workers_end_with_the_process_that_started_them(tmp_path):
    body = """
    import os, time
    pool = LocalProcesses(2)
    numbers = [pool.submit(os.getpid), pool.submit(time.sleep, 3600), pool.submit(time.sleep, 3600)]
    print(numbers[0].result(), *(hand.process.pid for hand in pool._crew._hands), flush=True)
    time.sleep(3600)
    """
    with program(body, directory=tmp_path) as parent:
        numbers = {int(word) for word in parent.stdout.readline().split()}
        assert len(numbers) == 2
        parent.kill()
        parent.communicate()
    assert all(gone(number) for number in numbers)


def test_a_program_that_forgets_to_shut_down_ends(tmp_path):
    body = """
    import os
    pool = LocalProcesses(1)
    print(pool.submit(os.getpid).result())
    """
    with program(body, directory=tmp_path) as parent:
        out, err = parent.communicate(timeout=60)
    assert parent.returncode == 0
    assert err == ""
    assert gone(int(out))


def test_a_script_without_a_guard_is_told(tmp_path):
    (tmp_path / "script.py").write_text(
        "from zoopt.compare._processes import LocalProcesses\nLocalProcesses(1).submit(abs, -1).result()\n"
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 1
    assert 'needs if __name__ == "__main__":' in done.stderr
