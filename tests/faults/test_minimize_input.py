"""Every mistake a caller can make: a clear error of ours that names the thing, says what it got and what to do."""

import math
from dataclasses import replace

import numpy as np
import pytest

import zoopt
from zoopt.errors import (
    InvalidInput,
    InvalidOption,
    InvalidType,
    ObjectiveError,
    UnknownName,
    ZooptError,
)

START = [1.0, -2.0, 0.5]


def sphere(x):
    return float(np.sum(np.square(x)))


def run(fun=sphere, x0=START, **keywords):
    return zoopt.minimize(fun, x0, **({"seed": 1, "budget": 200} | keywords))


@pytest.mark.parametrize(
    ("x0", "words"),
    [
        ([1.0, math.nan], r"x0\[1\] is nan"),
        ([math.inf, 1.0], r"x0\[0\] is inf"),
        ([[1.0, 2.0]], r"shape \(1, 2\)"),
        ([], "empty"),
        ("12", "real numbers"),
        (["1", "2"], "real numbers"),
        ([b"1"], "real numbers"),
        (None, "real numbers"),
        ([None, 1.0], "real numbers"),
        ([1.0, [2.0]], "real numbers"),
        ([1 + 2j], "real numbers"),
        (np.array([1 + 2j]), "real numbers"),
        ({"a": 1}, "real numbers"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "real numbers"),
        ([10**400], "real numbers"),
        (np.ma.array([1.0, 2.0], mask=[False, True]), "real numbers"),
        (["a"] * 1000, r"real numbers, got list \['a', .{,60}\.\.\.$"),
    ],
)
def test_start_that_is_none(x0, words):
    with pytest.raises(InvalidInput, match=words):
        run(x0=x0)


@pytest.mark.parametrize(
    ("keyword", "advice"),
    [
        ("jac", "no derivatives"),
        ("hess", "no derivatives"),
        ("hessp", "no derivatives"),
        ("constraints", "penalty"),
        ("tol", "tolfun"),
        ("maxiter", "limit evaluations by budget"),
        ("maxfev", "limit evaluations by budget"),
        ("budjet", "did you mean 'budget'"),
        ("sigma", r"help\(zoopt.minimize\)"),
        ("population", r"an option of cma-es; give options=\{'population'"),
    ],
)
def test_refused_keywords_are_named_with_advice(keyword, advice):
    with pytest.raises(InvalidType, match=f"'{keyword}'.*{advice}"):
        run(**{keyword: None})


@pytest.mark.parametrize("budget", [0, -1, 2**63])
def test_budget_out_of_range(budget):
    with pytest.raises(InvalidInput, match="budget"):
        run(budget=budget)


@pytest.mark.parametrize("budget", [10.5, 1e4, "100", True, [100]])
def test_budget_that_is_no_integer(budget):
    with pytest.raises(InvalidType, match="budget"):
        run(budget=budget)


def test_budget_below_one_generation():
    with pytest.raises(InvalidOption, match=r"budget 6 is too small.*takes 7 evaluations.*at least 7"):
        run(budget=6)


