"""Stopping rules in closed cases, to the generation; and that the defaults stop nothing that still progresses."""

import math
import time

import numpy as np
import pytest

import zoopt
from zoopt import Status
from zoopt.errors import InvalidInput, InvalidType

OFF = {"tolfun": 0, "tolx": 0, "plateau": 0, "stagnation": 0, "condition": 0}
STILL = zoopt.cell(distribution="isotropic", shaping="raw", metric="vanilla", update="sgd", population=8)


def make(cell=STILL, dim=4, **options):
    still = {"learning_rate": 1e-12} if cell is STILL else {}
    return zoopt.optimizer(cell, np.ones(dim), seed=1, **({"scale": 0.1} | OFF | still | options))


def generations_until_it_stops(opt, values, most=400):
    """Tell values(generation) until the run stops; return how many generations that took, None if it did not."""
    for generation in range(most):
        opt.ask()
        opt.tell(values(generation))
        if opt.stop() is not None:
            return generation + 1
    return None


def spread(gap, base=1.0):
    """Return values that differ by `gap` at most, always the same ones."""
    return lambda generation: base + gap * np.arange(8) / 7


MEMORY = 10 + math.ceil(30 * 4 / 8)


@pytest.mark.parametrize(("gap", "tolfun", "expected"), [(1e-6, 2e-6, MEMORY), (1e-6, 5e-7, None), (1e-6, 0, None)])
def test_tolfun_fires_when_the_memory_is_full(gap, tolfun, expected):
    opt = make(tolfun=tolfun)
    assert generations_until_it_stops(opt, spread(gap)) == expected
    assert opt.status == (Status.VALUES_SETTLED if expected else None)


def test_tolfun_looks_back_over_its_whole_memory():
    """One generation of better values in the ring keeps the run going until it has left."""
    opt = make(tolfun=1e-3)
    assert generations_until_it_stops(opt, lambda g: spread(1e-6, 1.0 if g == 10 else 2.0)(g)) == 10 + MEMORY + 1


@pytest.mark.parametrize(("tolx", "expected"), [(0.11, 1), (0.09, None), (0, None)])
def test_tolx_is_the_standard_deviation(tolx, expected):
    opt = make(tolx=tolx)
    assert generations_until_it_stops(opt, spread(1.0)) == expected
    assert opt.status == (Status.STEPS_SETTLED if expected else None)


@pytest.mark.parametrize("tolx", [1e-3, 1e-7])
def test_tolx_fires_at_the_generation_that_the_success_rule_says(tolx):
    """Only failures: the scale falls by 1.5^(-1/4) a generation."""
    opt = zoopt.optimizer("one-plus-one-es", np.ones(4), scale=0.1, seed=1, **(OFF | {"tolx": tolx}))
    expected = math.floor(4 * math.log(0.1 / tolx) / math.log(1.5)) + 1
    assert generations_until_it_stops(opt, lambda g: [1.0, 0.0] if g == 0 else [1.0]) == expected


@pytest.mark.parametrize(("plateau", "expected"), [(1, 1), (6, 6), (0, None)])
def test_plateau_counts_flat_generations(plateau, expected):
    opt = make(plateau=plateau)
    assert generations_until_it_stops(opt, spread(0.0)) == expected
    assert opt.status == (Status.PLATEAU if expected else None)


def test_plateau_begins_again_after_another_value():
    opt = make(plateau=6)
    assert generations_until_it_stops(opt, lambda g: spread(1.0 if g == 4 else 0.0)(g)) == 5 + 6


def test_plateaus_of_bits_are_counted_where_asked():
    """Discrete cells have no scale that adapts: off by default, and to the generation where asked for."""
    for options, expected in (({}, None), ({"plateau": 5}, 5)):
        opt = zoopt.optimizer("reinforce-bernoulli", np.zeros(3), seed=1, **options)
        assert generations_until_it_stops(opt, lambda g, rows=opt.rows: np.full(rows, 0.5)) == expected


def test_a_plateau_of_invalid_values_beside_equal_ones():
    opt = make(plateau=3)
    assert generations_until_it_stops(opt, lambda g: [np.nan, 1, 1, 1, np.inf, 1, 1, 1]) == 3


@pytest.mark.parametrize(("stagnation", "expected"), [(7, 3 + 7), (0, None)])
def test_stagnation_counts_from_the_last_better_value(stagnation, expected):
    opt = make(stagnation=stagnation)
    assert generations_until_it_stops(opt, lambda g: spread(1.0, max(5.0 - g, 3.0))(g)) == expected
    assert opt.status == (Status.STAGNATION if expected else None)


@pytest.mark.parametrize(("dim", "population"), [(4, 8), (9, 9), (3, 20)])
def test_the_default_patience(dim, population):
    """Where the driver restarts: 100 + 100 d^1.5 / population generations without a better value."""
    options = {key: value for key, value in OFF.items() if key != "stagnation"}
    opt = zoopt.optimizer("ipop-cma-es", np.ones(dim), scale=0.1, seed=1, population=population, restarts=0, **options)
    expected = 1 + math.floor(100 + 100 * dim**1.5 / population)
    assert generations_until_it_stops(opt, lambda g: 1.0 + np.arange(population), most=600) == expected
    assert opt.status == Status.STAGNATION


