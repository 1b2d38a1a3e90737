"""S1-E7: which noise labels are drawn by, and which temperature makes zeroth order and policy gradient agree."""

import math

import numpy as np
import pytest
from scipy import stats
from softmax_policies import softmax, with_intercept

import zoopt
from zoopt.objectives import PolicyObjective, SoftmaxPolicy, matched_temperature

SCORES = np.array([[0.3, -0.5, 1.0, 0.0], [2.0, -math.inf, 0.1, 0.4], [0.0, 0.0, 0.0, 0.0]])
REWARDS = np.array([[1.0, 0.0, -0.5, 2.0], [0.3, 9.0, 0.0, -1.0], [0.0, 1.0, 2.0, 4.0]])
TAU = np.array([0.5, 1.0, 3.0])
P = softmax(SCORES, TAU)


def uniforms(seed, generation, size):
    return np.array([zoopt.noise(seed, generation, s, size, kind="uniform", stream=5) for s in range(len(SCORES))])


def policy(**options):
    return SoftmaxPolicy(SCORES.shape, REWARDS, temperature=TAU, **options)


def test_draws_are_the_noise_of_the_objective_stream():
    """Draw j of sample s takes coordinate j; the first label whose cumulated probability is above it."""
    drawn = policy(samples=7, seed=11).choices(SCORES, generation=5)
    expected = (uniforms(11, 5, 7)[:, :, None] >= P.cumsum(axis=1)[:, None, :]).sum(axis=2)
    assert np.array_equal(drawn, expected.T)


def test_every_generation_draws_anew_and_always_the_same():
    one = policy(samples=50, seed=3)
    first = one.choices(SCORES, generation=0)
    assert np.array_equal(first, policy(samples=50, seed=3).choices(SCORES, generation=0))
    assert not np.array_equal(first, one.choices(SCORES, generation=1))
    assert not np.array_equal(first, policy(samples=50, seed=4).choices(SCORES, generation=0))


@pytest.mark.parametrize("score", ["softmax", "gumbel"])
def test_labels_have_their_probabilities(score):
    """10^5 draws: chi-square of every sample at level 1e-4; what cannot happen never does."""
    drawn = policy(samples=100_000, seed=1, score=score).choices(SCORES)
    for s, p in enumerate(P):
        counts = np.bincount(drawn[:, s], minlength=4)
        assert np.array_equal(counts > 0, p > 0)
        assert stats.chisquare(counts[p > 0], p[p > 0] * len(drawn)).pvalue > 1e-4


def test_gumbel_noise_on_the_scores_and_its_score_function():
    """Choices are argmax(f / t + G), the estimate is the mean of (r - b)(1 - exp(-G)) / t, number by number."""
    k, seed, generation = 6, 8, 2
    u = uniforms(seed, generation, 4 * k).reshape(3, k, 4)
    gumbel = -np.log(-np.log(u))
    chosen = np.argmax(SCORES[:, None, :] / TAU[:, None, None] + gumbel, axis=2)
    estimate = policy(samples=k, seed=seed, score="gumbel", baseline="none")
    assert np.array_equal(estimate.choices(SCORES, generation=generation), chosen.T)
    rewards = np.take_along_axis(REWARDS, chosen, axis=1)
    expected = ((rewards / TAU[:, None])[:, :, None] * (1 - np.exp(-gumbel))).mean(axis=1) / 3
    _, slopes = estimate.value_and_slopes(SCORES, generation=generation)
    np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-15)


def test_gumbel_score_is_the_softmax_policy_gradient_in_the_mean():
    """10^6 draws a sample: within five standard errors, each below 2 % of the gradient."""
    k = 1_000_000
    _, found = policy(samples=k, seed=5, score="gumbel", baseline="mean").value_and_slopes(SCORES)
    _, expected = policy().value_and_slopes(SCORES)
    spread = np.abs(REWARDS).max(axis=1, keepdims=True)  # bounds the standard deviation of (r - E r)(1 - E) by 2 r
    errors = 2 * spread / TAU[:, None] / 3 / math.sqrt(k)
    assert np.max(np.abs(found - expected) / errors) < 5
    assert np.max(errors) < 0.05 * np.max(np.abs(expected))


