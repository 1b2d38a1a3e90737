"""Mini-batches of policies: a generation's policy is that of its samples alone, whatever it is rewarded for."""

import pickle

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput
from zoopt.objectives import MetricObjective, PolicyObjective

WHOLE = 2**64 - 1
RNG = np.random.default_rng(8)
X = RNG.standard_normal((90, 3))
Y = (X @ RNG.standard_normal((3, 3)) + RNG.standard_normal((90, 3))).argmax(axis=1)
TEMPERATURES = RNG.uniform(0.5, 2.0, 90)
KINDS = {
    "exact": {"sample_weight": RNG.uniform(0.5, 2.0, 90)},
    "matrix": {"reward": RNG.standard_normal((3, 3))},
    "drawn": {"samples": 3, "baseline": "mean"},
    "gumbel": {"samples": 2, "score": "gumbel"},
    "difference": {"reward": "f1_macro"},
    "expected counts": {"reward": "f1_macro", "estimator": "expected-counts"},
    "corpus": {"reward": "f1_macro", "estimator": "score-function", "samples": 5},
    "function": {"reward": lambda truth, chosen: float((truth == chosen).mean()), "samples": 4},
}


def policy_of(kind, chosen=None, **more):
    rows = slice(None) if chosen is None else chosen
    given = {name: value[rows] if name == "sample_weight" else value for name, value in KINDS[kind].items()}
    return PolicyObjective(X[rows], Y[rows], classes=[0, 1, 2], temperature=TEMPERATURES[rows], seed=6, **given, **more)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", KINDS)
def test_a_generation_is_rewarded_for_its_batch(kind, dtype):
    policy = policy_of(kind, batch_size=40, dtype=dtype)
    theta = RNG.standard_normal((2, policy.dim))
    assert policy.batches_an_epoch == 3
    for generation in (0, 1, 2, 7):
        chosen = policy.batch(generation)
        part = policy_of(kind, chosen, dtype=dtype)
        value, gradient = policy.value_and_gradient(theta[0], generation=generation)
        expected = part.value_and_gradient(theta[0], generation=generation)
        assert value == expected[0]
        assert gradient.tolist() == expected[1].tolist()
        assert policy(theta, generation=generation).tolist() == part(theta, generation=generation).tolist()
        assert policy.draw(theta[0], generation=generation).shape[1] == len(chosen)
    whole = policy_of(kind, dtype=dtype)
    assert policy(theta, generation=WHOLE).tolist() == whole(theta, generation=WHOLE).tolist()
    np.testing.assert_array_equal(policy.probabilities(theta[0]), whole.probabilities(theta[0]))


def test_batches_are_those_of_the_metric_and_survive_pickling():
    policy = policy_of("difference", batch_size=25)
    metric = MetricObjective(X, Y, metric="f1_macro", batch_size=25, seed=6)
    again = pickle.loads(pickle.dumps(policy))
    theta = RNG.standard_normal(policy.dim)
    for generation in (0, 3, 11):
        assert policy.batch(generation).tolist() == metric.batch(generation).tolist()
        told = again.value_and_gradient(theta, generation=generation)[1]
        assert told.tolist() == policy.value_and_gradient(theta, generation=generation)[1].tolist()


def test_the_mean_over_an_epoch_is_the_whole_gradient():
    """Of rewards of each sample, by batches of one size."""
    policy = policy_of("matrix", batch_size=30)
    theta = RNG.standard_normal(policy.dim)
    gradients = [policy.value_and_gradient(theta, generation=3 + b)[1] for b in range(3)]
    whole = policy_of("matrix").value_and_gradient(theta)[1]
    np.testing.assert_allclose(np.mean(gradients, axis=0), whole, rtol=1e-12)


def test_a_search_by_batches_ends_with_its_value_on_all_samples():
    policy = policy_of("exact", batch_size=30)
    assert policy.zoopt_mini_batches
    assert not policy_of("exact").zoopt_mini_batches
    assert policy_of("difference").zoopt_mini_batches  # of draws
    result = zoopt.minimize(policy, np.zeros(policy.dim), method="adam", budget=200, options={"learning_rate": 0.05})
    assert result.fun == policy(result.mean, generation=WHOLE)
    assert result.fun > policy(np.zeros(policy.dim), generation=WHOLE) + 0.1


def test_batches_that_cannot_be():
    with pytest.raises(InvalidInput, match=r"batch_size must lie in \[1, 90\]"):
        policy_of("exact", batch_size=91)
    weights = np.ones(90)
    weights[:11] = 0.0
    with pytest.raises(InvalidInput, match="11 of the samples have weight 0, so that a mini-batch of 10 could"):
        PolicyObjective(X, Y, sample_weight=weights, batch_size=20)