@pytest.mark.parametrize(
    ("keywords", "kind", "words"),
    [
        ({"scale": 0}, InvalidInput, "scale"),
        ({"scale": -1.0}, InvalidInput, "scale"),
        ({"scale": math.nan}, InvalidInput, "scale"),
        ({"scale": math.inf}, InvalidInput, "scale"),
        ({"scale": "1"}, InvalidType, "scale"),
        ({"scale": [1.0, 2.0, 3.0]}, InvalidType, "scale"),
        ({"scale": True}, InvalidType, "scale"),
        ({"scale": 10**400}, InvalidInput, "scale must be finite"),
        ({"noise_handling": "no"}, InvalidType, "noise_handling must be True or False, got 'no'"),
        ({"maximize": "no"}, InvalidType, "maximize must be True or False, got 'no'"),
        ({"memory_limit": 10}, InvalidOption, r"population of 7 would take 0\.4 KiB, more than memory_limit"),
        ({"seed": -1}, InvalidInput, "seed"),
        ({"seed": 2**64}, InvalidInput, "seed"),
        ({"seed": 1.0}, InvalidType, "seed"),
        ({"seed": "1"}, InvalidType, "seed"),
        (
            {"seed": np.random.SeedSequence(1)},
            InvalidType,
            "a numpy Generator or .*, or None, got SeedSequence",
        ),
        ({"seed": True}, InvalidType, "seed"),
        ({"seed": 1, "rng": 2}, InvalidType, "seed and rng"),
        ({"threads": 0}, InvalidInput, "threads"),
        ({"threads": 1025}, InvalidInput, "threads"),
        ({"threads": 1.5}, InvalidType, "threads"),
        ({"target": "low"}, InvalidType, "target"),
        ({"target": math.nan}, InvalidInput, "target"),
        ({"target": [1.0]}, InvalidType, "target"),
        ({"options": 5}, InvalidType, "options"),
        ({"options": "population=3"}, InvalidType, "options"),
        ({"options": {1: 2}}, InvalidOption, "no option '1'"),
        ({"options": {"populatoin": 8}}, InvalidOption, "did you mean 'population'"),
        ({"options": {"tolx": 10**400}}, InvalidOption, "tolx must lie in"),
        ({"options": {"scale": 8}}, InvalidOption, "did you mean the argument 'scale'"),
        ({"options": {"sigma0": 8}}, InvalidOption, "did you mean the argument 'scale'"),
        ({"options": {"lr": 8}, "method": "adam"}, InvalidOption, "did you mean 'learning_rate'"),
        ({"options": {"popsize": 8}, "method": "snes"}, InvalidOption, "did you mean 'population'"),
        ({"options": {"zzz": 8}}, InvalidOption, r"'zzz'\. Its options are: population, first_spread, active"),
        ({"options": {"population": 8.5}}, InvalidOption, "whole number"),
        ({"options": {"population": 0}}, InvalidOption, r"lie in \[1"),
        ({"options": {"population": 1}}, InvalidOption, "at least 2"),
        ({"options": {"population": "8"}}, InvalidOption, "must be a number, got '8'"),
        ({"options": {"population": None}}, InvalidOption, "must be a number"),
        ({"options": {"population": math.nan}}, InvalidOption, "lie in"),
        ({"options": {"population": 2**31}}, InvalidOption, "GiB"),
        ({"options": {"population": 7}, "method": "openai-es"}, InvalidOption, "even"),
        ({"callback": 5}, InvalidType, "callback"),
        ({"callback": lambda a, b: None}, InvalidType, r"callback must take one argument.*\(a, b\)"),
        ({"callback": lambda: None}, InvalidType, r"callback must take one argument.*\(\)"),
        ({"bounds": [(math.nan, 1.0)] * 3}, InvalidInput, r"\(nan, 1\); where there is no bound, give None"),
        ({"bounds": [(3.0, 1.0)] * 3}, InvalidInput, r"\(3, 1\); exchange them"),
        ({"bounds": [(1.0, 1.0), (-5, 5), (-5, 5)]}, InvalidInput, r"\(1, 1\); leave out variables that are fixed"),
        ({"on_error": "ignore"}, InvalidInput, "on_error.*'raise' or 'invalid'.*'ignore'"),
        ({"on_invalid": "best"}, InvalidInput, "on_invalid"),
        ({"method": "cma"}, UnknownName, "did you mean 'cma-es'"),
        ({"method": "CMA-ES"}, UnknownName, "did you mean 'cma-es'"),
        ({"method": "gradient"}, UnknownName, r"'gradient'\. The algorithms are: adam, .*cma-es"),
        ({"method": ""}, UnknownName, "no algorithm"),
        ({"method": 5}, InvalidType, "method"),
        ({"method": None}, InvalidType, "method"),
    ],
)
def test_arguments_out_of_range_or_of_the_wrong_type(keywords, kind, words):
    with pytest.raises(kind, match=words) as caught:
        run(**keywords)
    assert isinstance(caught.value, ZooptError)


def test_an_objective_must_be_callable():
    with pytest.raises(InvalidType, match="callable, got float"):
        run(3.0)


def test_full_covariances_have_a_limit_and_name_alternatives():
    with pytest.raises(InvalidOption, match=r"20000 dimensions would hold 1\d\.\d GiB.*memory_limit.*sep-cma-es"):
        run(x0=np.zeros(20_000), budget=10_000)
    with pytest.raises(InvalidInput, match=r"at most 32000 dimensions, got 40000; use sep-cma-es or snes"):
        run(x0=np.zeros(40_000), budget=10_000)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"distribution": "isotopic"}, "no distribution named 'isotopic'; did you mean 'isotropic'"),
        ({"antithetic": "no"}, "antithetic must be True or False, got 'no'"),
        ({"distribution": "gaussian"}, "no distribution named 'gaussian'.*isotropic"),
        ({"shaping": "ranks"}, "no shaping"),
        ({"update": "lion"}, "no update"),
        ({"metric": "euclid"}, "no metric"),
        ({"driver": "restart"}, "no driver"),
        ({"population": 0}, "population"),
        ({"population": 2.5}, "population"),
        ({"population": True}, "population"),
        ({"population": lambda dim: dim / 2}, "population"),
        ({"population": lambda dim: -1}, "population"),
        ({"antithetic": True, "population": 7}, "even"),
        ({"update": "cma"}, "full"),
        ({"update": "cma", "distribution": "full", "metric": "natural", "antithetic": True}, "antithetic=False"),
        ({"update": "exponential", "metric": "natural"}, "diagonal"),
        ({"update": "exponential", "distribution": "diagonal"}, "natural"),
    ],
)
def test_cells_that_cannot_be_composed(changes, words):
    stages = {
        "distribution": "isotropic",
        "shaping": "centred-rank",
        "metric": "vanilla",
        "update": "sgd",
        "population": 8,
    }
    with pytest.raises(ZooptError, match=words):
        zoopt.optimizer(zoopt.cell(**(stages | changes)), START, scale=1.0, seed=0).ask()


