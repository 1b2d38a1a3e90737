"""The zeroth-order algorithms over generations, against their formulas in numpy."""

import math

import numpy as np
import pytest
from textbook import (
    GENERATIONS,
    SCALE,
    SEED,
    START,
    D,
    bumpy,
    central_differences,
    close,
    draws,
    follow,
    forward_differences,
    on_sphere,
    pairs,
)

import zoopt
from zoopt import _core


def make(name, **options):
    return zoopt.optimizer(name, START, scale=SCALE, seed=SEED, **options)


def descend(gradient, rate):
    """Return the means of mean <- mean - rate(t) gradient(t, mean), t counted from 0."""
    mean, means = START.copy(), []
    for t in range(GENERATIONS):
        mean = mean - rate(t) * gradient(t, mean)
        means.append(mean)
    return means


@pytest.mark.parametrize("q", [1, 6])
def test_zo_sgd(q):
    rate = q / (4 * (D + q + 3))  # of Nesterov and Spokoiny for q = 1
    means = descend(lambda t, x: forward_differences(x, SCALE, draws(t, q)), lambda t: rate)
    follow(make("zo-sgd", population=q), means)


@pytest.mark.parametrize("q", [1, 6])
def test_two_point(q):
    rate = q / (4 * (D + q + 3))
    means = descend(lambda t, x: central_differences(x, SCALE, draws(t, q)), lambda t: rate)
    follow(make("two-point", population=2 * q), means)


def test_zo_signsgd_on_the_sphere_over_the_root_of_the_generation():
    def gradient(t, x):
        return np.sign(forward_differences(x, SCALE, on_sphere(draws(t, 10))))

    means = descend(gradient, lambda t: 0.05 / math.sqrt(t + 1))
    follow(make("zo-signsgd"), means)
    lengths = [np.abs(b - a) for a, b in zip([START, *means], means, strict=False)]
    for t, length in enumerate(lengths):
        close(length, np.full(D, 0.05 / math.sqrt(t + 1)))


def test_zo_adamm_without_bias_correction():
    mean, m, v, top, means = START.copy(), np.zeros(D), np.zeros(D), np.zeros(D), []
    for t in range(GENERATIONS):
        g = forward_differences(mean, SCALE, on_sphere(draws(t, 10)))
        m, v = 0.9 * m + 0.1 * g, 0.3 * v + 0.7 * g**2
        top = np.maximum(top, v)
        mean = mean - 0.01 * m / (np.sqrt(top) + 1e-8)
        means.append(mean)
    follow(make("zo-adamm"), means)


def axes(generation, samples, dim=D, seed=SEED):
    """Return the high half of dim times the first word of each sample's block 0."""
    key = [seed % 2**32, seed >> 32, 0, _core.NOISE_VERSION]
    words = [_core.threefry4x32([0, s, generation, 0], key)[0] for s in range(samples)]
    return [(dim * word) >> 32 for word in words]


@pytest.mark.parametrize("q", [1, 9])
def test_zo_scd_moves_the_coordinates_it_drew(q):
    def gradient(t, x):
        return central_differences(x, SCALE, math.sqrt(D) * np.eye(D)[axes(t, q)])

    means = descend(gradient, lambda t: q / (4 * (D + q + 3)))
    follow(make("zo-scd", population=2 * q), means)


def test_zo_scd_is_the_difference_quotient_of_single_coordinates():
    opt = make("zo-scd", learning_rate=1 / D)
    for t in range(GENERATIONS):
        before, X = opt.mean, opt.ask()
        opt.tell(bumpy(X))
        step = np.zeros(D)
        (axis,) = axes(t, 1)
        radius = SCALE * math.sqrt(D)
        e = radius * np.eye(D)[axis]
        step[axis] = float((bumpy(before + e) - bumpy(before - e))[0] / (2 * radius))
        close(before - opt.mean, step, 1e-11)


def orthogonal(generation, samples, dim, block, seed=SEED):
    """Return the directions by QR: Gram-Schmidt has the signs that make the diagonal of R positive."""
    Z = draws(generation, samples, dim, seed=seed)
    for first in range(0, samples, block):
        Q, R = np.linalg.qr(Z[first : first + block].T)
        Z[first : first + block] = math.sqrt(dim) * (Q * np.sign(np.diag(R))).T
    return Z


