"""S1-E7: zeroth order on a 0-1 reward is a probit policy gradient, and Gumbel noise gives the softmax one.

Seeds are fixed; means are required within five standard errors, each below 2 % of the gradient, so that a constant that
is wrong by 20 % is found surely.
"""

import math

import numpy as np
import pytest
from scipy import optimize, stats

import zoopt

THETA = np.array([0.4, -0.8, 0.3, 0.1])
X = np.array([1.0, 0.5, -0.7, 2.0])


def probit_gradient(theta, x, y, eps):
    """Return phi(z / s) y x / s with z = y theta.x and s = eps |x|."""
    s = eps * np.linalg.norm(x)
    return stats.norm.pdf(y * (theta @ x) / s) * y * x / s


def estimates(reward, eps, generations, rows=200):
    """Return ascent directions of the engine at THETA, shape (generations, d)."""
    cell = zoopt.cell(
        distribution="isotropic", shaping="raw", metric="vanilla", update="sgd", population=rows, antithetic=True
    )
    opt = zoopt.optimizer(cell, THETA, scale=eps, seed=17, sense="max", learning_rate=1.0)
    means = np.zeros((generations + 1, THETA.size))
    means[0] = THETA
    for t in range(generations):
        opt.tell(reward(opt.ask() - means[t] + THETA))
        means[t + 1] = opt.mean
    return np.diff(means, axis=0)


@pytest.mark.parametrize("y", [-1, 1])
@pytest.mark.parametrize("eps", [0.1, 0.5, 2.0])
def test_zeroth_order_on_the_argmax_is_the_probit_policy_gradient(y, eps):
    g = estimates(lambda rows: (y * (rows @ X) > 0).astype(float), eps, 4000)
    expected = probit_gradient(THETA, X, y, eps)
    errors = g.std(axis=0) / math.sqrt(len(g))
    assert np.max(errors) < 0.02 * np.linalg.norm(expected)
    assert np.max(np.abs(g.mean(axis=0) - expected) / errors) < 5


@pytest.mark.parametrize("eps", [0.1, 0.5, 2.0])
def test_the_formula_is_the_gradient_of_the_smoothed_reward(eps):
    """P(y (theta + eps u).x > 0) is Phi(z / s)."""
    for y in (-1, 1):
        smooth = [
            (stats.norm.cdf(y * (THETA + h) @ X / s) - stats.norm.cdf(y * (THETA - h) @ X / s)) / 2e-6
            for s in [eps * np.linalg.norm(X)]
            for h in 1e-6 * np.eye(THETA.size)
        ]
        np.testing.assert_allclose(smooth, probit_gradient(THETA, X, y, eps), rtol=1e-6)


def gap(ratio):
    """Return the largest distance between Phi(z / ratio) and the logistic function of z."""
    z = np.linspace(0, 12, 200_001)
    return np.max(np.abs(stats.norm.cdf(z / ratio) - 1 / (1 + np.exp(-z))))


def test_the_matching_rule():
    """eps |x| = 1.7017 tau brings the probit and the softmax policy closest: within .009457."""
    best = optimize.minimize_scalar(gap, bounds=(1.5, 2.0), method="bounded", options={"xatol": 1e-7})
    assert best.x == pytest.approx(1.7017, abs=1e-4)
    assert best.fun == pytest.approx(0.009457, abs=1e-6)


def test_with_the_matching_rule_both_gradients_point_the_same_way():
    """On 200 points of one norm the cosine of the two policy gradients is above .999; with tau = 1 it need not be."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(200, THETA.size))
    points *= 2.0 / np.linalg.norm(points, axis=1, keepdims=True)
    labels = np.where(rng.uniform(size=200) < 0.7, np.sign(points @ np.ones(4)), 1.0)

    def cosine(eps, tau):
        zo = sum(probit_gradient(THETA, x, y, eps) for x, y in zip(points, labels, strict=True))
        z = labels * (points @ THETA)
        p = 1 / (1 + np.exp(-z / tau))
        pg = (p * (1 - p) * labels / tau) @ points
        return zo @ pg / np.linalg.norm(zo) / np.linalg.norm(pg)

    for eps in (0.1, 0.3, 1.0):
        assert cosine(eps, eps * 2.0 / 1.7017) > 0.999
    assert cosine(0.1, 1.0) < 0.99


@pytest.mark.parametrize("tau", [0.5, 1.0, 3.0])
def test_gumbel_noise_on_the_logits_is_the_softmax_policy_gradient(tau):
    """E r(argmax_j f_j + tau G_j) (1 - exp(-G)) / tau = p (r - E r) / tau, on 10^6 draws."""
    logits, reward = np.array([0.3, -0.5, 1.0, 0.0]), np.array([1.0, 0.0, -0.5, 2.0])
    u = np.array([zoopt.noise(23, 0, j, 1_000_000, kind="uniform", stream=4) for j in range(4)]).T
    gumbel = -np.log(-np.log(u))
    chosen = np.argmax(logits + tau * gumbel, axis=1)
    p = np.exp(logits / tau) / np.exp(logits / tau).sum()
    assert stats.chisquare(np.bincount(chosen, minlength=4), p * len(u)).pvalue > 1e-4
    g = reward[chosen][:, None] * (1 - np.exp(-gumbel)) / tau
    errors = g.std(axis=0) / math.sqrt(len(g))
    expected = p * (reward - p @ reward) / tau
    assert np.max(errors) < 0.02 * np.linalg.norm(expected)
    assert np.max(np.abs(g.mean(axis=0) - expected) / errors) < 5
