"""What a call of a Numba objective costs over the same code inlined in a loop of Numba's own, and whole generations.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_numba_objective.py -o addopts=
--benchmark-columns=min,median``. ``extra_info`` of the calls holds nanoseconds a row of ours and of the loop, timed in
turn in one test, because what is asked for is their difference: at most 2.5 ns, and from d = 30 at most a tenth.
"""

import os
import time

from _common import measure, pin

pin()

import numba  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import zoopt  # noqa: E402

ROUNDS = int(os.environ.get("ZOOPT_BENCHMARK_ROUNDS", "40"))
DIMENSIONS = [2, 5, 10, 30, 100, 1000]
NUMBERS = 200_000  # read by one call of either


def sphere(x):
    total = 0.0
    for i in range(x.size):
        total += x[i] * x[i]
    return total


def sphere_rows(X, out):
    for r in range(X.shape[0]):
        total = 0.0
        for i in range(X.shape[1]):
            total += X[r, i] * X[r, i]
        out[r] = total


def rosenbrock(x):
    total = 0.0
    for i in range(x.size - 1):
        total += 100 * (x[i + 1] - x[i] * x[i]) ** 2 + (1 - x[i]) ** 2
    return total


def rosenbrock_rows(X, out):
    for r in range(X.shape[0]):
        total = 0.0
        for i in range(X.shape[1] - 1):
            total += 100 * (X[r, i + 1] - X[r, i] * X[r, i]) ** 2 + (1 - X[r, i]) ** 2
        out[r] = total


BODIES = {
    "sphere": (numba.njit(sphere), numba.njit(sphere_rows)),
    "sphere, fastmath": (numba.njit(fastmath=True)(sphere), numba.njit(fastmath=True)(sphere_rows)),
    "rosenbrock": (numba.njit(rosenbrock), numba.njit(rosenbrock_rows)),
}


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@pytest.mark.parametrize("dim", DIMENSIONS)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.benchmark(group="a call")
def test_a_call_against_the_inlined_code(benchmark, body, dim):
    function, loop = BODIES[body]
    count = max(64, NUMBERS // dim)
    rows, out = np.random.default_rng(0).normal(size=(count, dim)), np.empty(count)
    core = zoopt.objective(function).bound(dim)
    loop(rows, out)
    assert np.allclose(core.evaluate(rows), out, rtol=1e-12)
    ours, inlined = (
        min(times)
        for times in zip(
            *((seconds(lambda: core.evaluate(rows)), seconds(lambda: loop(rows, out))) for _ in range(ROUNDS)),
            strict=True,
        )
    )
    measure(benchmark, lambda: core.evaluate(rows), count)
    benchmark.extra_info |= {
        "ns_a_call": ours / count * 1e9,
        "ns_inlined": inlined / count * 1e9,
        "ns_more": (ours - inlined) / count * 1e9,
        "ratio": ours / inlined,
    }


DOORS = {
    "compiled": lambda dim: zoopt.objectives.function("sphere", dim),
    "numba": lambda dim: BODIES["sphere"][0],
    "numba, fastmath": lambda dim: BODIES["sphere, fastmath"][0],
}


@pytest.mark.parametrize("dim", [10, 100])
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["cma-es", "snes"])
def test_generations(benchmark, name, door, dim):
    benchmark.group = f"100 generations, {name} d={dim}"
    objective = DOORS[door](dim)

    def start():
        opt = zoopt.optimizer(name, np.ones(dim), scale=1.0, seed=1)
        opt.run(objective, opt.rows)
        return (opt,), {}

    benchmark.pedantic(lambda opt: opt.run(objective, opt.nfev + 100 * opt.rows), setup=start, rounds=ROUNDS)
    if benchmark.stats is not None:
        benchmark.extra_info["generations_per_second"] = 100 / benchmark.stats.stats.min