@pytest.mark.parametrize("name", [None, 5, ["snes"]])
def test_the_name_of_an_algorithm_is_a_text(name):
    with pytest.raises(InvalidType, match="the name of an algorithm is a text"):
        zoopt.algorithm(name)


@pytest.mark.parametrize(
    ("defaults", "words"),
    [
        ({"learnin_rate": 1.0}, "mine has no option 'learnin_rate'; did you mean 'learning_rate'"),
        ({"learning_rate": -1.0}, "mine: learning_rate must lie in"),
        ({"learning_rate": "1"}, "mine: learning_rate must be a number"),
    ],
)
def test_defaults_of_a_cell_are_options_within_their_ranges(defaults, words):
    with pytest.raises(InvalidOption, match=words):
        replace(zoopt.algorithm("zo-sgd"), name="mine", defaults=defaults)


@pytest.mark.parametrize("dim", [0, -3, "3", 2.5])
def test_a_cell_counts_rows_of_whole_dimensions(dim):
    with pytest.raises(ZooptError, match="dim must"):
        zoopt.algorithm("snes").rows(dim)


@pytest.mark.parametrize(
    "keywords", [{"method": "zo-svrg"}, {"method": "cma-es", "noise_handling": True}, {"method": "gd"}]
)
def test_resampling_where_nothing_can_be_replaced_is_refused_before_the_first_call(keywords):
    def never(x):
        raise AssertionError("called")

    with pytest.raises(InvalidInput, match="on_invalid='resample' out"):
        run(never, on_invalid="resample", **keywords)


# The objective.


def test_an_exception_names_the_candidate_and_keeps_cause_and_best():
    calls = 0

    def fun(x):
        nonlocal calls
        calls += 1
        if calls == 24:
            raise ZeroDivisionError("inside")
        return sphere(x)

    with pytest.raises(ObjectiveError, match=r"ZeroDivisionError: inside at candidate 2\b") as caught:
        run(fun)
    error = caught.value
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert error.candidate == 2
    assert error.x.shape == (3,)
    assert error.best.fun == sphere(error.best.x)


def test_an_exception_at_the_final_mean_says_so():
    total, calls = run().nfev, 0

    def fun(x):
        nonlocal calls
        calls += 1
        if calls == total:
            raise ZeroDivisionError("inside")
        return sphere(x)

    with pytest.raises(ObjectiveError, match="final mean") as caught:
        run(fun)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.candidate is None
    assert caught.value.best.fun == sphere(caught.value.best.x)


def test_an_exception_of_a_batch_keeps_its_cause():
    def fun(X):
        raise ZeroDivisionError("inside")

    fun.zoopt_batch = True
    with pytest.raises(ObjectiveError, match="batch of 7 rows") as caught:
        run(fun)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.best is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "got None; does it return its value"),
        ("0.5", "got str '0.5'"),
        (b"0.5", "got bytes"),
        ([1.0, 2.0], r"shape \(2,\)"),
        (np.zeros((3, 1)), r"shape \(3, 1\)"),
        ([], r"shape \(0,\)"),
        (1 + 2j, "complex"),
        (np.array(1 + 2j), "ndarray"),
        ({"f": 1.0}, "dict"),
        (object(), "object"),
        (np.ma.masked, "MaskedConstant"),
        ([None], "list"),
    ],
)
def test_what_is_no_single_number_is_refused(value, words):
    with pytest.raises(ObjectiveError, match=words) as caught:
        run(lambda x: value)
    assert "one number for one point" in str(caught.value)
    assert caught.value.candidate == 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "got None"),
        (1.0, r"got shape \(\)"),
        (np.zeros(6), r"\(7,\) for 7 rows, got shape \(6,\)"),
        (np.zeros((7, 1)), r"got shape \(7, 1\)"),
        (["0.5"] * 7, "got list"),
        ([None] * 7, "got list"),
        (np.zeros(7, dtype=complex), "got ndarray"),
    ],
)
def test_what_is_not_one_number_a_row_is_refused(value, words):
    def fun(X):
        return value

    fun.zoopt_batch = True
    with pytest.raises(ObjectiveError, match=words):
        run(fun)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("batch", [False, True])
def test_invalid_values_can_raise(bad, batch):
    def fun(x):
        return np.full(len(x), bad) if batch else bad

    fun.zoopt_batch = batch
    with pytest.raises(ObjectiveError, match=f"returned {bad} at candidate 0") as caught:
        run(fun, on_invalid="raise")
    assert caught.value.candidate == 0
    assert caught.value.x.shape == (3,)


def test_errors_carry_their_message_once():
    with pytest.raises(KeyError) as caught:
        run(method="nobody")
    assert str(caught.value).startswith("there is no algorithm named 'nobody'")
