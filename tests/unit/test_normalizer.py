"""RunningNormalizer: the moments of everything seen, whatever the order and the parts."""

import pickle

import numpy as np
import pytest

from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives import RunningNormalizer

SEEN = np.random.default_rng(4).normal([1e6, -3, 0], [1, 100, 1e-3], size=(1000, 3))


def observed(*parts):
    normal = RunningNormalizer(3)
    for part in parts:
        normal.observe(part)
    return normal


@pytest.mark.parametrize("cuts", [[], [1], [999], [1, 2, 3, 500], range(1, 1000)])
def test_moments_are_those_of_everything_seen(cuts):
    normal = observed(*np.split(SEEN, list(cuts)))
    assert normal.count == 1000
    np.testing.assert_allclose(normal.mean, SEEN.mean(axis=0), rtol=1e-13, atol=1e-17)
    np.testing.assert_allclose(normal.variance, SEEN.var(axis=0, ddof=1), rtol=1e-9)


def test_single_inputs_and_parts_merged_are_the_same():
    one, whole = observed(*SEEN), observed(SEEN)
    merged = observed(SEEN[:300])
    merged.merge(observed(SEEN[300:]))
    merged.merge(RunningNormalizer(3))
    for normal in (one, merged):
        assert normal.count == 1000
        np.testing.assert_allclose(normal.mean, whole.mean, rtol=1e-12)
        np.testing.assert_allclose(normal.variance, whole.variance, rtol=1e-9)


def test_what_is_seen_counts_from_the_next_freeze_on():
    normal = RunningNormalizer(3)
    normal.freeze()
    assert np.array_equal(normal(SEEN[0]), SEEN[0])
    normal.observe(SEEN)
    assert np.array_equal(normal(SEEN[0]), SEEN[0])
    normal.freeze()
    normalised = normal(SEEN)
    np.testing.assert_allclose(normalised.mean(axis=0), 0, atol=1e-8)
    np.testing.assert_allclose(normalised.std(axis=0, ddof=1), 1, rtol=1e-9)
    normal.observe(10 * SEEN)
    assert np.array_equal(normal(SEEN), normalised)
    normal.freeze()
    assert not np.array_equal(normal(SEEN), normalised)


def test_what_never_varies_is_nothing():
    normal = observed([[1.0, 5.0, 0.0], [2.0, 5.0, 0.0]])
    normal.freeze()
    assert np.array_equal(normal([1.5, 7.0, 3.0]), [0.0, 0.0, 0.0])
    single = observed([1.0, 2.0, 3.0])
    single.freeze()
    assert np.array_equal(single([9.0, 9.0, 9.0]), np.zeros(3))


def test_nothing_given_is_changed_and_copies_travel():
    given = SEEN.copy()
    normal = observed(given)
    normal.freeze()
    normal(given)
    assert np.array_equal(given, SEEN)
    again = pickle.loads(pickle.dumps(normal))
    assert np.array_equal(again(SEEN), normal(SEEN))
    assert again.count == 1000


@pytest.mark.parametrize("inputs", [1.0, [1.0, 2.0], np.zeros((2, 2)), np.zeros((1, 1, 3)), "abc", None])
def test_other_shapes_are_refused(inputs):
    normal = RunningNormalizer(3)
    for call in (normal, normal.observe):
        with pytest.raises(InvalidInput, match=r"shape \(3,\) or \(rows, 3\)"):
            call(inputs)


def test_what_is_not_finite_is_refused_and_not_noted():
    normal = RunningNormalizer(3)
    for bad in (np.nan, np.inf):
        with pytest.raises(InvalidInput, match="finite"):
            normal.observe([[1.0, 2.0, 3.0], [1.0, bad, 3.0]])
    normal.observe(np.empty((0, 3)))
    assert normal.count == 0


def test_only_equals_are_merged():
    with pytest.raises(InvalidInput, match="dimension 3, got 2"):
        RunningNormalizer(3).merge(RunningNormalizer(2))
    with pytest.raises(InvalidType, match="got int"):
        RunningNormalizer(3).merge(3)
    with pytest.raises(InvalidInput):
        RunningNormalizer(0)
