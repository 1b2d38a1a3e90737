"""CMA-ES, full and separable, on the sphere by the packages `cma` and `cmaes`."""

import numpy as np


def sphere(rows):
    """Return the values of all rows, shape (rows,)."""
    return np.einsum("ij,ij->i", rows, rows)


def by_cma(dim, population):
    """Return a function that runs so many generations, with every test for convergence off."""
    import cma

    never = {"tolfun": 0, "tolx": 0, "tolfunhist": 0, "tolstagnation": 0, "tolflatfitness": 10**9, "maxiter": 10**9}
    options = {"popsize": population, "verbose": -9, "seed": 1, **never}
    search = cma.CMAEvolutionStrategy(np.ones(dim), 1.0, options)

    def run(generations):
        for _ in range(generations):
            rows = search.ask()
            search.tell(rows, sphere(np.asarray(rows)))

    return run


def by_cmaes(dim, population):
    """Return the same for the other package."""
    import cmaes

    return _told(cmaes.CMA(mean=np.ones(dim), sigma=1.0, population_size=population, seed=1), population)


def sep_by_cmaes(dim, population):
    """Return the same for its separable search."""
    import cmaes

    return _told(cmaes.SepCMA(mean=np.ones(dim), sigma=1.0, population_size=population, seed=1), population)


def _told(search, population):
    def run(generations):
        for _ in range(generations):
            rows = [search.ask() for _ in range(population)]
            search.tell(list(zip(rows, sphere(np.asarray(rows)).tolist(), strict=True)))

    return run
