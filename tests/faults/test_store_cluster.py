"""A Dask cluster does the jobs; one of its workers is killed on the way, and nothing is lost."""

import logging
import os
import signal
import sys
import threading
import time
from collections import Counter

import pytest
from store_jobs import Job, grid, outcome

from zoopt.compare import _cluster, _crews
from zoopt.compare._coordinator import execute
from zoopt.compare._record import STATUSES
from zoopt.compare._store import Store
from zoopt.errors import InvalidInput, MissingDependency, WorkerError

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.timeout(150),
    # what Dask leaves behind when its workers are killed is not ours to tidy
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

QUIET = {
    "processes": True,
    "host": "127.0.0.1",
    "dashboard_address": None,
    "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},  # of what is left of it without its pages
    "silence_logs": logging.CRITICAL,
}


@pytest.fixture(scope="module")
def cluster():
    import dask

    settings = {
        "distributed.worker.daemon": True,
        "distributed.scheduler.allowed-failures": 1,
        "distributed.comm.timeouts.connect": "20s",
        "distributed.admin.tick.limit": "60s",
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **QUIET) as made,
    ):
        yield made


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs.db") as opened:
        yield opened
        opened.check()


def statuses(runs):
    return [STATUSES[code] for code in runs.status]


def test_an_address_is_enough_and_failures_are_recorded(cluster, store):
    jobs = [*grid(), Job("f", "o", 9, act="raises")]
    runs = execute(jobs, store=store, executor=cluster.scheduler_address)
    assert outcome(runs) == outcome(execute(jobs, store=None))
    assert statuses(runs)[-1] == "failed"


def test_a_worker_is_killed_and_nothing_is_lost(cluster, store, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    jobs = grid(2, 5, 6, seconds=0.05, marks=str(marks))
    killed = []

    def kill():
        until = time.monotonic() + 60
        while not killed and time.monotonic() < until:
            done = list(marks.iterdir())
            if len(done) > 10:
                killed.append(int(done[-1].name.split("-")[1]))
                os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    with distributed.Client(cluster, set_as_default=False) as client:
        runs = execute(jobs, store=store, executor=client)
        thread.join()
    assert killed
    assert statuses(runs) == ["done"] * len(jobs)
    assert outcome(runs) == outcome(execute(jobs, store=None))
    begun = Counter(mark.name.split("-")[1] for mark in marks.iterdir())
    assert len(begun) >= 2


def test_a_run_that_kills_its_worker_is_lost_alone(cluster, store):
    jobs = [*grid(1, 2, 3), Job("f", "o", 9, act="exits")]
    runs = execute(jobs, store=store, executor=cluster.scheduler_address)
    assert statuses(runs) == ["done"] * 6 + ["lost"]
    assert "KilledWorker" in runs.message[-1]


def test_limits_there(cluster, store):
    with pytest.raises(InvalidInput, match="memory_limit cannot be kept by an executor"):
        execute(grid(), store=store, executor=cluster.scheduler_address, memory_limit=10**9)
    jobs = [Job("f", "o", 0, act="polite", seconds=60.0), Job("f", "o", 1)]
    runs = execute(jobs, store=store, executor=cluster.scheduler_address, time_limit=0.5)
    assert statuses(runs) == ["timeout", "done"]


def test_a_hanging_worker_is_given_up_and_gets_nothing_more(cluster, store, monkeypatch):
    monkeypatch.setattr(_crews, "FOREIGN_GRACE", 1.0)
    jobs = [Job("f", "o", 0, seconds=4.0), *grid()]
    runs = execute(jobs, store=store, executor=cluster.scheduler_address, time_limit=1.0)
    assert statuses(runs) == ["timeout"] + ["done"] * 24


def test_nobody_answers(monkeypatch, caplog):
    monkeypatch.setattr(_cluster, "_CONNECTING_SECONDS", 0.5)
    with pytest.raises(WorkerError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        execute(grid(), store=None, executor="tcp://127.0.0.1:9")


def test_a_cluster_without_workers(monkeypatch):
    monkeypatch.setattr(_cluster, "_WORKERS_SECONDS", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, **QUIET) as empty,
        pytest.raises(WorkerError, match=r"has had no workers for 0\.5 s"),
    ):
        execute(grid(), store=None, executor=empty.scheduler_address)


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDependency, match=r"pip install 'zoopt-engine\[dask\]'"):
        execute(grid(), store=None, executor="tcp://127.0.0.1:8786")
