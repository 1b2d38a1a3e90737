"""Jobs are done once, whoever does them; what fails, hangs or dies is recorded, and the rest goes on."""

from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from store_jobs import Job, grid, outcome

from zoopt.compare import _crews
from zoopt.compare._coordinator import execute
from zoopt.compare._processes import LocalProcesses
from zoopt.compare._record import STATUSES, columns
from zoopt.compare._store import Store
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, WorkerError

MiB = 2**20
HOSTILE = ["'); DROP TABLE jobs; --", "NUL \0", "two\nlines", "größe 🙂", "half \ud800", "?:{}%s", ""]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs.db") as opened:
        yield opened
        opened.check()


@pytest.fixture(scope="module")
def processes():
    with LocalProcesses(2) as pool:
        yield pool


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def begun(directory):
    """Return how often each job was begun."""
    counts = {}
    for mark in Path(directory).iterdir():
        key = mark.name.partition("-")[0]
        counts[key] = counts.get(key, 0) + 1
    return counts


def statuses(runs):
    return [STATUSES[code] for code in runs.status]


def at_seed(jobs, seed, act):
    return [replace(job, act=act) if job.seed == seed else job for job in jobs]


def test_neither_workers_nor_store_nor_order_matter(store, processes, threads):
    jobs = grid()
    expected = outcome(columns([run for job in jobs for run in job.run()]))
    assert outcome(execute(jobs, store=None)) == expected
    assert outcome(execute(jobs, store=None, executor=threads)) == expected
    assert outcome(execute(jobs, store=None, executor=processes)) == expected
    assert outcome(execute(jobs[::-1], store=store, processes=2)) == expected[::-1]
    assert outcome(execute(jobs, store=store)) == expected


