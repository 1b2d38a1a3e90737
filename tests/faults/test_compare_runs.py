"""Objectives and optimisers that misbehave: the run says what happened, in its record, and nothing else suffers."""

import math
import time

import numpy as np
import pytest

from zoopt.compare import Experiment, FunctionObjective, FunctionOptimizer, _deadline
from zoopt.compare._plugin import Outcome, SearchOver


def runs_of(function, optimizers=("snes",), *, budget=100, seeds=1, limit=None, dim=2, target=None, **facts):
    objective = FunctionObjective(function, dim, **{"name": f"f{time.perf_counter_ns()}", "version": "1"} | facts)
    jobs = Experiment(list(optimizers), [objective], seeds=seeds, budget=budget, target=target).jobs()
    with _deadline.within(limit):
        return [run for job in jobs for run in job.run()]


def optimizer(function, **facts):
    return FunctionOptimizer(function, **{"name": "mine", "version": "1"} | facts)


def test_an_objective_that_raises():
    def breaks(x):
        if len(calls) == 30:
            raise ZeroDivisionError("by\nnought")
        calls.append(x)
        return float(x @ x)

    calls = []
    (run,) = runs_of(breaks)
    assert run.status == "failed"
    assert "ZeroDivisionError: by nought" in run.message
    assert "\n" not in run.message
    assert 0 < run.evaluations <= 30
    assert run.curve_values.size > 0
    assert math.isnan(run.holdout)


def test_an_objective_that_raises_for_want_of_memory():
    def greedy(x):
        raise MemoryError("no more")

    (run,) = runs_of(optimizers=[optimizer(lambda task: greedy(task.start))], function=np.linalg.norm)
    assert run.status == "memory"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_count_and_never_win(bad):
    def sometimes(x):
        calls.append(1)
        return bad if len(calls) % 3 == 0 else float(x @ x)

    calls = []
    (run,) = runs_of(sometimes, ["cma-es"], start=[1.0, 1.0])
    assert run.status == "done"
    assert run.message.endswith(f"{len(calls) // 3} of {len(calls)} values were NaN or infinite")
    assert run.evaluations == len(calls)
    assert np.isfinite(run.curve_values).all()
    assert run.search >= 0


def test_an_objective_without_any_finite_value():
    (run,) = runs_of(lambda x: math.nan)
    assert run.status == "failed"
    assert "none of" in run.message
    assert "finite" in run.message
    assert run.curve_values.size == 0


@pytest.mark.parametrize("answer", [None, "high", [1.0, 2.0], np.zeros((2, 2)), 1j])
def test_answers_of_the_wrong_shape(answer):
    (run,) = runs_of(lambda x: answer)
    assert run.status == "failed"
    assert "must return one number" in run.message


def test_a_wrong_optimum_is_found_out():
    (run,) = runs_of(lambda x: float(x @ x) - 7.0, optimum=0.0, start=[1.0, 0.0])
    assert run.status == "failed"
    assert "better than the stated optimum 0" in run.message


def test_a_slow_objective_ends_at_the_time_limit_with_what_it_has():
    def slow(x):
        time.sleep(0.01)
        return float(x @ x)

    began = time.perf_counter()
    runs = runs_of(slow, ["snes", "cma-es"], budget=100_000, limit=0.3)
    assert time.perf_counter() - began < 5.0
    for run in runs:
        assert run.status == "timeout"
        assert 0 < run.evaluations < 1000
        assert math.isfinite(run.search)
        assert run.curve_evaluations[-1] == run.evaluations


def test_a_compiled_search_ends_at_the_time_limit_too():
    (job,) = Experiment(["cma-es:tolfun=0,tolx=0"], ["rastrigin:dim=40"], seeds=1, budget=10**9).jobs()
    with _deadline.within(0.3):
        (run,) = job.run()
    assert run.status == "timeout"
    assert run.seconds < 5.0
    assert run.curve_evaluations[-1] == run.evaluations > 1000


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda task: 1 / 0, "ZeroDivisionError"),
        (lambda task: task.meter.cost(np.zeros(5)), "asked for points of shape"),
        (lambda task: np.zeros(7), "must return a point of shape"),
        (lambda task: "nowhere", "must return a point of shape"),
    ],
)
def test_an_optimiser_that_misbehaves(answer, message):
    (run,) = runs_of(np.linalg.norm, [optimizer(answer)])
    assert run.status == "failed"
    assert message in run.message


def test_an_optimiser_that_swallows_the_end_gets_no_more_evaluations():
    refused = []

    def stubborn(task):
        for _ in range(500):
            try:
                task.meter.cost(task.start)
            except SearchOver:
                refused.append(1)
        return Outcome(message="had enough")

    (run,) = runs_of(np.linalg.norm, [optimizer(stubborn)])
    assert run.evaluations == 100
    assert len(refused) == 400
    assert run.message == "had enough"


def test_an_objective_that_writes_into_its_argument_spoils_nothing():
    def rude(x):
        value = float(x @ x)
        x[:] = 1e9
        return value

    (polite,) = runs_of(lambda x: float(x @ x), start=[1.0, 1.0], name="same")
    (run,) = runs_of(rude, start=[1.0, 1.0], name="same", version="rude")
    assert run.search == polite.search


def test_one_failing_seed_leaves_the_others_alone():
    class Bad(FunctionObjective):
        def prepare(self, seed):
            if seed == 1:
                raise OSError("gone")
            return super().prepare(seed)

    objective = Bad(np.linalg.norm, 2, name=f"f{time.perf_counter_ns()}", version="1")
    results = [job.run()[0] for job in Experiment(["snes"], [objective], seeds=3, budget=100).jobs()]
    assert [run.status for run in results] == ["done", "failed", "done"]
    assert "OSError: gone" in results[1].message
