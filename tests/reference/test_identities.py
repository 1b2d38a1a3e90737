"""Every cell against the textbook: formulas written here in numpy, noise read from the generator itself."""

import math

import numpy as np
import pytest
from textbook import (
    SCALE,
    SEED,
    START,
    D,
    bumpy,
    centred_ranks,
    close,
    draws,
    gradient,
    nes_utilities,
    reinforce,
)

import zoopt

# S1-E1: the score function of a Gaussian policy is zeroth order, sample by sample.


@pytest.mark.parametrize("shaping", ["raw", "centre-baseline"])
def test_reinforce_score_is_the_zeroth_order_direction(shaping):
    for seed in range(50):
        X, values, g = gradient(reinforce(shaping, 1), seed=seed)
        action, baseline = X[0], values[1] if shaping == "centre-baseline" else 0.0
        score = (action - START) / SCALE**2
        u = draws(0, 1, seed=seed)[0]
        close(g, (values[0] - baseline) * score)
        close(g, (values[0] - baseline) * u / SCALE)


def test_reinforce_averages_the_scores_of_its_samples():
    X, values, g = gradient(reinforce("raw", 12))
    close(g, np.mean(values[:, None] * (X - START) / SCALE**2, axis=0))


# S1-E8: each named cell is its textbook formula.


@pytest.mark.parametrize("population", [1, 5])
def test_zo_sgd_is_forward_differences(population):
    X, values, g = gradient("zo-sgd", population=population)
    Z = draws(0, population)
    assert np.array_equal(X[-1], START)
    slopes = (bumpy(START + SCALE * Z) - bumpy(START[None])) / SCALE
    close(g, np.mean(slopes[:, None] * Z, axis=0))
    assert values.size == population + 1


@pytest.mark.parametrize("pairs", [1, 6])
def test_two_point_is_central_differences(pairs):
    _, _, g = gradient("two-point", population=2 * pairs)
    Z = draws(0, pairs)
    slopes = (bumpy(START + SCALE * Z) - bumpy(START - SCALE * Z)) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] * Z, axis=0))


@pytest.mark.parametrize("pairs", [1, 4])
def test_spsa_divides_by_the_perturbation(pairs):
    _, _, g = gradient("spsa", population=2 * pairs)
    delta = draws(0, pairs, kind="rademacher")
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
        Z = draws(t - 1, n // 2)
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
        Z = draws(t, population)
        u = nes_utilities(bumpy(mean + sigma * Z))
        mean, sigma = mean + sigma * (u @ Z), sigma * np.exp(rate / 2 * (u @ (Z**2 - 1)))
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)
        close(opt.deviations, sigma)


def test_snes_scales_the_step_of_the_mean_by_its_rate():
    opt = zoopt.optimizer("snes", START, scale=SCALE, seed=SEED, population=9, mean_learning_rate=0.25)
    Z = draws(0, 9)
    opt.tell(bumpy(opt.ask()))
    close(opt.mean - START, 0.25 * SCALE * (nes_utilities(bumpy(START + SCALE * Z)) @ Z))


def test_random_search_stays_and_keeps_the_best():
    opt = zoopt.optimizer("random-search", START, scale=SCALE, seed=SEED, population=9)
    seen = []
    for t in range(5):
        X = opt.ask()
        assert np.array_equal(X, START + SCALE * draws(t, 9))
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
    Z = draws(0, 6)
    others = np.array([np.mean(np.delete(values, i)) for i in range(6)])
    close(g, np.mean((values - others)[:, None] * Z, axis=0) / SCALE)
    close(g, ((values - values.mean()) @ Z) / 5 / SCALE)


def test_leave_one_out_leaves_out_the_whole_antithetic_pair():
    _, values, g = gradient(reinforce("leave-one-out", 8, antithetic=True))
    Z = draws(0, 4)
    slopes = (values[0::2] - values[1::2]) / (2 * SCALE)
    close(g, np.mean(slopes[:, None] * Z, axis=0))


def test_leave_one_out_of_a_single_pair_is_central_differences():
    _, values, g = gradient(reinforce("leave-one-out", 2, antithetic=True))
    close(g, (values[0] - values[1]) / (2 * SCALE) * draws(0, 1)[0])


def test_leave_one_out_pairs_give_unbiased_even_moments():
    cell = zoopt.cell(
        distribution="diagonal", shaping="leave-one-out", metric="natural", update="exponential",
        population=6, antithetic=True,
    )  # fmt: skip
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, scale_learning_rate=0.1)
    X = opt.ask()
    values = bumpy(X)
    opt.tell(values)
    Z = draws(0, 3)
    pairs = values.reshape(3, 2)
    baseline = np.array([np.delete(pairs, i, axis=0).mean() for i in range(3)])
    w = (pairs - baseline[:, None]).sum(axis=1) / 6
    close(opt.deviations, SCALE * np.exp(-0.05 * (w @ (Z**2 - 1))))


@pytest.mark.parametrize("antithetic", [False, True])
def test_mean_baseline_subtracts_the_mean_of_the_generation(antithetic):
    _, values, g = gradient(reinforce("mean-baseline", 6, antithetic=antithetic))
    Z = draws(0, 3 if antithetic else 6)
    noise = np.stack([Z, -Z], axis=1).reshape(6, D) if antithetic else Z
    close(g, (values - values.mean()) @ noise / 6 / SCALE)


@pytest.mark.parametrize("population", [6, 7])
def test_log_rank_weighs_the_better_half(population):
    _, values, g = gradient(reinforce("log-rank", population))
    raw = np.maximum(0, math.log((population + 1) / 2) - np.log(np.arange(1, population + 1)))
    best = np.argsort(values, kind="stable")
    close(g, -(raw / raw.sum()) @ draws(0, population)[best] / SCALE)


@pytest.mark.parametrize("distribution", ["isotropic", "diagonal", "full"])
def test_natural_and_vanilla_directions_differ_by_the_squared_scale(distribution):
    steps = {}
    for metric in ("vanilla", "natural"):
        cell = zoopt.cell(distribution=distribution, shaping="centred-rank", metric=metric, update="sgd", population=8)
        steps[metric] = gradient(cell)[2]
    Z = draws(0, 8)
    w = centred_ranks(bumpy(START + SCALE * Z))
    close(steps["vanilla"], w @ Z / SCALE)
    close(steps["natural"], w @ Z * SCALE)


def test_full_covariance_turns_directions_by_its_root():
    opt = _full_with_covariance("natural")
    A = _root(opt)
    w = _weights_of(opt)
    step = opt.mean - START
    Z = draws(0, 8)
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
