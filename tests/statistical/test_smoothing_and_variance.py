"""What smoothing costs, and what a direction is worth: closed forms beside measurements through the engine.

Bias of smoothing, the four trace variances of one direction, linear functions under every distribution, the best
step on a quadratic, and the variances of a binary action. All seeds are fixed. Variances are required within 2 % at a
standard error below .4 %, so that a true ratio of 1.03 is missed less than once in a hundred times; means within five
standard errors, each below 5 % of the gradient, so that a bias of 50 % of it is found in every coordinate.
"""

import math

import numpy as np
import pytest

import zoopt

D = 8
EPS = 0.3
SLOPE = np.array([0.9, -0.4, 1.3, 0.2, -0.7, 0.5, -1.1, 0.3])
G = SLOPE @ SLOPE
SQUARE_ROOT = np.random.default_rng(11).normal(size=(D, D))
HESSIAN = (SQUARE_ROOT + SQUARE_ROOT.T) / 2
F0 = 1.4


def quadratic(X):
    return F0 + X @ SLOPE + 0.5 * ((X @ HESSIAN) * X).sum(axis=1)


def linear(X):
    return X @ SLOPE


def estimator(shaping, rows, *, antithetic=False, distribution="isotropic"):
    return zoopt.cell(
        distribution=distribution, shaping=shaping, metric="vanilla", update="sgd", population=rows,
        antithetic=antithetic,
    )  # fmt: skip


def estimates(cell, objective, generations, *, dim=D, scale=EPS, seed=31, **options):
    """Return the gradient estimates of a fixed point, one a generation, shape (generations, dim).

    The mean walks by the estimates, at a rate of 1; the objective walks along with it.
    """
    opt = zoopt.optimizer(cell, np.zeros(dim), scale=scale, seed=seed, learning_rate=1.0, **options)
    means = np.zeros((generations + 1, dim))
    for t in range(generations):
        opt.tell(objective(opt.ask() - means[t]))
        means[t + 1] = opt.mean
    return means[:-1] - means[1:]


def directions(distribution, samples, generations, *, dim=D, seed=32):
    """Return z of the engine, shape (generations, samples, dim), for estimates that are made in numpy."""
    cell = zoopt.cell(distribution=distribution, shaping="raw", metric="vanilla", update="hold", population=samples)
    opt = zoopt.optimizer(cell, np.zeros(dim), scale=1.0, seed=seed)
    found = np.empty((generations, samples, dim))
    for t in range(generations):
        found[t] = opt.ask()
        opt.tell(np.zeros(samples))
    return found


def assert_variance(samples, expected):
    squares = np.sum((samples - samples.mean(axis=0)) ** 2, axis=1)
    assert squares.std() / math.sqrt(len(squares)) < 0.004 * expected
    assert squares.mean() == pytest.approx(expected, rel=0.02)


def assert_mean(samples, expected):
    errors = samples.std(axis=0) / math.sqrt(len(samples))
    assert np.max(errors) < 0.05 * np.linalg.norm(expected)
    assert np.max(np.abs(samples.mean(axis=0) - expected) / errors) < 5


# S1-E2. E[f(x + eps u) u] / eps is the gradient of the smoothed f for normal u, and of no smoothed f for other u.


def cubic(X):
    """Return x^3 / 3 summed over coordinates plus a mixed term; the third derivatives are constant."""
    return (X**3).sum(axis=1) / 3 + X[:, 0] * X[:, 1] ** 2


def smoothed_slope(moment, eps):
    """Return the mean of cubic(eps u) u / eps for independent coordinates of variance 1 and fourth moment `moment`."""
    slope = np.full(D, moment / 3)
    slope[0] += 1.0
    return eps**2 * slope


DENSITIES = {"isotropic": 3.0, "rademacher": 1.0, "sphere": 3 * D / (D + 2)}


@pytest.mark.parametrize("distribution", DENSITIES)
def test_a_cubic_is_biased_by_the_fourth_moment(distribution):
    """At 0 the gradient is 0; the smoothed one eps^2 / 2 grad Laplacian, (1 + [i = 0]) eps^2, for normals alone."""
    g = estimates(estimator("raw", 400, antithetic=True, distribution=distribution), cubic, 4000, scale=0.5)
    expected = smoothed_slope(DENSITIES[distribution], 0.5)
    if distribution == "sphere":  # E u_i^2 u_j^2 is d / (d + 2) there, not 1
        expected[0] += 0.25 * (D / (D + 2) - 1)
    laplacian = 0.25 * (1.0 + (np.arange(D) == 0))
    assert_mean(g, expected)
    assert (np.max(np.abs(expected - laplacian)) < 1e-12) == (distribution == "isotropic")


