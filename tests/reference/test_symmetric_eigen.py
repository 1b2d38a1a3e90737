"""The eigensolver of the covariance against numpy.linalg.eigh: residual, orthogonality and eigenvalues."""

import numpy as np
import pytest

from zoopt import _core

EPS = np.finfo(float).eps
SIZES = [1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 33, 64, 127, 128]


def symmetric(n, seed=0):
    a = np.random.default_rng(seed).normal(size=(n, n))
    return a + a.T


def rotated(values, seed=1):
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))[0]
    a = (Q * values) @ Q.T
    return (a + a.T) / 2


def graded(n):
    """Entries that fall from 1e150 to 1e-150 along the diagonal."""
    scales = 10.0 ** np.linspace(75, -75, n)
    return symmetric(n, 4) * np.outer(scales, scales)


KINDS = {
    "random": symmetric,
    "wishart": lambda n: symmetric(n) @ symmetric(n),
    "identity": np.eye,
    "zero": lambda n: np.zeros((n, n)),
    "diagonal": lambda n: np.diag(np.random.default_rng(2).normal(size=n)),
    "antidiagonal": lambda n: np.fliplr(np.eye(n)),
    "rank-one": lambda n: np.ones((n, n)),
    "negative rank-one": lambda n: -np.outer(np.arange(1.0, n + 1), np.arange(1.0, n + 1)),
    "clustered": lambda n: rotated(1 + 1e-14 * np.arange(n)),
    "two clusters": lambda n: rotated(np.where(np.arange(n) % 2, 1.0, 1e-8)),
    "ill-conditioned": lambda n: rotated(10.0 ** np.linspace(-14, 0, n)),
    "indefinite": lambda n: rotated(np.linspace(-1, 1, n)),
    "tridiagonal": lambda n: 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1),
    "wilkinson": lambda n: np.diag(np.abs(np.arange(n) - n // 2) * 1.0) + np.eye(n, k=1) + np.eye(n, k=-1),
    "graded down": graded,
    "graded up": lambda n: np.flip(graded(n)),
    "tiny": lambda n: 1e-150 * symmetric(n),
    "huge": lambda n: 1e150 * symmetric(n),
    "almost nothing": lambda n: 1e-290 * symmetric(n),
    "almost overflow": lambda n: 1e300 * symmetric(n),
    "block of zeros": lambda n: np.pad(symmetric((n + 1) // 2), ((0, n // 2), (0, n // 2))),
    "weak couplings": lambda n: np.eye(n, k=1) + np.eye(n, k=-1) + 1e-9 * symmetric(n),
    "tiny couplings": lambda n: np.diag(np.arange(1.0, n + 1)) + 1e-200 * symmetric(n),
}


def unit(matrix):
    """Return the matrix over a power of two near its largest entry, and that entry."""
    largest = np.max(np.abs(matrix))
    return (matrix, 1.0) if largest == 0 else (matrix / 2.0 ** np.floor(np.log2(largest)), largest)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_decomposition_has_the_residual_and_orthogonality_of_a_stable_one(kind, n):
    matrix = KINDS[kind](n)
    values, V, converged = _core.symmetric_eigen(matrix.copy())
    assert converged
    assert np.isfinite(values).all()
    assert np.max(np.abs(V @ V.T - np.eye(n))) <= 10 * n * EPS
    scaled, largest = unit(matrix)
    scaled_values = values / 2.0 ** np.floor(np.log2(largest))
    norm = max(np.linalg.norm(scaled, 2), np.finfo(float).tiny)
    assert np.max(np.abs(scaled @ V.T - V.T * scaled_values)) <= 10 * n * EPS * norm
    expected = np.linalg.eigvalsh(scaled)
    assert np.max(np.abs(np.sort(scaled_values) - expected)) <= 10 * n * EPS * norm


@pytest.mark.parametrize("n", [2, 9, 40])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_ends_and_says_so(n, bad):
    matrix = symmetric(n)
    matrix[n // 2, n // 2] = bad
    assert not _core.symmetric_eigen(matrix)[2]


def test_a_power_of_two_scales_the_values_and_no_vector():
    matrix = symmetric(20)
    values, V, _ = _core.symmetric_eigen(matrix)
    for exponent in (-900, -300, 300, 900):
        scaled, W, _ = _core.symmetric_eigen(np.ldexp(matrix, exponent))
        assert np.array_equal(scaled, np.ldexp(values, exponent))
        assert np.array_equal(W, V)


def test_every_tier_has_the_same_bits():
    matrix = symmetric(37)
    tier = _core.cpu_tier()
    try:
        results = []
        for name in _core.cpu_tiers():
            _core.select_cpu_tier(name)
            results.append(_core.symmetric_eigen(matrix))
    finally:
        _core.select_cpu_tier(tier)
    for values, V, _ in results[1:]:
        assert np.array_equal(values, results[0][0])
        assert np.array_equal(V, results[0][1])
