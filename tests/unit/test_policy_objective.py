"""What a policy objective is to those who use it: layout, labels, threads, generations, pickles."""

import pickle

import numpy as np
import pytest
from softmax_policies import exact

import zoopt
from zoopt import _core
from zoopt.objectives import MetricObjective, PolicyObjective, SoftmaxPolicy

RNG = np.random.default_rng(12)
X = RNG.normal(size=(3000, 4))
Y = RNG.integers(3, size=3000)
THETA = RNG.normal(size=15)
WAYS = {
    "enumeration": {},
    "score-function": {"samples": 3, "baseline": "leave-one-out"},
    "gumbel": {"samples": 2, "score": "gumbel"},
    "difference": {"reward": "f1_macro", "samples": 2},
    "labelings": {"reward": "f1_macro", "estimator": "score-function", "samples": 3},
    "expected-counts": {"reward": "f1_macro", "estimator": "expected-counts"},
    "function": {"reward": lambda truth, labels: np.mean(truth == labels), "samples": 3},
}


def same(a, b):
    return a[0] == b[0] and np.array_equal(a[1], b[1])


@pytest.mark.parametrize("way", WAYS)
def test_threads_change_no_bit(way):
    one, two = (PolicyObjective(X, Y, threads=threads, **WAYS[way]) for threads in (1, 2))
    for generation in (0, 7):
        assert same(*(p.value_and_gradient(THETA, generation=generation) for p in (one, two)))
        rows = THETA * np.linspace(0.5, 1.5, 5)[:, None]
        values = one(rows, generation=generation)
        assert np.array_equal(values, two(rows, generation=generation))
        assert np.array_equal(values, [one(row, generation=generation) for row in rows])


@pytest.mark.parametrize("way", WAYS)
def test_the_value_comes_with_the_gradient(way):
    policy = PolicyObjective(X, Y, **WAYS[way])
    assert policy(THETA, generation=2) == policy.value_and_gradient(THETA, generation=2)[0]


@pytest.fixture
def tier():
    """Restore the tier in force."""
    before = _core.cpu_tier()
    yield before
    _core.select_cpu_tier(before)


@pytest.mark.usefixtures("tier")
@pytest.mark.parametrize("options", [{}, {"samples": 2}, {"samples": 2, "score": "gumbel"}])
def test_given_scores_have_the_same_bits_on_every_tier(options):
    scores, rewards = 3 * RNG.normal(size=(700, 5)), RNG.normal(size=(700, 5))
    policy = SoftmaxPolicy((700, 5), rewards, temperature=0.7, **options)
    expected = policy.value_and_slopes(scores)
    for name in _core.cpu_tiers():
        _core.select_cpu_tier(name)
        assert same(policy.value_and_slopes(scores), expected)


def test_single_precision_follows_double():
    for options in ({}, {"reward": "f1_macro", "estimator": "expected-counts"}):
        double, single = (PolicyObjective(X, Y, dtype=dtype, **options) for dtype in (np.float64, np.float32))
        a, b = double.value_and_gradient(THETA), single.value_and_gradient(THETA)
        assert a[0] == pytest.approx(b[0], rel=1e-5)
        np.testing.assert_allclose(a[1], b[1], atol=1e-6)


@pytest.mark.parametrize("positive", ["no", "yes"])
def test_rewards_are_in_the_order_of_the_classes(positive):
    """Whatever the positive label is; the layout of the parameters is that of MetricObjective."""
    truth = np.array(["no", "yes"])[Y % 2]
    table = np.array([[1.0, -3.0], [0.5, 2.0]])  # rows and columns: no, yes
    policy = PolicyObjective(X, truth, reward=table, pos_label=positive)
    theta = THETA[:5]
    sign = 1 if positive == "yes" else -1
    value, gradient = exact(sign * theta, X, table, Y % 2)
    found = policy.value_and_gradient(theta)
    assert found[0] == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(found[1], sign * gradient, atol=1e-13)
    metric = MetricObjective(X, truth, pos_label=positive)
    assert np.array_equal(policy.predict(theta), metric.predict(theta))
    assert np.array_equal(policy.probabilities(theta)[:, 1] > 0.5, policy.predict(theta) == "yes")
    assert set(np.unique(policy.draw(theta))) == {"no", "yes"}


