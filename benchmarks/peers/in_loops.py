"""CMA-ES of others on the test functions: ``cma`` in a plain Python loop, and the benchmark module of nevergrad."""

import random
import sys
import types
from importlib.util import find_spec
from pathlib import Path

import numpy as np


def sphere(x):
    return np.sum(x**2)


def ellipsoid(x):
    return np.sum(10.0 ** (6.0 * np.arange(x.size) / (x.size - 1)) * x**2)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def rastrigin(x):
    return 10.0 * x.size + np.sum(x**2 - 10.0 * np.cos(2.0 * np.pi * x))


FUNCTIONS = {"sphere": sphere, "ellipsoid": ellipsoid, "rosenbrock": rosenbrock, "rastrigin": rastrigin}


def run_cma(name, start, scale, seed, budget):
    """Return the evaluations of one search by ask and tell, with its own stopping rules."""
    import cma

    function = FUNCTIONS[name]
    options = {"seed": seed + 1, "maxfevals": budget, "verbose": -9}
    strategy = cma.CMAEvolutionStrategy(start, scale, options)
    while not strategy.stop():
        points = strategy.ask()
        strategy.tell(points, [function(x) for x in points])
    return strategy.result.evaluations


def nevergrad_is_there():
    return find_spec("nevergrad") is not None


def _experiment():
    """Return the class of nevergrad's experiments, without its catalogue of them, which imports forty packages."""
    import nevergrad

    if "nevergrad.benchmark" not in sys.modules:
        package = types.ModuleType("nevergrad.benchmark")
        package.__path__ = [str(Path(nevergrad.__file__).parent / "benchmark")]
        sys.modules["nevergrad.benchmark"] = package
    from nevergrad.benchmark.xpbase import Experiment

    return Experiment


def run_nevergrad(name, dim, seed, budget):
    """Return the evaluations of one of its experiments; it has no stopping rules and uses its budget."""
    from nevergrad.functions import ArtificialFunction

    np.random.seed(seed)  # noqa: NPY002 (its experiments draw from the global state)
    random.seed(seed)
    found = _experiment()(ArtificialFunction(name, block_dimension=dim), "CMA", budget=budget).run()
    if found["error"]:
        raise RuntimeError(found["error"])
    return found["elapsed_budget"]
