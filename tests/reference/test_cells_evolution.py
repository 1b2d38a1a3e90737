"""The evolution strategies over generations, against their formulas in numpy."""

import math

import numpy as np
import pytest
from textbook import GENERATIONS, SCALE, SEED, START, D, bumpy, close, draws, follow, pairs

import zoopt
from zoopt.errors import InvalidInput


def make(name, **options):
    return zoopt.optimizer(name, START, scale=SCALE, seed=SEED, **options)


# (1+1)


def one_plus_one(objective, generations, increase=1.5, target=0.2):
    """Return means and scales: success is a candidate that is no worse; its value is remembered."""
    mean, scale, parent, found = START.copy(), SCALE, None, []
    for t in range(generations):
        child = mean + scale * draws(t, 1)[0]
        parent = objective(mean)[0] if parent is None else parent
        value = objective(child)[0]
        if value <= parent:
            mean, parent, scale = child, value, scale * increase
        else:
            scale *= increase ** (-target / (1 - target))
        found.append((mean, scale))
    return found


def steps_of(X):
    """Return a function with plateaus, so that candidates tie with their parent."""
    return np.floor(bumpy(X) / 3)


@pytest.mark.parametrize("objective", [bumpy, steps_of])
def test_one_plus_one_es(objective):
    opt, outcomes = make("one-plus-one-es"), []
    before = objective(START)[0]
    for t, (mean, scale) in enumerate(one_plus_one(objective, 60)):
        X = opt.ask()
        assert len(X) == (2 if t == 0 else 1)
        values = objective(X)
        outcomes.append(int(np.sign(values[0] - before)))
        opt.tell(values)
        close(opt.mean, mean)
        close(opt.scale, scale)
        before = objective(mean)[0]
    assert opt.nfev == 61
    assert {-1, 1} <= set(outcomes)
    assert (0 in outcomes) == (objective is steps_of)


def test_the_factors_are_one_and_a_half_and_its_fourth_root():
    opt, better = make("one-plus-one-es"), make("one-plus-one-es")
    opt.ask()
    opt.tell([1.0, 0.0])
    close(opt.scale, SCALE * 1.5**-0.25)
    assert np.array_equal(opt.mean, START)
    X = better.ask()
    better.tell([0.0, 0.0])
    close(better.scale, SCALE * 1.5)
    close(better.mean, X[0])


def test_of_several_children_the_best_competes_with_the_parent():
    opt, mean, parent = make("one-plus-one-es", population=5), START, bumpy(START)[0]
    moved = 0
    for _ in range(40):
        X = opt.ask()[:5]
        values = bumpy(X)
        opt.tell(values if opt.generation else [*values, parent])
        if values.min() <= parent:
            mean, parent, moved = X[values.argmin()], values.min(), moved + 1
        close(opt.mean, mean)
    assert 5 < moved < 40


def test_one_plus_one_es_with_other_factors():
    opt = make("one-plus-one-es", increase=2.0, target_rate=0.25)
    for mean, scale in one_plus_one(bumpy, 40, 2.0, 0.25):
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)
        close(opt.scale, scale)


# PGPE


@pytest.mark.parametrize(
    "rates", [{}, {"mean_learning_rate": 0.4, "deviation_learning_rate": 0.7, "largest_change": 0.05}]
)
def test_pgpe(rates):
    """Sehnke et al.: symmetric rewards move the mean by their difference, the deviations by their sum."""
    q = 12
    alpha_mean, alpha_sigma, most = rates.values() if rates else (0.2, 0.1, 0.2)
    opt = make("pgpe", population=2 * q, **rates)
    mean, sigma, limited = START.copy(), np.full(D, SCALE), 0
    for t in range(GENERATIONS):
        Z = draws(t, q)
        values = bumpy(mean + sigma * pairs(Z))
        r = -(values - values.mean()) / values.std()
        T, S = sigma * Z, sigma * (Z**2 - 1)
        mean = mean + alpha_mean * np.mean((r[0::2] - r[1::2])[:, None] / 2 * T, axis=0)
        change = alpha_sigma * np.mean((r[0::2] + r[1::2])[:, None] / 2 * S, axis=0)
        limited += np.any(np.abs(change) > most * sigma)
        sigma = sigma + np.clip(change, -most * sigma, most * sigma)
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)
        close(opt.deviations, sigma)
    assert (limited > 0) == bool(rates)
    assert np.max(np.abs(sigma / SCALE - 1)) > 0.05


def test_pgpe_takes_an_even_population_of_64_by_default():
    opt = make("pgpe")
    assert opt.ask().shape == (64, D)


# Augmented random search


