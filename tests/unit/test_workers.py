"""workers=: who evaluates never changes what comes out."""

import multiprocessing
import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import zoopt
from zoopt.objectives import batch, function

START = np.array([1.0, -2.0, 0.5])
CONTEXT = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")


def valley(x, power=2.0):
    return float(np.sum(np.abs(x[1:] - x[:-1] ** 2) ** power) + (x[0] - 1) ** 2)


@batch
def rows_of_valley(X):
    return np.array([valley(x) for x in X])


class Noisy:
    """The same noise for all candidates of a generation."""

    zoopt_generation = True

    def __call__(self, x, generation):
        return valley(x) + np.sin(generation * x[0])


class AtOnce(Executor):
    """An executor of nobody's that has only what is asked for."""

    def __init__(self):
        self.sizes = []

    def submit(self, function, part):
        self.sizes.append(len(part.rows))
        future = Future()
        future.set_result(function(part))
        return future


def run(fun=valley, workers=None, **keywords):
    return zoopt.minimize(fun, START, workers=workers, **({"seed": 1, "budget": 145, "method": "snes"} | keywords))


def assert_same(one, two):
    assert np.array_equal(one.x, two.x)
    assert (one.fun, one.nfev, one.nit, one.status) == (two.fun, two.nfev, two.nit, two.status)
    assert np.array_equal(one.trace.best, two.trace.best)


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=CONTEXT) as pool:
        yield pool


@pytest.mark.parametrize(
    "fun",
    [
        valley,
        rows_of_valley,
        function("rastrigin", 3, shift=START, rotation=3),
        Noisy(),
        zoopt.objective(lambda x: x[0] ** 2 + x[1] * x[2]),
    ],
    ids=["point", "batch", "compiled", "generation", "numba"],
)
def test_threads_and_processes_give_the_serial_run(fun, processes):
    serial = run(fun)
    assert_same(serial, run(fun, processes))
    for count in (1, 2, 3, 40):
        with ThreadPoolExecutor(count) as threads:
            assert_same(serial, run(fun, threads))


def test_a_number_is_a_pool_of_our_own():
    before = {child.pid for child in multiprocessing.active_children()}
    serial = run()
    for workers in (1, 2, np.int64(2)):
        assert_same(serial, run(workers=workers))
    assert {child.pid for child in multiprocessing.active_children()} <= before


def test_minus_one_is_every_core(monkeypatch):
    monkeypatch.setattr("zoopt._workers.cpus", lambda: 2)
    assert_same(run(), run(workers=-1))


def test_anything_that_maps_will_do():
    assert_same(run(), run(workers=map))
    assert_same(run(rows_of_valley), run(rows_of_valley, workers=map))
    with CONTEXT.Pool(2) as pool:
        assert_same(run(), run(workers=pool.map))


def test_anything_that_submits_will_do():
    executor = AtOnce()
    assert_same(run(), run(workers=executor))


def test_parts_are_contiguous_and_batch_functions_get_one_each(monkeypatch):
    monkeypatch.setattr("zoopt._workers.cpus", lambda: 2)
    executor = AtOnce()
    run(batch(lambda X: (X**2).sum(axis=1)), executor, budget=22, options={"population": 21})
    assert executor.sizes == [10, 11, 1]
    executor = AtOnce()
    seen = []
    run(lambda x: seen.append(x[0]) or valley(x), executor, budget=22, options={"population": 21})
    assert len(executor.sizes) == 8 + 1
    assert max(executor.sizes[:8]) - min(executor.sizes[:8]) == 1
    rows = zoopt.optimizer("snes", START, scale=0.5, seed=1, population=21).ask()
    assert seen[:21] == rows[:, 0].tolist()


def test_arguments_and_callbacks_work_as_ever(processes):
    seen = []
    result = run(workers=processes, args=(1.5,), callback=lambda xk: seen.append(xk.copy()))
    assert_same(run(args=(1.5,)), result)
    assert len(seen) == result.nit


def test_targets_and_invalid_values_work_as_ever(processes):
    def holed(x):
        return float("nan") if x[0] > 1.2 else valley(x)

    with ThreadPoolExecutor(2) as threads:
        assert_same(run(holed), run(holed, threads))
        assert run(holed, threads).invalid == run(holed).invalid > 0
    assert_same(run(target=1.0, budget=5000), run(target=1.0, budget=5000, workers=processes))


def test_an_executor_is_left_open(processes):
    run(workers=processes)
    assert processes.submit(valley, START).result() == valley(START)


def test_one_pool_serves_many_objectives(processes):
    for power in (1.5, 2.0, 3.0):
        assert_same(run(args=(power,)), run(args=(power,), workers=processes))
