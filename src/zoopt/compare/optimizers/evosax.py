"""Evolution strategies of evosax, compiled by JAX."""

import contextlib
import math
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare._problem import FloatArray
from zoopt.compare.optimizers._peer import Peer, seed32

METHODS: Mapping[str, str] = {
    "cma-es": "CMA_ES",
    "sep-cma-es": "Sep_CMA_ES",
    "snes": "SNES",
    "pgpe": "PGPE",
    "open-es": "Open_ES",
    "ars": "ARS",
    "lm-ma-es": "LM_MA_ES",
    "de": "DifferentialEvolution",
}
_DISTRIBUTIONS = frozenset(METHODS) - {"de"}


def search(task: Task) -> Outcome:
    """Search in double precision by its compiled ask and tell; the values are computed here."""
    import jax
    import jax.numpy as jnp

    method = str(task.options["algorithm"])
    population = int(task.options.get("population", default_population(task.start.size)))
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # what it builds on warns of its own matters
        if hasattr(jax, "enable_x64"):
            stack.enter_context(jax.enable_x64(True))
        strategy, ask, tell = _compiled(method, population, task.start.size)
        params = strategy.default_params
        if hasattr(params, "std_init"):
            params = params.replace(std_init=task.scale)
        key = jax.random.key(seed32(task))
        state = _begun(strategy, method, task, params, key)
        while task.meter.left:
            key, first, second = jax.random.split(key, 3)
            points, state = ask(first, state, params)
            rows = np.asarray(points, dtype=np.float64)
            if not np.all(np.isfinite(rows)):
                return Outcome(message="its candidates are no numbers any more")
            costs = task.meter.costs(_inside(rows, task))
            state, _ = tell(second, points, jnp.asarray(costs), state, params)
            if method in _DISTRIBUTIONS:
                task.meter.report(_inside(np.asarray(state.mean, dtype=np.float64), task))
    return Outcome()


def _inside(points: FloatArray, task: Task) -> FloatArray:
    """Return points moved into the bounds, of which it knows nothing."""
    return points if task.bounds is None else np.clip(points, *task.bounds)


def default_population(dimensions: int) -> int:
    """Return 4 + 3 ln d, rounded up to an even number."""
    wanted = 4 + int(3 * math.log(max(dimensions, 1)))
    return max(6, wanted + wanted % 2)


@lru_cache(maxsize=32)
def _compiled(method: str, population: int, dimensions: int) -> tuple[Any, Any, Any]:
    """Return a strategy with its compiled functions; compiling takes seconds a shape."""
    import jax
    from evosax import algorithms

    strategy = getattr(algorithms, METHODS[method])(population_size=population, solution=np.zeros(dimensions))
    return strategy, jax.jit(strategy.ask), jax.jit(strategy.tell)


def _begun(strategy: Any, method: str, task: Task, params: Any, key: Any) -> Any:
    if method in _DISTRIBUTIONS:
        return strategy.init(key, task.start, params)
    import jax

    rows = task.start + task.scale * np.asarray(jax.random.normal(key, (strategy.population_size, task.start.size)))
    rows[0] = task.start
    rows = _inside(rows, task)
    return strategy.init(key, rows, task.meter.costs(rows), params)


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: the first rate of lm-ma-es, population / d, would be the root of a negative."""
    population = int(options.get("population", default_population(dimensions)))
    if options["algorithm"] != "lm-ma-es" or population <= 2 * dimensions:
        return ""
    return f"evosax's lm-ma-es needs a population of at most twice the dimension, {population} > {2 * dimensions}"


PLUGINS = (
    Peer(
        name="evosax",
        summary="Evolution strategies of evosax (JAX), by default CMA-ES.",
        package="evosax",
        module="evosax",
        extra="peers-extra",
        search=search,
        given={
            "algorithm": Option("cma-es", "str", choices=tuple(METHODS), summary="which one"),
            "population": Option(None, "int", 4, 2**20, summary="candidates a generation; even"),
        },
        refuses=refuses,
    ),
)
