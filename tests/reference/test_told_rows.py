"""Rows are mean plus scale times noise; what is told of them counts by its rank or value, in both directions."""

import math

import numpy as np
import pytest
from textbook import SCALE, SEED, START, TABLES, D, bumpy, close, draws, gradient, mean_step_with, reinforce

import zoopt
from zoopt import _core

# Rows: exactly mean + scale * noise, pairs next to each other.


NOISE_AS_IT_IS = ("isotropic", "diagonal", "rademacher", "full")


@pytest.mark.parametrize("name", [n for n in zoopt.algorithms() if zoopt.algorithm(n).distribution in NOISE_AS_IT_IS])
def test_first_rows_are_mean_plus_scale_times_noise(name):
    opt = zoopt.optimizer(name, START, scale=SCALE, seed=SEED)
    cell, X = opt.cell, opt.ask()
    own = X[: len(X) - cell.needs_mean]
    kind = "rademacher" if cell.distribution == "rademacher" else "normal"
    Z = draws(0, len(own) // (2 if cell.antithetic else 1), D, kind=kind)
    if cell.antithetic:
        assert np.array_equal(own[0::2], START + SCALE * Z)
        assert np.array_equal(own[1::2], START - SCALE * Z)
    else:
        assert np.array_equal(own, START + SCALE * Z)


def test_rows_of_a_diagonal_distribution_use_its_deviations():
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=SEED)
    for t in range(5):
        X = opt.ask()
        assert np.array_equal(X, opt.mean + opt.deviations * draws(t, len(X), D))
        opt.tell(bumpy(X))


# Ties.


@pytest.mark.parametrize("shaping", TABLES)
def test_tied_rows_share_the_mean_of_their_entries(shaping):
    values = np.array([3.0, 1.0, 2.0, 1.0, 5.0, 2.0, 1.0, -0.0, 0.0])
    table = TABLES[shaping](9)
    ranks = {0.0: [0, 1], 1.0: [2, 3, 4], 2.0: [5, 6], 3.0: [7], 5.0: [8]}
    w = np.array([table[ranks[v]].mean() for v in np.abs(values)])
    g, Z = mean_step_with(shaping, values)
    close(g, w @ Z)


@pytest.mark.parametrize("shaping", ["centred-rank", "nes-utilities", "mean-baseline", "leave-one-out"])
def test_a_plateau_does_not_move_the_mean(shaping):
    g, _ = mean_step_with(shaping, np.full(12, 0.7))
    assert np.max(np.abs(g)) < 1e-15


def test_cma_weights_break_ties_by_position():
    opt = zoopt.optimizer("cma-es", np.zeros(D), scale=1.0, seed=SEED, population=8)
    opt.ask()
    opt.tell([2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0])
    positive = _core.cma_constants(D, 8)["weights"][:4]
    close(opt.mean, positive @ draws(0, 8)[[1, 3, 5, 7]])


# Direction.


@pytest.mark.parametrize("name", zoopt.algorithms())
def test_maximising_is_minimising_the_negated_objective(name):
    cell = zoopt.algorithm(name)
    start = np.zeros((D, 3)) if cell.distribution == "categorical" else START
    low = zoopt.optimizer(name, start, scale=SCALE, seed=SEED, sense="min")
    high = zoopt.optimizer(name, start, scale=SCALE, seed=SEED, sense="max")
    for _ in range(10):
        X = low.ask()
        assert np.array_equal(X, high.ask())
        slopes = np.cos(X) if cell.first_order else None
        low.tell(bumpy(X), gradients=slopes)
        high.tell(-bumpy(X), gradients=None if slopes is None else -slopes)
    assert np.array_equal(low.mean, high.mean)
    assert low.scale == high.scale
    assert low.best.fun == -high.best.fun
    assert np.array_equal(low.best.x, high.best.x)


# Invalid values.


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("shaping", TABLES)
def test_invalid_rows_rank_last_together(shaping, bad):
    values = np.array([1.0, bad, 0.0, bad, 3.0, 2.0])
    table = TABLES[shaping](6)
    w = np.array([table[1], table[4:].mean(), table[0], table[4:].mean(), table[3], table[2]])
    g, Z = mean_step_with(shaping, values)
    close(g, w @ Z)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_invalid_row_drops_its_pair_and_the_rest_is_renormalised(bad):
    def holed(X):
        values = bumpy(X)
        values[3] = bad
        return values

    _, values, g = gradient("two-point", objective=holed, population=8)
    Z = draws(0, 4)[[0, 2, 3]]
    slopes = (values[[0, 4, 6]] - values[[1, 5, 7]]) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] * Z, axis=0))


@pytest.mark.parametrize("shaping", ["raw", "mean-baseline", "leave-one-out", "centre-baseline"])
def test_an_invalid_row_leaves_the_formula_of_the_others(shaping):
    keep = [0, 1, 3, 4]

    def holed(X):
        values = bumpy(X)
        values[2] = math.nan
        return values

    _, values, g = gradient(reinforce(shaping, 5), objective=holed)
    good = values[keep]
    baseline = {
        "raw": 0.0,
        "mean-baseline": good.mean(),
        "leave-one-out": (good.sum() - good) / 3,
        "centre-baseline": values[-1],
    }[shaping]
    close(g, np.mean((good - baseline)[:, None] * draws(0, 5)[keep], axis=0) / SCALE)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_an_invalid_centre_moves_nothing(bad):
    def holed(X):
        values = bumpy(X)
        values[-1] = bad
        return values

    _, _, g = gradient("zo-sgd", objective=holed, population=4)
    assert np.array_equal(g, np.zeros(D))
