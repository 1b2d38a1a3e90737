"""Two-point zeroth-order descent on the sphere, as a researcher writes it in numpy."""

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
