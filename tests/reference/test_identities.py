"""Every cell against the textbook: formulas written here in numpy, noise read from the generator itself."""

import math

import numpy as np
import pytest

import zoopt
from zoopt import _core

SEED = 20250101
D = 7
START = np.linspace(-1.3, 1.7, D)
SCALE = 0.3


def draws(generation, samples, dim, *, seed=SEED, rademacher=False):
    """Return the noise z of one generation, shape (samples, dim)."""
    rows = [_core.noise_float64(seed, 0, generation, s, 0, dim, rademacher) for s in range(samples)]
    return np.array(rows)


def bumpy(X):
    """Return an objective with gradient, curvature and higher orders everywhere, shape (rows,)."""
    k = np.arange(1, X.shape[1] + 1)
    return 2.5 + X @ np.cos(k) + (X**2) @ (0.1 * k) + np.sin(3 * X).sum(axis=1) + X[:, 0] * X[:, -1] ** 2


def close(actual, expected, rtol=1e-12):
    size = np.max(np.abs(expected))
    assert size > 0
    assert np.max(np.abs(np.asarray(actual) - expected)) <= rtol * size


def reinforce(shaping, population, *, antithetic=False, metric="vanilla"):
    return zoopt.cell(
        distribution="isotropic",
        shaping=shaping,
        metric=metric,
        update="sgd",
        population=population,
        antithetic=antithetic,
    )


def gradient(cell, *, start=START, seed=SEED, scale=SCALE, objective=bumpy, **options):
    """Return (candidates, values, minus the step of a learning rate of 1) of one generation."""
    opt = zoopt.optimizer(cell, start, scale=scale, seed=seed, learning_rate=1.0, **options)
    X = opt.ask()
    values = objective(X)
    before = opt.mean
    opt.tell(values)
    return X, values, before - opt.mean


def centred_ranks(values):
    """Return (rank / (n - 1) - 1/2) / n with ties sharing their mean."""
    n = len(values)
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return ((below + (equal - 1) / 2) / (n - 1) - 0.5) / n


def nes_utilities(values):
    n = len(values)
    raw = np.maximum(0, math.log(n / 2 + 1) - np.log(np.arange(1, n + 1)))
    table = raw / raw.sum() - 1 / n
    return table[np.argsort(np.argsort(values, kind="stable"), kind="stable")]


# S1-E1: the score function of a Gaussian policy is zeroth order, sample by sample.


@pytest.mark.parametrize("shaping", ["raw", "centre-baseline"])
def test_reinforce_score_is_the_zeroth_order_direction(shaping):
    for seed in range(50):
        X, values, g = gradient(reinforce(shaping, 1), seed=seed)
        action, baseline = X[0], values[1] if shaping == "centre-baseline" else 0.0
        score = (action - START) / SCALE**2
        u = draws(0, 1, D, seed=seed)[0]
        close(g, (values[0] - baseline) * score)
        close(g, (values[0] - baseline) * u / SCALE)


def test_reinforce_averages_the_scores_of_its_samples():
    X, values, g = gradient(reinforce("raw", 12))
    close(g, np.mean(values[:, None] * (X - START) / SCALE**2, axis=0))


# S1-E8: each named cell is its textbook formula.


@pytest.mark.parametrize("population", [1, 5])
def test_zo_sgd_is_forward_differences(population):
    X, values, g = gradient("zo-sgd", population=population)
    Z = draws(0, population, D)
    assert np.array_equal(X[-1], START)
    slopes = (bumpy(START + SCALE * Z) - bumpy(START[None])) / SCALE
    close(g, np.mean(slopes[:, None] * Z, axis=0))
    assert values.size == population + 1


@pytest.mark.parametrize("pairs", [1, 6])
def test_two_point_is_central_differences(pairs):
    _, _, g = gradient("two-point", population=2 * pairs)
    Z = draws(0, pairs, D)
    slopes = (bumpy(START + SCALE * Z) - bumpy(START - SCALE * Z)) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] * Z, axis=0))


