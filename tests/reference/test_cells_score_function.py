"""REINFORCE over normals, bits and categories: scores by finite differences of log p, draws by frequency."""

import math

import numpy as np
import pytest
from scipy import stats
from textbook import GENERATIONS, SCALE, SEED, START, D, bumpy, close, draws, follow

import zoopt

LOGITS = np.array([[0.3, -1.0, 2.0], [-0.5, 0.1, 0.0], [1.5, 1.5, -3.0], [0.0, 0.0, 0.0]])
VARIABLES, K = LOGITS.shape
EPSILON = 1e-3  # of Adam: bits that all agree leave a gradient of rounding errors, which 1e-8 would blow up


def others(values):
    """Return each value less the mean of the others, over their number: the weights of leave-one-out."""
    n = len(values)
    return (values - (values.sum() - values) / (n - 1)) / n


def differences(log_p, theta, step=1e-5):
    """Return d log_p / d theta by central differences."""
    E = step * np.eye(theta.size).reshape(-1, *theta.shape)
    return np.array([(log_p(theta + e) - log_p(theta - e)) / (2 * step) for e in E]).reshape(theta.shape)


def log_bits(logits, x):
    return np.sum(x * logits - np.log1p(np.exp(logits)))


def log_softmax(logits):
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def log_choices(logits, x):
    return log_softmax(logits)[np.arange(len(x)), x.astype(int)].sum()


def bits_cost(X):
    return X @ np.linspace(-1, 2, X.shape[1]) + np.sin(3 * X.sum(axis=1))


def choices_cost(X):
    return (X * np.arange(1, X.shape[1] + 1)).sum(axis=1) + np.cos(X[:, 0] * X[:, -1])


def make(name, start=START, **options):
    given = {"scale": SCALE} if name == "reinforce" else {}
    return zoopt.optimizer(name, start, seed=SEED, **given, **options)


def test_reinforce_with_a_normal_policy():
    """The score of N(mean, scale^2) is (x - mean) / scale^2."""
    n, mean, means = 16, START.copy(), []
    rate = n / (4 * (D + n + 3))
    for t in range(GENERATIONS):
        X = mean + SCALE * draws(t, n)
        mean = mean - rate * others(bumpy(X)) @ ((X - mean) / SCALE**2)
        means.append(mean)
    follow(make("reinforce"), means)


def test_the_score_of_a_normal_is_the_derivative_of_its_log_density():
    opt = make("reinforce", population=2, learning_rate=1.0)
    X = opt.ask()
    opt.tell([1.0, 0.0])  # leave-one-out: weights 1/2 and -1/2
    scores = [differences(lambda m, x=x: stats.norm.logpdf(x, m, SCALE).sum(), START) for x in X]
    close(START - opt.mean, (scores[0] - scores[1]) / 2, 1e-7)


@pytest.mark.parametrize("n", [2, 16])
def test_reinforce_over_bits(n):
    opt, logits, m, v = (
        make("reinforce-bernoulli", population=n, epsilon=EPSILON),
        START.copy(),
        np.zeros(D),
        np.zeros(D),
    )
    for t in range(1, GENERATIONS + 1):
        p = 1 / (1 + np.exp(-logits))
        X = (draws(t - 1, n, kind="uniform") < p).astype(float)
        g = others(bits_cost(X)) @ (X - p)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        logits = logits - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + EPSILON)
        assert np.array_equal(opt.ask(), X)
        opt.tell(bits_cost(X))
        close(opt.mean, logits)
        assert np.array_equal(opt.centre, opt.mean > 0)


def test_reinforce_over_categories():
    n, logits, m, v = 16, LOGITS.copy(), np.zeros_like(LOGITS), np.zeros_like(LOGITS)
    opt = make("reinforce-categorical", LOGITS, epsilon=EPSILON)
    for t in range(1, GENERATIONS + 1):
        p = np.exp(log_softmax(logits))
        u = draws(t - 1, n, VARIABLES, kind="uniform")
        X = (u[:, :, None] >= np.cumsum(p, axis=1)[None]).sum(axis=2).astype(float)
        scores = np.eye(K)[X.astype(int)] - p
        g = np.tensordot(others(choices_cost(X)), scores, axes=1)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        logits = logits - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + EPSILON)
        assert np.array_equal(opt.ask(), X)
        opt.tell(choices_cost(X))
        close(opt.mean, logits.ravel())
        assert np.array_equal(opt.centre, logits.argmax(axis=1))


