"""The preset "pycma" against the package `cma`: constants, weights, trajectories, and the names of its options."""

import cma
import numpy as np
import pytest

import zoopt
from zoopt import _core
from zoopt.errors import InvalidOption

CELL = zoopt.algorithm("cma-es")
SIZES = [(2, 4), (2, 6), (2, 50), (5, 5), (9, 10), (10, 10), (10, 500), (40, 15), (40, 16), (100, 17)]


def theirs(dim, population):
    return cma.CMAEvolutionStrategy(np.zeros(dim), 1.0, {"popsize": population, "verbose": -9, "seed": 1})


@pytest.mark.parametrize(("dim", "population"), SIZES)
@pytest.mark.filterwarnings("ignore")
def test_constants_and_weights_are_those_of_cma(dim, population):
    peer = theirs(dim, population)
    options = CELL.resolve(dim, {"preset": "pycma", "population": population})[1]
    mine = _core.cma_constants(dim, population, options)
    rates = peer.sm.parameters(mueff=peer.sp.weights.mueff, lam=population)
    peer.adapt_sigma.initialize(peer)
    expected = {
        "mu_eff": peer.sp.weights.mueff,
        "c_sigma": peer.adapt_sigma.cs,
        "d_sigma": peer.adapt_sigma.damps,
        "c_c": peer.sp.cc,
        "c_1": rates["c1"],
        "c_mu": rates["cmu"],
        "chi": cma.utilities.math.Mh.chiN(dim),
    }
    for name, value in expected.items():
        assert mine[name] == pytest.approx(value, rel=1e-13), name
    assert np.max(np.abs(mine["weights"] - np.asarray(peer.sp.weights))) < 1e-13
    assert options["decomposition_gap"] == max(1, np.ceil(peer.sm.lazy_update_gap))


def ellipsoid(X):
    return (X**2) @ 1e4 ** (np.arange(X.shape[1]) / max(1, X.shape[1] - 1))


def rosenbrock(X):
    return (100 * (X[:, 1:] - X[:, :-1] ** 2) ** 2 + (1 - X[:, :-1]) ** 2).sum(axis=1)


def linear(X):
    return X[:, 0]


def follow(dim, objective, *, active=True, population=None, far=1.0, generations=60):
    """Tell both the candidates of `cma`, and return the largest relative difference of each part of their states.

    Below six candidates one of those of `cma` is the mirror of another, and has no negative weight unless
    CMA_active_injected says otherwise.
    """
    start = far * np.random.default_rng(dim).normal(size=dim)
    settings = {"verbose": -9, "seed": 3, "CMA_active": active, "CMA_active_injected": 1}
    wanted = {} if population is None else {"popsize": population}
    peer = cma.CMAEvolutionStrategy(start, 0.7, settings | wanted)
    mine = zoopt.optimizer(
        "cma-es", start, scale=0.7, seed=0, preset="pycma", popsize=peer.popsize, CMA_active=active, condition=0
    )
    worst, stalled = dict.fromkeys(["mean", "scale", "covariance", "path_sigma", "path_c"], 0.0), 0
    for _ in range(generations):
        X = np.array(peer.ask())
        values = objective(X)
        peer.tell(list(X), list(values))
        mine.tell(values, candidates=X)
        state = mine.state_dict()
        stalled += not peer.adapt_sigma.hsig(peer)
        pairs = {
            "mean": (mine.mean, peer.mean),
            "scale": (mine.scale, peer.sigma),
            "covariance": (mine.covariance, peer.sm.C),
            "path_sigma": (state["cma.path_sigma"], peer.adapt_sigma.ps),
            "path_c": (state["cma.path_c"], peer.pc),
        }
        for name, (ours, other) in pairs.items():
            largest = max(np.max(np.abs(other)), np.finfo(float).tiny)
            worst[name] = max(worst[name], np.max(np.abs(ours - other)) / largest)
    return worst, stalled


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("objective", [ellipsoid, rosenbrock])
@pytest.mark.parametrize("dim", [2, 5, 10, 20, 40])
@pytest.mark.filterwarnings("ignore")
def test_sixty_generations_are_those_of_cma(dim, objective, active):
    worst, _ = follow(dim, objective, active=active)
    assert max(worst.values()) < 1e-11, worst


@pytest.mark.parametrize(("dim", "population"), [(3, 4), (6, 5), (5, 60), (101, 20), (140, 24)])
@pytest.mark.filterwarnings("ignore")
def test_other_populations_and_many_dimensions_too(dim, population):
    """Below six candidates the damping differs, above 100 dimensions E|N(0, I)|, above 128 who decomposes."""
    worst, _ = follow(dim, ellipsoid, population=population, generations=60 if dim < 100 else 25)
    assert max(worst.values()) < 1e-11, worst


