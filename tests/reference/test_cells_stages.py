"""Shapings and schedules by themselves: the optimal baseline, z-scores, clipping, and gains over generations."""

import math

import numpy as np
import pytest
from textbook import SCALE, SEED, START, D, bumpy, close, draws, on_sphere, pairs

import zoopt
from zoopt.errors import InvalidInput


def step(shaping, population, *, antithetic=False, distribution="isotropic", values=None, **options):
    """Return (values, minus a vanilla step of rate 1) of the first generation."""
    cell = zoopt.cell(
        distribution=distribution, shaping=shaping, metric="vanilla", update="sgd",
        population=population, antithetic=antithetic,
    )  # fmt: skip
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, learning_rate=1.0, **options)
    X = opt.ask()
    told = bumpy(X) if values is None else np.asarray(values, dtype=float)
    opt.tell(told)
    return told, START - opt.mean


def best_baselines(values, norms):
    """Return E f |z|^2 / E |z|^2 over the other samples, each of which may have several rows."""
    total = (values * norms[:, None]).sum()
    mine = (values * norms[:, None]).sum(axis=1)
    rows = values.shape[1]
    return (total - mine) / (rows * (norms.sum() - norms))


@pytest.mark.parametrize("distribution", ["isotropic", "sphere", "rademacher"])
def test_the_optimal_baseline_comes_from_the_other_samples(distribution):
    n = 9
    values, g = step("optimal-baseline", n, distribution=distribution)
    Z = draws(0, n, kind="rademacher" if distribution == "rademacher" else "normal")
    Z = on_sphere(Z) if distribution == "sphere" else Z
    norms = (Z**2).sum(axis=1)
    loop = [np.average(np.delete(values, i), weights=np.delete(norms, i)) for i in range(n)]
    close(best_baselines(values[:, None], norms), loop)
    close(g, (values - loop) @ Z / n / SCALE)


def test_where_all_directions_are_as_long_the_optimal_baseline_is_leave_one_out():
    assert np.allclose(
        step("optimal-baseline", 8, distribution="sphere")[1], step("leave-one-out", 8, distribution="sphere")[1],
        rtol=1e-12,
    )  # fmt: skip


def test_the_optimal_baseline_of_pairs_shows_in_even_moments_only():
    q = 5
    values, g = step("optimal-baseline", 2 * q, antithetic=True)
    Z = draws(0, q)
    close(g, (values[0::2] - values[1::2]) @ Z / (2 * q) / SCALE)
    cell = zoopt.cell(
        distribution="diagonal", shaping="optimal-baseline", metric="natural", update="exponential",
        population=2 * q, antithetic=True,
    )  # fmt: skip
    opt = zoopt.optimizer(cell, START, scale=SCALE, seed=SEED, scale_learning_rate=0.02)
    told = bumpy(opt.ask()).reshape(q, 2)
    opt.tell(told.ravel())
    baseline = best_baselines(told, (Z**2).sum(axis=1))
    w = (told - baseline[:, None]).sum(axis=1) / (2 * q)
    close(opt.deviations, SCALE * np.exp(-0.01 * (w @ (Z**2 - 1))))


@pytest.mark.parametrize("antithetic", [False, True])
def test_z_scores_have_mean_0_and_variance_1(antithetic):
    values, g = step("z-score", 12, antithetic=antithetic)
    noise = pairs(draws(0, 6)) if antithetic else draws(0, 12)
    z = (values - values.mean()) / values.std()
    close(g, z @ noise / 12 / SCALE)


OUTLIER = np.array([1.0, 2.0, 3.0, 2.5, 1.5, 90.0, 2.2, -60.0])


@pytest.mark.parametrize("clip", [0.3, 1.0, 1.8, 100.0])
@pytest.mark.parametrize("shaping", ["z-score", "clipped"])
def test_clips_count_in_standard_deviations(shaping, clip):
    _, g = step(shaping, 8, values=OUTLIER, clip=clip)
    deviation = OUTLIER.std()
    gap = np.clip(OUTLIER - OUTLIER.mean(), -clip * deviation, clip * deviation)
    w = gap / (deviation if shaping == "z-score" else 1.0) / 8
    close(g, w @ draws(0, 8) / SCALE)


def test_clipped_is_clipped_at_two_standard_deviations_by_default():
    values = np.r_[np.arange(11.0), 500.0]
    _, g = step("clipped", 12, values=values)
    gap = np.minimum(values - values.mean(), 2 * values.std())
    assert gap[-1] < values[-1] - values.mean()
    close(g, gap @ draws(0, 12) / 12 / SCALE)


