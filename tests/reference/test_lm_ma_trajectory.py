"""LM-MA-ES against the algorithm as its article writes it."""

import math

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput


class LmMa:
    """Loshchilov, Glasmachers and Beyer (2017), algorithm 1, with its default parameters."""

    def __init__(self, start, scale, population):
        n = start.size
        self.mean, self.scale, self.path, self.t = start.copy(), scale, np.zeros(n), 0
        m = 4 + math.floor(3 * math.log(n))
        self.m = np.zeros((m, n))
        self.c_sigma = min(1, 2 * population / n)
        self.c_d = 1 / (1.5 ** np.arange(m) * n)
        self.c_c = np.minimum(1, population / (4.0 ** np.arange(m) * n))
        raw = math.log(population // 2 + 0.5) - np.log(np.arange(1, population // 2 + 1))
        self.w = raw / raw.sum()
        self.mu_w = 1 / np.sum(self.w**2)

    def factor(self):
        """Return A, so that candidates are mean + scale A z."""
        A = np.eye(self.mean.size)
        for j in range(min(self.t, len(self.m))):
            A = (1 - self.c_d[j]) * A + self.c_d[j] * np.outer(self.m[j], self.m[j] @ A)
        return A

    def tell(self, X, values):
        A = self.factor()
        best = X[np.argsort(values)[: self.w.size]]
        Z = np.linalg.solve(A, (best - self.mean).T).T / self.scale
        step = self.w @ Z
        self.mean = self.mean + self.scale * A @ step
        self.path = (1 - self.c_sigma) * self.path + math.sqrt(self.mu_w * self.c_sigma * (2 - self.c_sigma)) * step
        c = self.c_c[:, None]
        self.m = (1 - c) * self.m + np.sqrt(self.mu_w * c * (2 - c)) * step
        self.scale *= math.exp(self.c_sigma / 2 * (self.path @ self.path / self.mean.size - 1))
        self.t += 1


def relative(actual, expected):
    return np.max(np.abs(actual - expected)) / np.max(np.abs(expected))


@pytest.mark.parametrize(("dim", "population", "seed"), [(3, 5, 0), (10, 10, 1), (40, 15, 2), (130, 18, 3)])
def test_sixty_generations_follow_the_article(dim, population, seed):
    start = np.random.default_rng(seed).normal(size=dim)
    opt = zoopt.optimizer("lm-ma-es", start, scale=0.6, seed=seed, population=population)
    theirs = LmMa(start, 0.6, population)
    axes = 100.0 ** (np.arange(dim) / (dim - 1))
    for _ in range(60):
        X = opt.ask()
        values = (X**2) @ axes
        theirs.tell(X, values)
        opt.tell(values)
        state = opt.state_dict()
        assert relative(opt.mean, theirs.mean) < 1e-9
        assert opt.scale == pytest.approx(theirs.scale, rel=1e-9)
        assert relative(state["lm_ma.path"], theirs.path) < 1e-9
        assert relative(state["directions"].reshape(theirs.m.shape), theirs.m) < 1e-9


def test_candidates_are_the_noise_times_the_factor():
    opt = zoopt.optimizer("lm-ma-es", np.ones(8), scale=0.5, seed=3)
    theirs = LmMa(np.ones(8), 0.5, opt.rows)
    for _ in range(30):
        X = opt.ask()
        Z = np.array([zoopt.noise(3, opt.generation, s, 8) for s in range(opt.rows)])
        assert relative(X - opt.mean, theirs.scale * Z @ theirs.factor().T) < 1e-9
        values = (X**2) @ np.arange(1.0, 9)
        theirs.tell(X, values)
        opt.tell(values)


def test_candidates_told_are_those_asked():
    own = zoopt.optimizer("lm-ma-es", np.ones(9), scale=0.5, seed=3)
    told = zoopt.optimizer("lm-ma-es", np.ones(9), scale=0.5, seed=4)
    for _ in range(40):
        X = own.ask()
        values = (X**2) @ np.arange(1.0, 10)
        own.tell(values)
        told.tell(values, candidates=X)
        assert relative(told.mean, own.mean) < 1e-9
        assert told.scale == pytest.approx(own.scale, rel=1e-9)


def test_vanilla_directions_divide_by_the_factor():
    """A cell of the limited-memory distribution whose state comes from a run of lm-ma-es."""
    grown = zoopt.optimizer("lm-ma-es", np.ones(6), scale=0.5, seed=3, population=6)
    for _ in range(20):
        X = grown.ask()
        grown.tell((X**2) @ np.arange(1.0, 7))
    cell = zoopt.cell(distribution="limited-memory", shaping="raw", metric="vanilla", update="sgd", population=6)
    opt = zoopt.optimizer(cell, np.ones(6), scale=0.7, seed=1, learning_rate=1.0)
    state, source = opt.state_dict(), grown.state_dict()
    opt.load_state_dict(state | {k: source[k] for k in ("directions", "directions_used")})
    theirs = LmMa(np.ones(6), 0.7, 6)
    theirs.m, theirs.t = source["directions"].reshape(theirs.m.shape), int(source["directions_used"])
    A, X = theirs.factor(), opt.ask()
    values = np.sin(X).sum(axis=1)
    opt.tell(values)
    Z = np.linalg.solve(A, (X - 1).T).T / 0.7
    assert opt.mean == pytest.approx(1 - np.linalg.solve(A.T, values @ Z / 6) / 0.7, rel=1e-10)


def test_memory_grows_with_the_dimension_only():
    opt = zoopt.optimizer("lm-ma-es", np.ones(100_000), scale=1.0, seed=1)
    objective = zoopt.objectives.function("sphere", 100_000)
    opt.run(objective, 3 * opt.rows)
    assert opt.state_dict()["directions"].size == 38 * 100_000


def test_other_distributions_are_refused():
    cell = zoopt.cell(distribution="full", shaping="recombination", metric="natural", update="lm-ma", population=6)
    with pytest.raises(InvalidInput, match="needs distribution 'limited-memory'"):
        zoopt.optimizer(cell, np.zeros(3), scale=1.0, seed=1)
