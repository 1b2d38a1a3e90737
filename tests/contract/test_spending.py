"""Evaluations are counted, options have ranges, and both are kept to."""

import math

import numpy as np
import pytest
from registry import D, Told, advance, anchored, every_algorithm, every_search, make, sphere, start_of, tell, wavy

import zoopt
from zoopt.errors import InvalidOption


def evaluations(name, generations, **options):
    """Return what so many generations take: an elitist evaluates the mean in the first one only."""
    opt = make(name, **options)
    advance(opt, generations)
    return opt.nfev


@every_algorithm
@pytest.mark.parametrize("extra", [0, 1, 2, 17])
def test_never_exceeds_the_budget(name, extra):
    calls = 0

    def counted(x):
        nonlocal calls
        calls += 1
        return float(wavy(x))

    rows = make(name).rows
    budget = 3 * rows + extra
    result = zoopt.minimize(Told(counted), start_of(name), method=name, budget=budget, seed=1)
    assert calls == result.nfev <= budget
    assert evaluations(name, result.nit + 1) > budget - 2
    assert result.nfev - evaluations(name, result.nit) in (0, 1)


@every_search
@pytest.mark.parametrize("population", [2, 4, 10, 50])
def test_population_is_the_number_of_candidates(name, population):
    opt = make(name, population=population)
    assert opt.ask().shape == (population + opt.cell.needs_mean, D)
    advance(opt, 3)
    of_the_mean = (1 if opt.cell.driver == "elitist" else 3) * opt.cell.needs_mean
    at_the_anchor = 2 * (population + opt.cell.needs_mean) if anchored(name) else 0  # the first measures it
    assert opt.nfev == 3 * population + of_the_mean + at_the_anchor


@every_algorithm
def test_options_are_documented_and_have_a_range(name):
    for key, option in zoopt.algorithm(name).options.items():
        assert option.name == key
        assert option.doc
        assert option.low <= option.high
        assert option.default is None or option.low <= option.default <= option.high


def ends_of_ranges(name):
    """Return (option, value) for both ends of each range; large finite numbers stand for those without an end."""
    for option in zoopt.algorithm(name).options.values():
        high = 40 if option.name == "population" else option.high
        for value in (option.low, high if math.isfinite(high) else 1e300):
            yield option.name, value


@every_algorithm
def test_ends_of_every_range_run_or_are_refused(name):
    for option, value in ends_of_ranges(name):
        try:
            opt = make(name, **{option: value})
        except InvalidOption:
            assert option in ("population", "block")
            continue
        for _ in range(20):
            if opt.stop() is not None:
                break
            tell(opt, opt.ask(), sphere)
        assert opt.stop() is not None or np.isfinite(opt.mean).all(), (option, value)
        assert opt.best is not None


@every_algorithm
def test_outside_of_every_range_is_refused_by_name(name):
    for option in zoopt.algorithm(name).options.values():
        below = option.low - 1
        for bad in (below, math.nan, math.inf, -math.inf, "many", None, [1], "0.5"):
            with pytest.raises(InvalidOption, match=option.name):
                make(name, **{option.name: bad})


@every_algorithm
def test_an_unknown_option_names_its_neighbour(name):
    with pytest.raises(InvalidOption, match="did you mean 'population'"):
        make(name, populaton=3)
