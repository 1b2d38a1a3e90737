"""SNES and OpenAI-ES on the sphere, as they are written in numpy."""

import numpy as np


def snes(dim, population):
    """Return a function that runs so many generations."""
    generator, mean, deviations = np.random.Generator(np.random.PCG64(1)), np.ones(dim), np.ones(dim)
    table = np.maximum(0, np.log(population / 2 + 1) - np.log(np.arange(1, population + 1)))
    table = table / table.sum() - 1 / population
    rate = (3 + np.log(dim)) / (5 * np.sqrt(dim))
    utilities = np.empty(population)

    def run(generations):
        nonlocal mean, deviations
        for _ in range(generations):
            noise = generator.standard_normal((population, dim))
            rows = mean + deviations * noise
            utilities[np.argsort(np.einsum("ij,ij->i", rows, rows))] = table
            mean = mean + deviations * (utilities @ noise)
            deviations = deviations * np.exp(0.5 * rate * (utilities @ (noise * noise - 1)))

    return run


def openai_es(dim, population):
    """Return a function that runs so many generations."""
    generator, mean = np.random.Generator(np.random.PCG64(1)), np.ones(dim)
    first, second, steps, pairs, scale = np.zeros(dim), np.zeros(dim), 0, population // 2, 0.1
    ranks, entries = np.empty(population), np.arange(population) / (population - 1) - 0.5

    def run(generations):
        nonlocal mean, first, second, steps
        for _ in range(generations):
            noise = generator.standard_normal((pairs, dim))
            rows = np.concatenate([mean + scale * noise, mean - scale * noise])
            ranks[np.argsort(np.einsum("ij,ij->i", rows, rows))] = entries
            gradient = (ranks[:pairs] - ranks[pairs:]) @ noise / (population * scale)
            steps += 1
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient * gradient
            mean = mean - 0.01 * (first / (1 - 0.9**steps)) / (np.sqrt(second / (1 - 0.999**steps)) + 1e-8)

    return run