def smooth_value_by_quadrature(x, eps):
    """Return E cubic(x + eps u) for normal u, by Gauss-Hermite quadrature of all coordinates that matter."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(6)
    weights = weights / weights.sum()
    total = sum(weights @ ((x_i + eps * nodes) ** 3) / 3 for x_i in x)
    return total + (weights @ (x[0] + eps * nodes)) * (weights @ (x[1] + eps * nodes) ** 2)


def test_for_normals_the_estimate_is_the_gradient_of_the_smoothed_function():
    x = np.linspace(-0.4, 0.7, D)
    g = estimates(estimator("raw", 400, antithetic=True), lambda X: cubic(X + x), 4000, scale=0.5)
    h = 1e-5
    slope = [
        (smooth_value_by_quadrature(x + h * e, 0.5) - smooth_value_by_quadrature(x - h * e, 0.5)) / (2 * h)
        for e in np.eye(D)
    ]
    assert_mean(g, np.array(slope))


def test_the_bias_in_one_dimension():
    """x^3 / 3 at 0, eps = sqrt(.2): E is .2 for normals, eps^2 / 2 f''' there being .2, and .0667 for signs."""
    eps = math.sqrt(0.2)
    for distribution, expected in (("isotropic", 0.2), ("rademacher", 0.2 / 3)):
        cell = estimator("raw", 2000, antithetic=True, distribution=distribution)
        g = estimates(cell, lambda X: X[:, 0] ** 3 / 3, 1000, dim=1, scale=eps)
        error = g.std() / math.sqrt(len(g))
        assert error < 0.0013
        assert abs(g.mean() - expected) < max(5 * error, 1e-12)


def test_another_density_needs_its_own_score():
    """Uniform u on a segment has no score inside: the difference of the ends is the exact gradient of its smoothing.

    For the logistic density, -(log p)' = tanh(u / 2) up to scale: f(x + eps u) times that has the mean of the smoothed
    function's derivative; f(x + eps u) u / Var u has another.
    """
    u = zoopt.noise(5, 0, 0, 4_000_000, kind="uniform")
    draws = np.log(u / (1 - u))
    f = (0.5 * draws) ** 3
    by_score = f * np.tanh(draws / 2) / 0.5
    by_direction = f * draws / (np.pi**2 / 3) / 0.5
    truth = 3 * 0.25 * np.pi**2 / 3  # E f'(eps u) with f = x^3
    error = by_score.std() / math.sqrt(u.size)
    assert abs(by_score.mean() - truth) < 5 * error
    fourth = 7 * np.pi**4 / 15
    biased = 0.25 * fourth / (np.pi**2 / 3)
    assert abs(by_direction.mean() - biased) < 5 * by_direction.std() / math.sqrt(u.size)
    assert abs(biased - truth) > 100 * error


# S1-E3. The trace variance of one direction on a quadratic, at d = 8 and eps = .3.


def one_direction():
    t, s = np.trace(HESSIAN), np.sum(HESSIAN**2)
    q_term = EPS**2 / 4 * (D + 4) * (t**2 + 2 * s)
    best = F0 + EPS**2 / 2 * (1 + 2 / D) * t
    return best, {
        "raw": (D + 1) * G + F0**2 * D / EPS**2 + q_term + F0 * (D + 2) * t,
        "centre-baseline": (D + 1) * G + q_term,
        "best": (D + 1) * G + EPS**2 / 4 * (2 * (D + 4) * s - 4 * t**2 / D),
        "central": (D + 1) * G,
    }


def test_the_four_trace_variances():
    """4 * 10^6 draws of the engine's noise; the estimate itself is held to the engine's below."""
    best, variances = one_direction()
    gaps = {baseline: [] for baseline in variances}
    for part in range(20):
        u = directions("isotropic", 2000, 100, seed=40 + part).reshape(-1, D)
        f = quadratic(EPS * u)
        costs = {"raw": f, "centre-baseline": f - F0, "best": f - best, "central": (f - quadratic(-EPS * u)) / 2}
        for baseline, cost in costs.items():
            gaps[baseline].append(np.sum((cost[:, None] * u / EPS - SLOPE) ** 2, axis=1))
    for baseline, expected in variances.items():
        squares = np.concatenate(gaps[baseline])
        assert squares.std() / math.sqrt(squares.size) < 0.004 * expected
        assert squares.mean() == pytest.approx(expected, rel=0.02), baseline


def test_the_best_constant_is_what_the_optimal_baseline_tends_to():
    """b* = E f |u|^2 / E |u|^2 = f0 + eps^2 / 2 (1 + 2 / d) t, and the shaping's variance is that over q."""
    best, variances = one_direction()
    u = directions("isotropic", 2000, 500).reshape(-1, D)
    norms = (u**2).sum(axis=1)
    assert np.average(quadratic(EPS * u), weights=norms) == pytest.approx(best, abs=0.005)
    q = 200
    samples = estimates(estimator("optimal-baseline", q), quadratic, 40_000)
    assert_mean(samples, SLOPE)
    squares = np.sum((samples - SLOPE) ** 2, axis=1).mean()
    assert squares == pytest.approx(variances["best"] / q, rel=0.02)


@pytest.mark.parametrize(("shaping", "antithetic"), [("raw", False), ("centre-baseline", False), ("raw", True)])
def test_the_engine_makes_these_estimates(shaping, antithetic):
    opt = zoopt.optimizer(
        estimator(shaping, 2 if antithetic else 1, antithetic=antithetic), np.zeros(D), scale=EPS, seed=3,
        learning_rate=1.0,
    )  # fmt: skip
    u = zoopt.noise(3, 0, 0, D)
    f = quadratic(EPS * u[None])[0]
    opt.tell(quadratic(opt.ask()))
    cost = (f - quadratic(-EPS * u[None])[0]) / 2 if antithetic else f - (F0 if shaping == "centre-baseline" else 0.0)
    np.testing.assert_allclose(-opt.mean, cost * u / EPS, rtol=1e-11)


# S1-E4. Linear functions: what a direction is worth under each distribution.


@pytest.mark.parametrize("distribution", ["sphere", "rademacher", "coordinate"])
@pytest.mark.parametrize("q", [1, 10])
def test_directions_of_one_length_save_two_gradients(distribution, q):
    generations = 400_000 // q if q > 1 else 200_000
    samples = estimates(estimator("raw", 2 * q, antithetic=True, distribution=distribution), linear, generations)
    assert_mean(samples, SLOPE)
    squares = np.sum((samples - SLOPE) ** 2, axis=1)
    error = squares.std() / math.sqrt(generations)
    assert abs(squares.mean() - (D - 1) * G / q) < max(5 * error, 1e-9)
    assert error < 0.008 * (D - 1) * G / q
    assert squares.mean() == pytest.approx((D - 1) * G / q, rel=0.02)


@pytest.mark.parametrize("q", [2, 5, 8])
def test_orthogonal_directions_have_variance_d_over_q_less_one(q):
    samples = estimates(estimator("raw", 2 * q, antithetic=True, distribution="orthogonal"), linear, 60_000)
    assert_mean(samples, SLOPE)
    squares = np.sum((samples - SLOPE) ** 2, axis=1)
    if q == D:
        assert squares.max() < 1e-20
        return
    assert squares.mean() == pytest.approx((D / q - 1) * G, rel=0.02)


@pytest.mark.parametrize(("distribution", "q", "expected"), [
    ("isotropic", 1, 1 / D), ("sphere", 1, 1 / D), ("coordinate", 1, 1 / D), ("rademacher", 1, 1 / D),
    ("orthogonal", 3, 3 / D), ("orthogonal", 6, 6 / D),
])  # fmt: skip
def test_the_squared_cosine_with_the_gradient(distribution, q, expected):
    """1 / d for one direction, q / d for q orthogonal ones; 10^5 generations."""
    slope = SLOPE + np.sin(np.arange(D)) / 100  # so that no choice of signs is orthogonal to it
    cell = estimator("raw", 2 * q, antithetic=True, distribution=distribution)
    g = estimates(cell, lambda X: X @ slope, 100_000)
    squares = (g @ slope) ** 2 / (np.sum(g**2, axis=1) * (slope @ slope))
    error = squares.std() / math.sqrt(len(squares))
    assert error < 0.01 * expected
    assert abs(squares.mean() - expected) < 5 * error


@pytest.mark.parametrize("q", [2, 6])
def test_leave_one_out_and_the_group_mean(q):
    loo = estimates(estimator("leave-one-out", q), linear, 200_000)
    assert_mean(loo, SLOPE)
    squares = np.sum((loo - SLOPE) ** 2, axis=1)
    assert squares.mean() == pytest.approx((D + 1) * G / (q - 1), rel=0.02)
    group = estimates(estimator("mean-baseline", q), linear, 200_000)
    np.testing.assert_allclose(group, (1 - 1 / q) * loo, atol=1e-9)
    forward = estimates(estimator("centre-baseline", q - 1), linear, 200_000)  # as many evaluations
    assert np.sum((forward - SLOPE) ** 2, axis=1).mean() == pytest.approx((D + 1) * G / (q - 1), rel=0.02)


# S1-E5. The sphere: the best step and what it buys.


@pytest.mark.parametrize("q", [1, 3, 10])
def test_the_best_step_takes_off_q_over_q_plus_d_plus_one(q):
    """E |x - h g|^2 = |x|^2 (1 - 2 h + h^2 (q + d + 1) / q): least at h = q / (q + d + 1)."""
    generations, start = 60_000 // q + 20_000, np.full(D, 1 / math.sqrt(D))
    g = estimates(estimator("raw", 2 * q, antithetic=True), lambda X: 0.5 * ((X + start) ** 2).sum(axis=1), generations)
    best = q / (q + D + 1)
    ends = {h: np.sum((start - h * g) ** 2, axis=1) for h in (0.8 * best, best, 1.2 * best)}
    error = ends[best].std() / math.sqrt(generations)
    assert error < 0.004
    assert abs(ends[best].mean() - (1 - best)) < 5 * error
    for h in (0.8 * best, 1.2 * best):
        gap = ends[h] - ends[best]
        assert gap.mean() > 0
        assert abs(gap.mean() - 0.04 * best) < 5 * gap.std() / math.sqrt(generations)


def test_one_direction_is_best_per_evaluation():
    """log(1 - q / (q + d + 1)) / q grows with q."""
    rates = [math.log1p(-q / (q + D + 1)) / q for q in range(1, 40)]
    assert rates == sorted(rates)


def test_a_run_at_the_best_step_contracts_at_that_rate():
    """300 runs of 30 generations: every one of them multiplies f by 1 - q / (q + d + 1) in the mean."""
    q, ratios = 3, []
    best = q / (q + D + 1)
    for seed in range(300):
        opt = zoopt.optimizer("two-point", np.ones(D), scale=0.1, seed=seed, population=2 * q, learning_rate=best)
        last = float(D)
        for _ in range(30):
            opt.tell(0.5 * (opt.ask() ** 2).sum(axis=1))
            now = float(opt.mean @ opt.mean)
            ratios.append(now / last)
            last = now
    factors = np.array(ratios)
    assert abs(factors.mean() - (1 - best)) < 5 * factors.std() / math.sqrt(factors.size)


# S1-E6. One bit, rewarded where it is correct: three baselines.


def bit_estimates(p, baseline, generations=40):
    """Return 10^5 estimates of d E r / d logit of one bit that is 1 with probability p, reward 1 for 1."""
    cell = zoopt.cell(distribution="bernoulli", shaping="raw", metric="vanilla", update="hold", population=5000)
    opt = zoopt.optimizer(cell, [math.log(p / (1 - p))], seed=77)
    bits = []
    for _ in range(generations):
        bits.append(opt.ask()[:, 0])
        opt.tell(np.zeros(5000))
    x = np.concatenate(bits)
    return (x - baseline) * (x - p)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_baselines_of_a_binary_action(p):
    """None p (1 - p)^3, E r p (1 - p) (1 - 2 p)^2, b* = 1 - p nothing; all have the mean p (1 - p)."""
    for baseline, variance in ((0.0, p * (1 - p) ** 3), (p, p * (1 - p) * (1 - 2 * p) ** 2), (1 - p, 0.0)):
        g = bit_estimates(p, baseline)
        assert abs(g.mean() - p * (1 - p)) < 5 * math.sqrt(variance / g.size) + 1e-12
        assert g.var() == pytest.approx(variance, rel=0.05, abs=1e-20)


def test_the_usual_baseline_is_worse_than_none_above_two_thirds():
    for p in np.linspace(0.01, 0.99, 99):
        none, usual = p * (1 - p) ** 3, p * (1 - p) * (1 - 2 * p) ** 2
        assert (usual > none) == (p > 2 / 3)
    assert bit_estimates(0.9, 0.9).var() == pytest.approx(0.0576, rel=0.05)
    assert bit_estimates(0.9, 0.0).var() == pytest.approx(0.0009, rel=0.05)


@pytest.mark.parametrize("p", [0.2, 0.8])
def test_the_one_bit_cell_makes_these_estimates(p):
    """Raw values without a baseline: the step of rate 1 is minus the reward times the score, row by row."""
    logit = math.log(p / (1 - p))
    cell = zoopt.cell(distribution="bernoulli", shaping="raw", metric="vanilla", update="sgd", population=1)
    steps = []
    for seed in range(200):
        opt = zoopt.optimizer(cell, [logit], seed=seed, learning_rate=1.0, sense="max")
        x = opt.ask()[0, 0]
        opt.tell([x])
        steps.append(opt.mean[0] - logit)
        assert steps[-1] == pytest.approx(x * (x - p), abs=1e-12)
    assert len(set(np.round(steps, 9))) == 2
