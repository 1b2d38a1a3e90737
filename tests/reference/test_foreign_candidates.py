"""Candidates of the caller's."""

import numpy as np
import pytest
from textbook import SCALE, SEED, START, TABLES, D, bumpy, close, draws, nes_utilities

import zoopt


@pytest.mark.parametrize("name", ["two-point", "openai-es", "snes", "zo-sgd", "cma-es"])
def test_own_rows_told_as_candidates_make_the_same_step(name):
    plain = zoopt.optimizer(name, START, scale=SCALE, seed=SEED, population=8)
    told = zoopt.optimizer(name, START, scale=SCALE, seed=SEED, population=8)
    X = plain.ask()
    plain.tell(bumpy(X))
    told.tell(bumpy(X), candidates=X)
    close(told.mean - START, plain.mean - START, 1e-11)
    assert told.best.fun == plain.best.fun
    assert np.array_equal(told.best.x, plain.best.x)
    assert np.array_equal(told.ask().shape, X.shape)


@pytest.mark.parametrize("foreign", [False, True])
def test_second_moments_subtract_one_also_where_the_weights_do_not_sum_to_zero(foreign):
    cell = zoopt.cell(distribution="diagonal", shaping="log-rank", metric="natural", update="exponential", population=6)
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, scale_learning_rate=0.3)
    X = START + np.random.default_rng(0).normal(size=(6, D)) if foreign else opt.ask()
    opt.tell(bumpy(X), candidates=X if foreign else None)
    z, w = (X - START) / SCALE, TABLES["log-rank"](6)[np.argsort(np.argsort(bumpy(X)))]
    close(opt.mean - START, -SCALE * (w @ z))
    close(opt.deviations, SCALE * np.exp(-0.15 * (w @ (z**2 - 1))))


def test_foreign_candidates_do_not_leak_into_the_next_generation():
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=SEED, population=6)
    other = np.random.default_rng(0).normal(size=(6, D))
    opt.tell(bumpy(other), candidates=other)
    mean, sigma, Z = opt.mean, opt.deviations, draws(1, 6)
    X = opt.ask()
    assert np.array_equal(X, mean + sigma * Z)
    opt.tell(bumpy(X))
    close(opt.mean - mean, sigma * (nes_utilities(bumpy(X)) @ Z), 1e-11)
