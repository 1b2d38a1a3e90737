"""Runs of whole generations on the sphere, objective included: ours, and how every run is timed."""

import os

import numpy as np
import pytest

import zoopt

ROUNDS = int(os.environ.get("ZOOPT_BENCHMARK_ROUNDS", "15"))  # a smoke needs one
COORDINATES = 2_000_000  # evaluations x dimension a round, where that is more than 10 generations

# No rule may end a run that is to be timed.
UNSTOPPED = {"tolfun": 0, "tolx": 0, "plateau": 0, "stagnation": 0, "condition": 1e300}


def sphere(rows):
    """Return the sum of squares of each row."""
    return np.einsum("ij,ij->i", rows, rows)


def compiled(name, scale=1.0, **options):
    """Return a maker of runs without Python in the loop."""

    def make(dim, population):
        opt = zoopt.optimizer(name, np.ones(dim), scale=scale, seed=1, population=population, **UNSTOPPED, **options)
        objective = zoopt.objectives.function("sphere", dim)
        return lambda generations: opt.run(objective, opt.nfev + generations * opt.rows)

    return make


def asked(name, scale=1.0, **options):
    """Return a maker of runs that ask, evaluate in numpy, and tell."""

    def make(dim, population):
        opt = zoopt.optimizer(name, np.ones(dim), scale=scale, seed=1, population=population, **UNSTOPPED, **options)

        def run(generations):
            for _ in range(generations):
                opt.tell(sphere(opt.ask()))

        return run

    return make


def measure(benchmark, make, dim, population, generations=None):
    """Time runs that each start afresh; extra_info holds what a generation of the best round took."""
    generations = generations or max(10, COORDINATES // (dim * population))
    make(dim, population)(2)
    benchmark.pedantic(
        lambda run: run(generations), setup=lambda: ((make(dim, population),), {}), rounds=ROUNDS, iterations=1
    )
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min / generations
        benchmark.extra_info["us_per_generation"] = seconds * 1e6
        benchmark.extra_info["ns_per_evaluation_and_dimension"] = seconds * 1e9 / population / dim


def contest(name, peers, sizes):
    """Return the parameters of a benchmark, grouped by size."""
    return [
        pytest.param(make, dim, marks=pytest.mark.benchmark(group=f"{name} d={dim}"), id=f"{dim}-{who}")
        for dim in sizes
        for who, make in peers.items()
    ]