@pytest.mark.filterwarnings("ignore")
def test_a_path_that_stalls_does_so_in_both():
    worst, stalled = follow(6, linear, generations=30)
    assert 3 < stalled < 27
    assert max(worst.values()) < 1e-11, worst


@pytest.mark.parametrize("name", ["chi", "first_spread", "length_floor", "path_offset"])
@pytest.mark.filterwarnings("ignore")
def test_what_is_in_no_paper_is_needed(name, monkeypatch):
    """Each of these alone, left at the default of cma-es, takes the run further from `cma` than 1e-9."""
    preset = CELL.presets["pycma"]
    monkeypatch.setitem(
        CELL.presets, "pycma", lambda dim, population: {k: v for k, v in preset(dim, population).items() if k != name}
    )
    worst, _ = follow(5, ellipsoid, population=60)
    assert max(worst.values()) > 1e-9


def test_a_given_covariance_replaces_the_spread():
    first = zoopt.optimizer("cma-es", np.zeros(4), scale=1.0, seed=0, preset="pycma")
    assert first.covariance == pytest.approx(np.diag(np.exp(1e-4 * np.arange(4) / 4)), rel=1e-15)
    C = np.diag([1.0, 2.0, 3.0, 4.0])
    given = zoopt.optimizer("cma-es", np.zeros(4), scale=1.0, seed=0, preset="pycma", covariance=C)
    assert np.array_equal(given.covariance, C)


def test_active_scales_the_negative_weights_alone():
    full = _core.cma_constants(10, 12)
    for share in (0.0, 0.5):
        part = _core.cma_constants(10, 12, {"active": share})
        assert np.array_equal(part["weights"], np.where(full["weights"] < 0, share * full["weights"], full["weights"]))
        assert {k: v for k, v in part.items() if k != "weights"} == {k: v for k, v in full.items() if k != "weights"}


def test_without_negative_weights_it_is_plain_cma_es():
    """One generation told by hand: c_mu sum w y y^T over the better half, and nothing taken away."""
    dim, population = 5, 8
    opt = zoopt.optimizer("cma-es", np.zeros(dim), scale=1.0, seed=1, population=population, active=0)
    k = _core.cma_constants(dim, population, {"active": 0.0})
    X = opt.ask()
    values = (X**2) @ np.arange(1.0, dim + 1)
    opt.tell(values)
    Y = X[np.argsort(values)]
    path = np.sqrt(k["c_c"] * (2 - k["c_c"]) * k["mu_eff"]) * (k["weights"] @ Y)
    expected = (1 - k["c_1"] - k["c_mu"]) * np.eye(dim) + k["c_1"] * np.outer(path, path)
    expected += k["c_mu"] * (Y.T * k["weights"]) @ Y
    assert opt.covariance == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_given_options_override_the_preset():
    options = CELL.resolve(10, {"preset": "pycma", "c_1": 0.01, "population": 8})[1]
    assert options["c_1"] == 0.01
    assert options["c_mu"] == CELL.presets["pycma"](10, 8)["c_mu"]


def test_names_of_cma_become_ours():
    population, options = CELL.resolve(
        10,
        {"popsize": 20, "CMA_active": False, "CMA_rankmu": 0, "CMA_rankone": True, "tolfun": 1e-9, "updatecovwait": 3},
    )
    assert population == 20
    assert (options["active"], options["c_mu"], options["tolfun"], options["decomposition_gap"]) == (0, 0, 1e-9, 3)
    assert np.isnan(options["c_1"])
    assert CELL.resolve(10, {"CMA_active": True})[1]["active"] == 1


@pytest.mark.parametrize("name", ["CMA_diagonal", "CMA_elitist", "maxfevals", "CMA_teststds", "verb_disp", "ftarget"])
def test_names_without_a_counterpart_are_refused_with_advice(name):
    with pytest.raises(InvalidOption, match=rf"pycma's option '{name}': \w+"):
        CELL.resolve(10, {name: 1})


def test_multipliers_other_than_on_and_off_are_refused():
    with pytest.raises(InvalidOption, match="give c_mu itself"):
        CELL.resolve(10, {"CMA_rankmu": 0.5})


def test_an_option_under_both_names_is_refused():
    for given in ({"popsize": 10, "population": 12}, {"population": 12, "popsize": 10}):
        with pytest.raises(InvalidOption, match="population is given twice"):
            CELL.resolve(10, given)


@pytest.mark.parametrize("preset", ["cma", "", 3])
def test_an_unknown_preset_is_refused(preset):
    with pytest.raises(InvalidOption, match="its presets are: pycma"):
        CELL.resolve(10, {"preset": preset})


def test_without_presets_the_option_is_unknown():
    with pytest.raises(InvalidOption, match="no option 'preset'"):
        zoopt.algorithm("snes").resolve(10, {"preset": "pycma"})