@pytest.mark.parametrize("pairs", [1, 4])
def test_spsa_divides_by_the_perturbation(pairs):
    _, _, g = gradient("spsa", population=2 * pairs)
    delta = draws(0, pairs, D, rademacher=True)
    assert set(np.unique(delta)) == {-1.0, 1.0}
    slopes = (bumpy(START + SCALE * delta) - bumpy(START - SCALE * delta)) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] / delta, axis=0))


def test_openai_es_is_ranks_over_sigma_followed_by_adam():
    n, rate, beta_1, beta_2, epsilon = 10, 0.05, 0.8, 0.95, 1e-3
    opt = zoopt.optimizer(
        "openai-es", START, scale=SCALE, seed=SEED, population=n,
        learning_rate=rate, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon,
    )  # fmt: skip
    theta, m, v = START.copy(), np.zeros(D), np.zeros(D)
    for t in range(1, 9):
        Z = draws(t - 1, n // 2, D)
        X = np.stack([theta + SCALE * Z, theta - SCALE * Z], axis=1).reshape(n, D)
        noise = np.stack([Z, -Z], axis=1).reshape(n, D)
        g = centred_ranks(bumpy(X)) @ noise / SCALE
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        theta = theta - rate * (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, theta)
    assert opt.scale == SCALE


def test_adam_without_memory_steps_the_sign_of_the_gradient():
    _, _, g = gradient("openai-es", beta_1=0.0, beta_2=0.0, epsilon=0.0)
    close(np.abs(g), np.ones(D))


def test_adam_without_epsilon_stands_still_where_the_gradient_is_zero():
    _, _, g = gradient("openai-es", epsilon=0.0, objective=lambda X: np.full(len(X), 0.7))
    assert np.array_equal(g, np.zeros(D))


@pytest.mark.parametrize(("population", "rate"), [(11, None), (8, 0.37)])
def test_snes_follows_its_textbook_over_generations(population, rate):
    options = {} if rate is None else {"scale_learning_rate": rate}
    rate = (3 + math.log(D)) / (5 * math.sqrt(D)) if rate is None else rate
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=SEED, population=population, **options)
    mean, sigma = START.copy(), np.full(D, SCALE)
    for t in range(12):
        Z = draws(t, population, D)
        u = nes_utilities(bumpy(mean + sigma * Z))
        mean, sigma = mean + sigma * (u @ Z), sigma * np.exp(rate / 2 * (u @ (Z**2 - 1)))
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)
        close(opt.deviations, sigma)


def test_snes_scales_the_step_of_the_mean_by_its_rate():
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=SEED, population=9, mean_learning_rate=0.25)
    Z = draws(0, 9, D)
    opt.tell(bumpy(opt.ask()))
    close(opt.mean - START, 0.25 * SCALE * (nes_utilities(bumpy(START + SCALE * Z)) @ Z))


def test_random_search_stays_and_keeps_the_best():
    opt = zoopt.optimizer("random-search", START, scale=SCALE, seed=SEED, population=9)
    seen = []
    for t in range(5):
        X = opt.ask()
        assert np.array_equal(X, START + SCALE * draws(t, 9, D))
        opt.tell(bumpy(X))
        seen.append(X)
    seen = np.concatenate(seen)
    winner = np.argmin(bumpy(seen))
    assert np.array_equal(opt.mean, START)
    assert opt.scale == SCALE
    assert opt.best.fun == bumpy(seen)[winner]
    assert np.array_equal(opt.best.x, seen[winner])


def test_leave_one_out_takes_the_mean_of_the_others():
    _, values, g = gradient(reinforce("leave-one-out", 6))
    Z = draws(0, 6, D)
    others = np.array([np.mean(np.delete(values, i)) for i in range(6)])
    close(g, np.mean((values - others)[:, None] * Z, axis=0) / SCALE)
    close(g, ((values - values.mean()) @ Z) / 5 / SCALE)


