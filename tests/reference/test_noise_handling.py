"""Noise handling: the uncertainty measure, what ask() repeats, how the effort moves, and that it pays."""

import math

import numpy as np
import pytest

import zoopt
from zoopt import _core
from zoopt.errors import InvalidInput, InvalidType

D = 5


def measured(first, again, theta=0.2):
    """Return the uncertainty measure of Hansen et al. (2009), from sorted lists."""
    rows, changes = len(first), []
    second = list(again) + list(first[len(again) :])
    for i in range(len(again)):
        others = sorted(first[k] for k in range(rows) if k != i) + sorted(second[k] for k in range(rows) if k != i)
        others.sort()
        ends = [[np.searchsorted(others, v, side=side) for side in ("left", "right")] for v in (first[i], again[i])]
        ranks = [1 + sum(pair) / 2 for pair in ends]
        limits = [np.percentile(np.abs(np.arange(1, 2 * rows) - r), 50 * theta) for r in ranks]
        changes.append(2 * abs(ranks[1] - ranks[0]) - sum(limits))
    return float(np.mean(changes))


@pytest.mark.parametrize(("rows", "again"), [(2, 2), (2, 1), (5, 2), (10, 10), (33, 3), (64, 7)])
def test_the_measure_against_numpy(rows, again):
    rng = np.random.default_rng(rows)
    for decimals in (0, 1, 9):  # few decimals make ties
        for _ in range(20):
            first = rng.normal(size=rows).round(decimals)
            second = (first[:again] + rng.normal(size=again)).round(decimals)
            assert _core.uncertainty(first, second) == pytest.approx(measured(first, second), abs=1e-12)


def test_the_measure_counts_invalid_costs_as_the_worst():
    first = np.array([1.0, np.nan, 3.0, np.nan])
    again = np.array([np.nan, 2.0])
    assert _core.uncertainty(first, again) == pytest.approx(
        measured([1.0, math.inf, 3.0, math.inf], [math.inf, 2.0]), abs=1e-12
    )


def test_equal_values_are_no_noise():
    assert _core.uncertainty(np.array([2.0, 1.0, 3.0, 1.0]), np.array([2.0, 1.0])) < 0
    assert _core.uncertainty(np.ones(20), np.ones(5)) < 0


def make(name="cma-es", x0=None, **keywords):
    defaults = {"scale": 0.5, "seed": 3, "noise_handling": True}
    return zoopt.optimizer(name, np.ones(D) if x0 is None else x0, **(defaults | keywords))


def noisy_sphere(level, seed=0):
    rng = np.random.default_rng(seed)
    return lambda X: (X**2).sum(axis=1) + level * rng.normal(size=len(X))


def advance(opt, generations, objective):
    for _ in range(generations):
        opt.tell(objective(opt.ask()))


def test_rows_stand_in_passes_and_a_tenth_again():
    opt = make(population=40, most_effort=7)
    assert opt.effort == 1
    assert opt.passes == ((40, 0), (4, 1))
    X = opt.ask()
    assert X.shape == (44, D)
    assert np.array_equal(X[40:], X[:4])
    advance(opt, 3, noisy_sphere(1e3))
    assert opt.effort == 3  # 1.5^3 = 3.375
    assert [rows for rows, _ in opt.passes] == [40, 40, 40, 4, 4, 4]
    X = opt.ask()
    assert np.array_equal(X[40:80], X[:40])
    assert np.array_equal(X[-4:], X[:4])
    advance(opt, 5, noisy_sphere(1e3))
    assert opt.effort == 7


def test_every_pass_has_a_generation_of_the_objective_of_its_own():
    opt, seen = make(population=10, most_effort=5), []
    for _ in range(6):
        seen += [generation for _, generation in opt.passes]
        advance(opt, 1, noisy_sphere(1e3))
    assert seen == list(range(len(seen)))


def test_the_effort_falls_where_ranks_are_sure():
    opt = make(population=12)
    advance(opt, 5, noisy_sphere(1e3))
    assert opt.effort >= 3
    advance(opt, 10, noisy_sphere(0.0))
    assert opt.effort == 1


def test_tell_learns_from_the_mean_of_all_repetitions():
    """As an optimizer without noise handling does that is told these means."""
    opt, plain = make("snes", population=20), make("snes", population=20, noise_handling=False)
    objective = noisy_sphere(0.3)
    for _ in range(12):
        passes = [rows for rows, _ in opt.passes]
        values = objective(opt.ask())
        effort = len(passes) // 2
        parts = np.split(values, np.cumsum(passes)[:-1])
        first = np.mean(parts[:effort], axis=0)
        means = first.copy()
        means[:2] = (first[:2] + np.mean(parts[effort:], axis=0)) / 2
        opt.tell(values)
        plain.ask()
        plain.tell(means)
        assert np.allclose(opt.mean, plain.mean, rtol=1e-12, atol=0)
        assert opt.best.fun == pytest.approx(plain.best.fun, rel=1e-12)