def test_z_scores_are_not_clipped_by_default():
    values = np.r_[np.zeros(99), 1e6]
    _, g = step("z-score", 100, values=values)
    close(g, (values - values.mean()) / values.std() @ draws(0, 100) / 100 / SCALE)


@pytest.mark.parametrize("shaping", ["z-score", "clipped", "optimal-baseline"])
def test_an_invalid_row_leaves_the_formula_of_the_others(shaping):
    keep = [0, 1, 3, 4, 5]
    values = np.array([3.0, 1.0, math.nan, 2.0, 7.0, 2.5])
    _, g = step(shaping, 6, values=values)
    good, Z = values[keep], draws(0, 6)[keep]
    w = {
        "z-score": (good - good.mean()) / good.std(),
        "clipped": np.clip(good - good.mean(), -2 * good.std(), 2 * good.std()),
        "optimal-baseline": good - best_baselines(good[:, None], (Z**2).sum(axis=1)),
    }[shaping]
    close(g, w @ Z / 5 / SCALE)


@pytest.mark.parametrize("shaping", ["z-score", "clipped", "optimal-baseline"])
def test_a_plateau_does_not_move_the_mean(shaping):
    _, g = step(shaping, 6, values=np.full(6, 0.7))
    assert np.max(np.abs(g)) < 1e-14


# Schedules: factors of the learning rate from generation to generation.


def factors(schedule, generations, *, budget=None, **options):
    """Return the lengths of the steps along a constant gradient, over the learning rate."""
    cell = zoopt.cell(
        distribution="point", shaping="exact", metric="vanilla", update="sgd", schedule=schedule, population=1
    )
    opt = zoopt.optimizer(cell, np.zeros(1), seed=1, learning_rate=0.25, budget=budget, **options)
    means = [0.0]
    for _ in range(generations):
        opt.ask()
        opt.tell([0.0], gradients=[[1.0]])
        means.append(opt.mean[0])
    return -np.diff(means) / 0.25


def test_constant_is_one():
    assert np.allclose(factors("constant", 30), 1.0, rtol=1e-12, atol=0)


def test_inverse_sqrt_counts_from_one():
    assert np.allclose(factors("inverse-sqrt", 30), 1 / np.sqrt(np.arange(1, 31)), rtol=1e-12, atol=0)


@pytest.mark.parametrize(("given", "last"), [({"horizon": 20}, 20), ({"budget": 33}, 33), ({}, 1000)])
def test_cosine_falls_from_one_to_zero_at_the_horizon(given, last):
    t = np.arange(last + 5)
    expected = np.where(t < last, (1 + np.cos(np.pi * t / last)) / 2, 0)
    assert np.allclose(factors("cosine", last + 5, **given), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("alpha", "stability"), [(0.602, None), (1.0, 0.0), (0.3, 25.0)])
def test_spsa_gains_start_at_the_learning_rate(alpha, stability):
    A = 5.0 if stability is None else stability
    given = {} if stability is None else {"stability": stability}
    k = np.arange(40)
    got = factors("spsa-gains", 40, horizon=50, alpha=alpha, **given)
    assert got[0] == pytest.approx(1.0, rel=1e-12)
    assert np.allclose(got, ((A + 1) / (A + 1 + k)) ** alpha, rtol=1e-12, atol=0)


def test_schedules_and_updates_that_do_not_fit_are_refused():
    def make(**parts):
        stages = {"distribution": "isotropic", "shaping": "raw", "metric": "vanilla", "population": 2} | parts
        return zoopt.optimizer(zoopt.cell(**stages), START, scale=SCALE, seed=1)

    with pytest.raises(InvalidInput, match="no learning rate for a schedule to change"):
        make(update="hold", schedule="cosine")
    with pytest.raises(InvalidInput, match="sets the scale, which this update adapts"):
        make(distribution="diagonal", metric="natural", update="exponential", schedule="spsa-gains")


def test_weight_decay_follows_the_schedule_of_the_rate():
    cell = zoopt.cell(
        distribution="point", shaping="exact", metric="vanilla", update="sgd", schedule="inverse-sqrt", population=1
    )
    opt, x = zoopt.optimizer(cell, START, seed=1, learning_rate=0.1, weight_decay=0.4), START.copy()
    for t in range(1, 21):
        opt.ask()
        opt.tell([0.0], gradients=[np.ones(D)])
        rate = 0.1 / math.sqrt(t)
        x = (1 - rate * 0.4) * x - rate
        close(opt.mean, x)