def test_the_softmax_score_is_the_gumbel_score_averaged_over_what_is_not_the_choice():
    """E[1 - exp(-G_o) | choice y] = [o = y] - p_o on 10^6 draws of one sample, within five standard errors."""
    u = np.array([zoopt.noise(23, 0, y, 1_000_000, kind="uniform", stream=4) for y in range(4)]).T
    times = -np.log(u)
    chosen = np.argmin(times / P[0], axis=1)
    for y in range(4):
        scores = 1 - times[chosen == y]
        errors = scores.std(axis=0) / math.sqrt(len(scores))
        assert np.max(np.abs(scores.mean(axis=0) - ((np.arange(4) == y) - P[0])) / errors) < 5


@pytest.mark.parametrize("score", ["softmax", "gumbel"])
def test_the_optimal_baseline_of_either_score(score):
    """b is found from estimates that are linear in it, and compared with E[r |s|^2] / E|s|^2 of 10^6 draws."""
    k = 3

    def slopes(rewards, baseline):
        made = SoftmaxPolicy((1, 4), rewards, samples=k, seed=6, score=score, baseline=baseline)
        return made.value_and_slopes(SCORES[:1])[1][0]

    ones = slopes(np.ones((1, 4)), "none")  # the mean score
    b = ((slopes(REWARDS[:1], "none") - slopes(REWARDS[:1], "optimal")) / ones).round(12)
    assert np.ptp(b) < 1e-10
    p = softmax(SCORES[:1])[0]
    u = np.array([zoopt.noise(24, 0, y, 1_000_000, kind="uniform", stream=4) for y in range(4)]).T
    chosen = np.argmin(-np.log(u) / p, axis=1)
    scores = 1 + np.log(u) if score == "gumbel" else np.eye(4)[chosen] - p
    length = np.square(scores).sum(axis=1)
    assert b[0] == pytest.approx(np.mean(REWARDS[0, chosen] * length) / np.mean(length), abs=0.01)


# The matched temperature, on real data.


@pytest.fixture(scope="module")
def cancer():
    """Return standardised data, labels in {-1, 1}, and logistic regression with C = 1 that penalises the intercept."""
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression

    X, y = load_breast_cancer(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    fitted = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-10, max_iter=5000).fit(with_intercept(X), y)
    return X, 2 * y - 1, fitted.coef_[0]


def cosine(a, b):
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def zeroth_order(theta, X, signs, scale):
    """Return the mean of the zeroth-order estimate on the 0-1 reward: the probit policy gradient."""
    rows = with_intercept(X)
    spread = scale * np.linalg.norm(rows, axis=1)
    return (stats.norm.pdf(signs * (rows @ theta) / spread) * signs / spread) @ rows / len(X)


def test_with_the_matched_temperature_zeroth_order_and_policy_gradient_agree(cancer):
    X, signs, theta = cancer
    for scale in (0.003, 0.03, 0.1, 0.3, 0.6, 1.0, 3.0, 6.0):
        policy = PolicyObjective(X, signs, temperature=matched_temperature(X, scale))
        assert cosine(zeroth_order(theta, X, signs, scale), policy.value_and_gradient(theta)[1]) >= 0.96, scale


def test_at_temperature_one_they_do_not(cancer):
    X, signs, theta = cancer
    gradient = PolicyObjective(X, signs).value_and_gradient(theta)[1]
    cosines = [cosine(zeroth_order(theta, X, signs, scale), gradient) for scale in (0.003, 0.03, 0.1, 0.3, 0.6)]
    np.testing.assert_allclose(cosines, [-0.27, -0.18, 0.40, 0.87, 0.95], atol=0.012)


def test_the_matched_probabilities_are_within_the_stated_gap(cancer):
    X, signs, theta = cancer
    gap = 0.0
    for scale in np.geomspace(0.01, 10, 60):
        spread = scale * np.linalg.norm(with_intercept(X), axis=1)
        probit = stats.norm.cdf(with_intercept(X) @ theta / spread)
        softmaxed = PolicyObjective(X, signs, temperature=matched_temperature(X, scale)).probabilities(theta)[:, 1]
        gap = max(gap, np.abs(probit - softmaxed).max())
    assert gap == pytest.approx(0.009457, abs=5e-6)  # 1.7017 is the best ratio to four digits


def test_two_scores_of_their_own_take_a_temperature_larger_by_root_two():
    X = np.array([[3.0, -1.0], [0.0, 0.5]])
    ratio = matched_temperature(X, 0.2, outputs=3) / matched_temperature(X, 0.2)
    np.testing.assert_allclose(ratio, math.sqrt(2))
    np.testing.assert_allclose(matched_temperature(X, 0.2), 0.2 * np.sqrt([11.0, 1.25]) / 1.7017)
