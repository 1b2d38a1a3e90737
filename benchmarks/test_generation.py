"""One generation on the sphere, objective included, one thread: ours beside the peers.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_generation.py -o addopts=
--benchmark-columns=min,median``. Each round starts afresh and runs many generations;
``extra_info`` holds microseconds a generation and nanoseconds an (evaluation x dimension), both of the best round.
"""

import os

import numpy as np
import pytest

import zoopt
from peers import covariance, evolution, two_point

POPULATION = 64
DIMENSIONS = [10, 100, 1000]
GENERATIONS = {10: 200, 100: 100, 1000: 30}
ROUNDS = int(os.environ.get("ZOOPT_BENCHMARK_ROUNDS", "15"))  # a smoke needs one


def compiled(name, scale=1.0):
    """Return a maker of runs without Python in the loop."""

    def make(dim, population):
        opt = zoopt.optimizer(name, np.ones(dim), scale=scale, seed=1, population=population)
        objective = zoopt.objectives.function("sphere", dim)
        return lambda generations: opt.run(objective, opt.nfev + generations * opt.rows)

    return make


def asked(name, scale=1.0):
    """Return a maker of runs that ask, evaluate in numpy, and tell."""

    def make(dim, population):
        opt = zoopt.optimizer(name, np.ones(dim), scale=scale, seed=1, population=population)

        def run(generations):
            for _ in range(generations):
                opt.tell(covariance.sphere(opt.ask()))

        return run

    return make


def measure(benchmark, make, dim, population=POPULATION):
    generations = GENERATIONS.get(dim, 100)
    make(dim, population)(2)
    benchmark.pedantic(
        lambda run: run(generations), setup=lambda: ((make(dim, population),), {}), rounds=ROUNDS, iterations=1
    )
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min / generations
        benchmark.extra_info["us_per_generation"] = seconds * 1e6
        benchmark.extra_info["ns_per_evaluation_and_dimension"] = seconds * 1e9 / population / dim


TWO_POINT = {
    "zoopt": compiled("two-point", 1e-3),
    "zoopt, ask and tell": asked("two-point", 1e-3),
    "numba on PCG64": two_point.in_numba,
    "numpy": two_point.in_numpy,
}
OPENAI_ES = {
    "zoopt": compiled("openai-es", 0.1),
    "zoopt, ask and tell": asked("openai-es", 0.1),
    "numpy": evolution.openai_es,
}
SNES = {"zoopt": compiled("snes"), "zoopt, ask and tell": asked("snes"), "numpy": evolution.snes}
CMA_ES = {
    "zoopt": compiled("cma-es"),
    "zoopt, ask and tell": asked("cma-es"),
    "cma": covariance.by_cma,
    "cmaes": covariance.by_cmaes,
}


def contest(name, peers, sizes):
    """Return the parameters of a benchmark, grouped by size."""
    return [
        pytest.param(make, dim, marks=pytest.mark.benchmark(group=f"{name} d={dim}"), id=f"{dim}-{who}")
        for dim in sizes
        for who, make in peers.items()
    ]


@pytest.mark.parametrize(("make", "dim"), contest("two-point", TWO_POINT, DIMENSIONS))
def test_two_point(benchmark, make, dim):
    measure(benchmark, make, dim)


@pytest.mark.parametrize(("make", "dim"), contest("openai-es", OPENAI_ES, DIMENSIONS))
def test_openai_es(benchmark, make, dim):
    measure(benchmark, make, dim)


@pytest.mark.parametrize(("make", "dim"), contest("snes", SNES, DIMENSIONS))
def test_snes(benchmark, make, dim):
    measure(benchmark, make, dim)


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, population 64", CMA_ES, [10, 100]))
def test_cma_es(benchmark, make, dim):
    measure(benchmark, make, dim)


@pytest.mark.parametrize(("make", "dim"), contest("cma-es, default population", CMA_ES, [10, 20, 40]))
def test_cma_es_with_its_default_population(benchmark, make, dim):
    measure(benchmark, make, dim, zoopt.algorithm("cma-es").default_population(dim))


@pytest.mark.parametrize("name", ["two-point", "openai-es", "snes", "cma-es"])
@pytest.mark.benchmark(group="ask and tell, d=10, default population, no objective")
def test_overhead_of_ask_and_tell(benchmark, name):
    opt = zoopt.optimizer(name, np.ones(10), scale=1.0, seed=1)
    values = np.arange(opt.rows, dtype=float)

    def generation():
        opt.ask()
        opt.tell(values)

    benchmark(generation)
