"""Verdicts on made-up scores whose answer is known."""

import math

import numpy as np
import pytest

from zoopt.compare._verdict import Contest, Rules, judge, judge_baselines

RATIO = 2.0 / 3.0
RULES = Rules()


def noise(seed, scale, runs=15):
    return np.random.default_rng(seed).normal(scale=scale, size=runs)


def contest(name="data", ratio=RATIO, **optimisers):
    return Contest(name, {label: np.asarray(v, dtype=float) for label, v in optimisers.items()}, ratio)


def rated(plain, tuned, ratio=RATIO, **optimisers):
    return Contest("data", dict(optimisers), ratio, plain=np.asarray(plain), tuned=np.asarray(tuned))


def test_a_clear_winner():
    base = 0.7 + noise(0, 0.05)
    (verdict,) = judge([contest(a=base + 0.05 + noise(1, 0.005), b=base, c=base - 0.02 + noise(2, 0.005))], RULES)
    assert verdict.outcome == "winner"
    assert verdict.best == "a"
    assert verdict.leading == ("a",)
    assert verdict.rival == "b"
    assert verdict.runs_needed == 0
    assert verdict.difference == pytest.approx(0.05, abs=0.004)
    assert 0 < verdict.low < verdict.difference < verdict.high
    assert verdict.p_value < 0.001


def test_a_tie_of_two_ahead_of_a_third():
    base = 0.7 + noise(0, 0.05)
    (verdict,) = judge([contest(a=base, b=base + noise(1, 0.001), c=base - 0.1 + noise(2, 0.01))], RULES)
    assert verdict.outcome == "tie"
    assert set(verdict.leading) == {"a", "b"}


def test_identical_results_are_a_tie_without_nan():
    base = 0.7 + noise(0, 0.05)
    (verdict,) = judge([contest(a=base, b=base.copy(), c=base.copy())], RULES)
    assert verdict.outcome == "tie"
    assert verdict.difference == 0.0
    assert verdict.p_value == 1.0
    assert (verdict.low, verdict.high) == (0.0, 0.0)
    assert set(verdict.leading) == {"a", "b", "c"}


def test_cannot_tell_and_no_number_of_seeds_settles_it():
    base = 0.7 + noise(0, 0.05)
    (verdict,) = judge([contest(a=base + noise(1, 0.03), b=base + noise(2, 0.03))], RULES)
    assert verdict.outcome == "cannot tell"
    assert set(verdict.leading) == {"a", "b"}
    assert verdict.runs_needed is None


def test_cannot_tell_and_independent_runs_would_settle_it():
    base = 0.7 + noise(0, 0.05)
    (verdict,) = judge([contest(ratio=0.0, a=base + 0.002 + noise(1, 0.012), b=base)], RULES)
    assert verdict.outcome == "cannot tell"
    assert verdict.runs_needed is not None
    assert 1 <= verdict.runs_needed < 1000


def test_runs_needed_settle_the_verdict():
    """With as many runs of the same mean and spread as asked for, the same rules do decide."""
    spread = np.tile([1.0, -1.0], 8)[:15]
    spread = (spread - spread.mean()) / spread.std(ddof=1)
    first = 0.7 + 0.006 + 0.012 * spread
    (verdict,) = judge([contest(ratio=0.0, a=first, b=np.full(15, 0.7))], RULES)
    assert verdict.outcome == "cannot tell"
    total = 15 + verdict.runs_needed
    longer = np.tile([1.0, -1.0], total)[:total]
    longer = (longer - longer.mean()) / longer.std(ddof=1)
    (settled,) = judge([contest(ratio=0.0, a=0.706 + 0.012 * longer, b=np.full(total, 0.7))], RULES)
    assert settled.outcome == "winner"


