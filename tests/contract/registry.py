"""What the contracts share: the algorithms there are, objectives for every kind of them, and runs by ask and tell."""

import numpy as np
import pytest

import zoopt

NAMES = zoopt.algorithms()
D = 6
K = 3  # categories
START = np.array([1.0, -0.5, 0.8, 0.3, -1.2, 0.6])


def names(wanted):
    return pytest.mark.parametrize("name", [name for name in NAMES if wanted(zoopt.algorithm(name))])


every_algorithm = pytest.mark.parametrize("name", NAMES)
every_search = names(lambda cell: cell.continuous)  # real vectors round a mean, values only
every_sampler = names(lambda cell: not cell.first_order)  # candidates are drawn
every_discrete = names(lambda cell: not cell.continuous and not cell.first_order)
every_first_order = names(lambda cell: cell.first_order)
every_restart = names(lambda cell: cell.driver in ("ipop", "bipop"))


def sphere(X):
    with np.errstate(over="ignore"):
        return np.sum(np.square(X), axis=-1)


def wavy(X):
    return np.sum(np.square(X), axis=-1) + np.cos(5 * X).sum(axis=-1) / 3


def gradient(X):
    """Return the gradients of wavy."""
    return 2 * X - 5 * np.sin(5 * X) / 3


class Told:
    """An objective that every kind of algorithm can use."""

    def __init__(self, value=wavy, gradient=gradient):
        self.value, self.gradient = value, gradient

    def __call__(self, x):
        return float(self.value(x))

    def value_and_gradient(self, x):
        return float(self.value(x)), self.gradient(x)


def start_of(name, dim=D):
    cell = zoopt.algorithm(name)
    if cell.continuous or cell.first_order:
        return START if dim == D else np.ones(dim)
    return np.zeros((dim, K) if cell.distribution == "categorical" else dim)


def make(name, x0=None, *, scale=0.3, seed=11, dim=D, **options):
    if zoopt.algorithm(name).first_order and options.get("population") in (10, 12, 64, 100):
        options["population"] = 1
    start = start_of(name, dim) if x0 is None else x0
    return zoopt.optimizer(name, start, scale=scale, seed=seed, **options)


def restarts(name):
    return zoopt.algorithm(name).driver in ("ipop", "bipop")


def anchored(name):
    """Whether candidates are compared with an anchor's, so that a generation may take twice the rows of the first."""
    return zoopt.algorithm(name).driver == "control-variate"


def tell(opt, X, objective=wavy):
    opt.tell(objective(X), gradients=gradient(X) if opt.cell.first_order else None)


def advance(opt, generations, objective=wavy):
    """Run generations and return every row that was asked for, those of all generations one after the other."""
    seen = []
    for _ in range(generations):
        X = opt.ask()
        seen.append(X)
        tell(opt, X, objective)
    return np.concatenate(seen) if seen else np.empty((0, opt.width))


def assert_same_state(one, two):
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert np.array_equal(value, two[key]), key
