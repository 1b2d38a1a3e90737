"""Full covariances beyond 128 dimensions, which LAPACK decomposes: as cma-es in fewer, and only loaded when needed."""

import subprocess
import sys

import numpy as np
import pytest
from cmaes import CMA

import zoopt
from zoopt.errors import InvalidInput


def relative(actual, expected):
    return np.max(np.abs(actual - expected)) / np.max(np.abs(expected))


def in_fresh_process(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("dim", [129, 200])
def test_the_decomposition_is_that_of_the_covariance(dim):
    rng = np.random.default_rng(dim)
    Q = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    covariance = (Q * np.linspace(0.5, 8, dim)) @ Q.T
    opt = zoopt.optimizer("cma-es", np.zeros(dim), scale=1.0, seed=1, covariance=(covariance + covariance.T) / 2)
    state = opt.state_dict()
    V, roots = state["eigenvectors"].reshape(dim, dim), state["roots"]
    assert np.max(np.abs(V @ V.T - np.eye(dim))) < 1e-13
    assert relative((V.T * roots**2) @ V, covariance) < 1e-13
    assert roots == pytest.approx(np.sqrt(np.linspace(0.5, 8, dim)), rel=1e-12)


def test_generations_on_the_candidates_of_the_peer():
    dim, population = 140, 60
    start = np.random.default_rng(3).normal(size=dim)
    theirs = CMA(mean=start, sigma=0.7, seed=1, population_size=population)
    mine = zoopt.optimizer("cma-es", start, scale=0.7, seed=0, population=population, decomposition_gap=1)
    axes = 100.0 ** (np.arange(dim) / (dim - 1))
    for _ in range(30):
        X = np.array([theirs.ask() for _ in range(population)])
        values = (X**2) @ axes
        theirs.tell(list(zip(X, values, strict=True)))
        mine.tell(values, candidates=X)
        assert relative(mine.mean, theirs.mean) < 1e-10
        assert mine.scale == pytest.approx(theirs._sigma, rel=1e-10)
        assert relative(mine.covariance, theirs._C) < 1e-10


@pytest.mark.parametrize("name", ["cma-es", "xnes"])
def test_own_candidates_descend_and_resume_alike(name):
    dim = 150
    weights = np.linspace(1, 10, dim)
    opt = zoopt.optimizer(name, np.ones(dim), scale=0.5, seed=2)
    for _ in range(40):
        X = opt.ask()
        opt.tell((X**2) @ weights)
    again = zoopt.optimizer(name, np.ones(dim), scale=0.5, seed=3)
    again.load_state_dict(opt.state_dict())
    assert np.array_equal(again.ask(), opt.ask())
    assert opt.best.fun < weights.sum()


def test_lapack_is_loaded_for_large_covariances_only():
    """Module `scipy.linalg` stays out until a search of more than 128 dimensions is made."""
    code = """
import sys, numpy as np, zoopt
zoopt.optimizer("cma-es", np.zeros(128), scale=1.0, seed=1)
print("scipy.linalg" in sys.modules)
zoopt.optimizer("cma-es", np.zeros(129), scale=1.0, seed=1)
print("scipy.linalg.cython_lapack" in sys.modules)
"""
    assert in_fresh_process(code).split() == ["False", "True"]


def test_where_lapack_cannot_be_had_the_error_says_what_to_do():
    code = """
import sys, numpy as np, zoopt
sys.modules["scipy.linalg.cython_lapack"] = None
zoopt.optimizer("cma-es", np.zeros(128), scale=1.0, seed=1)
try:
    zoopt.optimizer("cma-es", np.zeros(129), scale=1.0, seed=1)
except zoopt.errors.StateError as error:
    print(error)
"""
    assert "more than 128 dimensions needs scipy's LAPACK" in in_fresh_process(code)


def test_more_dimensions_than_lapack_counts_are_refused():
    with pytest.raises(InvalidInput, match="at most 32000 dimensions, got 32001; use sep-cma-es"):
        zoopt.optimizer("cma-es", np.zeros(32001), scale=1.0, seed=1, memory_limit=10**12)
