"""Are uniform numbers uniform and independent, and is a coordinate drawn at random any coordinate?

Seeds are fixed. Every check is Pearson's chi-square at level 1e-5 a side; with n draws in k equal cells it finds, with
probability .999, frequencies whose squared relative errors sum to k (z + 3.1) sqrt(2 / k) k / n, z = 4.3: for a
million draws in 1024 cells errors of 2 % root mean square.
"""

import numpy as np
import pytest
from scipy import stats

import zoopt
from zoopt import noise

LEVEL = 1e-5
SIZE = 2**20


def assert_even(counts):
    """Neither unlikely far from equal frequencies nor unlikely close to them."""
    assert LEVEL < stats.chisquare(np.ravel(counts)).pvalue < 1 - LEVEL


def uniforms(generation=0, sample=0, seed=5):
    return noise(seed, generation, sample, SIZE, kind="uniform")


def cells(u, count):
    return np.floor(count * u).astype(int)


@pytest.mark.parametrize("where", [{}, {"generation": 9}, {"sample": 2**31}, {"seed": 2**63}])
def test_uniform_numbers_fill_their_interval(where):
    u = uniforms(**where)
    assert_even(np.bincount(cells(u, 1024), minlength=1024))
    assert stats.kstest(u, "uniform").pvalue > LEVEL
    low = np.round(u * 2**24).astype(int) >> 1  # the 23 bits
    assert_even(np.bincount(low & 1023, minlength=1024))


@pytest.mark.parametrize("lag", [1, 2, 3, 4])
def test_neighbouring_coordinates_are_independent(lag):
    u = cells(uniforms(), 32)
    assert_even(np.bincount(32 * u[:-lag][:: lag + 1] + u[lag:][:: lag + 1], minlength=1024))


@pytest.mark.parametrize("other", [{"generation": 1}, {"sample": 1}, {"seed": 6}])
def test_generations_samples_and_seeds_are_independent(other):
    pairs = 32 * cells(uniforms(), 32) + cells(uniforms(**other), 32)
    assert_even(np.bincount(pairs, minlength=1024))


def axes(dim, generations, pairs):
    """Return the coordinates that the coordinate distribution has drawn, shape (generations, pairs)."""
    opt = zoopt.optimizer("zo-scd", np.zeros(dim), scale=1.0, seed=31, population=2 * pairs, learning_rate=0.0)
    drawn = []
    for _ in range(generations):
        X = opt.ask()
        assert np.array_equal(np.count_nonzero(X, axis=1), np.ones(2 * pairs))
        drawn.append(np.argmax(X[0::2] != 0, axis=1))
        opt.tell(np.zeros(2 * pairs))
    return np.array(drawn)


@pytest.mark.parametrize("dim", [2, 7, 1000])
def test_every_coordinate_is_as_likely_as_any_other(dim):
    drawn = axes(dim, 20, 2500)
    assert_even(np.bincount(drawn.ravel(), minlength=dim))


def test_coordinates_of_neighbouring_samples_and_generations_are_independent():
    drawn = axes(7, 40, 2500)
    assert_even(np.bincount((7 * drawn[:, 0::2] + drawn[:, 1::2]).ravel(), minlength=49))
    assert_even(np.bincount((7 * drawn[0::2] + drawn[1::2]).ravel(), minlength=49))
