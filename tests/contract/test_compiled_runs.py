"""Compiled objectives: the loop in C++ is the loop in Python."""

import numpy as np
import pytest
from registry import D, advance, assert_same_state, every_search, make

import zoopt


@every_search
@pytest.mark.parametrize("dim", [3, 40])
def test_compiled_and_python_objectives_give_the_same_bits(name, dim):
    compiled = zoopt.objectives.function("rastrigin", dim)
    budget = 5 * make(name, np.zeros(dim)).rows + 3

    def run(fun, **keywords):
        return zoopt.minimize(fun, np.ones(dim), method=name, budget=budget, seed=3, scale=0.3, **keywords)

    loop = run(compiled)
    others = [
        run(lambda x: float(compiled(x[None])[0])),
        run(zoopt.objectives.batch(compiled.__call__)),
        run(compiled, callback=lambda xk: None),
        run(compiled, on_invalid="raise"),
        run(compiled, threads=2),
    ]
    for other in others:
        assert np.array_equal(loop.x, other.x)
        assert loop.fun == other.fun
        assert (loop.nfev, loop.nit, loop.status) == (other.nfev, other.nit, other.status)
        assert np.array_equal(loop.trace.best, other.trace.best)
        assert np.array_equal(loop.trace.scale, other.trace.scale)
        assert_same_state(loop.state, other.state)


@every_search
@pytest.mark.parametrize("population", [2, 130, 700])
def test_run_is_ask_and_tell_however_the_rows_are_cut(name, population):
    """run() evaluates 2^14 numbers at a time: 700 rows are cut, and so are 130 where they are wide."""
    dim = 12 if zoopt.algorithm(name).distribution in ("full", "factored") else 1500
    objective = zoopt.objectives.function("sphere", dim)
    loop, twin = (make(name, np.ones(dim), population=population) for _ in range(2))
    advance(twin, 3, objective)
    used = loop.run(objective, twin.nfev + 1 if loop.rows > 2 else twin.nfev)
    assert used == loop.nfev == twin.nfev
    assert_same_state(loop.state_dict(), twin.state_dict())


@every_search
def test_run_may_be_interrupted_anywhere(name):
    objective = zoopt.objectives.function("sphere", D)
    whole, parts = make(name), make(name)
    whole.run(objective, 40 * whole.rows)
    for share in (0.03, 0.1, 0.4, 0.4, 0.9):
        parts.run(objective, int(share * whole.nfev))
    parts.ask()
    parts.run(objective, whole.nfev + parts.rows - 1)
    assert_same_state(whole.state_dict(), parts.state_dict())
    assert np.array_equal(whole.trace.best, parts.trace.best)


@every_search
def test_run_stops_at_its_target(name):
    objective = zoopt.objectives.function("sphere", D)
    opt = make(name, scale=0.2)
    opt.run(objective, 100_000, target=3.0)
    assert opt.best.fun <= 3.0
    assert opt.nfev < 100_000
    assert opt.trace.best[-2] > 3.0 if len(opt.trace.best) > 1 else True


@every_search
def test_run_refuses_an_objective_of_the_other_sense_or_dimension(name):
    opt = make(name, sense="max")
    with pytest.raises(zoopt.errors.InvalidInput, match=r"minimised.*sense='max'"):
        opt.run(zoopt.objectives.function("sphere", D), 100)
    with pytest.raises(zoopt.errors.InvalidInput, match="dimension 7, the optimizer 6"):
        make(name).run(zoopt.objectives.function("sphere", D + 1), 100)
    assert opt.nfev == 0
