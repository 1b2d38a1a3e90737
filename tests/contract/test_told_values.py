"""What tell() makes of what it is given: order, copies, invalid values, ties, extremes and gradients."""

import math

import numpy as np
import pytest
from registry import (
    START,
    D,
    Told,
    advance,
    anchored,
    assert_same_state,
    every_algorithm,
    every_discrete,
    every_first_order,
    every_sampler,
    every_search,
    gradient,
    make,
    sphere,
    start_of,
    tell,
    wavy,
)

import zoopt
from zoopt.errors import StateError, ZooptError


@every_algorithm
def test_tell_changes_nothing_it_was_given(name):
    opt = make(name)
    rows = opt.ask()
    values, slopes = wavy(rows), gradient(rows) if opt.cell.first_order else None
    listed, kept = values.tolist(), values.tolist()
    opt.tell(listed, gradients=slopes)
    assert listed == kept
    rows = opt.ask()
    values, slopes = wavy(rows), gradient(rows) if opt.cell.first_order else None
    given = [(a, a.copy()) for a in (rows, values, slopes) if a is not None]
    opt.tell(values, gradients=slopes)
    if opt.cell.continuous and not anchored(name):
        foreign = np.resize(rows, (opt.rows, D)) + 0.1
        told = wavy(foreign)
        given += [(a, a.copy()) for a in (foreign, told)]
        opt.tell(told, candidates=foreign)
    assert all(np.array_equal(now, before) for now, before in given)


@every_algorithm
def test_tell_comes_after_ask(name):
    opt = make(name)
    slopes = np.zeros((1, D)) if opt.cell.first_order else None
    for generations in (0, 1):
        advance(opt, generations)
        with pytest.raises(StateError, match="without ask"):
            opt.tell(np.zeros(opt.rows), gradients=slopes)


@every_algorithm
def test_a_refused_tell_leaves_the_generation_open(name):
    opt, twin = make(name), make(name)
    X = opt.ask()
    for bad in (np.zeros(opt.rows + 1), np.zeros((opt.rows, 1)), 1.0, ["a"] * opt.rows, None, [None] * opt.rows):
        with pytest.raises(ZooptError):
            opt.tell(bad)
    tell(opt, X)
    advance(twin, 1)
    assert_same_state(opt.state_dict(), twin.state_dict())


@every_search
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_some_invalid_values_are_survived_and_never_win(name, bad):
    opt = make(name, population=12)
    for _ in range(30):
        X = opt.ask()
        values = sphere(X)
        values[0] = bad
        opt.tell(values)
    assert np.isfinite(opt.mean).all()
    assert opt.stop() is None
    assert opt.invalid == 30
    assert math.isfinite(opt.best.fun)
    assert opt.best.fun == sphere(opt.best.x)
    assert sphere(opt.mean) <= sphere(START)


@every_discrete
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_discrete_candidates_without_a_value_are_survived_and_never_win(name, bad):
    opt = make(name)
    for _ in range(200):
        X = opt.ask()
        values = np.abs(X - 1).sum(axis=1)
        values[:3] = bad
        opt.tell(values)
    assert opt.stop() is None
    assert opt.invalid == 600
    assert np.isfinite(opt.mean).all()
    assert np.array_equal(opt.centre, np.ones(D))
    assert opt.best.fun == 0


@every_algorithm
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_all_invalid_values_end_the_run_where_it_was(name, bad):
    opt = make(name)
    advance(opt, 2)
    before = opt.mean
    tell(opt, opt.ask(), lambda X: np.full(len(X), bad))
    assert "NaN or infinite" in opt.stop()
    assert np.array_equal(opt.mean, before)
    result = zoopt.minimize(Told(lambda x: bad), start_of(name), method=name, budget=500, seed=1)
    assert not result.success
    assert result.status == -3
    assert math.isnan(result.fun)
    assert result.nfev <= 500


@every_first_order
def test_a_first_order_algorithm_wants_its_gradient(name):
    opt = make(name)
    X = opt.ask()
    for wrong in (None, np.zeros(D), np.full((1, D), np.nan), np.zeros((2, D)), "none"):
        with pytest.raises(zoopt.errors.InvalidInput, match="gradients"):
            opt.tell(wavy(X), gradients=wrong)
    with pytest.raises(zoopt.errors.InvalidInput, match="candidates"):
        opt.tell(wavy(X), candidates=X)
    opt.tell(wavy(X), gradients=gradient(X))
    assert opt.generation == 1


@every_sampler
def test_others_take_no_gradient(name):
    opt = make(name)
    X = opt.ask()
    with pytest.raises(zoopt.errors.InvalidInput):
        opt.tell(np.zeros(opt.rows), gradients=np.zeros((opt.rows, opt.dim)))
    assert opt.generation == 0
    assert np.array_equal(opt.ask(), X)


def walks_on_plateaus(name):
    """Whether ties move the mean: by position in CMA-ES, because equals are accepted by the (1+1)-ES."""
    return zoopt.algorithm(name).shaping in ("cma-weights", "recombination", "success")


@every_search
def test_a_plateau_moves_no_mean_and_ends_no_run(name):
    """Ties are the rule on metrics. A few walk at random."""
    opt = make(name)
    for _ in range(5):
        opt.ask()
        opt.tell(np.full(opt.rows, 0.75))
    assert opt.stop() is None
    assert np.isfinite(opt.mean).all()
    if not walks_on_plateaus(name):
        assert np.max(np.abs(opt.mean - START)) < 1e-12


@every_algorithm
@pytest.mark.parametrize("values", [1e308, -1e308, 5e-324])
def test_extreme_values_do_not_crash(name, values):
    opt = make(name)
    for _ in range(5):
        X = opt.ask()
        slopes = np.full((1, D), values) if opt.cell.first_order else None
        opt.tell(np.full(opt.rows, values) * np.sign(X[:, 0] - 0.5), gradients=slopes)
        if opt.stop() is not None:
            break
    assert opt.stop() is not None or np.isfinite(opt.mean).all()
