"""Running statistics of states: numpy's on all of them at once."""

import pickle

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives import RunningNormalizer

STATES = np.random.default_rng(5).normal([3.0, -1e6, 0.0], [2.0, 5.0, 1e-3], size=(400, 3))


def seen(*parts):
    normalizer = RunningNormalizer(3)
    for part in parts:
        normalizer.update(part)
    normalizer.freeze()
    return normalizer


def assert_statistics(normalizer, states, rtol=1e-9):
    assert normalizer.count == len(states)
    np.testing.assert_allclose(normalizer.mean, states.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(normalizer.deviation, states.std(axis=0, ddof=1), rtol=rtol)
    shown = (states - states.mean(axis=0)) / states.std(axis=0, ddof=1)
    np.testing.assert_allclose(normalizer(states), shown, rtol=0, atol=1e-6)


@pytest.mark.parametrize("parts", [1, 2, 7, 400])
def test_parts_give_the_statistics_of_the_whole(parts):
    assert_statistics(seen(*np.array_split(STATES, parts)), STATES)


def test_single_states_and_none_are_parts_too():
    assert_statistics(seen(*STATES[:100], np.empty((0, 3)), STATES[100:]), STATES)


def test_workers_are_merged():
    here, there = seen(STATES[:150]), seen(STATES[150:])
    here.merge(there)
    here.merge(RunningNormalizer(3))
    here.freeze()
    assert_statistics(here, STATES)
    assert_statistics(there, STATES[150:])


def test_a_far_mean_keeps_the_variance():
    """A sum of squares would have no correct digit here."""
    far = 1e9 + np.random.default_rng(2).normal(size=(1000, 3))
    normalizer = seen(*far)
    np.testing.assert_allclose(normalizer.deviation, far.std(axis=0, ddof=1), rtol=1e-6)


def test_nothing_changes_before_the_generation_ends():
    normalizer = RunningNormalizer(3)
    assert np.array_equal(normalizer(STATES), STATES)
    normalizer.update(STATES[:50])
    assert np.array_equal(normalizer(STATES), STATES)
    normalizer.freeze()
    shown = normalizer(STATES)
    normalizer.update(STATES[50:])
    assert np.array_equal(normalizer(STATES), shown)
    normalizer.freeze()
    assert not np.array_equal(normalizer(STATES), shown)


def test_one_state_has_no_variance_yet():
    assert np.array_equal(seen(STATES[0])(STATES), STATES)


def test_a_coordinate_that_does_not_vary_is_not_shown():
    still = STATES.copy()
    still[:, 1] = 7.0
    assert np.array_equal(seen(still)(still + 1)[:, 1], np.zeros(400))


def test_it_travels_to_workers():
    one = seen(STATES)
    other = pickle.loads(pickle.dumps(one))
    assert np.array_equal(one(STATES), other(STATES))
    assert repr(other) == "<RunningNormalizer size=3 count=400>"


@pytest.mark.parametrize("bad", [[1.0, 2.0], np.zeros((2, 2)), np.zeros((1, 1, 3)), "abc", None, [1.0, 2.0, np.nan]])
def test_bad_states_are_refused_and_not_noted(bad):
    normalizer = seen(STATES)
    with pytest.raises(InvalidInput, match="states must be"):
        normalizer.update(bad)
    with pytest.raises(InvalidInput, match="states must be"):
        normalizer(bad)
    assert_statistics(normalizer, STATES)


def test_what_cannot_be_merged_or_made():
    with pytest.raises(InvalidType, match="takes a RunningNormalizer, got list"):
        RunningNormalizer(3).merge([1.0])
    with pytest.raises(InvalidInput, match="of size 3, got one of size 2"):
        RunningNormalizer(3).merge(RunningNormalizer(2))
    with pytest.raises(InvalidInput, match="size must lie in"):
        RunningNormalizer(0)
    with pytest.raises(InvalidType, match="size must be an integer"):
        RunningNormalizer(2.0)


def test_version_two_is_version_one_but_for_what_the_policy_sees():
    one, two = zoopt.algorithm("ars-v1-t"), zoopt.algorithm("ars-v2-t")
    for stage in ("distribution", "shaping", "metric", "update", "schedule", "driver", "antithetic", "population"):
        assert getattr(one, stage) == getattr(two, stage)
    assert one.options == two.options
    assert "RunningNormalizer" in two.summary
