"""Evaluations that CMA-ES takes to 1e-8, beside the packages `cma` and `cmaes`.

Runs end at the target, at their budget or where the package says so; one that ends elsewhere counts as endless.
benchmarks/evaluations.py makes a table of them.
"""

from __future__ import annotations

import math
import warnings

import numpy as np

import zoopt

TARGET = 1e-8
MARGIN = 0.1  # of the ratio of medians, and of the share of successes
DIMENSIONS = (5, 10, 20, 40)
STARTS = {"sphere": (1.0, 1.0), "ellipsoid": (1.0, 1.0), "rosenbrock": (0.0, 0.5)}  # every coordinate, and the scale


def sphere(X):
    """Return the values of all rows."""
    return np.einsum("ij,ij->i", X, X)


def ellipsoid(X):
    """Return the same with condition 1e6."""
    return (X * X) @ 1e6 ** (np.arange(X.shape[1]) / (X.shape[1] - 1))


def rosenbrock(X):
    """Return the values of the sum over neighbouring coordinates."""
    return (100 * (X[:, 1:] - X[:, :-1] ** 2) ** 2 + (1 - X[:, :-1]) ** 2).sum(axis=1)


FUNCTIONS = {"sphere": sphere, "ellipsoid": ellipsoid, "rosenbrock": rosenbrock}


def budget(dim):
    """Return the evaluations after which a run has failed."""
    return 10**4 * dim


def by_zoopt(name, dim, seed):
    """Return the evaluations to the target, or inf."""
    start, scale = STARTS[name]
    search = zoopt.optimizer("cma-es", np.full(dim, start), scale=scale, seed=seed)
    search.run(zoopt.objectives.function(name, dim), budget(dim), target=TARGET)
    return search.nfev if search.best.fun <= TARGET else math.inf


def by_cma(name, dim, seed):
    """Return the same for `cma`, with its own tests for convergence."""
    import cma

    start, scale = STARTS[name]
    options = {"verbose": -9, "seed": seed + 1, "ftarget": TARGET, "maxfevals": budget(dim), "maxiter": math.inf}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search = cma.CMAEvolutionStrategy(np.full(dim, start), scale, options)
        while not search.stop():
            X = search.ask()
            search.tell(X, FUNCTIONS[name](np.asarray(X)))
    return search.countevals if search.best.f <= TARGET else math.inf


def by_cmaes(name, dim, seed):
    """Return the same for `cmaes`."""
    import cmaes

    start, scale = STARTS[name]
    search, used = cmaes.CMA(mean=np.full(dim, start), sigma=scale, seed=seed), 0
    while used < budget(dim):
        X = [search.ask() for _ in range(search.population_size)]
        values = FUNCTIONS[name](np.asarray(X))
        used += len(X)
        if values.min() <= TARGET:
            return used
        search.tell(list(zip(X, values.tolist(), strict=True)))
        if search.should_stop():
            break
    return math.inf


PEERS = {"cma": by_cma, "cmaes": by_cmaes}


def evaluations(solver, name, dim, seeds):
    """Return an array with one run a seed."""
    return np.array([solver(name, dim, seed) for seed in range(seeds)], dtype=float)


def ratio_of_medians(ours, theirs, draws=4000):
    """Return the ratio and its 95 % bootstrap interval."""
    rng = np.random.default_rng(0)
    medians = [np.median(rng.choice(s, (draws, s.size)), axis=1) for s in (ours, theirs)]
    low, high = np.quantile(medians[0] / medians[1], [0.025, 0.975])
    return np.median(ours) / np.median(theirs), low, high


def success_difference(ours, theirs):
    """Return the difference of the shares of successes and its lower 95 % bound, by Newcombe's (1998) method 10."""
    p, q = np.mean(np.isfinite(ours)), np.mean(np.isfinite(theirs))
    low, high = wilson(p, ours.size)[0], wilson(q, theirs.size)[1]
    return p - q, p - q - math.hypot(p - low, high - q)


def wilson(share, count, z=1.6448536):
    """Return Wilson's interval with 5 % outside at each end."""
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return middle - half, middle + half