def test_leave_one_out_leaves_out_the_whole_antithetic_pair():
    _, values, g = gradient(reinforce("leave-one-out", 8, antithetic=True))
    Z = draws(0, 4, D)
    slopes = (values[0::2] - values[1::2]) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] * Z, axis=0))


def test_leave_one_out_of_a_single_pair_is_central_differences():
    _, values, g = gradient(reinforce("leave-one-out", 2, antithetic=True))
    close(g, (values[0] - values[1]) / (2 * SCALE) * draws(0, 1, D)[0])


def test_leave_one_out_pairs_give_unbiased_even_moments():
    cell = zoopt.cell(
        distribution="diagonal", shaping="leave-one-out", metric="natural", update="exponential",
        population=6, antithetic=True,
    )  # fmt: skip
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, scale_learning_rate=0.1)
    X = opt.ask()
    values = bumpy(X)
    opt.tell(values)
    Z = draws(0, 3, D)
    pairs = values.reshape(3, 2)
    baseline = np.array([np.delete(pairs, i, axis=0).mean() for i in range(3)])
    w = (pairs - baseline[:, None]).sum(axis=1) / 6
    close(opt.deviations, SCALE * np.exp(-0.05 * (w @ (Z**2 - 1))))


@pytest.mark.parametrize("antithetic", [False, True])
def test_mean_baseline_subtracts_the_mean_of_the_generation(antithetic):
    _, values, g = gradient(reinforce("mean-baseline", 6, antithetic=antithetic))
    Z = draws(0, 3 if antithetic else 6, D)
    noise = np.stack([Z, -Z], axis=1).reshape(6, D) if antithetic else Z
    close(g, (values - values.mean()) @ noise / 6 / SCALE)


@pytest.mark.parametrize("population", [6, 7])
def test_log_rank_weighs_the_better_half(population):
    _, values, g = gradient(reinforce("log-rank", population))
    raw = np.maximum(0, math.log((population + 1) / 2) - np.log(np.arange(1, population + 1)))
    best = np.argsort(values, kind="stable")
    close(g, -(raw / raw.sum()) @ draws(0, population, D)[best] / SCALE)


@pytest.mark.parametrize("distribution", ["isotropic", "diagonal", "full"])
def test_natural_and_vanilla_directions_differ_by_the_squared_scale(distribution):
    steps = {}
    for metric in ("vanilla", "natural"):
        cell = zoopt.cell(distribution=distribution, shaping="centred-rank", metric=metric, update="sgd", population=8)
        steps[metric] = gradient(cell)[2]
    Z = draws(0, 8, D)
    w = centred_ranks(bumpy(START + SCALE * Z))
    close(steps["vanilla"], w @ Z / SCALE)
    close(steps["natural"], w @ Z * SCALE)


def test_full_covariance_turns_directions_by_its_root():
    opt = _full_with_covariance("natural")
    A = _root(opt)
    w = _weights_of(opt)
    step = opt.mean - START
    Z = draws(0, 8, D)
    close(-step, SCALE * A @ (w @ Z))
    opt = _full_with_covariance("vanilla")
    w = _weights_of(opt)
    close(START - opt.mean, np.linalg.solve((SCALE * A).T, w @ Z))


def _full_with_covariance(metric):
    """Return a full-covariance search whose covariance is no multiple of the identity."""
    cell = zoopt.cell(distribution="full", shaping="centred-rank", metric=metric, update="sgd", population=8)
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, learning_rate=1.0)
    state = opt.state_dict()
    Q = np.linalg.qr(np.random.default_rng(1).normal(size=(D, D)))[0]
    roots = np.linspace(0.5, 3, D)
    state |= {"eigenvectors": Q.ravel(), "roots": roots, "covariance": (Q.T * roots**2 @ Q).ravel()}
    opt.load_state_dict(state)
    return opt


