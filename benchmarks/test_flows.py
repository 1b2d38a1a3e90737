"""Gradient flows beside scipy, numbalsoda and diffrax, and the cost of a step of RK4.

Run with ``taskset -c 1 pytest benchmarks/test_flows.py -o addopts= --benchmark-enable``. Ours and the peer are timed in
turn within one test, the least of many rounds each; ``extra_info`` holds both, their ratio, and for equal achieved
tolerance the errors at the end against a run of ours with rtol 1e-13. Peers that are not installed are skipped.
"""

import os
import time

from _common import pin

pin()

import numba  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from scipy.integrate import solve_ivp  # noqa: E402

from zoopt import flows  # noqa: E402

SECONDS = float(os.environ.get("ZOOPT_BENCHMARK_SECONDS", "1.0"))
RTOL, ATOL = 1e-6, 1e-9
DIMENSIONS = [10, 1000]


@numba.njit(error_model="numpy")
def bowl(x):
    total = 0.0
    for i in range(x.size):
        total += 0.5 * (1.0 + 99.0 * i / (x.size - 1)) * x[i] * x[i]
    return total


@numba.njit(error_model="numpy")
def bowl_gradient(x, out):
    step = 99.0 / (x.size - 1)
    for i in range(x.size):
        out[i] = (1.0 + step * i) * x[i]


@numba.njit(error_model="numpy")
def valley(x):
    total = 0.0
    for i in range(x.size - 1):
        total += 100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2
    return total


@numba.njit(error_model="numpy")
def valley_gradient(x, out):
    n = x.size
    out[0] = -400.0 * x[0] * (x[1] - x[0] * x[0]) - 2.0 * (1.0 - x[0])
    for i in range(1, n - 1):
        out[i] = 200.0 * (x[i] - x[i - 1] * x[i - 1]) - 400.0 * x[i] * (x[i + 1] - x[i] * x[i]) - 2.0 * (1.0 - x[i])
    out[n - 1] = 200.0 * (x[n - 1] - x[n - 2] * x[n - 2])


def start(name, dim):
    return np.linspace(1.0, 2.0, dim) if name == "quadratic" else np.linspace(-1.0, 1.0, dim)


# Curvatures from 1 to 100 for a time of 10, or Rosenbrock's valley for a time of 1.
PROBLEMS = {"quadratic": (bowl, bowl_gradient, 10.0), "rosenbrock": (valley, valley_gradient, 1.0)}


def python_rhs(name, dim):
    if name == "quadratic":
        curvature = np.linspace(1.0, 100.0, dim)
        return lambda t, x: -curvature * x

    def rhs(t, x):
        bend = x[1:] - x[:-1] ** 2
        out = np.zeros_like(x)
        out[:-1] = 400.0 * x[:-1] * bend + 2.0 * (1.0 - x[:-1])
        out[1:] -= 200.0 * bend
        return out

    return rhs


def njit_rhs(name):
    gradient = PROBLEMS[name][1]

    @numba.njit
    def rhs(t, x):
        out = np.empty_like(x)
        gradient(x, out)
        return -out

    rhs(0.0, np.ones(3))
    return rhs


def in_turn(*calls):
    """Return the least seconds of each, taken in turn in blocks, of which the first calls warm the caches."""
    least = [np.inf] * len(calls)
    end = time.perf_counter() + SECONDS * len(calls)
    while time.perf_counter() < end or np.inf in least:
        for k, call in enumerate(calls):
            block = time.perf_counter() + 0.05
            for _ in range(2):
                call()
            while time.perf_counter() < block or least[k] == np.inf:
                began = time.perf_counter()
                call()
                least[k] = min(least[k], time.perf_counter() - began)
    return least


def note(benchmark, ours, peer, **more):
    benchmark.extra_info.update(ours_us=ours * 1e6, peer_us=peer * 1e6, ratio=peer / ours, **more)


def field_of(name, dim):
    value, gradient, _ = PROBLEMS[name]
    return flows.field(value, gradient, dim)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_a_step_of_rk4(benchmark, name, dim):
    """At most 60 ns with d=10, and 1.5 us with d=1000."""
    benchmark.group = "a step of rk4"
    field, x0, count = field_of(name, dim), start(name, dim), 20_000 if dim == 10 else 2_000
    run = lambda: flows.gradient_flow(field, x0, count * 1e-4, method="rk4", step=1e-4, save_every=count)  # noqa: E731
    (least,) = in_turn(run)
    benchmark.extra_info["ns_per_step"] = least / count * 1e9
    benchmark.pedantic(run, rounds=3)


