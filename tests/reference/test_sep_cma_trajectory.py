"""Sep-CMA-ES against the `cmaes` package: its constants, its candidates, then mean, scale, variances, paths."""

import numpy as np
import pytest
from cmaes import SepCMA

import zoopt
from zoopt import _core

CASES = [(2, 6, 0), (6, 9, 0), (6, 30, 1), (20, 12, 0), (20, 13, 1), (100, 17, 2)]


def relative(actual, expected):
    return np.max(np.abs(actual - expected)) / np.max(np.abs(expected))


def peer(dim, population, seed, start, scale=0.7):
    return SepCMA(mean=start.copy(), sigma=scale, seed=seed, population_size=population)


@pytest.mark.parametrize("population", [4, 5, 6, 7, 10, 13, 64])
@pytest.mark.parametrize("dim", [2, 6, 20, 100, 1000])
def test_constants_are_those_of_the_peer(dim, population):
    theirs = peer(dim, population, 0, np.zeros(dim))
    mine = _core.cma_constants(dim, population, separable=True)
    assert np.max(np.abs(mine["weights"][: population // 2] - theirs._weights)) < 1e-14
    assert not mine["weights"][population // 2 :].any()
    pairs = {
        "mu_eff": theirs._mu_eff,
        "c_sigma": theirs._c_sigma,
        "d_sigma": theirs._d_sigma,
        "c_c": theirs._cc,
        "c_1": theirs._c1,
        "c_mu": min(theirs._cmu, 1 - theirs._c1),
        "chi": theirs._chi_n,
    }
    for name, value in pairs.items():
        assert mine[name] == pytest.approx(value, rel=1e-14, abs=1e-16), name


def test_rates_never_exceed_one():
    for population in (100, 10_000):
        constants = _core.cma_constants(2, population, separable=True)
        assert constants["c_1"] + constants["c_mu"] <= 1


@pytest.mark.parametrize(("dim", "population", "seed"), CASES)
def test_sixty_generations_on_the_candidates_of_the_peer(dim, population, seed):
    start = np.random.default_rng(seed + 100).normal(size=dim)
    theirs = peer(dim, population, seed, start)
    mine = zoopt.optimizer("sep-cma-es", start, scale=0.7, seed=0, population=population)
    axes = 1e4 ** (np.arange(dim) / (dim - 1))
    for _ in range(60):
        X = np.array([theirs.ask() for _ in range(population)])
        values = (X**2) @ axes
        theirs.tell(list(zip(X, values, strict=True)))
        mine.tell(values, candidates=X)
        state = mine.state_dict()
        assert relative(mine.mean, theirs.mean) < 1e-10
        assert mine.scale == pytest.approx(theirs._sigma, rel=1e-10)
        assert relative((mine.deviations / mine.scale) ** 2, theirs._C) < 1e-10
        assert relative(state["cma.path_sigma"], theirs._p_sigma) < 1e-10
        assert relative(state["cma.path_c"], theirs._pc) < 1e-10


def test_own_candidates_learn_as_the_same_candidates_told():
    """With its own noise the second moment runs over float32 rows; the told ones are whitened again."""
    own = zoopt.optimizer("sep-cma-es", np.ones(7), scale=0.5, seed=3)
    told = zoopt.optimizer("sep-cma-es", np.ones(7), scale=0.5, seed=4)
    for _ in range(30):
        X = own.ask()
        values = (X**2) @ np.arange(1.0, 8)
        own.tell(values)
        told.tell(values, candidates=X)
        assert relative(told.deviations, own.deviations) < 1e-9
        assert relative(told.mean, own.mean) < 1e-9


def test_hardly_active_weights_move_as_those_without_negative_ones():
    """The one takes the moments of the noise one by one, the other both at once."""
    cell = zoopt.cell(
        distribution="diagonal", shaping="cma-weights", metric="natural", update="sep-cma", population=11
    )  # fmt: skip
    none, hardly = (zoopt.optimizer(cell, np.ones(7), scale=0.5, seed=2, active=active) for active in (0.0, 1e-13))
    for _ in range(20):
        for opt in (none, hardly):
            opt.tell((opt.ask() ** 2) @ np.arange(1, 8))
        assert relative(hardly.mean, none.mean) < 1e-9
        assert relative(hardly.deviations, none.deviations) < 1e-9
    assert not np.array_equal(hardly.deviations, none.deviations)
