"""Two-point zeroth-order descent on the sphere, as a researcher writes it in numpy, and at its quickest in numba."""

import numpy as np

SCALE = 1e-3


def in_numpy(dim, population):
    """Return a function that runs so many generations: all directions at once, normals of PCG64."""
    generator, mean = np.random.Generator(np.random.PCG64(1)), np.ones(dim)
    rate, pairs = 1e-3 / dim, population // 2

    def run(generations):
        nonlocal mean
        for _ in range(generations):
            noise = generator.standard_normal((pairs, dim))
            plus, minus = mean + SCALE * noise, mean - SCALE * noise
            slopes = np.einsum("ij,ij->i", plus, plus) - np.einsum("ij,ij->i", minus, minus)
            mean = mean - rate / pairs / (2 * SCALE) * (slopes @ noise)

    return run


def in_numba(dim, population):
    """Return the same, compiled: one direction at a time, noise kept in cache, no matrix at all."""
    import numba

    @numba.njit(fastmath=True)
    def loop(generator, mean, total, noise, pairs, rate, generations):
        d = mean.size
        for _ in range(generations):
            for i in range(d):
                total[i] = 0.0
            for _ in range(pairs):
                for i in range(d):
                    noise[i] = generator.standard_normal()
                plus = 0.0
                minus = 0.0
                for i in range(d):
                    up = mean[i] + SCALE * noise[i]
                    down = mean[i] - SCALE * noise[i]
                    plus += up * up
                    minus += down * down
                slope = (plus - minus) / (2 * SCALE)
                for i in range(d):
                    total[i] += slope * noise[i]
            for i in range(d):
                mean[i] -= rate / pairs * total[i]

    generator, mean = np.random.Generator(np.random.PCG64(1)), np.ones(dim)
    total, noise = np.zeros(dim), np.zeros(dim)

    def run(generations):
        loop(generator, mean, total, noise, population // 2, 1e-3 / dim, generations)

    run(1)
    return run
