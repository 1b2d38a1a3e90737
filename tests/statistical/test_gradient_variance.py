"""Means and variances of gradient estimates against their closed forms, at 10^6 draws through the engine.

Each test averages q directions a generation over 10^6 / q generations. The trace variance of an average of q
is that of one direction over q, except where a baseline couples the directions. Every comparison is made
within 2 %, after the standard error of the measurement has been shown to be below a fifth of that.
"""

import numpy as np
import pytest

import zoopt

D = 8
EPS = 0.3
DRAWS = 1_000_000
G_VECTOR = np.array([0.9, -0.4, 1.3, 0.2, -0.7, 0.5, -1.1, 0.3])
HESSIAN = np.diag(np.linspace(0.3, 1.7, D)) + 0.25 * np.add.outer(np.arange(D), np.arange(D)) % 1.0
HESSIAN = (HESSIAN + HESSIAN.T) / 2
F0 = 1.4

G = G_VECTOR @ G_VECTOR
TRACE = np.trace(HESSIAN)
SQUARES = np.sum(HESSIAN**2)
Q_TERM = EPS**2 / 4 * (D + 4) * (TRACE**2 + 2 * SQUARES)


def quadratic(X):
    return F0 + X @ G_VECTOR + 0.5 * ((X @ HESSIAN) * X).sum(axis=1)


def linear(X):
    return F0 + X @ G_VECTOR


def cell(shaping, directions, *, antithetic=False, distribution="isotropic"):
    return zoopt.cell(
        distribution=distribution,
        shaping=shaping,
        metric="vanilla",
        update="sgd",
        population=2 * directions if antithetic else directions,
        antithetic=antithetic,
    )


def estimates(algorithm, objective, directions):
    """Return gradient estimates at 0, one a generation, shape (10^6 / directions, D).

    The mean wanders by the estimates themselves (learning rate 1); the objective moves along with it.
    """
    opt = zoopt.optimizer(algorithm, np.zeros(D), scale=EPS, seed=7, learning_rate=1.0)
    means = np.zeros((DRAWS // directions + 1, D))
    for t in range(1, len(means)):
        X = opt.ask()
        opt.tell(objective(X - means[t - 1]))
        means[t] = opt.mean
    return means[:-1] - means[1:]


def assert_variance(samples, expected):
    """Require the trace variance within 2 %, at a standard error below .4 %."""
    squares = np.sum((samples - samples.mean(axis=0)) ** 2, axis=1)
    error = squares.std() / np.sqrt(len(squares))
    assert error < 0.004 * expected
    assert squares.mean() == pytest.approx(expected, rel=0.02)


def assert_mean(samples, expected):
    """Require the mean of every coordinate within five standard errors, each below 5 % of |g|."""
    errors = samples.std(axis=0) / np.sqrt(len(samples))
    assert np.max(errors) < 0.05 * np.linalg.norm(expected)
    assert np.max(np.abs(samples.mean(axis=0) - expected) / errors) < 5


ONE_DIRECTION = {
    "raw": (D + 1) * G + F0**2 * D / EPS**2 + Q_TERM + F0 * (D + 2) * TRACE,
    "centre-baseline": (D + 1) * G + Q_TERM,
}


@pytest.mark.parametrize("shaping", ONE_DIRECTION)
def test_one_sided_on_a_quadratic(shaping):
    q = 20
    samples = estimates(cell(shaping, q), quadratic, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, ONE_DIRECTION[shaping] / q)


def test_central_differences_see_neither_value_nor_curvature():
    q = 20
    samples = estimates(cell("raw", q, antithetic=True), quadratic, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, (D + 1) * G / q)


@pytest.mark.parametrize("q", [8, 32])
def test_random_signs_save_two_gradients_and_directions_divide(q):
    samples = estimates(cell("raw", q, antithetic=True, distribution="rademacher"), linear, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, (D - 1) * G / q)


def test_gaussian_directions_divide():
    q = 40
    samples = estimates(cell("centre-baseline", q), linear, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, (D + 1) * G / q)


@pytest.mark.parametrize("q", [5, 20])
def test_leave_one_out_costs_one_direction(q):
    samples = estimates(cell("leave-one-out", q), linear, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, (D + 1) * G / (q - 1))


@pytest.mark.parametrize("q", [5, 20])
def test_the_group_mean_shrinks_the_gradient(q):
    samples = estimates(cell("mean-baseline", q), linear, q)
    assert_mean(samples, (1 - 1 / q) * G_VECTOR)
    assert_variance(samples, (D + 1) * G / (q - 1) * (1 - 1 / q) ** 2)


def test_leave_one_out_of_pairs_is_central_differences():
    q = 20
    samples = estimates(cell("leave-one-out", q, antithetic=True), quadratic, q)
    assert_mean(samples, G_VECTOR)
    assert_variance(samples, (D + 1) * G / q)
