"""Objectives with gradients that go wrong."""

import math

import numpy as np
import pytest

import zoopt
from zoopt.errors import ObjectiveError

START = np.array([1.0, -2.0, 0.5])


class Slope:
    """An objective that has nothing but its method."""

    def __init__(self, returned):
        self.returned = returned

    def value_and_gradient(self, x):
        return self.returned(x)


def run(returned, **keywords):
    return zoopt.minimize(Slope(returned), START, method="gd", budget=20, **keywords)


@pytest.mark.parametrize(
    "returned", [None, 1.0, (1.0,), (1.0, None), (1.0, np.zeros(2)), (1.0, np.zeros((1, 3))), ("a", np.zeros(3))]
)
def test_what_is_no_value_and_gradient_is_refused(returned):
    with pytest.raises(ObjectiveError, match=r"a number and a gradient of shape \(3,\), got") as caught:
        run(lambda x: returned)
    assert np.array_equal(caught.value.x, START)


def test_exceptions_come_through_with_their_cause():
    def broken(x):
        raise ZeroDivisionError("mine")

    with pytest.raises(ObjectiveError, match="ZeroDivisionError: mine") as caught:
        run(broken)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert run(broken, on_error="invalid").status == -3


@pytest.mark.parametrize(
    "bad", [(math.nan, np.zeros(3)), (1.0, np.array([0, math.nan, 0])), (1.0, np.full(3, math.inf))]
)
def test_what_is_not_finite_ends_the_run_where_it_was(bad):
    result = run(lambda x: bad)
    assert result.status == -3
    assert result.invalid == 1
    assert np.array_equal(result.mean, START)
    assert math.isnan(result.fun)
    with pytest.raises(ObjectiveError, match=r"not finite.*on_invalid='worst'") as caught:
        run(lambda x: bad, on_invalid="raise")
    assert np.array_equal(caught.value.x, START)


def test_arguments_go_on_to_the_gradient():
    class Shifted:
        def value_and_gradient(self, x, shift):
            x -= shift
            return x @ x, 2 * x

    result = zoopt.minimize(Shifted(), START, args=(0.5,), method="adam", budget=500, options={"learning_rate": 0.1})
    assert np.allclose(result.x, 0.5, atol=1e-3)
