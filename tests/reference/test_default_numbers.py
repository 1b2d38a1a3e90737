"""The default numbers of the named algorithms: what each takes from its source, beside the source."""

import math
import re

import numpy as np
import pytest

import zoopt
from zoopt import _core

LINEAR = 2 / 3  # modestyachts/ARS: step 0.02 for a scale of 0.03
DEFAULTS = [
    ("adam", {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "weight_decay": 0.0}),
    ("ars-v1", {"learning_rate": LINEAR, "top": 1.0, "population": 16}),
    ("ars-v1-t", {"learning_rate": LINEAR, "top": 0.5, "population": 16}),
    ("ars-v2-t", {"learning_rate": LINEAR, "top": 0.5, "population": 16}),
    ("ipop-cma-es", {"increase": 2.0, "restarts": 9.0, "tolfun": 1e-12, "condition": 1e14}),
    ("bipop-cma-es", {"increase": 2.0, "restarts": 9.0, "condition": 1e14}),
    ("lm-ma-es", {"rank_offset": 0.5}),
    ("momentum", {"learning_rate": 0.01, "momentum": 0.9}),
    ("nesterov", {"learning_rate": 0.01, "momentum": 0.9}),
    ("gd", {"learning_rate": 0.01}),
    ("one-plus-one-es", {"increase": 1.5, "target_rate": 0.2, "population": 1}),
    ("openai-es", {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8, "population": 64}),
    ("orthogonal-es", {"learning_rate": 0.01}),
    ("pgpe", {"mean_learning_rate": 0.2, "deviation_learning_rate": 0.1, "largest_change": 0.2, "population": 64}),
    ("reinforce-bernoulli", {"learning_rate": 0.1, "population": 16}),
    ("reinforce-categorical", {"learning_rate": 0.1, "population": 16}),
    ("snes", {"mean_learning_rate": 1.0}),
    ("xnes", {"mean_learning_rate": 1.0}),
    ("spsa", {"alpha": 0.602, "gamma": 0.101, "population": 2}),
    ("two-point", {"population": 2}),
    ("zo-adamm", {"learning_rate": 0.01, "beta_1": 0.9, "beta_2": 0.3, "epsilon": 1e-8, "population": 10}),
    ("zo-scd", {"population": 2}),
    ("zo-sgd", {"population": 1}),
    ("zo-signsgd", {"learning_rate": 0.05, "population": 10}),
    ("zo-svrg", {"epoch": 10.0, "population": 10}),
]
LOGARITHMIC = ["cma-es", "sep-cma-es", "ipop-cma-es", "bipop-cma-es", "lm-ma-es", "snes", "xnes"]


@pytest.mark.parametrize(("name", "expected"), DEFAULTS)
def test_defaults_are_those_of_the_source(name, expected):
    population, options = zoopt.algorithm(name).resolve(10, {})
    found = options | {"population": population}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("name", LOGARITHMIC)
@pytest.mark.parametrize("dim", [2, 10, 100, 1000])
def test_populations_grow_with_the_logarithm(name, dim):
    """Hansen (2016), table 1; Wierstra et al. (2014), table 1; Loshchilov et al. (2017)."""
    assert zoopt.algorithm(name).default_population(dim) == 4 + math.floor(3 * math.log(dim))


def steps(name, dim, values, **options):
    """Return a search before and after a generation with these values."""
    kept = {"tolfun": 0, "tolx": 0, "condition": 0}
    opt = zoopt.optimizer(name, np.zeros(dim), scale=1.0, seed=3, **kept, **options)
    X = opt.ask()
    opt.tell(values(X))
    return opt, X


@pytest.mark.parametrize("dim", [3, 10, 40])
def test_the_rate_of_two_point_is_that_of_nesterov_and_spokoiny(dim):
    opt, X = steps("two-point", dim, lambda X: X[:, 0])
    z = X[0]
    assert opt.mean == pytest.approx(-z[0] * z / (4 * (dim + 4)), rel=1e-12)


@pytest.mark.parametrize("dim", [3, 10, 40])
def test_the_rate_of_the_deviations_of_snes_is_that_of_wierstra(dim):
    opt, X = steps("snes", dim, lambda X: X[:, 0])
    rows = len(X)
    gains = np.maximum(0, math.log(rows / 2 + 1) - np.log(np.arange(1, rows + 1)))
    utilities = gains / gains.sum() - 1 / rows
    Z = X[np.argsort(X[:, 0])]
    rate = (3 + math.log(dim)) / (5 * math.sqrt(dim))
    assert opt.deviations == pytest.approx(np.exp(rate / 2 * (utilities @ (Z**2 - 1))), rel=1e-12)


def test_the_gains_of_spsa_begin_at_the_rate_and_decay_by_spall():
    """a_k = rate ((A + 1) / (A + k + 1))^0.602, A a tenth of the generations planned; c_k = scale / (k + 1)^0.101."""
    cell = zoopt.algorithm("spsa")
    opt = zoopt.optimizer(cell, np.zeros(4), scale=0.5, seed=1, learning_rate=0.1, horizon=1000)
    for k in range(20):
        before, X = opt.mean, opt.ask()
        c = 0.5 / (k + 1) ** 0.101
        assert np.abs(X - before) == pytest.approx(np.full(X.shape, c), rel=1e-12)
        opt.tell(X[:, 1])
        slope = (X[0, 1] - X[1, 1]) / (2 * c) * np.sign(X[0] - before)
        a = 0.1 * (101 / (101 + k)) ** 0.602
        assert opt.mean == pytest.approx(before - a * slope, rel=1e-11, abs=1e-14)


def test_clip_up_has_the_defaults_of_pgpelib():
    """Momentum 0.9, a longest step of 0.15, and half of that as learning rate."""
    options = {key: value for key, value, *_ in _core.updates()["clip-up"][1]}
    assert (options["momentum"], options["largest_step"], options["learning_rate"]) == (0.9, 0.15, 0.075)


def test_rmsprop_has_the_defaults_of_pytorch():
    options = {key: value for key, value, *_ in _core.updates()["rmsprop"][1]}
    assert (options["learning_rate"], options["beta_2"], options["epsilon"]) == (0.01, 0.99, 1e-8)


@pytest.mark.parametrize("name", zoopt.algorithms())
def test_every_algorithm_says_where_its_numbers_come_from(name):
    """By the paper or program, or that they are ours."""
    cell = zoopt.algorithm(name)
    assert cell.numbers.endswith(".")
    authors = {word.strip(",;") for word in cell.reference.split() if word[0].isupper() and len(word) > 3}
    told = (
        {"ours", "paper", "papers'", "paper's", "program", "tutorial", "As"}
        | authors
        | {"Wierstra", "Table", "Algorithm"}
    )
    assert told & set(re.split(r"[\s,.;:]+", cell.numbers))
    assert len(cell.numbers.split()) > 2
