"""Powers and the cosine of the number contract, against mpmath, and sensible at the edges."""

import itertools
import math

import numpy as np
import pytest

from zoopt import _core

mpmath = pytest.importorskip("mpmath")
RNG = np.random.default_rng(3)


def relative_error(got, truth):
    return float(abs((mpmath.mpf(got) - truth) / truth))


@pytest.mark.parametrize(("low", "high"), [(-3.0, 3.0), (0.0, 1.0), (-30.0, 30.0)])
def test_power_is_exp_of_log(low, high):
    """The error of exp(y log x) grows with |y log x|: below 2^-52 (1 + |y log x|)."""
    with mpmath.workdps(50):
        for x, y in zip(np.exp(RNG.uniform(-8, 8, 1000)), RNG.uniform(low, high, 1000), strict=True):
            truth = mpmath.mpf(float(x)) ** mpmath.mpf(float(y))
            bound = 2.0**-52 * (1 + abs(y * math.log(x)))
            assert relative_error(_core.portable_power(float(x), float(y)), truth) < bound


@pytest.mark.parametrize("most", [10, 1000, 10**6])
def test_whole_powers_lose_little(most):
    """Repeated squaring doubles the error with the exponent: below n 2^-53 and a few."""
    with mpmath.workdps(50):
        for n in RNG.integers(0, most, 300).tolist():
            x = float(RNG.uniform(0.5, 2.0) ** (30 / most))
            error = relative_error(_core.portable_whole_power(x, n), mpmath.mpf(x) ** n)
            assert error < 2.0**-53 * (n + 4)


def test_powers_at_the_edges():
    assert _core.portable_whole_power(0.0, 0) == 1.0
    assert _core.portable_whole_power(-3.0, 3) == -27.0
    assert _core.portable_whole_power(0.5, 2**40) == 0.0
    assert _core.portable_whole_power(2.0, 1023) == 2.0**1023
    assert _core.portable_power(1.0, 1e300) == 1.0
    assert _core.portable_power(7.3, 0.0) == 1.0
    assert _core.portable_power(10.0, 400.0) == math.inf
    assert _core.portable_power(10.0, -400.0) == 0.0


def test_the_cosine_of_half_turns():
    with mpmath.workdps(50):
        for x in [*RNG.uniform(0, 1, 3000).tolist(), *np.linspace(0, 1, 257).tolist()]:
            truth = mpmath.cos(mpmath.pi * mpmath.mpf(x))
            assert abs(float(mpmath.mpf(_core.portable_cos_half_turns(x)) - truth)) < 3e-16


def test_the_cosine_at_the_edges():
    assert _core.portable_cos_half_turns(0.0) == pytest.approx(1.0, abs=3e-16)
    assert _core.portable_cos_half_turns(0.5) == 0.0
    assert _core.portable_cos_half_turns(1.0) == pytest.approx(-1.0, abs=3e-16)
    for x in (0.1, 0.25, 0.4):
        assert _core.portable_cos_half_turns(1.0 - x) == pytest.approx(-_core.portable_cos_half_turns(x), abs=3e-16)


def test_the_cosine_falls():
    values = [_core.portable_cos_half_turns(x) for x in np.linspace(0, 1, 1001)]
    assert all(a > b for a, b in itertools.pairwise(values))
