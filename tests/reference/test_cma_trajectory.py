"""CMA-ES against the `cmaes` package: its constants, its candidates, then mean, scale, covariance, paths."""

import math

import numpy as np
import pytest
from cmaes import CMA

import zoopt
from zoopt import _core

CASES = [(2, 6, 0), (2, 11, 0), (6, 9, 0), (6, 30, 1), (20, 12, 0), (20, 13, 1), (20, 61, 2), (1, 4, 0)]


def ellipsoid(dim, seed, condition=1e4):
    """Return a rotated ellipsoid, one point at a time.

    The covariance takes over its condition, and C^-1/2 loses as many digits in either code: 1e4 leaves 12.
    """
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]
    axes = condition ** (np.arange(dim) / max(1, dim - 1))
    return lambda x: float(np.sum(axes * (Q @ x) ** 2))


def relative(actual, expected):
    return np.max(np.abs(actual - expected)) / max(np.max(np.abs(expected)), np.finfo(float).tiny)


def peer(dim, population, seed, scale=0.7):
    start = np.random.default_rng(seed + 100).normal(size=dim)
    return CMA(mean=start, sigma=scale, seed=seed, population_size=population), start


def ours(start, population, scale=0.7, **options):
    return zoopt.optimizer("cma-es", start, scale=scale, seed=0, population=population, **options)


def assert_same_constants(dim, population):
    theirs, mine = peer(dim, population, 0)[0], _core.cma_constants(dim, population)
    assert np.max(np.abs(mine["weights"] - theirs._weights)) < 1e-14
    pairs = {
        "mu_eff": theirs._mu_eff,
        "c_sigma": theirs._c_sigma,
        "d_sigma": theirs._d_sigma,
        "c_c": theirs._cc,
        "c_1": theirs._c1,
        "c_mu": theirs._cmu,
        "chi": theirs._chi_n,
    }
    for name, value in pairs.items():
        assert mine[name] == pytest.approx(value, rel=1e-14, abs=1e-16), name


@pytest.mark.parametrize("population", [4, 5, 6, 7, 10, 13, 64, 500])
@pytest.mark.parametrize("dim", [1, 2, 6, 20, 100])
def test_constants_are_those_of_the_peer(dim, population):
    assert_same_constants(dim, population)


def test_default_population_is_that_of_the_peer():
    for dim in (1, 2, 3, 6, 10, 20, 50, 100):
        assert zoopt.optimizer("cma-es", np.zeros(dim), scale=1.0, seed=0).rows == CMA(np.zeros(dim), 1.0)._popsize


@pytest.mark.parametrize(("dim", "population", "seed"), CASES)
def test_sixty_generations_on_the_candidates_of_the_peer(dim, population, seed):
    theirs, start = peer(dim, population, seed)
    mine, objective = ours(start, population, decomposition_gap=1), ellipsoid(dim, seed)
    for _ in range(60):
        X = np.array([theirs.ask() for _ in range(population)])
        values = np.array([objective(x) for x in X])
        theirs.tell(list(zip(X, values, strict=True)))
        mine.tell(values, candidates=X)
        state = mine.state_dict()
        assert relative(mine.mean, theirs.mean) < 1e-10
        assert mine.scale == pytest.approx(theirs._sigma, rel=1e-10)
        assert relative(mine.covariance, theirs._C) < 1e-10
        assert relative(state["cma.path_sigma"], theirs._p_sigma) < 1e-10
        assert relative(state["cma.path_c"], theirs._pc) < 1e-10
    assert mine.best.fun < objective(start)


def test_equal_values_rank_in_the_order_of_their_rows():
    """As a stable sort has it, and so the peer."""
    for values in ([2.0, 1.0, 1.0, 3.0, 3.0, 1.0], [0.0] * 6):
        order = np.argsort(np.argsort(values, kind="stable")).astype(float)
        tied, apart = (ours(np.ones(3), 6) for _ in range(2))
        for opt, told in ((tied, values), (apart, order)):
            opt.ask()
            opt.tell(told)
        assert np.array_equal(tied.mean, apart.mean)
        assert np.array_equal(tied.covariance, apart.covariance)