def test_every_evaluation_counts_and_the_budget_holds():
    opt = make(population=10)
    used = 0
    for _ in range(8):
        used += opt.rows
        advance(opt, 1, noisy_sphere(10.0))
        assert opt.nfev == used
    calls = []

    def counted(X):
        calls.append(len(X))
        return np.sin(1e6 * X).sum(axis=1)

    while opt.nfev + opt.rows <= 3000:
        opt.tell(counted(opt.ask()))
    assert opt.nfev == used + sum(calls) <= 3000


def test_some_invalid_repetitions_do_not_spoil_a_candidate():
    opt = make(population=10)
    advance(opt, 4, noisy_sphere(100.0))
    assert opt.effort >= 3
    X = opt.ask()
    values = (X**2).sum(axis=1)
    values[0] = np.nan
    opt.tell(values)
    assert opt.invalid == 0
    values = (opt.ask() ** 2).sum(axis=1)
    values[:] = np.nan
    opt.tell(values)
    assert "NaN or infinite" in opt.stop()


@pytest.mark.parametrize("name", ["cma-es", "snes", "openai-es", "zo-sgd", "one-plus-one-es", "pgpe", "ipop-cma-es"])
def test_a_saved_run_goes_on_bit_for_bit(name):
    objective = lambda X: (X**2).sum(axis=1) + np.sin(1e7 * X[:, 0])  # noqa: E731
    opt, other = make(name), make(name, np.zeros(D), scale=2.0, seed=9)
    advance(opt, 9, objective)
    opt.ask()
    other.load_state_dict(opt.state_dict())
    assert other.effort == opt.effort
    assert np.array_equal(opt.ask(), other.ask())
    advance(opt, 6, objective)
    advance(other, 6, objective)
    assert np.array_equal(opt.mean, other.mean)
    assert opt.nfev == other.nfev


def test_run_evaluates_the_same_rows_as_ask_and_tell():
    """A compiled objective without noise, and one with mini-batches that only its generation chooses."""
    numba = pytest.importorskip("numba")

    @numba.njit
    def jitted(x, generation):
        return (x**2).sum() + 5.0 * math.sin(12.9898 * generation + 7.0 * x[0])

    batch_noise = zoopt.objective(generation=True)(jitted)
    compiled, looped = make(population=9), make(population=9)
    compiled.run(batch_noise, 2000)
    while looped.nfev + looped.rows <= 2000:
        X, values, start = looped.ask(), [], 0
        for rows, generation in looped.passes:
            values += [jitted(x, generation) for x in X[start : start + rows]]
            start += rows
        looped.tell(values)
    assert compiled.nfev == looped.nfev
    assert np.allclose(compiled.mean, looped.mean, rtol=1e-9, atol=1e-12)
    assert compiled.effort == looped.effort


def test_the_parent_of_an_elitist_is_evaluated_anew():
    opt = make("one-plus-one-es")
    for _ in range(3):
        assert opt.rows == 4 * opt.effort
        advance(opt, 1, noisy_sphere(0.0))


def test_the_scale_grows_where_no_effort_helps():
    opt = make(population=10, most_effort=1)
    scale, growth = opt.scale, []
    plain = make(population=10, noise_handling=False)
    rng = np.random.default_rng(1)
    for _ in range(30):
        values = rng.normal(size=opt.rows)
        opt.ask()
        opt.tell(values)
        growth.append(opt.scale / scale)
        scale = opt.scale
    assert plain.scale == 0.5
    assert opt.scale > 0.5 * (1 + 2 / (D + 10)) ** 10
    assert max(growth) > 1 + 2 / (D + 10)


@pytest.mark.parametrize(
    ("name", "x0", "keywords"),
    [("gd", np.ones(3), {}), ("reinforce-bernoulli", np.zeros(3), {}), ("zo-svrg", np.ones(3), {"scale": 0.1})],
)
def test_refused_where_it_has_no_meaning(name, x0, keywords):
    with pytest.raises(InvalidInput, match="noise handling"):
        zoopt.optimizer(name, x0, seed=1, noise_handling=True, **keywords)


def test_refused_with_foreign_candidates_and_replay():
    opt = make(population=10)
    X = opt.ask()
    with pytest.raises(InvalidInput, match="noise handling"):
        opt.tell(np.zeros(len(X)), candidates=X)
    with pytest.raises(InvalidInput, match="most_effort"):
        make(most_effort=0)
    with pytest.raises(InvalidType, match="most_effort"):
        make(most_effort=1.5)


def distance_reached(seed, noise_handling):
    opt = zoopt.optimizer(
        "cma-es", np.full(D, 2.0), scale=0.5, seed=seed, noise_handling=noise_handling, most_effort=60, tolfun=0, tolx=0
    )
    objective = noisy_sphere(0.5, seed)
    while opt.nfev + opt.rows <= 6000 and opt.stop() is None:
        opt.tell(objective(opt.ask()))
    return float(np.linalg.norm(opt.mean))


def test_it_gets_closer_on_a_noisy_sphere():
    """Noise of .5 on the sphere in 5 dimensions, 6000 evaluations: distance of the mean, 20 seeds.

    The null hypothesis that neither is closer, tested by signs: 16 of 20 or more have probability .006.
    """
    handled, plain = ([distance_reached(seed, on) for seed in range(20)] for on in (True, False))
    assert sum(h < p for h, p in zip(handled, plain, strict=True)) >= 16
    assert np.median(handled) < 0.7 * np.median(plain)
