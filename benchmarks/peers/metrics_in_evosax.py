"""Metrics of models as evosax is quickest at them: jitted end to end in float32, one loop of all generations."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

Loss = Callable[[Any], Any]


def f1_of_line(X: Any, y: Any) -> Loss:
    """1 - F1 of a linear classifier of two classes."""
    import jax.numpy as jnp

    samples = jnp.asarray(np.column_stack([X, np.ones(len(X))]), jnp.float32)
    positive = jnp.asarray(y == 1)

    def loss(rows: Any) -> Any:
        predicted = (rows @ samples.T) > 0
        return 1 - 2 * jnp.sum(predicted & positive, 1) / (jnp.sum(predicted, 1) + positive.sum())

    return loss


def error_of_network(X: Any, y: Any, units: int, classes: int) -> Loss:
    """1 - accuracy of a network with one hidden layer of tanh."""
    import jax.numpy as jnp

    samples, labels = jnp.asarray(X, jnp.float32), jnp.asarray(y)
    inputs = X.shape[1]
    border = inputs * units

    def loss(rows: Any) -> Any:
        n = len(rows)
        weights = rows[:, :border].reshape(n, inputs, units)
        hidden = jnp.tanh(jnp.einsum("mf,nfh->nmh", samples, weights) + rows[:, None, border : border + units])
        rest = rows[:, border + units :]
        last = rest[:, : units * classes].reshape(n, units, classes)
        scores = jnp.einsum("nmh,nhk->nmk", hidden, last) + rest[:, None, units * classes :]
        return 1 - jnp.mean(jnp.argmax(scores, 2) == labels, 1)

    return loss


def run(name: str, loss: Loss, start: Any, population: int, generations: int, **numbers: Any) -> tuple[Any, float]:
    """Return a run to be timed, which returns the best metric, and the seconds that compiling it took.

    `numbers` are `std` and `learning_rate`.
    """
    import evosax.algorithms
    import jax
    import jax.numpy as jnp
    import optax

    options: dict[str, Any] = {}
    if name == "Open_ES":
        options = {
            "optimizer": optax.adam(numbers["learning_rate"]),
            "std_schedule": optax.constant_schedule(numbers["std"]),
        }
    algorithm = getattr(evosax.algorithms, name)(
        population_size=population, solution=jnp.zeros(len(start), jnp.float32), **options
    )
    parameters = algorithm.default_params
    if name == "SNES":
        parameters = parameters.replace(std_init=jnp.asarray(numbers["std"], jnp.float32))

    def generation(_: Any, carry: Any) -> Any:
        key, state = carry
        key, draw, learn = jax.random.split(key, 3)
        rows, state = algorithm.ask(draw, state, parameters)
        state, _ = algorithm.tell(learn, rows, loss(rows), state, parameters)
        return key, state

    loop = jax.jit(lambda carry, count: jax.lax.fori_loop(0, count, generation, carry))
    key = jax.random.key(0)
    first = (key, algorithm.init(key, jnp.asarray(start, jnp.float32), parameters))
    began = time.perf_counter()
    jax.block_until_ready(loop(first, 1))
    compiling = time.perf_counter() - began

    def timed() -> float:
        _, state = jax.block_until_ready(loop(first, generations))
        return 1 - float(state.best_fitness)

    return timed, compiling
