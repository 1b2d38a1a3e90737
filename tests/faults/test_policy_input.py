"""Policies that cannot be: every message says what was got and what to do."""

import math

import numpy as np
import pytest

from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, UnknownName
from zoopt.objectives import PolicyObjective, SoftmaxPolicy, matched_temperature

X = np.arange(8.0).reshape(4, 2)
Y = [0, 1, 1, 0]
NAN_TABLE = [[1.0, 0.0], [math.nan, 1.0]]

REFUSED = [
    ({"temperature": 0}, "temperature must be finite and above 0, got 0"),
    ({"temperature": -1.0}, "above 0, got -1"),
    ({"temperature": math.nan}, "above 0, got nan"),
    ({"temperature": [1.0, 2.0, 0.0, 1.0]}, r"temperature\[2\] must be finite and above 0"),
    ({"temperature": [1.0, 2.0]}, r"one a sample of shape \(4,\), got \(2,\)"),
    ({"reward": [[1.0, 0.0, 0.0]] * 3}, r"reward must have shape \(2, 2\), a row a true class.*got \(3, 3\)"),
    ({"reward": [1.0, 0.0]}, r"got \(2,\)"),
    ({"reward": NAN_TABLE}, r"reward\[1, 0\] is nan"),
    ({"reward": "f1", "estimator": "enumeration"}, "cannot be enumerated.*'difference'.*'expected-counts'.*samples="),
    ({"reward": lambda a, b: 1.0, "estimator": "enumeration"}, "cannot be enumerated"),
    ({"reward": lambda a, b: 1.0, "estimator": "difference"}, "needs a named metric.*'score-function'"),
    ({"estimator": "difference"}, "for rewards of the whole corpus.*'enumeration'"),
    ({"estimator": "expected-counts"}, "for rewards of the whole corpus"),
    ({"reward": "f1", "baseline": "leave-one-out"}, "baseline= is for estimator='score-function'"),
    ({"estimator": "enumeration", "samples": 3}, "samples= is for estimator='score-function'"),
    ({"estimator": "enumeration", "score": "gumbel"}, "score= is for estimator='score-function'"),
    ({"reward": "f1", "estimator": "score-function", "baseline": "optimal"}, "'leave-one-out' or 'none'"),
    ({"samples": 1, "baseline": "leave-one-out"}, "give samples=2 or more, got 1"),
    ({"samples": 0}, r"samples must lie in \[1, "),
    ({"reward": "f1", "sample_weight": np.ones(4)}, "rewards of each sample"),
    ({"sample_weight": [1.0, -1.0, 1.0, 1.0]}, r"sample_weight\[1\] must be finite and not negative"),
    ({"sample_weight": np.zeros(4)}, "0 everywhere"),
    ({"sample_weight": np.ones(3)}, r"shape \(4,\), got \(3,\)"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(InvalidInput, match=message):
        PolicyObjective(X, Y, **options)


@pytest.mark.parametrize(
    ("options", "close"),
    [
        ({"baseline": "optimum", "samples": 2}, "optimal"),
        ({"baseline": "leave_one_out", "samples": 2}, "leave-one-out"),
        ({"estimator": "enumerate"}, "enumeration"),
        ({"score": "gumbell", "samples": 2}, "gumbel"),
        ({"reward": "f1_macr"}, "f1_macro"),
        ({"reward": "accurcy"}, "accuracy"),
        ({"model": "linaer"}, "linear"),
    ],
)
def test_unknown_names_come_with_close_ones(options, close):
    with pytest.raises(UnknownName, match=f"did you mean '{close}'"):
        PolicyObjective(X, Y, **options)


def test_a_binary_metric_on_three_classes_is_refused():
    with pytest.raises(InvalidInput, match="two classes"):
        PolicyObjective(X, [0, 1, 2, 0], reward="f1")


@pytest.mark.parametrize("returned", [math.nan, math.inf, None, "good", [1.0, 2.0]])
def test_rewards_of_functions_must_be_finite_numbers(returned):
    policy = PolicyObjective(X, Y, reward=lambda truth, labels: returned)
    with pytest.raises(ObjectiveError, match="reward of a labeling must be"):
        policy.value_and_gradient(np.zeros(3))


def test_candidates_must_fit():
    policy = PolicyObjective(X, Y)
    with pytest.raises(InvalidInput, match=r"shape \(3,\), got \(4,\)"):
        policy.value_and_gradient(np.zeros(4))
    with pytest.raises(InvalidInput, match=r"theta\[1\] is nan"):
        policy.value_and_gradient([0.0, math.nan, 0.0])
    with pytest.raises(InvalidInput, match=r"generation must lie in"):
        policy(np.zeros(3), generation=-1)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.zeros((3, 2)), r"shape \(2, 3\), got \(3, 2\)"),
        ([[0.0, 1.0, math.nan], [0.0, 0.0, 0.0]], "must not be NaN"),
        ([[0.0, 1.0, math.inf], [0.0, 0.0, 0.0]], "infinite"),
        ([[0.0, 1.0, 2.0], [-math.inf] * 3], "every sample needs one"),
    ],
)
def test_scores_must_be_usable(scores, message):
    with pytest.raises(InvalidInput, match=message):
        SoftmaxPolicy((2, 3), np.zeros((2, 3))).value_and_slopes(scores)


@pytest.mark.parametrize(("shape", "error"), [((2, 1), InvalidInput), ((0, 2), InvalidInput), (3, InvalidType)])
def test_shapes_of_policies(shape, error):
    with pytest.raises(error, match="shape"):
        SoftmaxPolicy(shape, np.zeros((2, 2)))


@pytest.mark.parametrize(("scale", "outputs"), [(0.0, 1), (-1.0, 1), (math.inf, 1), (1.0, 0)])
def test_matched_temperatures_need_a_scale(scale, outputs):
    with pytest.raises(InvalidInput, match="outputs" if scale == 1.0 else "scale"):
        matched_temperature(X, scale, outputs=outputs)
