"""A generation of CMA-ES on the sphere, objective included, one thread, and what a call of ask and tell costs.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_generation.py -o addopts=
--benchmark-columns=min,median``.
"""

import numpy as np
import pytest

import zoopt
from _generations import asked, compiled, contest, measure
from peers import covariance

POPULATION = 64
CMA_ES = {
    "zoopt": compiled("cma-es"),
    "zoopt, ask and tell": asked("cma-es"),
    "cma": covariance.by_cma,
    "cmaes": covariance.by_cmaes,
}


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, population 64", CMA_ES, [10, 100]))
def test_cma_es(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION, generations=100)


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, default population", CMA_ES, [10, 20, 40]))
def test_cma_es_with_its_default_population(benchmark, make, dim):
    measure(benchmark, make, dim, zoopt.algorithm("cma-es").default_population(dim), generations=200)


@pytest.mark.parametrize("name", ["two-point", "openai-es", "snes", "cma-es"])
@pytest.mark.benchmark(group="ask and tell, d=10, default population, no objective")
def test_overhead_of_ask_and_tell(benchmark, name):
    opt = zoopt.optimizer(name, np.ones(10), scale=1.0, seed=1)
    values = np.arange(opt.rows, dtype=float)

    def generation():
        opt.ask()
        opt.tell(values)

    benchmark(generation)
