"""The signal-to-noise ratio of the trace against closed forms and against numpy, and the advice that follows."""

import numpy as np
import pytest

import zoopt

GENERATIONS = 300


def composed(distribution, population, *, antithetic=True, shaping="raw", update="sgd", metric="vanilla"):
    return zoopt.cell(
        distribution=distribution, shaping=shaping, metric=metric, update=update, population=population,
        antithetic=antithetic,
    )  # fmt: skip


def ratios(cell, dim, slope=None, **options):
    """Return the ratio in many generations on a linear function, where the mean hardly moves."""
    slope = np.ones(dim) if slope is None else slope
    rate = {} if cell == "cma-es" else {"learning_rate": 1e-9}
    opt = zoopt.optimizer(cell, np.zeros(dim), scale=0.1, seed=5, **rate, **options)
    for _ in range(GENERATIONS):
        opt.tell(opt.ask() @ slope)
    return opt.trace.signal_to_noise


@pytest.mark.parametrize(("pairs", "dim"), [(200, 10), (64, 63), (500, 8)])
@pytest.mark.parametrize(("distribution", "lost"), [("isotropic", -1), ("sphere", 1), ("rademacher", 1)])
def test_pairs_on_a_linear_function(pairs, dim, distribution, lost):
    """q / (d + 1) for Gaussian directions and q / (d - 1) for those of one length: S1, E4."""
    found = ratios(composed(distribution, 2 * pairs), dim, np.linspace(-1, 2, dim))
    assert np.median(found) == pytest.approx(pairs / (dim - lost), rel=0.08)


def test_few_pairs_in_many_dimensions_average_out_to_the_truth():
    """Far below 1 a single estimate says little, but their mean does: .16 for 16 pairs in 99 dimensions."""
    assert ratios(composed("isotropic", 32), 99).mean() == pytest.approx(16 / 100, rel=0.25)


def test_much_noise_takes_norms_for_their_expectation():
    """2^16 numbers and more: within 2 / (q - 1) of the same."""
    found = ratios(composed("isotropic", 800), 200)
    assert np.median(found) == pytest.approx(400 / 201, rel=0.08)


def test_noise_of_the_values_lowers_it():
    rng = np.random.default_rng(1)
    opt = zoopt.optimizer(composed("isotropic", 200), np.zeros(5), scale=0.1, seed=5, learning_rate=1e-9)
    for _ in range(GENERATIONS):
        X = opt.ask()
        opt.tell(X @ np.ones(5) + rng.normal(size=len(X)))
    # A pair's difference has signal 2 * .1 z.1 and noise of variance 2: per direction Cov = (d + 1) G + d / (2 * .01).
    expected = 100 * 5 / ((5 + 1) * 5 + 5 / (2 * 0.01))
    assert np.median(opt.trace.signal_to_noise) == pytest.approx(expected, rel=0.12)


def test_a_pure_plateau_or_noise_has_none():
    rng = np.random.default_rng(2)
    opt = zoopt.optimizer(composed("isotropic", 100), np.zeros(30), scale=0.1, seed=5, learning_rate=1e-9)
    for _ in range(GENERATIONS):
        opt.ask()
        opt.tell(rng.normal(size=100))
    assert np.median(opt.trace.signal_to_noise) < 0.15


def test_of_the_cma_update_against_numpy():
    """|E s|^2 / tr Cov(s) of the recombined step s of the better half, on a linear function."""
    dim, population = 40, 60
    weights = np.log((population + 1) / 2) - np.log(np.arange(1, population // 2 + 1))
    weights /= weights.sum()
    rng = np.random.default_rng(3)
    z = rng.normal(size=(8_000, population, dim))
    order = np.argsort(z.sum(axis=2), axis=1)[:, : population // 2]
    steps = (weights[:, None] * np.take_along_axis(z, order[:, :, None], axis=1)).sum(axis=1)
    expected = (steps.mean(axis=0) ** 2).sum() / steps.var(axis=0).sum()
    first = []
    for seed in range(GENERATIONS):
        opt = zoopt.optimizer("cma-es", np.zeros(dim), scale=0.1, seed=seed, population=population)
        opt.tell(opt.ask().sum(axis=1))
        first.append(opt.trace.signal_to_noise[0])
    assert np.median(first) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("name", ["orthogonal-es", "random-search", "one-plus-one-es", "zo-svrg", "spsa"])
def test_not_a_number_where_it_cannot_be_told(name):
    opt = zoopt.optimizer(name, np.ones(4), scale=0.1, seed=1, **({"population": 2} if name == "spsa" else {}))
    for _ in range(5):
        opt.tell((opt.ask() ** 2).sum(axis=1))
    assert np.isnan(opt.trace.signal_to_noise).all()
    assert opt.advice is None


def test_advice_where_steps_are_mostly_noise():
    opt = zoopt.optimizer("openai-es", np.ones(100), scale=0.1, seed=1)
    rng = np.random.default_rng(0)
    for generation in range(30):
        assert (opt.advice is None) == (generation < 5)
        opt.tell(rng.normal(size=len(opt.ask())))
    assert "signal-to-noise" in opt.advice
    assert "population" in opt.advice


def test_no_advice_where_nothing_is_amiss_or_the_run_is_over():
    opt = zoopt.optimizer("openai-es", np.ones(3), scale=0.1, seed=1, population=200)
    for _ in range(10):
        opt.tell((opt.ask() ** 2).sum(axis=1))
    assert opt.advice is None
    done = zoopt.optimizer("cma-es", np.ones(3), scale=0.1, seed=1)
    done.run(zoopt.objectives.function("sphere", 3), 10_000)
    assert done.stop() is not None
    assert done.advice is None
