"""A kill at any moment loses at most the runs in flight: the store stays whole, and the next start ends alike."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from store_jobs import grid, outcome, program

from zoopt.compare._coordinator import execute
from zoopt.compare._leases import machine
from zoopt.compare._store import Store
from zoopt.errors import StoreError

BODY = """
jobs = grid(4, 5, 20, seconds=0.004, points=200, marks=sys.argv[2])
print("begins", flush=True)
with Store(sys.argv[1]) as store:
    execute(jobs, store=store, processes=int(sys.argv[3]))
print("ends", flush=True)
"""
IN_FLIGHT = 2 * 256  # as many as two chunks can hold


def children(process):
    """Return the processes that a process has started."""
    found = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        found += map(int, path.read_text().split())
    return found


def kill_one(processes):
    for process in processes:
        try:
            if b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes():
                os.kill(process, signal.SIGKILL)
                return True
        except OSError:
            continue
    return False


def rounds(tmp_path, count, seed):
    """Kill the coordinator, or in every fourth round a worker, `count` times, with a check after each."""
    path, marks = tmp_path / "runs.db", tmp_path / "marks"
    marks.mkdir()
    rng = np.random.default_rng(seed)
    jobs = grid(4, 5, 20, seconds=0.004, points=200, marks=str(marks))
    expected = outcome(execute(grid(4, 5, 20, points=200), store=None))
    known, ends, struck = {}, 0, 0
    for number in range(count):
        if number and number % 8 == 0:  # begin anew, so that there is always something to do
            for each in tmp_path.glob("runs.db*"):
                each.unlink()
            known = {}
        with program(BODY, path, marks, 1 + number % 2, directory=tmp_path) as process:
            assert process.stdout.readline() == "begins\n"
            time.sleep(rng.uniform(0.0, 0.8))
            if number % 4 == 3 and kill_one(children(process.pid)):
                struck += 1
                time.sleep(rng.uniform(0.0, 0.3))
            process.kill()
            ends += "ends" in process.communicate()[0]
        known = checked(path, known, dict(zip((job.key for job in jobs), expected, strict=True)))
    return jobs, expected, path, marks, ends, struck


def checked(path, known, expected):
    """Return what is stored; nothing of it may be wrong, and nothing that was there may be gone."""
    if not path.exists():
        assert not known
        return {}
    with Store(path) as store:
        store.check()
        runs = store.runs()
    stored = {each[0]: each for each in outcome(runs) if each[5] == ""}
    assert all(expected[key] == each for key, each in stored.items())
    assert known.keys() <= stored.keys()
    return stored


def finish(jobs, expected, path):
    with Store(path) as store:
        runs = execute(jobs, store=store, processes=2, retry_failed=True)
        store.check()
        assert outcome(runs) == expected
        assert store.query("SELECT count(*) FROM leases").fetchone() == (0,)
        assert store.query("SELECT count(*) FROM owners").fetchone() == (0,)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the workers")
def test_eight_kills(tmp_path):
    jobs, expected, path, marks, _, _ = rounds(tmp_path, 8, seed=5)
    begun = Counter(mark.name.partition("-")[0] for mark in marks.iterdir())
    assert sum(begun.values()) - len(begun) < 8 * IN_FLIGHT
    finish(jobs, expected, path)


def test_the_dead_are_forgotten_even_where_nothing_is_left_to_do(tmp_path):
    jobs = grid(1, 2, 5)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    with Store(tmp_path / "runs.db") as store:
        expected = outcome(execute(jobs, store=store))
        store.query("INSERT INTO owners VALUES ('gone', ?, ?, 30.0, 0)", (machine(), process.pid))
    finish(jobs, expected, tmp_path / "runs.db")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the workers")
def test_sixty_kills(tmp_path):
    jobs, expected, path, _, ends, struck = rounds(tmp_path, 60, seed=1)
    assert ends < 40  # else most kills came too late to be of interest
    assert struck >= 5
    finish(jobs, expected, path)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to find the workers")
def test_a_kill_loses_no_more_than_what_was_in_flight(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    with program(BODY, tmp_path / "runs.db", marks, 2, directory=tmp_path) as process:
        until = time.monotonic() + 60
        while len(list(marks.iterdir())) < 150 and time.monotonic() < until:
            time.sleep(0.005)
        process.kill()
        process.communicate()
    begun = len(list(marks.iterdir()))
    with Store(tmp_path / "runs.db") as store:
        stored = len(store.runs())
    # two chunks of some 150 ms, and what a worker did before it noticed
    assert begun - 200 < stored <= begun
    execute_again = grid(4, 5, 20, seconds=0.004, points=200, marks=str(marks))
    with Store(tmp_path / "runs.db") as store:
        execute(execute_again, store=store)
    assert len(list(marks.iterdir())) == begun + len(execute_again) - stored


def test_a_store_survives_a_kill_in_its_making(tmp_path):
    path = tmp_path / "runs.db"
    for size in (0, 1):
        path.write_bytes(b"S" * size)
        if size:
            with pytest.raises(StoreError, match="damaged or cut short"):
                Store(path)
            path.unlink()
        with Store(path) as store:
            assert len(execute(grid(), store=store)) == 24
        path.unlink()
