"""A generation of 64 evaluations of the sphere on one thread and on two: ours beside itself.

Run with ``pytest benchmarks/test_threads.py -o addopts= --benchmark-columns=min,median`` on a machine that does nothing
else: two threads that share a processor measure nothing. The sizes are d x 64 = 2 10^4 and 5 10^4, where two threads
must not be slower than one, and 10^5, 6.4 10^5 and 6.4 10^6, where they are to take less than 1 / 1.7 of its time.
"""

import numpy as np
import pytest

import zoopt
from _generations import compiled, measure

POPULATION = 64
DIMENSIONS = [312, 780, 1563, 10_000, 100_000]
THREADS = [1, 2]
CELLS = {
    "two-point": (1e-3, {"learning_rate": 1e-6}),
    "openai-es": (0.1, {}),
    "pgpe": (1.0, {}),
    "snes": (1.0, {}),
    "sep-cma-es": (1.0, {}),
}


def sizes():
    """Return the parameters: every cell in every dimension, on one thread and on two."""
    return [
        pytest.param(
            name, dim, threads, marks=pytest.mark.benchmark(group=f"{name} d={dim}"), id=f"{dim}-zoopt-{threads}"
        )
        for name in CELLS
        for dim in DIMENSIONS
        for threads in THREADS
    ]


@pytest.mark.parametrize(("name", "dim", "threads"), sizes())
def test_generation(benchmark, name, dim, threads):
    scale, options = CELLS[name]
    measure(benchmark, compiled(name, scale, threads=threads, **options), dim, POPULATION)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.benchmark(group="F1 of 64 candidates, 20 000 x 50")
def test_metric_objective(benchmark, threads):
    rng = np.random.default_rng(1)
    samples = rng.normal(size=(20_000, 50))
    objective = zoopt.objectives.MetricObjective(samples, samples @ rng.normal(size=50) > 0, metric="f1")
    opt = zoopt.optimizer(
        "openai-es", np.zeros(objective.dim), scale=0.1, seed=1, population=POPULATION, threads=threads, sense="max"
    )
    benchmark.pedantic(lambda: opt.run(objective, opt.nfev + 4 * opt.rows), rounds=30, warmup_rounds=2)
