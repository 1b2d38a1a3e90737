"""What the tests of cells share: an objective, the noise of the engine, and a run beside a formula."""

import math

import numpy as np

import zoopt

SEED = 20261123
D = 7
START = np.linspace(-1.3, 1.7, D)
SCALE = 0.3
GENERATIONS = 25


def bumpy(X):
    """Return values with gradient, curvature and higher orders everywhere, shape (rows,)."""
    X = np.atleast_2d(X)
    k = np.arange(1, X.shape[1] + 1)
    return 1.5 + X @ np.cos(k) + (X**2) @ (0.3 + 0.1 * k) + np.sin(2 * X).sum(axis=1) + 0.2 * X[:, 0] * X[:, -1] ** 2


def bumpy_gradient(x):
    """Return the gradient of `bumpy` at one point."""
    k = np.arange(1, len(x) + 1)
    g = np.cos(k) + 2 * x * (0.3 + 0.1 * k) + 2 * np.cos(2 * x)
    g[0] += 0.2 * x[-1] ** 2
    g[-1] += 0.4 * x[0] * x[-1]
    return g


def draws(generation, samples, dim=D, *, seed=SEED, kind="normal"):
    """Return the noise of one generation, shape (samples, dim)."""
    return np.array([zoopt.noise(seed, generation, s, dim, kind=kind) for s in range(samples)])


def on_sphere(Z):
    """Return the rows of Z at length sqrt(d)."""
    return Z * np.sqrt(Z.shape[1] / (Z**2).sum(axis=1, keepdims=True))


def pairs(Z):
    """Return the rows z, -z in turn."""
    return np.stack([Z, -Z], axis=1).reshape(-1, Z.shape[1])


def close(actual, expected, rtol=1e-12):
    """Require the largest gap below `rtol` of the largest number expected."""
    size = np.max(np.abs(expected))
    assert size > 0
    assert np.max(np.abs(np.asarray(actual) - expected)) <= rtol * size


def follow(opt, means, *, objective=bumpy):
    """Require that the optimizer goes through `means`, one a generation, and has moved."""
    last = START
    for t, mean in enumerate(means):
        opt.tell(objective(opt.ask()))
        assert opt.generation == t + 1
        close(opt.mean, mean)
        last = mean
    assert np.max(np.abs(last - START)) > 1e-3


def forward_differences(mean, scale, Z, objective=bumpy):
    """Return the mean of (f(mean + scale z) - f(mean)) z / scale."""
    slopes = (objective(mean + scale * Z) - objective(mean)) / scale
    return np.mean(slopes[:, None] * Z, axis=0)


def central_differences(mean, scale, Z, objective=bumpy):
    """Return the mean of (f(mean + scale z) - f(mean - scale z)) z / (2 scale)."""
    slopes = (objective(mean + scale * Z) - objective(mean - scale * Z)) / (2 * scale)
    return np.mean(slopes[:, None] * Z, axis=0)


def reinforce(shaping, population, *, antithetic=False, metric="vanilla"):
    return zoopt.cell(
        distribution="isotropic",
        shaping=shaping,
        metric=metric,
        update="sgd",
        population=population,
        antithetic=antithetic,
    )


def gradient(cell, *, start=START, seed=SEED, scale=SCALE, objective=bumpy, **options):
    """Return (candidates, values, minus the step of a learning rate of 1) of one generation."""
    opt = zoopt.optimizer(cell, start, scale=scale, seed=seed, learning_rate=1.0, **options)
    X = opt.ask()
    values = objective(X)
    before = opt.mean
    opt.tell(values)
    return X, values, before - opt.mean


def mean_step_with(shaping, values):
    """Return (g, Z) of an isotropic natural unit step under told `values`."""
    opt = zoopt.optimizer(
        reinforce(shaping, len(values), metric="natural"),
        np.zeros(D),
        scale=1.0,
        seed=SEED,
        learning_rate=1.0,
    )
    opt.ask()
    opt.tell(values)
    return -opt.mean, draws(0, len(values), D)


def centred_ranks(values):
    """Return (rank / (n - 1) - 1/2) / n with ties sharing their mean."""
    n = len(values)
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return ((below + (equal - 1) / 2) / (n - 1) - 0.5) / n


def nes_utilities(values):
    n = len(values)
    raw = np.maximum(0, math.log(n / 2 + 1) - np.log(np.arange(1, n + 1)))
    table = raw / raw.sum() - 1 / n
    return table[np.argsort(np.argsort(values, kind="stable"), kind="stable")]


def positive_logs(n):
    return np.maximum(0, math.log((n + 1) / 2) - np.log(np.arange(1, n + 1)))


TABLES = {
    "centred-rank": lambda n: (np.arange(n) / (n - 1) - 0.5) / n,
    "log-rank": lambda n: -positive_logs(n) / positive_logs(n).sum(),
    "nes-utilities": lambda n: -nes_utilities(np.arange(n)),
}
