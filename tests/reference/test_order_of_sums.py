"""The order of sums fixes the bits, with noise kept or made again, on one thread or many."""

import math

import numpy as np
import pytest
from textbook import SCALE, START, D, bumpy, draws

import zoopt
from zoopt import _core


def summed(w, Z):
    """Add w[s] z[s] in ascending s, each coordinate in one float64."""
    total = np.zeros(Z.shape[1])
    for weight, z in zip(w, Z, strict=True):
        total += weight * z
    return total


def bits_of_central_step(start, scale, rate, values, Z):
    w = values / len(values)
    return start - rate * (summed(w[0::2] - w[1::2], Z) / scale)


@pytest.mark.parametrize(("pairs", "dim"), [(1, 5), (13, 37), (64, 300)])
def test_pairs_combine_first_then_samples_ascend(pairs, dim):
    start = np.sin(np.arange(dim))
    opt = zoopt.optimizer("two-point", start, scale=0.37, seed=3, population=2 * pairs, learning_rate=0.9)
    values = bumpy(opt.ask())
    opt.tell(values)
    Z = draws(0, pairs, dim, seed=3)
    assert np.array_equal(opt.mean, bits_of_central_step(start, 0.37, 0.9, values, Z))


def test_second_moments_add_in_the_same_order():
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=3, population=40, scale_learning_rate=0.2)
    opt.ask()
    values = np.random.default_rng(0).normal(size=40)
    opt.tell(values)
    Z = draws(0, 40, seed=3)
    raw = np.array([max(0.0, _core.portable_log(21.0) - _core.portable_log(k)) for k in range(1, 41)])
    table = 1 / 40.0 - raw / sum(raw.tolist())
    w = table[np.argsort(np.argsort(values))]
    second = np.zeros(D)
    for weight, z in zip(w, Z, strict=True):
        second += weight * (z * z - 1.0)
    factors = np.array([_core.portable_exp(-0.5 * 0.2 * g) for g in second])
    assert np.array_equal(opt.deviations, SCALE * factors)
    assert np.array_equal(opt.mean, START - SCALE * summed(w, Z))


def dot_in_lanes(a, b):
    """Sum a[i] b[i] over 16 lanes (i mod 16), then halve by a fixed tree."""
    lanes = np.zeros(16)
    for i in range(len(a)):
        lanes[i % 16] += a[i] * b[i]
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = lanes[:half] + lanes[half:]
    return lanes[0]


@pytest.mark.parametrize("dim", [3, 16, 37])
def test_sums_over_coordinates_use_sixteen_lanes_and_a_tree(dim):
    """Many seeds: the last bit of a sum reaches the scale in a few of them only."""
    constants = _core.cma_constants(dim, 8)
    for seed in range(200):
        opt = zoopt.optimizer("cma-es", np.zeros(dim), scale=0.5, seed=seed, population=8)
        opt.tell(bumpy(opt.ask()))
        path = opt.state_dict()["cma.path_sigma"]
        length = math.sqrt(dot_in_lanes(path, path))
        change = constants["c_sigma"] / constants["d_sigma"] * (length / constants["chi"] - 1.0)
        assert opt.scale == 0.5 * _core.portable_exp(change)


# Noise kept or made again: 2^24 floats are the limit, rows filled up to whole blocks. Each has one case below it.


@pytest.mark.parametrize(
    ("pairs", "dim"),
    [(257, 4096), (4097, 4096), (6720, 2499), (2, 700_001), (2, 8_400_001)],
)
def test_noise_made_again_gives_the_bits_of_noise_kept(pairs, dim):
    start = np.cos(np.arange(dim))
    opt = zoopt.optimizer("two-point", start, scale=0.01, seed=8, population=2 * pairs, learning_rate=0.5, threads=2)
    X = opt.ask()
    Z = draws(0, pairs, dim, seed=8)
    assert np.array_equal(X[0::2], start + 0.01 * Z)
    assert np.array_equal(X[1::2], start - 0.01 * Z)
    values = np.random.default_rng(1).normal(size=2 * pairs)
    opt.tell(values)
    assert np.array_equal(opt.mean, bits_of_central_step(start, 0.01, 0.5, values, Z))
    best = np.argmin(values)
    assert np.array_equal(opt.best.x, X[best])


@pytest.mark.parametrize(("pairs", "dim"), [(3, 300_001), (56, 300_001)])
def test_signs_made_again_give_the_bits_of_signs_kept(pairs, dim):
    opt = zoopt.optimizer("spsa", np.zeros(dim), scale=0.1, seed=8, population=2 * pairs, learning_rate=1.0)
    opt.ask()
    values = np.random.default_rng(1).normal(size=2 * pairs)
    opt.tell(values)
    Z = draws(0, pairs, dim, seed=8, kind="rademacher")
    assert np.array_equal(opt.mean, bits_of_central_step(np.zeros(dim), 0.1, 1.0, values, Z))


def test_second_moments_made_again_keep_their_bits():
    dim, n = 420_001, 40
    opt = zoopt.optimizer("snes", np.zeros(dim), scale=1.0, seed=8, population=n, scale_learning_rate=2.0)
    opt.ask()
    values = np.arange(n, dtype=float)
    opt.tell(values)
    Z = draws(0, n, dim, seed=8)
    raw = np.array([max(0.0, _core.portable_log(21.0) - _core.portable_log(k)) for k in range(1, n + 1)])
    w = 1 / 40.0 - raw / sum(raw.tolist())
    second = np.zeros(dim)
    for weight, z in zip(w, Z, strict=True):
        second += weight * (z * z - 1.0)
    assert np.array_equal(opt.deviations, [_core.portable_exp(-g) for g in second])


@pytest.mark.parametrize("population", [8192, (1 << 17) + 1])
def test_full_covariances_draw_the_same_noise_kept_or_made_again(population):
    opt = zoopt.optimizer("cma-es", np.zeros(128), scale=0.5, seed=8, population=population)
    assert np.array_equal(opt.ask(), 0.5 * draws(0, population, 128, seed=8))


@pytest.mark.parametrize("name", ["two-point", "spsa", "openai-es", "snes", "zo-sgd"])
@pytest.mark.parametrize("dim", [3000, 70_001])
def test_threads_do_not_change_a_bit_where_they_are_used(name, dim):
    runs = {}
    for threads in (1, 2, 8):
        opt = zoopt.optimizer(name, np.ones(dim), scale=0.1, seed=4, population=32, threads=threads)
        for _ in range(2):
            X = opt.ask()
            opt.tell(X[:, ::7].sum(axis=1))
        runs[threads] = (X, opt.mean, opt.best.x)
    for other in (2, 8):
        for one, two in zip(runs[1], runs[other], strict=True):
            assert np.array_equal(one, two)
