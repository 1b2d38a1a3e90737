"""exp and log of the number contract: within one ulp of the truth, and sensible at the edges."""

import math

import numpy as np
import pytest

from zoopt import _core

mpmath = pytest.importorskip("mpmath")


def errors_in_ulp(function, truth, points):
    """Return |function(x) - truth(x)| in units in the last place, in 60-digit arithmetic."""
    with mpmath.workdps(60):
        return max(
            float(abs(mpmath.mpf(function(x)) - truth(mpmath.mpf(x))) / mpmath.mpf(math.ulp(function(x))))
            for x in points
        )


RNG = np.random.default_rng(0)


@pytest.mark.parametrize("size", [1e-12, 1e-6, 0.1, 1.0, 10.0, 700.0])
def test_exp_is_within_one_ulp(size):
    points = (RNG.uniform(-size, size, 3000)).tolist()
    assert errors_in_ulp(_core.portable_exp, mpmath.exp, points) < 1.0


def test_exp_near_the_seams_of_its_reduction():
    halves = [(k + 0.5) * math.log(2) + delta for k in range(-30, 30) for delta in (-1e-9, 0.0, 1e-9)]
    assert errors_in_ulp(_core.portable_exp, mpmath.exp, halves) < 1.0


def test_exp_at_the_edges():
    assert _core.portable_exp(0.0) == _core.portable_exp(-0.0) == 1.0
    assert _core.portable_exp(709.0) == pytest.approx(math.exp(709.0), rel=1e-15)
    assert _core.portable_exp(709.5) == math.inf
    assert _core.portable_exp(math.inf) == math.inf
    assert _core.portable_exp(-708.5) == _core.portable_exp(-math.inf) == 0.0
    assert _core.portable_exp(-708.0) == pytest.approx(math.exp(-708.0), rel=1e-15)
    assert math.isnan(_core.portable_exp(math.nan))


@pytest.mark.parametrize("exponents", [(-1022, 1023), (-1, 1), (-40, 40)])
def test_log_is_within_one_ulp(exponents):
    points = (RNG.uniform(1, 2, 3000) * 2.0 ** RNG.integers(*exponents, 3000)).tolist()
    assert errors_in_ulp(_core.portable_log, mpmath.log, points) < 1.0


def test_log_near_one_and_near_the_seams_of_its_reduction():
    near = [1 + s * 2.0**-k for k in range(1, 53) for s in (1, -0.5)]
    seams = [2.0**k * math.sqrt(0.5) * (1 + d) for k in range(-5, 6) for d in (-1e-15, 0.0, 1e-15)]
    assert errors_in_ulp(_core.portable_log, mpmath.log, near + seams) < 1.0


def test_log_of_whole_numbers_which_ranks_are():
    points = [float(k) for k in range(2, 3000)] + [k + 0.5 for k in range(1, 1000)]
    assert errors_in_ulp(_core.portable_log, mpmath.log, points) < 1.0


def test_log_at_the_edges():
    assert _core.portable_log(1.0) == 0.0
    assert _core.portable_log(2.0) == math.log(2)
    assert _core.portable_log(np.finfo(float).tiny) == pytest.approx(math.log(np.finfo(float).tiny), rel=1e-15)
    assert _core.portable_log(np.finfo(float).max) == pytest.approx(math.log(np.finfo(float).max), rel=1e-15)