@pytest.mark.parametrize(("dim", "population"), [(4, 8), (2, 30)])
@pytest.mark.parametrize(("gap", "stops"), [(0.99e-11, True), (1.01e-11, False)])
def test_the_default_tolerance_of_values(dim, population, gap, stops):
    """1e-11 where the scale adapts, looked at over 10 + 30 d / population generations."""
    options = {key: value for key, value in OFF.items() if key != "tolfun"}
    opt = zoopt.optimizer("snes", np.ones(dim), scale=0.1, seed=1, population=population, **options)
    expected = 10 + math.ceil(30 * dim / population) if stops else None
    values = gap * np.arange(population) / (population - 1)
    assert generations_until_it_stops(opt, lambda g: values, most=60) == expected


@pytest.mark.parametrize(("condition", "ratio", "expected"), [(1e5, 1e6, 1), (1e5, 1e4, None), (0, 1e20, None)])
@pytest.mark.parametrize("name", ["snes", "cma-es"])
def test_condition_is_the_ratio_of_variances(name, condition, ratio, expected):
    opt = make(name, dim=2, condition=condition, population=8, covariance=[1.0, 1 / ratio])
    assert generations_until_it_stops(opt, spread(1.0), most=3 if expected is None else 9) == expected
    assert opt.status == (Status.ILL_CONDITIONED if expected else None)


def test_the_default_condition():
    opt = zoopt.optimizer("snes", np.ones(2), scale=0.1, seed=1, covariance=[1.0, 1e-15])
    opt.tell(np.arange(len(opt.ask())))
    assert opt.status == Status.ILL_CONDITIONED


def test_steps_too_small_for_the_mean_are_the_end():
    """The distribution is .1 wide and cannot move a mean of 1e16."""
    opt = zoopt.optimizer(STILL, [1e16], scale=0.1, seed=1, **OFF)
    assert generations_until_it_stops(opt, spread(1.0)) == 1
    assert opt.status == Status.DIVERGED


@pytest.mark.parametrize("resumed_at", [1, 9, 20])
def test_saved_in_the_middle_of_a_count(resumed_at):
    opt = make(tolfun=1e-3, plateau=30, stagnation=30)
    for _ in range(resumed_at):
        opt.ask()
        opt.tell(spread(1e-6)(0))
    other = make(tolfun=1e-3, plateau=30, stagnation=30)
    other.load_state_dict(opt.state_dict())
    assert generations_until_it_stops(other, spread(1e-6)) == MEMORY - resumed_at


def solved(name, function, dim, seed, **options):
    opt = zoopt.optimizer(name, np.full(dim, 0.7), scale=0.5, seed=seed, **options)
    opt.run(zoopt.objectives.function(function, dim), {"snes": 4000}.get(name, 2000) * dim, target=1e-8)
    return opt.best.fun <= 1e-8


@pytest.mark.parametrize("name", ["cma-es", "snes"])
@pytest.mark.parametrize("function", ["rosenbrock", "ellipsoid", "rastrigin"])
@pytest.mark.parametrize("dim", [2, 5, 10, 20])
def test_the_defaults_end_no_run_that_would_have_succeeded(name, function, dim):
    """The same seeds with all rules off: until a rule ends a run both are the same run, bit for bit."""
    for seed in range(12):
        assert solved(name, function, dim, seed) or not solved(name, function, dim, seed, **OFF)


@pytest.mark.parametrize("dim", [5, 10])
def test_stagnation_costs_restarts_no_success(dim):
    """Rastrigin by IPOP with and without the rule that only restarts have."""

    def found(**options):
        counts = 0
        for seed in range(10):
            opt = zoopt.optimizer("ipop-cma-es", np.full(dim, 2.0), scale=2.0, seed=seed, **options)
            opt.run(zoopt.objectives.function("rastrigin", dim), 40_000 * dim, target=1e-8)
            counts += opt.best.fun <= 1e-8
        return counts

    assert found() >= 9
    assert found() >= found(stagnation=0) - 1


def test_a_time_limit_ends_a_compiled_run():
    opt = zoopt.optimizer("snes", np.ones(20), scale=0.1, seed=1, **OFF)
    clock = time.perf_counter()
    used = opt.run(zoopt.objectives.function("rastrigin", 20), 2**62, time_limit=0.2)
    assert time.perf_counter() - clock >= 0.2
    assert 0 < used < 2**62
    assert opt.stop() is None
    assert used == opt.nfev == opt.generation * opt.rows


def test_a_time_limit_that_is_not_reached_changes_nothing():
    one, two = (zoopt.optimizer("snes", np.ones(3), scale=0.1, seed=1) for _ in range(2))
    sphere = zoopt.objectives.function("sphere", 3)
    assert one.run(sphere, 700, time_limit=1e6) == two.run(sphere, 700)
    assert np.array_equal(one.mean, two.mean)


def test_time_limits_that_are_none_are_refused():
    opt, sphere = make(), zoopt.objectives.function("sphere", 4)
    for bad, error in ((0, InvalidInput), (-1.0, InvalidInput), (math.nan, InvalidInput), ("1", InvalidType)):
        with pytest.raises(error, match="time_limit"):
            opt.run(sphere, 100, time_limit=bad)
    assert opt.nfev == 0