@pytest.mark.parametrize(("q", "options"), [(7, {}), (5, {}), (20, {}), (9, {"block": 3})])
def test_orthogonal_es(q, options):
    block = int(options.get("block", min(q, D)))
    mean, m, v, means = START.copy(), np.zeros(D), np.zeros(D), []
    for t in range(GENERATIONS):
        g = central_differences(mean, SCALE, orthogonal(t, q, D, block))
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mean = mean - 0.01 * (m / (1 - 0.9 ** (t + 1))) / (np.sqrt(v / (1 - 0.999 ** (t + 1))) + 1e-8)
        means.append(mean)
    follow(make("orthogonal-es", population=2 * q, **options), means)


@pytest.mark.parametrize(("dim", "samples", "block"), [(7, 7, 7), (80, 100, 64), (300, 150, 64), (64, 64, 64)])
def test_orthogonal_directions_are_orthonormal_by_blocks(dim, samples, block):
    opt = zoopt.optimizer("orthogonal-es", np.zeros(dim), scale=1.0, seed=SEED, population=2 * samples)
    for t in range(2):
        mean, X = opt.mean, opt.ask()
        Z = (X[0::2] - X[1::2]) / 2
        assert np.array_equal(X, mean + pairs(Z)) if t == 0 else np.allclose(X, mean + pairs(Z), atol=1e-12)
        for first in range(0, samples, block):
            part = Z[first : first + block] / math.sqrt(dim)
            assert np.max(np.abs(part @ part.T - np.eye(len(part)))) < 1e-12
        if samples > block:
            assert abs(Z[0] @ Z[block]) / dim > 1e-6
        close(Z, orthogonal(t, samples, dim, block), 1e-11)
        opt.tell(bumpy(X))


def spall(alpha, gamma, stability):
    """Return Spall's gains with a and c such that the first step has a rate of .05 and the scale."""
    a = 0.05 * (stability + 1) ** alpha
    return lambda k: (a / (stability + 1 + k) ** alpha, SCALE / (k + 1) ** gamma)


@pytest.mark.parametrize(
    ("planned", "options", "gains"),
    [
        (200, {}, (0.602, 0.101, 10.0)),  # 100 generations of a pair: A is a tenth of them
        (None, {}, (0.602, 0.101, 100.0)),  # nobody said: 1000 generations
        (None, {"horizon": 70}, (0.602, 0.101, 7.0)),
        (200, {"stability": 3.0, "alpha": 1.0, "gamma": 1 / 6}, (1.0, 1 / 6, 3.0)),
    ],
)
def test_spsa_with_the_gains_of_spall(planned, options, gains):
    opt = zoopt.optimizer("spsa", START, scale=SCALE, seed=SEED, learning_rate=0.05, budget=planned, **options)
    gain, mean = spall(*gains), START.copy()
    for k in range(GENERATIONS):
        a_k, c_k = gain(k)
        X = opt.ask()
        delta = draws(k, 1, kind="rademacher")[0]
        close(X, np.array([mean + c_k * delta, mean - c_k * delta]))
        close(opt.scale, c_k)
        difference = bumpy(mean + c_k * delta) - bumpy(mean - c_k * delta)
        mean = mean - a_k * difference / (2 * c_k * delta)
        opt.tell(bumpy(X))
        close(opt.mean, mean)


def test_minimize_tells_spsa_how_long_it_will_be():
    """A tenth of the budget's generations; the mean that is evaluated at the end is none of them."""
    seen = []

    def watch(x):
        seen.append(x)
        return float(bumpy(x)[0])

    zoopt.minimize(watch, START, method="spsa", scale=SCALE, budget=40, seed=SEED, options={"learning_rate": 0.05})
    gain, mean = spall(0.602, 0.101, 2.0), START.copy()
    for k in range(3):
        a_k, c_k = gain(k)
        delta = draws(k, 1, kind="rademacher")[0]
        mean = mean - a_k * central_differences(mean, c_k, delta[None])
    _, c_3 = gain(3)
    delta = draws(3, 1, kind="rademacher")[0]
    rows = [x for x in seen if np.allclose(x, mean + c_3 * delta, atol=1e-9)]
    assert rows
    close(rows[0], mean + c_3 * delta)
