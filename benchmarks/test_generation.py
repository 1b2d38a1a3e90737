"""A generation of CMA-ES on the sphere, objective included, one thread, and what a call of ask and tell costs.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_generation.py -o addopts=
--benchmark-columns=min,median``.
"""

import math

import numpy as np
import pytest

import zoopt
from _generations import asked, compiled, contest, measure
from peers import covariance, in_evosax
from zoopt import _core

POPULATION = 64
CMA_ES = {
    "zoopt": compiled("cma-es"),
    "zoopt, ask and tell": asked("cma-es"),
    "cma": covariance.by_cma,
    "cmaes": covariance.by_cmaes,
}
SEP_CMA_ES = {
    "zoopt": compiled("sep-cma-es"),
    "zoopt, ask and tell": asked("sep-cma-es"),
    "cmaes": covariance.sep_by_cmaes,
}
XNES = {"zoopt": compiled("xnes"), "zoopt, ask and tell": asked("xnes")}
if in_evosax.available():
    CMA_ES["evosax"] = in_evosax.jitted("cma-es")
    SEP_CMA_ES["evosax"] = in_evosax.jitted("sep-cma-es")
LARGE = {name: CMA_ES[name] for name in ("zoopt", "cma")}
DECOMPOSITIONS = 10  # that a round holds at least


def generations_of(dim, population):
    """Return how many generations hold that many decompositions of ours."""
    constants = _core.cma_constants(dim, population)
    gap = max(1, math.floor(1 / (dim * (constants["c_1"] + constants["c_mu"]))))
    return max(200 if dim < 1000 else 0, DECOMPOSITIONS * gap)


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, population 64", CMA_ES, [10, 100]))
def test_cma_es(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION, generations=100)


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, default population", CMA_ES, [10, 20, 40, 100]))
def test_cma_es_with_its_default_population(benchmark, make, dim):
    population = zoopt.algorithm("cma-es").default_population(dim)
    measure(benchmark, make, dim, population, generations=generations_of(dim, population))


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, population 16", LARGE, [1000]))
def test_cma_es_in_many_dimensions(benchmark, make, dim):
    measure(benchmark, make, dim, 16, generations=generations_of(dim, 16))


@pytest.mark.parametrize(("make", "dim"), contest("sep-cma-es, population 64", SEP_CMA_ES, [1000, 10_000, 100_000]))
def test_sep_cma_es(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION)


@pytest.mark.parametrize(("make", "dim"), contest("xnes, population 64", XNES, [10, 100]))
def test_xnes(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION, generations=50)


@pytest.mark.parametrize("name", ["two-point", "openai-es", "snes", "cma-es"])
@pytest.mark.benchmark(group="ask and tell, d=10, default population, no objective")
def test_overhead_of_ask_and_tell(benchmark, name):
    opt = zoopt.optimizer(name, np.ones(10), scale=1.0, seed=1)
    values = np.arange(opt.rows, dtype=float)

    def generation():
        opt.ask()
        opt.tell(values)

    benchmark(generation)