def test_a_stalled_path_is_stalled_in_both():
    """A far start makes the step-size path long, so that h_sigma is 0 for some of these generations."""
    dim, population = 6, 9
    theirs, start = (
        CMA(mean=np.full(dim, 1e3), sigma=0.1, seed=1, population_size=population),
        np.full(dim, 1e3),
    )
    mine, stalled = ours(start, population, scale=0.1, decomposition_gap=1), 0
    for g in range(1, 41):
        X = np.array([theirs.ask() for _ in range(population)])
        values = (X**2).sum(axis=1)
        theirs.tell(list(zip(X, values, strict=True)))
        mine.tell(values, candidates=X)
        filled = math.sqrt(1 - (1 - theirs._c_sigma) ** (2 * (g + 1)))
        stalled += np.linalg.norm(theirs._p_sigma) / filled >= (1.4 + 2 / (dim + 1)) * theirs._chi_n
        assert relative(mine.covariance, theirs._C) < 1e-10
        assert relative(mine.state_dict()["cma.path_c"], theirs._pc) < 1e-10
    assert 5 <= stalled <= 35


def adapted(dim=6, generations=60, **options):
    """Return a search whose covariance has adapted to a rotated ellipsoid."""
    opt = ours(np.zeros(dim), 12, decomposition_gap=1, **options)
    objective = ellipsoid(dim, 5, condition=1e3)
    for _ in range(generations):
        opt.tell([objective(x) for x in opt.ask()])
    return opt


def test_own_sampling_multiplies_the_roots_then_turns_by_the_eigenvectors():
    opt = adapted()
    state, dim = opt.state_dict(), opt.dim
    V, roots, C = state["eigenvectors"].reshape(dim, dim), state["roots"], opt.covariance
    Z = np.array([_core.noise_float64(0, 0, opt.generation, s, 0, dim, False) for s in range(opt.rows)])
    assert np.max(roots) > 5 * np.min(roots)
    assert np.max(np.abs(V - V.T)) > 0.1
    assert relative((V.T * roots**2) @ V, C) < 1e-13
    expected = opt.mean + opt.scale * (Z * roots) @ V
    assert relative(opt.ask() - opt.mean, expected - opt.mean) < 1e-12


def test_own_samples_have_the_covariance_of_the_state():
    """64 000 draws: a standard error of at most .0056 an entry of the whitened covariance; six are .034."""
    opt = adapted()
    state = opt.state_dict()
    rows = []
    for g in range(5400):
        opt.load_state_dict(state | {"generation": 1000 + g})
        rows.append((opt.ask() - opt.mean) / opt.scale)
    X = np.concatenate(rows)
    values, vectors = np.linalg.eigh(opt.covariance)
    white = X @ vectors / np.sqrt(values)
    assert np.max(np.abs(white.T @ white / len(X) - np.eye(opt.dim))) < 0.034
    assert np.max(np.abs(white.mean(axis=0))) < 6 / math.sqrt(len(X))


def test_the_decomposition_waits_for_its_gap():
    opt = zoopt.optimizer("cma-es", np.zeros(4), scale=1.0, seed=0, decomposition_gap=3)
    roots = []
    for _ in range(9):
        X = opt.ask()
        opt.tell((X**2) @ [1.0, 5.0, 25.0, 125.0])
        roots.append(opt.state_dict()["roots"])
    changed = [not np.array_equal(a, b) for a, b in zip([np.ones(4), *roots], roots, strict=False)]
    assert changed == [False, False, True] * 3


@pytest.mark.parametrize("dim", [2, 10, 20, 60])
def test_the_default_gap_is_that_which_costs_no_evaluations(dim):
    constants = _core.cma_constants(dim, 8)
    gap = max(1, math.floor(1 / (dim * (constants["c_1"] + constants["c_mu"]))))
    opt = ours(np.zeros(dim), 8)
    roots = [opt.state_dict()["roots"]]
    for _ in range(2 * gap + 1):
        X = opt.ask()
        opt.tell((X**2) @ np.arange(1.0, dim + 1))
        roots.append(opt.state_dict()["roots"])
    changed = [g for g in range(1, len(roots)) if not np.array_equal(roots[g], roots[g - 1])]
    assert changed == [g for g in range(1, len(roots)) if g % gap == 0]
    assert (gap > 1) == (dim >= 10)
