"""Compiled test functions: closed forms, optima, transformations, and one set of bits."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from zoopt import _core
from zoopt.objectives import function

NAMES = ["sphere", "ellipsoid", "rosenbrock", "rastrigin"]
DIMS = [2, 3, 15, 16, 17, 31, 32, 33, 64, 100]


def ellipsoid(X: Any) -> Any:
    d = X.shape[1]
    return (10.0 ** (6 * np.arange(d) / max(1, d - 1)) * X**2).sum(1)


CLOSED: dict[str, Callable[[Any], Any]] = {
    "sphere": lambda X: (X**2).sum(1),
    "ellipsoid": ellipsoid,
    "rosenbrock": lambda X: (100 * (X[:, 1:] - X[:, :-1] ** 2) ** 2 + (1 - X[:, :-1]) ** 2).sum(1),
    "rastrigin": lambda X: 10 * X.shape[1] + (X**2 - 10 * np.cos(2 * np.pi * X)).sum(1),
}


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("name", NAMES)
def test_closed_form(name: str, dim: int) -> None:
    X = 3 * np.random.default_rng(dim).standard_normal((20, dim))
    np.testing.assert_allclose(function(name, dim)(X), CLOSED[name](X), rtol=2e-14)


@pytest.mark.parametrize("name", ["sphere", "ellipsoid", "rastrigin"])
def test_one_coordinate(name: str) -> None:
    X = np.linspace(-2, 2, 9)[:, None]
    np.testing.assert_allclose(function(name, 1)(X), CLOSED[name](X), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("name", NAMES)
def test_the_optimum_is_exactly_zero(name: str, dim: int) -> None:
    best = np.full(dim, 1.0 if name == "rosenbrock" else 0.0)
    f = function(name, dim)
    assert f(best) == 0.0
    assert (f(best + 1e-3 * np.random.default_rng(0).standard_normal((50, dim))) > 0).all()


def test_known_values() -> None:
    assert function("sphere", 3)([1.0, 2.0, 3.0]) == 14.0
    assert function("ellipsoid", 3)([1.0, 1.0, 1.0]) == 1001001.0
    assert function("ellipsoid", 7)(np.ones(7)) == 1111111.0
    assert function("rosenbrock", 2)([-1.2, 1.0]) == pytest.approx(24.2, rel=1e-15)
    assert function("rosenbrock", 3)([0.0, 0.0, 0.0]) == 2.0
    assert function("rastrigin", 2)([1.0, 2.0]) == 5.0
    assert function("rastrigin", 2)([0.5, -0.5]) == 40.5
    assert function("rastrigin", 1)([0.25]) == 10.0625


def test_the_cosine_of_rastrigin_is_good_to_the_last_bits() -> None:
    # 10 (1 - cos 2 pi x) by exact arithmetic on the turn: Python's cos of a small, exactly reduced angle.
    rng = np.random.default_rng(2)
    turns = np.concatenate([rng.uniform(-0.5, 0.5, 4000), [0.125, 0.25, 0.375, 0.5, -0.25, 1e-9]])
    whole = np.concatenate([rng.integers(-1000, 1000, 4000), np.zeros(6)]) * (np.arange(4006) % 2)
    x = turns + whole
    values = function("rastrigin", 1)(x[:, None])
    for point, value in zip(x.tolist(), values.tolist(), strict=True):
        turn = abs(math.fmod(point, 1.0))
        turn = min(turn, 1.0 - turn)
        cosine = math.cos(math.tau * turn) if turn < 0.125 else math.sin(math.tau * (0.25 - turn))
        expected = point * point + 10 * (1 - cosine)
        assert abs(value - expected) <= 10 * 4 * 2.0**-53 + 2 * math.ulp(expected)


def test_rastrigin_stays_finite_and_sane_far_away() -> None:
    f = function("rastrigin", 1)
    for x in (2.0**50, 2.0**51, 2.0**52, 1e17, 1e150):
        assert f([x]) == pytest.approx(x * x, rel=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_finite_is_not_hidden(name: str) -> None:
    for dim in (2, 16, 19):
        for place in (0, dim - 1):
            x = np.full(dim, 0.5)
            x[place] = np.nan
            assert math.isnan(function(name, dim)(x))


@pytest.mark.parametrize("dim", [2, 16, 21])
@pytest.mark.parametrize("name", NAMES)
def test_shift_and_rotation(name: str, dim: int) -> None:
    rng = np.random.default_rng(dim)
    shift, (rotation, _) = rng.standard_normal(dim), np.linalg.qr(rng.standard_normal((dim, dim)))
    X = rng.standard_normal((70, dim))
    plain = CLOSED[name]
    assert np.array_equal(function(name, dim, shift=shift)(X), function(name, dim)(X - shift))
    np.testing.assert_allclose(function(name, dim, rotation=rotation)(X), plain(X @ rotation.T), rtol=1e-11)
    both = function(name, dim, shift=shift, rotation=rotation)
    np.testing.assert_allclose(both(X), plain((X - shift) @ rotation.T), rtol=1e-11)
    assert both(X[5]) == both(X)[5]


@pytest.mark.parametrize("dim", [1, 2, 17, 60])
def test_a_drawn_rotation_is_orthogonal_and_a_function_of_its_seed(dim: int) -> None:
    rotation = function("sphere", dim, rotation=7).rotation
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(dim), atol=1e-14)
    assert np.array_equal(rotation, function("rastrigin", dim, rotation=np.int64(7)).rotation)
    if dim > 1:
        assert not np.array_equal(rotation, function("sphere", dim, rotation=8).rotation)
    noise = np.stack([_core.noise_float64(7, 5, 0, i, 0, dim, False) for i in range(dim)])
    lower = noise @ rotation.T
    assert np.abs(np.triu(lower, 1)).max(initial=0.0) < 1e-12
    assert (np.diag(lower) > 0).all()


def test_drawn_rotations_follow_haars_measure() -> None:
    # Entries of a Haar matrix have mean 0, variance 1/d and fourth moment 3/(d (d + 2)); columns as rows. 2000 draws
    # of 16 entries: standard errors .0028, .0016 and below; the bounds are five of them.
    d = 4
    draws = np.stack([_core.haar_rotation(d, seed) for seed in range(2000)])
    assert np.abs(draws.mean(axis=0)).max() < 5 * math.sqrt(1 / d / 2000)
    spread = math.sqrt((3 / (d * (d + 2)) - 1 / d**2) / 2000)
    assert np.abs((draws**2).mean(axis=0) - 1 / d).max() < 5 * spread
    assert np.abs(np.linalg.det(draws).mean()) < 5 / math.sqrt(2000)


@pytest.mark.parametrize("options", [{}, {"shift": np.linspace(-1, 1, 37)}, {"rotation": 3}])
@pytest.mark.parametrize("name", NAMES)
def test_tiers_have_one_hash(name: str, options: dict[str, Any]) -> None:
    X = np.random.default_rng(8).standard_normal((40, 37)) * 10
    before = _core.cpu_tier()
    hashes = set()
    try:
        for tier in _core.cpu_tiers():
            _core.select_cpu_tier(tier)
            f = function(name, 37, **options)
            hashes.add(hashlib.sha256(f(X).tobytes()).hexdigest())
    finally:
        _core.select_cpu_tier(before)
    assert len(hashes) == 1


HASHES = {
    "sphere": "0582ac07e7182d1d",
    "ellipsoid": "cf051609ee0ced25",
    "rosenbrock": "c33d568ff74f310e",
    "rastrigin": "384c3c398ed43b92",
}


@pytest.mark.parametrize("name", NAMES)
def test_bits_are_the_same_on_every_system(name: str) -> None:
    # Inputs by single operations on whole numbers, which round alike everywhere; the rotation is a reflection.
    grid = (np.arange(40 * 37, dtype=np.float64).reshape(40, 37) * 0.37) % 7.0 - 3.5
    normal = np.arange(37) % 5 - 2.0
    reflection = np.eye(37) - 2.0 * np.outer(normal, normal) / (normal**2).sum()
    f = function(name, 37, shift=(np.arange(37) - 18.0) / 18.0, rotation=reflection)
    assert hashlib.sha256(f(grid).astype("<f8").tobytes()).hexdigest()[:16] == HASHES[name]


@pytest.mark.parametrize("name", NAMES)
def test_threads_and_company_change_no_bit(name: str) -> None:
    X = np.random.default_rng(9).standard_normal((501, 333))
    f = function(name, 333)
    whole = f(X)
    for threads in (2, 8):
        assert np.array_equal(function(name, 333, threads=threads)(X), whole)
    chosen = np.random.default_rng(1).permutation(501)[:57]
    assert np.array_equal(f(X[chosen]), whole[chosen])
    assert [f(x) for x in X[:5]] == whole[:5].tolist()
    rotated = function(name, 333, rotation=1, shift=np.ones(333))
    alone = rotated(X[:70])
    assert np.array_equal(rotated._core.evaluate(X[:70], threads=8), alone)
    assert np.array_equal(rotated(X[3:50]), alone[3:50])


@pytest.mark.parametrize("name", NAMES)
def test_attributes(name: str) -> None:
    f = function(name, 4)
    assert (f.name, f.dim, f.sense, f.shift, f.rotation) == (name, 4, "min", None, None)
    assert isinstance(f._core, _core.Objective)
    assert not f._core.maximise
    assert repr(f) == f"function({name!r}, 4)"
    assert f(np.empty((0, 4))).shape == (0,)
    assert repr(function(name, 4, shift=np.ones(4), rotation=0)) == f"function({name!r}, 4, shift=..., rotation=...)"


def test_shift_and_rotation_are_copied() -> None:
    shift = np.ones(2)
    f = function("sphere", 2, shift=shift)
    shift[:] = 5
    assert f([1.0, 1.0]) == 0.0
    assert f.shift is not None
    with pytest.raises(ValueError, match="read-only"):
        f.shift[0] = 2