@pytest.mark.parametrize("kind", ["python", "njit"])
@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_dopri5_beside_scipy(benchmark, name, dim, kind):
    """100 and 10 times as quick as with a right-hand side in Python at d=10 and 1000, 10 and 3 times with Numba's."""
    benchmark.group = f"dopri5 beside scipy, {kind}"
    field, x0, T = field_of(name, dim), start(name, dim), PROBLEMS[name][2]
    rhs = python_rhs(name, dim) if kind == "python" else njit_rhs(name)
    ours = lambda: flows.gradient_flow(field, x0, T, rtol=RTOL, atol=ATOL)  # noqa: E731
    seconds = in_turn(ours, lambda: solve_ivp(rhs, (0, T), x0, rtol=RTOL, atol=ATOL))
    note(benchmark, *seconds, steps=ours().nit)
    benchmark.pedantic(ours, rounds=3)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_beside_numbalsoda(benchmark, name, dim):
    """No slower than its dop853 with rtol 1e-6, and than it at equal achieved tolerance."""
    numbalsoda = pytest.importorskip("numbalsoda")
    benchmark.group = "beside numbalsoda"
    field, x0, T = field_of(name, dim), start(name, dim), PROBLEMS[name][2]
    gradient = PROBLEMS[name][1]

    @numba.cfunc(numbalsoda.lsoda_sig)
    def rhs(t, u, du, p):
        out = numba.carray(du, (dim,))
        gradient(numba.carray(u, (dim,)), out)
        for i in range(dim):
            out[i] = -out[i]

    times = np.array([0.0, T])
    theirs = lambda: numbalsoda.dop853(rhs.address, x0, times, rtol=RTOL, atol=ATOL)[0][-1]  # noqa: E731
    equal_tolerance(benchmark, field, x0, T, theirs)


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_beside_diffrax(benchmark, name, dim):
    """Twice as quick as Tsit5 under jit, at equal achieved tolerance."""
    diffrax = pytest.importorskip("diffrax")
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    benchmark.group = "beside diffrax"
    field, x0, T = field_of(name, dim), start(name, dim), PROBLEMS[name][2]
    curvature = jnp.linspace(1.0, 100.0, dim)

    def value(x):
        if name == "quadratic":
            return 0.5 * jnp.sum(curvature * x * x)
        return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    @jax.jit
    def solve(x):
        term = diffrax.ODETerm(lambda t, y, args: -jax.grad(value)(y))
        control = diffrax.PIDController(rtol=RTOL, atol=ATOL)
        return diffrax.diffeqsolve(
            term, diffrax.Tsit5(), 0.0, T, None, x, stepsize_controller=control, max_steps=100_000
        ).ys[0]

    equal_tolerance(benchmark, field, x0, T, lambda: np.asarray(solve(jnp.asarray(x0))))


def equal_tolerance(benchmark, field, x0, T, theirs):
    """Note times with the same rtol, and of the quickest of ours that errs no more at the end than the peer does."""
    end = flows.gradient_flow(field, x0, T, method="dop853", rtol=1e-13, atol=1e-15).x[-1]
    allowed = max(np.abs(theirs() - end).max(), 1e-14)
    choices = []
    for method in ("bs23", "dopri5", "dop853"):
        for rtol in 10.0 ** -np.arange(3.0, 12.5, 0.5):
            options = {"method": method, "rtol": rtol, "atol": rtol * ATOL / RTOL, "save_every": 10**9}
            run = flows.gradient_flow(field, x0, T, **options)
            if np.abs(run.x[-1] - end).max() <= allowed:
                choices.append((run.nfev, options))
                break
    best = min(choices, key=lambda choice: choice[0])[1]
    same = {"method": "dop853", "rtol": RTOL, "atol": ATOL, "save_every": 10**9}
    ours, at_once, peer = in_turn(
        lambda: flows.gradient_flow(field, x0, T, **best), lambda: flows.gradient_flow(field, x0, T, **same), theirs
    )
    note(
        benchmark, ours, peer, same_rtol_us=at_once * 1e6, same_rtol_ratio=peer / at_once,
        method=best["method"], rtol=best["rtol"], peer_error=float(allowed),
    )  # fmt: skip
    benchmark.pedantic(lambda: flows.gradient_flow(field, x0, T, **best), rounds=3)
