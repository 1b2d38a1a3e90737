"""The generation reaches every objective that asks for it, by one rule for all doors."""

import numpy as np
import pytest

import zoopt
from zoopt.objectives import batch

START = np.array([1.0, -2.0, 0.5])


@zoopt.objective(generation=True)
def compiled(x, generation):
    """Change with the generation, as a mini-batch does."""
    total = 0.0
    for i in range(x.size):
        total += (x[i] - 0.1 * (generation % 7)) ** 2
    return total


class Point:
    zoopt_generation = True

    def __call__(self, x, *, generation):
        total = 0.0
        for value in x:
            total += (value - 0.1 * (generation % 7)) ** 2
        return total


@batch(generation=True)
def rows_at_once(X, generation):
    return np.array([Point()(x, generation=generation) for x in X])


def run(fun, **keywords):
    return zoopt.minimize(fun, START, **({"seed": 1, "budget": 300, "method": "snes"} | keywords))


@pytest.mark.parametrize("budget", [300, 301, 7 * 43])
@pytest.mark.parametrize("method", ["snes", "two-point", "cma-es"])
def test_a_callback_does_not_change_the_run(method, budget):
    reference = run(compiled, method=method, budget=budget)
    others = [
        run(compiled, method=method, budget=budget, callback=lambda xk: None),
        run(compiled, method=method, budget=budget, on_invalid="raise"),
        run(Point(), method=method, budget=budget),
        run(rows_at_once, method=method, budget=budget),
        run(rows_at_once, method=method, budget=budget, workers=map),
    ]
    for other in others:
        assert np.array_equal(reference.x, other.x)
        assert (reference.fun, reference.nfev, reference.nit) == (other.fun, other.nfev, other.nit)
        assert np.array_equal(reference.trace.current, other.trace.current)


def test_all_rows_of_a_generation_and_then_the_mean_get_their_number():
    seen = []

    class Recorder:
        zoopt_generation = True

        def __call__(self, x, *, generation):
            seen.append(generation)
            return float(x @ x)

    result = run(Recorder(), budget=22)
    assert seen == [0] * 7 + [1] * 7 + [2] * 7 + [3]
    assert result.nit == 3


def test_further_arguments_come_before_it():
    seen = []

    @batch(generation=True)
    def fun(X, power, generation):
        seen.append((power, generation))
        return (np.abs(X) ** power).sum(axis=1)

    run(fun, budget=15, args=(3.0,))
    assert seen == [(3.0, 0), (3.0, 1), (3.0, 2)]


def test_numba_functions_called_from_python_get_it_second():
    @zoopt.objective(generation=True)
    def fun(x, generation, by):
        return ((x - by) ** 2).sum() + generation

    result = run(fun, args=(0.5,))
    assert result.fun < 3
    assert np.argmin(result.trace.current) == 0 or result.trace.current[-1] >= result.nit - 1
