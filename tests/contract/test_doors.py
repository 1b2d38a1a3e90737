"""Whoever evaluates, and through whichever door the objective comes, the run is the same; over the registry."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest

import zoopt

D = 4
CELLS = [zoopt.algorithm(name) for name in zoopt.algorithms()]
NAMES = [cell.name for cell in CELLS if not cell.first_order and cell.distribution != "categorical"]
every_algorithm = pytest.mark.parametrize("name", NAMES)


def wavy(x):
    total = 0.0
    for i in range(x.size):
        total += (x[i] - 0.3) ** 2 + 0.25 * x[i] * x[(i + 1) % x.size]
    return total


compiled = numba.njit(wavy)


@zoopt.objectives.batch
def rows_at_once(X):
    return np.array([wavy(x) for x in X])


def run(name, fun=wavy, extra=3, **keywords):
    rows = zoopt.optimizer(name, np.zeros(D), scale=0.3, seed=0).rows
    return zoopt.minimize(fun, np.zeros(D), method=name, budget=6 * rows + extra, seed=5, scale=0.3, **keywords)


def assert_same(one, two):
    assert np.array_equal(one.x, two.x)
    assert (one.fun, one.nfev, one.nit, one.status) == (two.fun, two.nfev, two.nit, two.status)
    assert np.array_equal(one.mean, two.mean)
    assert np.array_equal(one.trace.best, two.trace.best)


@every_algorithm
def test_workers_change_no_bit(name):
    serial = run(name)
    assert_same(serial, run(name, workers=map))
    for count in (1, 3):
        with ThreadPoolExecutor(count) as threads:
            assert_same(serial, run(name, workers=threads))
            assert_same(serial, run(name, rows_at_once, workers=threads))


@every_algorithm
def test_numba_functions_give_the_run_of_the_core_however_they_are_driven(name):
    reference = run(name, compiled)
    assert_same(reference, run(name, compiled, threads=2))
    assert_same(reference, run(name, compiled, callback=lambda xk: None))
    assert_same(reference, run(name, lambda x: compiled(x)))  # noqa: PLW0108


@every_algorithm
@pytest.mark.parametrize("extra", [0, 1])
def test_a_callback_changes_neither_run_nor_spending(name, extra):
    quiet, told = run(name, compiled, extra), run(name, compiled, extra, callback=lambda xk: None)
    assert_same(quiet, told)


@every_algorithm
def test_scipy_gets_the_same_result(name):
    from scipy.optimize import minimize

    ours = zoopt.minimize(wavy, np.zeros(D), method=name, budget=300, seed=5, scale=0.3)
    options = {"budget": 300, "seed": 5, "scale": 0.3}
    assert_same(ours, minimize(wavy, np.zeros(D), method=zoopt.algorithm(name), options=options))
