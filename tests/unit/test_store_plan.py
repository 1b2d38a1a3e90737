"""In which order jobs are handed out, and how many together; readers of frames; the time limit of a thread."""

import os
import threading

import pytest
from store_jobs import Job

from zoopt.compare import _deadline
from zoopt.compare._frames import LENGTH, Frames
from zoopt.compare._plan import CHUNK_SECONDS, Item, Plan


def items(*costs, objective="f", optimizer="o"):
    jobs = [Job(objective, optimizer, seed) for seed in range(len(costs))]
    return [Item(job, job.key, cost, job.blank) for job, cost in zip(jobs, costs, strict=True)]


def test_the_longest_come_first_and_neighbours_stay_together():
    given = items(1.1e9, 9e9, 1.2e9, 10e9, 5e9)
    plan = Plan(given)
    order = []
    while chunk := plan.chunk(2):
        order += chunk
    assert [given.index(item) for item in order] == [1, 3, 4, 0, 2]


def test_the_jobs_of_a_problem_stay_together():
    jobs = [Job("f", name, seed) for seed in range(4) for name in ("baselines", "a", "b")]
    costs = {"baselines": 1e3, "a": 4e8, "b": 3e8}
    plan = Plan([Item(job, job.key, costs[job.optimizer], job.blank) for job in jobs])
    chunks = [plan.chunk(1) for _ in range(4)]
    assert [[item.job.optimizer for item in chunk] for chunk in chunks] == [["a", "b", "baselines"]] * 4
    assert [{item.job.seed for item in chunk} for chunk in chunks] == [{0}, {1}, {2}, {3}]


def test_short_runs_go_together_once_they_have_been_measured():
    given = items(*[1e6] * 1000)
    plan = Plan(given)
    first = plan.chunk(2)
    assert len(first) == 16
    for item in first:
        plan.measured(item, 5e-3)  # five times as slow as was estimated
        plan.finished(item)
    assert len(plan.chunk(2)) in (29, 30)  # of 5 ms each in CHUNK_SECONDS
    assert CHUNK_SECONDS == 0.15


def test_a_long_run_goes_alone():
    plan = Plan(items(1e10, 1e10))
    assert len(plan.chunk(2)) == 1


def test_the_last_chunks_get_smaller():
    given = items(*[1e7] * 20)
    plan = Plan(given)
    for item in given[:10]:
        plan.measured(item, 1e-2)
        plan.finished(item)
    assert len(plan.chunk(2)) == 2  # a quarter of what is left to 2 workers


def test_the_time_left_follows_what_was_measured_of_each_kind():
    slow, fast = items(*[1e9] * 4, objective="slow"), items(*[1e9] * 4, objective="fast")
    plan = Plan(slow + fast)
    assert plan.seconds_left(1) == pytest.approx(8.0)
    plan.measured(slow[0], 10.0)
    plan.finished(slow[0])
    plan.measured(fast[0], 0.1)
    plan.finished(fast[0])
    assert plan.seconds_left(1) == pytest.approx(3 * 10.0 + 3 * 0.1)
    assert plan.seconds_left(3) == pytest.approx(10.1)
    assert plan.work_left == pytest.approx(6e9)
    for item in slow + fast:
        plan.finished(item)
    assert plan.is_over
    assert plan.seconds_left(1) == 0.0


def test_jobs_in_other_hands_are_looked_at_again():
    given = items(1e6, 1e6)
    plan = Plan(given)
    plan.park(plan.chunk(1, most=2))
    plan.chunk(1)
    assert plan.chunk(1) == []
    assert plan.has_parked
    plan.unpark()
    assert plan.chunk(1) == given[:1]
    assert not plan.is_over


def test_suspects_go_one_by_one():
    given = items(*[1e3] * 10)
    plan = Plan(given)
    chunk = plan.chunk(1)
    plan.one_by_one(chunk[:2])
    assert [len(plan.chunk(1)), len(plan.chunk(1))] == [1, 1]


def test_frames_are_read_in_whatever_parts_they_come():
    reading, writing = os.pipe()
    messages = [b"", b"a", b"b" * 5000]
    data = b"".join(LENGTH.pack(len(message)) + message for message in messages)
    frames, found = Frames(reading), []
    for at in range(0, len(data), 7):
        os.write(writing, data[at : at + 7])
        found += frames.read()
    assert found == messages
    os.write(writing, data + data[:3])
    assert frames.read() == messages
    os.close(writing)
    assert frames.read() is None
    os.close(reading)
    assert frames.read() is None


def test_a_deadline_is_one_of_the_thread_and_the_block():
    assert _deadline.left() == float("inf")
    elsewhere = []
    with _deadline.within(100.0):
        assert 99.0 < _deadline.left() <= 100.0
        thread = threading.Thread(target=lambda: elsewhere.append(_deadline.left()))
        thread.start()
        thread.join()
        with _deadline.within(None):
            assert _deadline.left() == float("inf")
        assert _deadline.left() <= 100.0
    assert elsewhere == [float("inf")]
    assert _deadline.left() == float("inf")
