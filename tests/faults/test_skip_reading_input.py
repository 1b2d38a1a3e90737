"""Readers that cannot be: every message says what was got and what to do."""

import math

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType, UnknownName
from zoopt.objectives import SkipReading

X = np.arange(12.0).reshape(4, 3)
Y = [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cost": -0.1}, "cost must be finite and at least 0, got -0.1"),
        ({"cost": math.inf}, "at least 0, got inf"),
        ({"cost": math.nan}, "cost must be a number, got NaN"),
        ({"groups": [[0, 1]]}, "feature 2 is in none"),
        ({"groups": [[0, 1], [1, 2]]}, "a feature is in two"),
        ({"groups": [[0, 1, 2], []]}, r"groups\[1\] is empty"),
        ({"groups": [[0, 1, 3]]}, r"groups must lie in \[0, 2\], got 3"),
        ({"samples": 0}, r"samples must lie in \[1, "),
        ({"batch_size": 5}, r"batch_size must lie in \[1, 4\], got 5"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(InvalidInput, match=message):
        SkipReading(X, Y, **options)


def test_groups_are_sequences():
    with pytest.raises(InvalidType, match="sequences of numbers of features"):
        SkipReading(X, Y, groups=[0, 1, 2])


@pytest.mark.parametrize(
    ("options", "close"), [({"reward": "acuracy"}, "accuracy"), ({"learn": "clasifier"}, "classifier")]
)
def test_unknown_names_come_with_close_ones(options, close):
    with pytest.raises(UnknownName, match=f"did you mean '{close}'"):
        SkipReading(X, Y, **options)


def test_candidates_and_samples_must_fit():
    reader = SkipReading(X, Y)
    with pytest.raises(InvalidInput, match="theta must be one candidate"):
        reader.value_and_gradient(np.zeros(3))
    with pytest.raises(InvalidInput, match=r"theta\[0\] is nan"):
        reader.value_and_gradient(np.full(reader.dim, math.nan))
    with pytest.raises(InvalidInput, match="X has 2 features, the model has 3"):
        reader.read(reader.start(), X[:, :2])
    with pytest.raises(InvalidInput, match="labels; they must be as many"):
        SkipReading(X, Y[:3])
    for chance in (0.0, 1.0):
        with pytest.raises(InvalidInput, match="strictly between 0 and 1"):
            reader.start(chance)
    with pytest.raises(InvalidInput, match=r"only must lie in \[0, 2\]"):
        reader.start(only=[3])
    assert math.isnan(reader(np.full(reader.dim, math.nan)))


def test_curves_say_what_they_need():
    with pytest.raises(InvalidInput, match="hold_out must lie strictly"):
        zoopt.reading_curve(X, Y, hold_out=1.0)
    with pytest.raises(InvalidInput, match="cost must be finite and at least 0"):
        zoopt.reading_curve(X, Y, costs=[-1.0], splits=1, steps=(1, 1))
    with pytest.raises(InvalidInput, match=r"sizes must lie in \[1, 3\], got 4"):
        zoopt.reading_curve(X, Y, costs=[0.1], sizes=[4], splits=1, steps=(1, 1))
    curve = zoopt.reading_curve(X, Y, costs=[0.1], sizes=[1], splits=1, steps=(1, 1))
    for method, cost in (("skip", 0.1), ("saliency", 0.2)):
        with pytest.raises(InvalidInput, match="method must be 'saliency' or 'random' and cost one of"):
            curve.gains(method, cost)
