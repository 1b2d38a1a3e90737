"""Coordinators that share a store share the work: nothing is done twice while its owner lives."""

import os
import signal
import time
from collections import Counter

import pytest
from store_jobs import Job, grid, outcome, program

from zoopt.compare import _leases
from zoopt.compare._coordinator import execute
from zoopt.compare._leases import Claim, Leases
from zoopt.compare._store import Store

TOGETHER = """
import json, os, time
from pathlib import Path
from zoopt.compare import _leases
_leases.PATIENCE = float(sys.argv[3])
jobs = grid(3, 4, 10, seconds=0.03, marks=sys.argv[2])
Path(sys.argv[2] + f".ready{sys.argv[4]}").touch()
until = time.monotonic() + 60
while not Path(sys.argv[2] + f".ready{1 - int(sys.argv[4])}").exists() and time.monotonic() < until:
    time.sleep(0.001)
with Store(sys.argv[1]) as store:
    runs = execute(jobs, store=store, processes=int(sys.argv[4]) + 1)
print(len(runs), len(set(runs.key)), flush=True)
"""
ALONE = """
from zoopt.compare import _leases
_leases.PATIENCE = float(sys.argv[2])
jobs = [Job("f", "o", 0, seconds=30.0)]
with Store(sys.argv[1]) as store:
    print("begins", flush=True)
    execute(jobs, store=store)
"""


def begun(marks):
    return Counter(mark.name.partition("-")[0] for mark in marks.iterdir())


def wait_for(condition, patience=60.0):
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def leases(path):
    with Store(path, read_only=True) as store:
        return store.query("SELECT count(*) FROM leases").fetchone()[0]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs.db") as opened:
        yield opened
        opened.check()


def test_two_coordinators_share_the_work(tmp_path, store):
    marks = tmp_path / "marks"
    marks.mkdir()
    both = []
    for number in range(2):
        (tmp_path / str(number)).mkdir()
        both.append(program(TOGETHER, store.path, marks, 30.0, number, directory=tmp_path / str(number)))
    for process in both:
        with process:
            out, err = process.communicate(timeout=120)
            assert (out, err) == ("120 120\n", "")
    jobs = grid(3, 4, 10)
    assert begun(marks) == {job.key: 1 for job in jobs}
    processes = Counter(mark.name.split("-")[1] for mark in marks.iterdir())
    assert len(processes) >= 2
    assert both[0].pid != both[1].pid
    assert outcome(store.runs(job.key for job in jobs)) == outcome(execute(jobs, store=None))
    assert leases(store.path) == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_the_work_of_the_dead_is_taken_over(tmp_path, store, how):
    """A killed coordinator is known to be dead at once, one that stands still after its patience."""
    patience = 60.0 if how == signal.SIGKILL else 1.0
    with program(ALONE, store.path, patience, directory=tmp_path) as other:
        assert other.stdout.readline() == "begins\n"
        wait_for(lambda: leases(store.path) == 1)
        os.kill(other.pid, how)
        if how == signal.SIGKILL:
            other.wait()
        began = time.monotonic()
        key = Job("f", "o", 0).key
        assert execute([Job("f", "o", 0), *grid()], store=store).key[0] == key
        assert time.monotonic() - began < 30.0
        other.kill()
    assert leases(store.path) == 0


def test_what_is_in_living_hands_is_waited_for(tmp_path, store):
    body = ALONE.replace("seconds=30.0", "seconds=2.0, marks=sys.argv[3]")
    marks = tmp_path / "marks"
    marks.mkdir()
    with program(body, store.path, 1.0, marks, directory=tmp_path) as other:
        assert other.stdout.readline() == "begins\n"
        wait_for(lambda: leases(store.path) == 1)
        runs = execute([*grid(marks=str(marks)), Job("f", "o", 0, marks=str(marks))], store=store)
        assert other.wait(timeout=60) == 0
    assert len(runs) == 25
    assert set(begun(marks).values()) == {1}


@pytest.fixture
def both(store):
    """Two owners in one process, whose signs of life are left to the test."""
    owners = Leases(store, 1000.0), Leases(store, 1000.0)
    yield owners
    for owner in owners:
        owner.close()


def test_one_has_what_the_other_has_not(store, both):
    mine, theirs = both
    assert mine.claim(["a", "b"], {}) == Claim(granted=["a", "b"])
    assert theirs.claim(["b", "c"], {}) == Claim(granted=["c"], elsewhere=["b"])
    assert mine.claim(["a"], {}) == Claim(granted=["a"])
    store.write([("a", [])])
    mine.drop(["a", "b", "c"])
    assert theirs.claim(["a", "b", "c"], {}) == Claim(granted=["b", "c"], finished={"a": "done"})
    theirs.close()
    assert mine.claim(["b", "c"], {}) == Claim(granted=["b", "c"])


def test_a_failure_is_repeated_as_often_as_it_was_decided(store, both):
    failed = Job("f", "o", 0, act="raises")
    execute([failed], store=store)
    mine, theirs = both
    assert mine.claim([failed.key], {}) == Claim(finished={failed.key: "failed"})
    assert mine.claim([failed.key], {failed.key: 1}) == Claim(granted=[failed.key])
    mine.drop([failed.key])
    execute([failed], store=store, retry_failed=True)
    assert theirs.claim([failed.key], {failed.key: 1}) == Claim(finished={failed.key: "failed"})


def test_who_stands_still_for_too_long_is_dead(store, both, monkeypatch):
    mine, theirs = both
    now = [0.0]
    monkeypatch.setattr(_leases.time, "monotonic", lambda: now[0])
    theirs.claim(["a"], {})
    assert mine.claim(["a"], {}).elsewhere == ["a"]
    now[0] = 999.0
    assert mine.claim(["a"], {}).elsewhere == ["a"]
    store.query("UPDATE owners SET beat = beat + 1 WHERE owner = ?", (theirs.owner,))
    now[0] = 1998.0  # the sign of life is seen now
    assert mine.claim(["a"], {}).elsewhere == ["a"]
    now[0] = 2997.0
    assert mine.claim(["a"], {}).elsewhere == ["a"]
    now[0] = 2999.0
    assert mine.claim(["a"], {}).granted == ["a"]
    assert store.query("SELECT owner FROM owners").fetchall() == [(mine.owner,)]


def test_a_process_that_is_gone_is_dead_at_once_but_only_here(store, both):
    mine, theirs = both
    theirs.claim(["a"], {})
    store.query("UPDATE owners SET process = ? WHERE owner = ?", (2**22 + 1, theirs.owner))
    store.query("UPDATE owners SET machine = 'another' WHERE owner = ?", (theirs.owner,))
    assert mine.claim(["a"], {}).elsewhere == ["a"]
    store.query("UPDATE owners SET machine = ? WHERE owner = ?", (_leases.machine(), theirs.owner))
    assert mine.claim(["a"], {}).granted == ["a"]


def test_signs_of_life_are_given_and_given_again(store):
    leases_ = Leases(store, 0.4)
    try:
        beats = set()
        until = time.monotonic() + 30

        def seen():
            row = store.query("SELECT beat FROM owners WHERE owner = ?", (leases_.owner,)).fetchone()
            beats.add(row and row[0])
            return len(beats) > 4

        while not seen() and time.monotonic() < until:
            time.sleep(0.02)
        assert len(beats) > 4
        store.query("DELETE FROM owners")  # as who takes it for dead would do
        wait_for(lambda: store.query("SELECT count(*) FROM owners").fetchone() == (1,))
    finally:
        leases_.close()
    assert store.query("SELECT count(*) FROM owners").fetchone() == (0,)