KINDS = {"bernoulli": (START, log_bits), "categorical": (LOGITS, log_choices)}


def plain(distribution, metric="vanilla", population=3, shaping="raw"):
    """Return the cell whose step of rate 1 is minus the mean of value times score."""
    return zoopt.cell(distribution=distribution, shaping=shaping, metric=metric, update="sgd", population=population)


@pytest.mark.parametrize("distribution", KINDS)
def test_the_score_is_the_derivative_of_log_p(distribution):
    start, log_p = KINDS[distribution]
    for generation in range(30):
        opt = zoopt.optimizer(plain(distribution), start, seed=generation, learning_rate=1.0)
        X = opt.ask()
        values = np.array([3.0, -1.5, 0.7])
        opt.tell(values)
        scores = np.array([differences(lambda theta, x=x: log_p(theta, x), start).ravel() for x in X])
        close(start.ravel() - opt.mean, values @ scores / 3, 1e-7)


@pytest.mark.parametrize("distribution", KINDS)
def test_the_natural_step_solves_the_fisher_information(distribution):
    """F = E[score score^T] by enumeration; where F is singular, its pseudo-inverse."""
    start, _ = KINDS[distribution]
    steps = {}
    for metric in ("vanilla", "natural"):
        opt = zoopt.optimizer(plain(distribution, metric), start, seed=4, learning_rate=1.0)
        opt.ask()
        opt.tell([3.0, -1.5, 0.7])
        steps[metric] = start.ravel() - opt.mean
    if distribution == "bernoulli":
        p = 1 / (1 + np.exp(-start))
        expected = steps["vanilla"] / (p * (1 - p))
    else:
        P = np.exp(log_softmax(start))
        parts = zip(P, steps["vanilla"].reshape(VARIABLES, K), strict=True)
        expected = np.concatenate([np.linalg.pinv(np.diag(p) - np.outer(p, p)) @ g for p, g in parts])
    close(steps["natural"], expected, 1e-11)


def frequencies(distribution, start, generations=50, samples=2000):
    """Return all draws from fixed logits, shape (generations * samples, variables)."""
    cell = zoopt.cell(distribution=distribution, shaping="raw", metric="vanilla", update="hold", population=samples)
    opt = zoopt.optimizer(cell, start, seed=SEED)
    rows = []
    for _ in range(generations):
        rows.append(opt.ask())
        opt.tell(np.zeros(samples))
    return np.concatenate(rows)


def test_bits_have_their_probabilities_and_are_independent():
    """10^5 draws: every frequency and product of two within 4.5 standard errors; a shift of .01 is found surely."""
    X = frequencies("bernoulli", START)
    p = 1 / (1 + np.exp(-START))
    assert set(np.unique(X)) == {0.0, 1.0}
    assert np.max(np.abs(X.mean(axis=0) - p) / np.sqrt(p * (1 - p) / len(X))) < 4.5
    correlation = np.corrcoef(X.T) - np.eye(D)
    assert np.max(np.abs(correlation)) < 4.5 / math.sqrt(len(X))


def test_categories_have_their_probabilities_and_are_independent():
    """10^5 draws: chi-square of every variable and every pair of variables at level 10^-4."""
    X = frequencies("categorical", LOGITS).astype(int)
    P = np.exp(log_softmax(LOGITS))
    for v in range(VARIABLES):
        counts = np.bincount(X[:, v], minlength=K)
        assert stats.chisquare(counts, P[v] * len(X)).pvalue > 1e-4
        for w in range(v):
            joint = np.bincount(K * X[:, v] + X[:, w], minlength=K * K)
            assert stats.chisquare(joint, np.outer(P[v], P[w]).ravel() * len(X)).pvalue > 1e-4


def test_what_cannot_happen_is_never_drawn():
    X = frequencies("categorical", np.array([[0.0, -800.0, 0.0], [-900.0, 0.0, -900.0]]), generations=5)
    assert set(np.unique(X[:, 0])) == {0.0, 2.0}
    assert set(np.unique(X[:, 1])) == {1.0}
    X = frequencies("bernoulli", np.array([800.0, -800.0]), generations=5)
    assert np.array_equal(np.unique(X, axis=0), [[1.0, 0.0]])


def test_large_logits_do_not_overflow():
    big = np.array([[1e4, 1e4 - 1, 0.0]])
    X = frequencies("categorical", big, generations=5)[:, 0]
    assert abs(np.mean(X == 0.0) - math.e / (1 + math.e)) < 0.02
    assert set(np.unique(X)) == {0.0, 1.0}