def test_holm_runs_across_objectives():
    """A claim that stands alone can fall in a family of many objectives."""
    base = 0.7 + noise(3, 0.05)
    better = base + 0.0108 + 0.01 * noise(4, 1.0)
    (alone,) = judge([contest(ratio=0.0, a=better, b=base)], RULES)
    assert alone.outcome == "winner"
    assert 0.0005 < alone.p_value < 0.05
    empty = [contest(f"flat {i}", 0.0, a=0.7 + noise(i, 0.05), b=0.7 + noise(i + 99, 0.05)) for i in range(80)]
    first, *_ = judge([contest(ratio=0.0, a=better, b=base), *empty], RULES)
    assert first.outcome == "cannot tell"
    assert 70 * alone.p_value < first.p_value <= 81 * alone.p_value
    assert first.runs_needed is not None
    assert first.runs_needed >= 1


@pytest.mark.parametrize(
    ("optimisers", "reason"),
    [
        ({}, "no optimiser"),
        ({"a": np.ones(9)}, "only one"),
        ({"a": np.ones(2), "b": np.ones(2)}, "at least 5 seeds"),
    ],
)
def test_too_little_to_judge_is_said(optimisers, reason):
    (verdict,) = judge([contest(**optimisers)], RULES)
    assert verdict.outcome == "cannot tell"
    assert reason in verdict.reason


def test_a_gain_over_the_tuned_baseline():
    tuned = 0.6 + noise(0, 0.03)
    plain = tuned - 0.1
    (verdict,) = judge_baselines(
        [rated(plain, tuned, a=tuned + 0.06 + noise(1, 0.01), b=tuned + noise(2, 0.01))], RULES
    )
    assert verdict.outcome == "yes"
    assert verdict.winners == ("a",)
    assert verdict.tuning_gain == pytest.approx(0.1)
    largest = verdict.gains[0]
    assert largest.label == "a"
    assert largest.low > 0
    assert largest.over_plain == pytest.approx(largest.difference + 0.1)


def test_a_gain_over_the_plain_baseline_alone_is_no_gain():
    """What tuning the threshold already gives is never credited to an optimiser."""
    tuned = 0.6 + noise(0, 0.03)
    (verdict,) = judge_baselines([rated(tuned - 0.2, tuned, a=tuned, b=tuned - 0.01)], RULES)
    assert verdict.outcome == "no"
    assert verdict.winners == ()
    assert verdict.gains[0].over_plain == pytest.approx(0.2)


def test_a_significant_loss_is_not_a_gain():
    tuned = 0.6 + noise(0, 0.03)
    (verdict,) = judge_baselines([rated(tuned, tuned, a=tuned - 0.1 + noise(1, 0.01))], RULES)
    assert verdict.outcome == "no"


def test_noisy_scores_cannot_tell_about_the_baseline():
    tuned = 0.6 + noise(0, 0.03)
    (verdict,) = judge_baselines([rated(tuned, tuned, a=tuned + noise(1, 0.03))], RULES)
    assert verdict.outcome == "cannot tell"
    assert verdict.runs_needed is None


def test_the_interval_of_the_largest_gain_is_simultaneous():
    tuned = 0.6 + noise(0, 0.03)
    gain = tuned + 0.05 + noise(1, 0.01)
    (one,) = judge_baselines([rated(tuned, tuned, a=gain)], RULES)
    (many,) = judge_baselines([rated(tuned, tuned, a=gain, **{f"x{i}": tuned for i in range(9)})], RULES)
    assert many.gains[0].high - many.gains[0].low > one.gains[0].high - one.gains[0].low


def test_objectives_without_baselines_have_no_baseline_verdict():
    assert judge_baselines([contest(a=noise(0, 1.0), b=noise(1, 1.0))], RULES) == []


def test_few_seeds_give_no_baseline_verdict():
    (verdict,) = judge_baselines([rated([0.1, 0.1], [0.2, 0.2], a=np.array([0.9, 0.9]))], RULES)
    assert verdict.outcome == "cannot tell"
    assert "at least 5 seeds" in verdict.reason
    assert math.isclose(verdict.tuning_gain, 0.1)
