"""xNES against the algorithm as its article writes it, with scipy's matrix exponential."""

import math

import numpy as np
import pytest
from scipy.linalg import expm

import zoopt
from zoopt.errors import InvalidInput


class Xnes:
    """Mean, step size and shape of Glasmachers et al. (2010), algorithm 1, with their default rates and utilities."""

    def __init__(self, start, scale):
        d = start.size
        self.mean, self.scale, self.shape = start.copy(), scale, np.eye(d)
        self.rate = (9 + 3 * math.log(d)) / (5 * d * math.sqrt(d))

    def tell(self, X, values):
        d, count = self.mean.size, len(X)
        Z = np.linalg.solve(self.shape, (X - self.mean).T).T / self.scale
        raw = np.maximum(0, math.log(count / 2 + 1) - np.log(np.arange(1, count + 1)))
        utilities = raw / raw.sum() - 1 / count
        Z = Z[np.argsort(values)]
        M = sum(u * (np.outer(z, z) - np.eye(d)) for u, z in zip(utilities, Z, strict=True))
        trace = np.trace(M) / d
        self.mean = self.mean + self.scale * self.shape @ (utilities @ Z)
        self.scale *= math.exp(self.rate / 2 * trace)
        self.shape = self.shape @ expm(self.rate / 2 * (M - trace * np.eye(d)))


def relative(actual, expected):
    return np.max(np.abs(actual - expected)) / np.max(np.abs(expected))


@pytest.mark.parametrize(("dim", "population", "seed"), [(1, 4, 0), (2, 6, 0), (5, 9, 1), (10, 30, 2), (20, 12, 3)])
def test_every_step_is_that_of_the_article(dim, population, seed):
    """One step each from the same state, so that no error is carried on."""
    start = np.random.default_rng(seed).normal(size=dim)
    opt = zoopt.optimizer("xnes", start, scale=0.6, seed=seed, population=population)
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]
    axes = 100.0 ** (np.arange(dim) / max(1, dim - 1))
    theirs = Xnes(start, 0.6)
    for _ in range(60):
        X = opt.ask()
        values = ((X @ Q.T) ** 2) @ axes
        theirs.tell(X, values)
        opt.tell(values)
        shape = opt.state_dict()["factor"].reshape(dim, dim).T
        assert relative(opt.mean, theirs.mean) < 1e-12
        assert opt.scale == pytest.approx(theirs.scale, rel=1e-12)
        assert relative(shape, theirs.shape) < 1e-12
        assert relative(opt.covariance, theirs.shape @ theirs.shape.T) < 1e-12
        theirs.mean, theirs.scale, theirs.shape = opt.mean, opt.scale, shape
    assert dim == 1 or np.max(np.abs(theirs.shape - np.eye(dim))) > 0.05


def test_the_shape_keeps_its_volume():
    opt = zoopt.optimizer("xnes", np.ones(6), scale=0.5, seed=1)
    for _ in range(200):
        X = opt.ask()
        opt.tell((X**2) @ 10.0 ** np.arange(6))
    assert np.linalg.det(opt.covariance) == pytest.approx(1, rel=1e-9)
    assert np.linalg.cond(opt.covariance) > 100


def test_candidates_told_are_those_asked():
    own = zoopt.optimizer("xnes", np.ones(5), scale=0.5, seed=3)
    told = zoopt.optimizer("xnes", np.ones(5), scale=0.5, seed=4)
    for _ in range(40):
        X = own.ask()
        values = (X**2) @ np.arange(1.0, 6)
        own.tell(values)
        told.tell(values, candidates=X)
        assert relative(told.mean, own.mean) < 1e-9
        assert relative(told.covariance, own.covariance) < 1e-9


def test_candidates_have_the_covariance_of_the_state():
    opt = zoopt.optimizer("xnes", np.ones(4), scale=0.5, seed=3)
    for _ in range(60):
        X = opt.ask()
        opt.tell((X**2) @ 5.0 ** np.arange(4))
    state, rows = opt.state_dict(), []
    for g in range(4000):
        opt.load_state_dict(state | {"generation": 1000 + g})
        rows.append((opt.ask() - opt.mean) / opt.scale)
    X = np.linalg.solve(np.linalg.cholesky(opt.covariance), np.concatenate(rows).T).T
    assert np.max(np.abs(X.T @ X / len(X) - np.eye(4))) < 6 * math.sqrt(2 / len(X))


def test_a_covariance_to_start_from_goes_into_shape_and_scale():
    covariance = np.array([[4.0, 1.0], [1.0, 9.0]])
    opt = zoopt.optimizer("xnes", [1.0, 2.0], scale=0.5, seed=3, covariance=covariance)
    assert opt.scale**2 * opt.covariance == pytest.approx(0.25 * covariance, rel=1e-12)
    assert np.linalg.det(opt.covariance) == pytest.approx(1, rel=1e-12)


def test_vanilla_directions_solve_with_the_factor():
    start = np.array([1.0, -2.0, 0.5])
    covariance = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 3.0]])
    cell = zoopt.cell(distribution="factored", shaping="raw", metric="vanilla", update="sgd", population=5)
    opt = zoopt.optimizer(cell, start, scale=0.7, seed=1, covariance=covariance, learning_rate=1.0)
    turned = zoopt.optimizer("xnes", start, scale=0.7, seed=1, covariance=covariance)
    for _ in range(5):  # the first factor is symmetric
        turned.tell(np.sin(turned.ask()).sum(axis=1))
    opt.load_state_dict(opt.state_dict() | {"factor": turned.state_dict()["factor"]})
    A = opt.state_dict()["factor"].reshape(3, 3).T
    assert not np.allclose(A, A.T, atol=1e-3)
    scale, X = opt.scale, opt.ask()
    values = np.sin(X).sum(axis=1)
    opt.tell(values)
    Z = np.linalg.solve(A, (X - start).T).T / scale
    expected = start - np.linalg.solve(A.T, values @ Z / 5) / scale
    assert opt.mean == pytest.approx(expected, rel=1e-11)


def test_other_distributions_and_metrics_are_refused():
    for distribution, metric in (("full", "natural"), ("factored", "vanilla")):
        cell = zoopt.cell(
            distribution=distribution, shaping="nes-utilities", metric=metric, update="xnes", population=6
        )
        with pytest.raises(InvalidInput, match="needs distribution 'factored'"):
            zoopt.optimizer(cell, np.zeros(3), scale=1.0, seed=1)