def ars_step(mean, scale, Z, top, objective=bumpy):
    """Return the step of Mania et al. in their words: rewards, top b directions, sigma_R."""
    plus, minus = -objective(mean + scale * Z), -objective(mean - scale * Z)
    b = max(1, round(top * len(Z)))
    used = np.argsort(-np.maximum(plus, minus), kind="stable")[:b]
    sigma = np.concatenate([plus[used], minus[used]]).std()
    return ((plus - minus)[used, None] * Z[used]).sum(axis=0) / (b * sigma)


def ars_means(q, top, alpha):
    mean, means = START.copy(), []
    for t in range(GENERATIONS):
        mean = mean + alpha * ars_step(mean, SCALE, draws(t, q), top)
        means.append(mean)
    return means


@pytest.mark.parametrize(("name", "top"), [("ars-v1", 1.0), ("ars-v1-t", 0.5), ("ars-v2-t", 0.5)])
def test_ars_by_default(name, top):
    """The step of the authors' code, .02 at a scale of .03, is two thirds of the scale."""
    follow(make(name), ars_means(8, top, 0.02 / 0.03 * SCALE))


@pytest.mark.parametrize("top", [1.0, 0.7, 0.3, 0.1, 1e-9])
def test_ars_takes_the_top_directions(top):
    opt = make("ars-v1-t", population=20, top=top, learning_rate=0.2)
    follow(opt, ars_means(10, top, 0.2 * SCALE))


def test_ars_knows_no_unit_of_the_objective():
    plain, scaled = make("ars-v1-t"), make("ars-v1-t")
    for _ in range(10):
        plain.tell(bumpy(plain.ask()))
        scaled.tell(1e6 * bumpy(scaled.ask()) - 3e6)
        close(scaled.mean, plain.mean, 1e-8)


def test_ars_drops_invalid_directions():
    opt = make("ars-v1-t", population=12, top=0.5)
    values = bumpy(opt.ask())
    values[[2, 7]] = math.nan, math.inf
    opt.tell(values)
    Z = draws(0, 6)[[0, 2, 4, 5]]
    close(opt.mean - START, 2 / 3 * SCALE * ars_step(START, SCALE, Z, 0.5))


def test_ars_stays_on_a_plateau_and_where_nothing_is_valid():
    for value in (0.7, 1.0, math.nan):  # the mean of six .7 is none, of six 1 it is 1
        for foreign in (False, True):
            opt = make("ars-v1", population=6)
            X = opt.ask()
            opt.tell(np.full(6, value), candidates=X if foreign else None)
            assert np.array_equal(opt.mean, START)


def test_ars_learns_from_its_rows_told_as_foreign_ones():
    """Without pairs every row is a direction; the costs lose their mean, so that the direction is right."""
    cosines = []
    for t in range(20):
        opt = zoopt.optimizer("ars-v1", START, scale=1e-3, seed=t, population=400)
        X = START + 1e-3 * np.random.default_rng(t).normal(size=(400, D))
        opt.tell(X @ np.arange(D), candidates=X)
        step = opt.mean - START
        cosines.append(-step @ np.arange(D) / np.linalg.norm(step) / np.linalg.norm(np.arange(D)))
    assert min(cosines) > 0.9


def test_ars_needs_pairs():
    cell = zoopt.cell(distribution="isotropic", shaping="ars", metric="natural", update="sgd", population=8)
    with pytest.raises(InvalidInput, match="compose it with antithetic=True"):
        zoopt.optimizer(cell, START, scale=SCALE, seed=1)


# OpenAI-ES and SNES with their defaults, which no other test looks at


def centred_ranks(values):
    return np.argsort(np.argsort(values)) / (len(values) - 1) - 0.5


def test_openai_es_by_default():
    opt, mean, m, v = make("openai-es"), START.copy(), np.zeros(D), np.zeros(D)
    for t in range(1, GENERATIONS + 1):
        Z = draws(t - 1, 32)
        g = centred_ranks(bumpy(mean + SCALE * pairs(Z))) @ pairs(Z) / (64 * SCALE)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mean = mean - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)


def test_snes_by_default():
    n = 4 + math.floor(3 * math.log(D))
    raw = np.maximum(0, math.log(n / 2 + 1) - np.log(np.arange(1, n + 1)))
    utilities = raw / raw.sum() - 1 / n
    opt, mean, sigma = make("snes"), START.copy(), np.full(D, SCALE)
    rate = (3 + math.log(D)) / (5 * math.sqrt(D))
    for t in range(GENERATIONS):
        Z = draws(t, n)
        u = utilities[np.argsort(np.argsort(bumpy(mean + sigma * Z)))]
        mean, sigma = mean + sigma * (u @ Z), sigma * np.exp(rate / 2 * (u @ (Z**2 - 1)))
        opt.tell(bumpy(opt.ask()))
        close(opt.mean, mean)
        close(opt.deviations, sigma)