def test_a_low_temperature_is_the_metric():
    metric = MetricObjective(X, Y)
    policy = PolicyObjective(X, Y, temperature=1e-9)
    assert policy(THETA) == pytest.approx(metric(THETA), abs=1e-12)
    f1 = PolicyObjective(X, Y, reward="f1_macro", temperature=1e-9, samples=1)
    assert f1(THETA) == MetricObjective(X, Y, metric="f1_macro")(THETA)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "function"])
def test_pickles_are_the_same(way):
    policy = PolicyObjective(X, Y, seed=5, temperature=np.linspace(0.5, 1, 3000), **WAYS[way])
    again = pickle.loads(pickle.dumps(policy))
    assert same(*(p.value_and_gradient(THETA, generation=3) for p in (policy, again)))
    assert repr(again) == repr(policy)


class Recorder:
    """Notes the generations that it is asked for."""

    def __init__(self, asks):
        self.zoopt_generation = asks
        self.seen = []

    def value_and_gradient(self, x, **more):
        self.seen.append(more)
        return float(x @ x), 2 * x


def test_first_order_objectives_are_told_the_generation_where_they_ask():
    for asks in (True, False):
        recorder = Recorder(asks)
        zoopt.minimize(recorder, [1.0, 2.0], method="gd", budget=4, options={"learning_rate": 0.1})
        steps = recorder.seen[:3]
        assert steps == ([{"generation": g} for g in range(3)] if asks else [{}, {}, {}])


def test_a_sampled_run_is_the_textbook_run():
    """Three steps of gradient ascent along the estimates of generations 0, 1, 2."""
    policy = PolicyObjective(X, Y, samples=2, seed=4)
    result = zoopt.minimize(policy, THETA, method="gd", budget=4, options={"learning_rate": 0.5})
    theta = THETA.copy()
    for generation in range(4):
        theta = theta + 0.5 * policy.value_and_gradient(theta, generation=generation)[1]
        if generation == result.nit - 1:
            break
    np.testing.assert_allclose(result.mean, theta, rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_where_values_are_drawn_the_answer_is_the_mean(way):
    """Not the luckiest of them. Values by sample are exact, and so are those of expected counts."""
    policy = PolicyObjective(X[:200], Y[:200], **WAYS[way])
    drawn = way in ("difference", "labelings", "function")
    assert policy.zoopt_mini_batches == drawn
    result = zoopt.minimize(policy, THETA, method="gd", budget=6, options={"learning_rate": 1e-3})
    assert np.array_equal(result.x, result.mean) or not drawn
    assert result.nfev <= 6


def test_candidates_that_are_not_finite_are_invalid():
    policy = PolicyObjective(X, Y)
    rows = np.array([THETA, np.full(15, np.inf), np.full(15, 1e308)])
    assert np.isnan(policy(rows)).tolist() == [False, True, True]


def test_a_search_without_gradients_takes_it_too():
    policy = PolicyObjective(X[:50], Y[:50] % 2, reward="f1")
    result = zoopt.minimize(policy, np.zeros(5), method="snes", budget=2000, seed=1)
    assert result.fun > policy(np.zeros(5)) + 0.1


def test_choices_that_do_not_exist_are_left_alone():
    scores = np.array([[0.5, 1.0, -np.inf], [0.1, 0.2, 0.3]])
    policy = SoftmaxPolicy((2, 3), reward=lambda choices: float(choices.sum()), samples=200, seed=1)
    assert policy.choices(scores)[:, 0].max() == 1
    value, slopes = policy.value_and_slopes(scores)
    assert 0 < value < 3
    assert slopes[0, 2] == 0
    assert policy.probabilities(scores)[0, 2] == 0
