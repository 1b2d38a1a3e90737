"""Algorithms of evosax, jitted end to end in float64: sampling, the sphere and the update in one compiled loop."""

CLASSES = {
    "openai-es": "Open_ES",
    "pgpe": "PGPE",
    "snes": "SNES",
    "sep-cma-es": "Sep_CMA_ES",
    "cma-es": "CMA_ES",
    "xnes": "xNES",
}


def available():
    """Return whether evosax is installed."""
    from importlib.util import find_spec

    return find_spec("evosax") is not None


def jitted(name):
    """Return a maker of runs; each starts from the initial state, so that CMA-ES stays clear of its NaNs."""

    def make(dim, population):
        import jax

        jax.config.update("jax_enable_x64", True)
        import evosax.algorithms
        import jax.numpy as jnp

        algorithm = getattr(evosax.algorithms, CLASSES[name])(population_size=population, solution=jnp.zeros(dim))
        parameters = algorithm.default_params

        def generation(_, carry):
            key, state = carry
            key, draw, learn = jax.random.split(key, 3)
            rows, state = algorithm.ask(draw, state, parameters)
            state, _ = algorithm.tell(learn, rows, jnp.sum(rows * rows, 1), state, parameters)
            return key, state

        loop = jax.jit(lambda carry, generations: jax.lax.fori_loop(0, generations, generation, carry))
        key = jax.random.key(0)
        start = (key, algorithm.init(key, jnp.ones(dim), parameters))

        def run(generations):
            jax.block_until_ready(loop(start, generations))

        run(1)
        return run

    return make
