"""A whole experiment with cma-es, beside ``cma`` in a plain Python loop and nevergrad's own benchmark module.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_compare_peers.py -o addopts=``. By default two
seeds in ten dimensions, 200 evaluations a dimension; ``ZOOPT_BENCHMARK_COMPARE=15`` has fifteen seeds in 10, 20 and 40
dimensions, 10^4 evaluations a dimension, which takes the peers hours.

Everyone has its own rules for stopping, as users have them, and a budget that is the same: time a run is what a user
waits for, time an evaluation is what the machinery costs. Ours includes planning, recording of curves and targets.
"""

import os

import pytest

import _common
from _generations import ROUNDS
from peers import in_loops
from zoopt.compare import Experiment
from zoopt.compare._plugins import objective

ASKED = os.environ.get("ZOOPT_BENCHMARK_COMPARE")
SEEDS = int(ASKED or "2")
DIMENSIONS = (10, 20, 40) if ASKED else (10,)
EVALUATIONS = 10_000 if ASKED else 200  # a dimension

_common.pin()


def by_zoopt(name, dim, budget):
    """Return the evaluations of an experiment from its plan to its runs."""
    experiment = Experiment(["cma-es"], [f"{name}:dim={dim}"], seeds=SEEDS, budget=budget)
    runs = [run for job in experiment.jobs() for run in job.run()]
    assert all(run.status == "done" for run in runs)
    return sum(run.evaluations for run in runs)


def by_cma(name, dim, budget):
    """Return the evaluations of its searches from the same starts."""
    problems = [objective(f"{name}:dim={dim}").prepare(seed) for seed in range(SEEDS)]
    return sum(in_loops.run_cma(name, p.starts[""], p.scales[""], p.seed, budget) for p in problems)


def by_nevergrad(name, dim, budget):
    """Return the evaluations of its experiments."""
    return sum(in_loops.run_nevergrad(name, dim, seed, budget) for seed in range(SEEDS))


CONTESTANTS = {"zoopt": by_zoopt, "cma": by_cma}
if in_loops.nevergrad_is_there():
    CONTESTANTS["nevergrad"] = by_nevergrad


def contest():
    return [
        pytest.param(
            run, name, dim, id=f"{name}-{dim}-{who}", marks=pytest.mark.benchmark(group=f"experiment, {name} d={dim}")
        )
        for name in in_loops.FUNCTIONS
        for dim in DIMENSIONS
        for who, run in CONTESTANTS.items()
    ]


@pytest.mark.parametrize(("run", "name", "dim"), contest())
def test_experiment(benchmark, run, name, dim):
    run(name, dim, 200)  # imports and first calls
    spent = []
    rounds = ROUNDS if run is by_zoopt else 1  # the peers take too long for more, and long enough for one
    benchmark.pedantic(lambda: spent.append(run(name, dim, EVALUATIONS * dim)), rounds=rounds, iterations=1)
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        benchmark.extra_info["us_per_evaluation"] = seconds * 1e6 / spent[0]
        benchmark.extra_info["evaluations_per_run"] = spent[0] / SEEDS