def _root(opt):
    state = opt.state_dict()
    return state["eigenvectors"].reshape(D, D).T * state["roots"]


def _weights_of(opt):
    X = opt.ask()
    values = bumpy(X)
    opt.tell(values)
    return centred_ranks(values)


# Rows: exactly mean + scale * noise, pairs next to each other.


NOISE_AS_IT_IS = ("isotropic", "diagonal", "rademacher", "full")


@pytest.mark.parametrize("name", [n for n in zoopt.algorithms() if zoopt.algorithm(n).distribution in NOISE_AS_IT_IS])
def test_first_rows_are_mean_plus_scale_times_noise(name):
    opt = zoopt.optimizer(name, START, scale=SCALE, seed=SEED)
    cell, X = opt.cell, opt.ask()
    own = X[: len(X) - cell.needs_mean]
    Z = draws(0, len(own) // (2 if cell.antithetic else 1), D, rademacher=cell.distribution == "rademacher")
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


def mean_step_with(shaping, values):
    """Return (g, Z) of an isotropic natural unit step under told `values`."""
    opt = zoopt.optimizer(
        reinforce(shaping, len(values), metric="natural"),
        np.zeros(D),
        scale=1.0,
        seed=SEED,
        learning_rate=1.0,
    )
    opt.ask()
    opt.tell(values)
    return -opt.mean, draws(0, len(values), D)


TABLES = {
    "centred-rank": lambda n: (np.arange(n) / (n - 1) - 0.5) / n,
    "log-rank": lambda n: -_positive_logs(n) / _positive_logs(n).sum(),
    "nes-utilities": lambda n: -np.sort(-nes_utilities(np.arange(n))) * -1,
}


def _positive_logs(n):
    return np.maximum(0, math.log((n + 1) / 2) - np.log(np.arange(1, n + 1)))


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
    close(opt.mean, positive @ draws(0, 8, D)[[1, 3, 5, 7]])


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
    Z = draws(0, 4, D)[[0, 2, 3]]
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
    close(g, np.mean((good - baseline)[:, None] * draws(0, 5, D)[keep], axis=0) / SCALE)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_an_invalid_centre_moves_nothing(bad):
    def holed(X):
        values = bumpy(X)
        values[-1] = bad
        return values

    _, _, g = gradient("zo-sgd", objective=holed, population=4)
    assert np.array_equal(g, np.zeros(D))


# Order of sums, which fixes the bits.


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
    Z = draws(0, 40, D, seed=3)
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


# Noise kept or made again: 2^20 floats are the limit.


@pytest.mark.parametrize(
    ("pairs", "dim"),
    [(256, 4096), (257, 4096), (419, 2500), (420, 2500), (1, 1 << 20), (1, (1 << 20) + 1), (2, 700_001)],
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


@pytest.mark.parametrize(("pairs", "dim"), [(3, 300_001), (4, 300_001)])
def test_signs_made_again_give_the_bits_of_signs_kept(pairs, dim):
    opt = zoopt.optimizer("spsa", np.zeros(dim), scale=0.1, seed=8, population=2 * pairs, learning_rate=1.0)
    opt.ask()
    values = np.random.default_rng(1).normal(size=2 * pairs)
    opt.tell(values)
    Z = draws(0, pairs, dim, seed=8, rademacher=True)
    assert np.array_equal(opt.mean, bits_of_central_step(np.zeros(dim), 0.1, 1.0, values, Z))


def test_second_moments_made_again_keep_their_bits():
    dim, n = 30_000, 40
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


@pytest.mark.parametrize("population", [8192, 8193])
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


# Candidates of the caller's.


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
    mean, sigma, Z = opt.mean, opt.deviations, draws(1, 6, D)
    X = opt.ask()
    assert np.array_equal(X, mean + sigma * Z)
    opt.tell(bumpy(X))
    close(opt.mean - mean, sigma * (nes_utilities(bumpy(X)) @ Z), 1e-11)
