"""Loops as one writes them in numba for speed: normals of Generator(PCG64), fastmath, one direction at a time.

Each is made twice: `called` once a generation from Python, as a loop with anything else in it is, and `inside`, all
generations in one call, which leaves out what a call costs.
"""

import numpy as np

SCALE = 1e-3


def _generation(name):  # noqa: PLR0915
    """Return the compiled function of one generation; its last argument is the state."""
    import numba

    @numba.njit(fastmath=True)
    def two_point(generator, mean, noise, total, other, costs, rates, table, step):
        d, pairs = mean.size, costs.size // 2
        total[:] = 0.0
        for _ in range(pairs):
            for i in range(d):
                noise[0, i] = generator.standard_normal()
            plus = 0.0
            minus = 0.0
            for i in range(d):
                up = mean[i] + SCALE * noise[0, i]
                down = mean[i] - SCALE * noise[0, i]
                plus += up * up
                minus += down * down
            slope = (plus - minus) / (2 * SCALE)
            for i in range(d):
                total[i] += slope * noise[0, i]
        for i in range(d):
            mean[i] -= rates[0] / pairs * total[i]

    @numba.njit(fastmath=True)
    def openai_es(generator, mean, noise, total, other, costs, rates, table, step):
        d, pairs = mean.size, costs.size // 2
        for k in range(pairs):
            plus = 0.0
            minus = 0.0
            for i in range(d):
                noise[k, i] = generator.standard_normal()
            for i in range(d):
                up = mean[i] + 0.1 * noise[k, i]
                down = mean[i] - 0.1 * noise[k, i]
                plus += up * up
                minus += down * down
            costs[2 * k], costs[2 * k + 1] = plus, minus
        weights = np.empty(costs.size)
        weights[np.argsort(costs)] = table
        gradient = np.zeros(d)
        for k in range(pairs):
            w = weights[2 * k] - weights[2 * k + 1]
            for i in range(d):
                gradient[i] += w * noise[k, i]
        for i in range(d):
            g = gradient[i] / (2 * pairs * 0.1)
            total[i] = 0.9 * total[i] + 0.1 * g
            other[i] = 0.999 * other[i] + 0.001 * g * g
            mean[i] -= 0.01 * (total[i] / (1 - 0.9**step)) / (np.sqrt(other[i] / (1 - 0.999**step)) + 1e-8)

    @numba.njit(fastmath=True)
    def pgpe(generator, mean, noise, total, other, costs, rates, table, step):
        d, pairs = mean.size, costs.size // 2
        for k in range(pairs):
            plus = 0.0
            minus = 0.0
            for i in range(d):
                noise[k, i] = generator.standard_normal()
            for i in range(d):
                move = other[i] * noise[k, i]
                plus += (mean[i] + move) * (mean[i] + move)
                minus += (mean[i] - move) * (mean[i] - move)
            costs[2 * k], costs[2 * k + 1] = plus, minus
        weights = (costs - costs.mean()) / (costs.std() + 1e-30) / costs.size
        first, second = np.zeros(d), np.zeros(d)
        for k in range(pairs):
            odd, even = weights[2 * k] - weights[2 * k + 1], weights[2 * k] + weights[2 * k + 1]
            for i in range(d):
                first[i] += odd * noise[k, i]
                second[i] += even * (noise[k, i] * noise[k, i] - 1)
        for i in range(d):
            mean[i] -= 0.2 * other[i] * first[i]
            other[i] *= 1 - min(max(0.1 * second[i], -0.2), 0.2)

    @numba.njit(fastmath=True)
    def snes(generator, mean, noise, total, other, costs, rates, table, step):
        d, population = mean.size, costs.size
        for k in range(population):
            for i in range(d):
                noise[k, i] = generator.standard_normal()
            cost = 0.0
            for i in range(d):
                x = mean[i] + other[i] * noise[k, i]
                cost += x * x
            costs[k] = cost
        order = np.argsort(costs)
        first, second = np.zeros(d), np.zeros(d)
        for k in range(population):
            row, w = order[k], table[k]
            for i in range(d):
                first[i] += w * noise[row, i]
                second[i] += w * (noise[row, i] * noise[row, i] - 1)
        for i in range(d):
            mean[i] += other[i] * first[i]
            other[i] *= np.exp(0.5 * rates[1] * second[i])

    return {"two-point": two_point, "openai-es": openai_es, "pgpe": pgpe, "snes": snes}[name]


def _table(name, population):
    if name == "openai-es":
        return np.arange(population) / (population - 1) - 0.5
    table = np.maximum(0, np.log(population / 2 + 1) - np.log(np.arange(1, population + 1)))
    return table / table.sum() - 1 / population


def _state(name, dim, population):
    kept = 1 if name == "two-point" else (population if name == "snes" else population // 2)
    other = np.zeros(dim) if name == "openai-es" else np.ones(dim)
    rates = np.array([1e-3 / dim, (3 + np.log(dim)) / (5 * np.sqrt(dim))])
    noise = np.zeros((kept, dim))
    generator = np.random.Generator(np.random.PCG64(1))
    return [generator, np.ones(dim), noise, np.zeros(dim), other, np.zeros(population), rates, _table(name, population)]


def called(name):
    """Return a maker of runs that call the compiled generation from Python."""
    generation = None

    def make(dim, population):
        nonlocal generation
        generation = generation or _generation(name)
        state = _state(name, dim, population)
        step = 0

        def run(generations):
            nonlocal step
            for _ in range(generations):
                step += 1
                generation(*state, step)

        return run

    return make


def inside(name):
    """Return a maker of runs that stay in compiled code."""
    loop = None

    def make(dim, population):
        nonlocal loop
        if loop is None:
            import numba

            generation = _generation(name)

            @numba.njit
            def loop(generator, mean, noise, total, other, costs, rates, table, generations):
                for step in range(1, generations + 1):
                    generation(generator, mean, noise, total, other, costs, rates, table, step)

        state = _state(name, dim, population)
        return lambda generations: loop(*state, generations)

    return make