@pytest.mark.parametrize("crew", ["here", "processes", "threads"])
def test_nothing_is_done_twice_and_what_is_new_is_added(store, crew, request, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    executor = None if crew == "here" else request.getfixturevalue(crew)
    jobs = grid(marks=str(marks))
    execute(jobs[:10] + jobs[:3], store=store, executor=executor)
    assert begun(marks) == {job.key: 1 for job in jobs[:10]}
    more = [*jobs, *(Job("f0", "new", seed, marks=str(marks)) for seed in range(3))]
    runs = execute(more, store=store, executor=executor)
    assert begun(marks) == {job.key: 1 for job in more}
    assert runs.key == tuple(job.key for job in more)


def test_nothing_to_do_is_no_work(store):
    assert len(execute([], store=store)) == 0
    assert len(execute([], store=None, processes=2)) == 0


@pytest.mark.parametrize("crew", ["here", "processes", "threads"])
@pytest.mark.parametrize(
    ("act", "words"),
    [("raises", "ZeroDivisionError: no value at seed 2"), ("leaves", "SystemExit: 3")],
)
def test_an_objective_that_raises(store, crew, act, words, request):
    executor = None if crew == "here" else request.getfixturevalue(crew)
    jobs = at_seed(grid(), 2, act)
    runs = execute(jobs, store=store, executor=executor)
    assert statuses(runs) == ["failed" if job.seed == 2 else "done" for job in jobs]
    assert set(runs.message) == {"", words}


@pytest.mark.parametrize(
    ("act", "status", "words"),
    [
        ("exits", "lost", "its worker process died (exit code 7)"),
        ("killed", "lost", "its worker process died (killed by SIGKILL"),
        ("crashes", "lost", "its worker process died (killed by SIGSEGV"),
        ("hangs", "timeout", "stopped: it was still running 0.5 s after its time limit of 1 s"),
        ("fills", "memory", "Unable to allocate"),
    ],
)
def test_what_goes_wrong_in_a_process_of_ours(store, processes, act, status, words):
    jobs = at_seed(grid(1, 2, 5), 2, act)
    limit = 1.0 if act == "hangs" else None
    runs = execute(jobs, store=store, executor=processes, time_limit=limit, memory_limit=300 * MiB)
    assert statuses(runs) == [status if job.seed == 2 else "done" for job in jobs]
    assert all(words in text for text, job in zip(runs.message, jobs, strict=True) if job.seed == 2)
    assert outcome(store.runs(job.key for job in jobs)) == outcome(runs)


def test_limits_are_kept_with_one_process_too(store):
    jobs = at_seed(grid(1, 1, 3), 1, "hangs")
    assert statuses(execute(jobs, store=store, time_limit=0.5)) == ["done", "timeout", "done"]


@pytest.mark.parametrize("crew", ["processes", "threads"])
def test_a_run_that_looks_at_the_clock_keeps_what_it_found(crew, request):
    jobs = [Job("f", "o", 0, act="polite", seconds=60.0), Job("f", "o", 1)]
    runs = execute(jobs, store=None, executor=request.getfixturevalue(crew), time_limit=0.3)
    assert statuses(runs) == ["timeout", "done"]
    assert runs.message[0] == "time limit"
    assert len(runs.curve_values[0]) == 5


def test_a_value_that_is_not_a_number(store):
    runs = execute(at_seed(grid(1, 1, 3), 1, "nan"), store=store)
    assert np.isnan(runs.search).tolist() == [False, True, False]
    assert statuses(runs) == ["done"] * 3


@pytest.mark.parametrize("crew", ["here", "processes"])
def test_hostile_names(store, crew, request):
    jobs = [Job(a, b, 0, act=act) for a in HOSTILE for b in HOSTILE for act in [["", "raises"][a < b]]]
    executor = None if crew == "here" else request.getfixturevalue(crew)
    runs = execute(jobs, store=store, executor=executor)
    assert runs.objectives == tuple(HOSTILE)
    assert set(runs.labels) == set(HOSTILE)
    assert outcome(runs) == outcome(execute(jobs, store=None))


def test_failures_are_repeated_on_request_only(store, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    failing = at_seed(grid(1, 2, 3, marks=str(marks)), 1, "raises")
    execute(failing, store=store)
    mended = at_seed(failing, 1, "")
    assert statuses(execute(mended, store=store)).count("failed") == 2
    assert max(begun(marks).values()) == 1
    assert statuses(execute(failing, store=store, retry_failed=True)).count("failed") == 2
    assert statuses(execute(mended, store=store, retry_failed=True)) == ["done"] * 6
    execute(mended, store=store, retry_failed=True)
    assert begun(marks) == {job.key: 3 if job.seed == 1 else 1 for job in mended}


@pytest.mark.parametrize("crew", ["here", "processes"])
def test_the_first_failure_may_be_the_end(store, crew, request):
    executor = None if crew == "here" else request.getfixturevalue(crew)
    bad = Job("f", "bad", 1, act="raises", seconds=0.5)  # thought to be the longest, so it comes first
    jobs = [bad, *(Job("f", "o", i, seconds=0.1) for i in range(99))]
    words = "bad on f, seed 1, ended with status failed: ZeroDivisionError: no value at seed 1"
    with pytest.raises(ObjectiveError, match=words):
        execute(jobs, store=store, executor=pool_of(executor), keep_going=False)
    assert store.ended([bad.key])[bad.key].status == "failed"
    assert len(store.runs()) < len(jobs)


def pool_of(executor):
    """Return processes that may be stopped."""
    return None if executor is None else LocalProcesses(1)


def test_progress_is_told(store):
    jobs = at_seed(grid(), 2, "raises")
    execute(jobs[:5], store=store)
    told = []
    execute(jobs, store=store, processes=2, progress=told.append)
    assert (told[0].runs_done, told[0].runs, told[0].failures) == (5, 24, 1)
    assert (told[-1].runs_done, told[-1].failures, told[-1].seconds_left) == (24, 6, 0.0)
    assert told[-1].work_done == pytest.approx(told[-1].work)
    assert [each.runs_done for each in told] == sorted(each.runs_done for each in told)
    assert told[-1].doing in {"f0", "f1"}


def test_what_progress_raises_comes_through(store):
    def refuse(progress):
        if progress.runs_done:
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        execute(grid(seconds=0.01), store=store, processes=2, progress=refuse)
    store.check()
    assert store.query("SELECT count(*) FROM leases").fetchone() == (0,)


def test_a_pool_that_breaks_keeps_what_was_finished(store):
    jobs = [*grid(), Job("f", "o", 0, act="exits")]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, pytest.raises(WorkerError, match="is broken"):
        execute(jobs, store=store, executor=pool)
    assert outcome(execute(jobs[:-1], store=store)) == outcome(execute(jobs[:-1], store=None))


def test_a_pool_of_processes(store):
    jobs = at_seed(grid(), 1, "raises")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert outcome(execute(jobs, store=store, executor=pool)) == outcome(execute(jobs, store=None))
        with pytest.raises(InvalidType, match=r"cannot be (sent|pickled)"):
            execute([Unpicklable("f", "o", 0)], store=None, executor=pool)


class Unpicklable(Job):
    def __reduce__(self):
        raise TypeError("cannot pickle this")


def test_jobs_that_cannot_be_sent_are_refused(processes):
    with pytest.raises(InvalidType, match="cannot be pickled: cannot pickle this; define objectives"):
        execute([Unpicklable("f", "o", 0)], store=None, executor=processes)


def test_a_hanging_thread_is_given_up(store, monkeypatch):
    monkeypatch.setattr(_crews, "FOREIGN_GRACE", 0.3)
    jobs = [Job("f", "o", 0, seconds=2.0), *grid()]
    with ThreadPoolExecutor(2) as pool:
        runs = execute(jobs, store=store, executor=pool, time_limit=0.5)
    assert statuses(runs) == ["timeout"] + ["done"] * 24
    assert "given up 0.3 s after its time limit of 0.5 s" in runs.message[0]


def test_no_thread_is_left(store, monkeypatch):
    monkeypatch.setattr(_crews, "FOREIGN_GRACE", 0.1)
    jobs = [Job("f", "o", 0, seconds=1.5), *grid()]
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(WorkerError, match="every worker of the executor is in a run past its time limit"),
    ):
        execute(jobs, store=store, executor=pool, time_limit=0.2)
    assert store.ended([jobs[0].key])[jobs[0].key].status == "timeout"
    assert statuses(execute(jobs, store=store)) == ["timeout"] + ["done"] * 24


class OneAfterTheOther:
    """As little of an executor as there can be; a call of more than one job never comes back whole."""

    def submit(self, fn, jobs, limit):
        future = Future()
        try:
            if len(jobs) > 1 or jobs[0].act == "exits":
                raise OSError("the node is gone")
            future.set_result(fn(jobs, limit))
        except OSError as error:
            future.set_exception(error)
        return future


def test_whose_fault_it_was_is_found_out():
    jobs = at_seed(grid(1, 2, 5), 2, "exits")
    runs = execute(jobs, store=None, executor=OneAfterTheOther())
    assert statuses(runs) == ["lost" if job.seed == 2 else "done" for job in jobs]
    assert runs.message[2] == "its worker ended: OSError: the node is gone"


@pytest.mark.parametrize(
    ("keywords", "error"),
    [
        ({"processes": 0}, InvalidInput),
        ({"processes": 1.5}, InvalidType),
        ({"time_limit": -1.0}, InvalidInput),
        ({"memory_limit": 0}, InvalidInput),
        ({"executor": OneAfterTheOther(), "memory_limit": MiB}, InvalidInput),
        ({"executor": 3}, InvalidType),
    ],
)
def test_what_cannot_be_meant_is_refused(keywords, error):
    with pytest.raises(error):
        execute(grid(), store=None, **keywords)
