"""Verdicts over independent runs on made-up scores whose answer is known, and those over all objectives."""

import dataclasses
import json
import math

import numpy as np
import pytest

from zoopt.compare import statistics
from zoopt.compare._verdict import Contest, Rules, Verdict, judge, judge_overall
from zoopt.compare._verdict._order import Order

RULES = Rules()


def contest(name="f", **facts):
    known = {key: facts.pop(key) for key in list(facts) if key in {"sense", "distance", "floor", "hits", "left_out"}}
    return Contest(name, {label: np.asarray(v, dtype=float) for label, v in facts.items()}, 0.0, **known)


def noise(seed, runs=15, scale=1.0):
    return np.random.default_rng(seed).normal(scale=scale, size=runs)


def test_the_numbers_of_a_winner():
    one, two = noise(0), noise(1) + 3.0
    (verdict,) = judge([contest(a=one, b=two, sense="min")], RULES)
    assert (verdict.outcome, verdict.best, verdict.leading, verdict.rival) == ("winner", "a", ("a",), "b")
    assert verdict.measure == "value"
    assert (verdict.difference, verdict.low, verdict.high) == statistics.hodges_lehmann(two - one)
    assert verdict.p_value == statistics.signed_rank_test(two - one).p_value
    assert verdict.rank_biserial == statistics.signed_rank_test(two - one).rank_biserial
    assert verdict.superiority == statistics.vargha_delaney(two, one)
    assert verdict.runs_needed == 0


@pytest.mark.parametrize("sense", ["min", "max"])
def test_the_sense_turns_the_verdict(sense):
    (verdict,) = judge([contest(a=noise(0), b=noise(1) + 3.0, sense=sense)], RULES)
    assert verdict.best == {"min": "a", "max": "b"}[sense]
    assert verdict.difference > 0


def test_a_winner_needs_every_test_and_no_more():
    """The largest of the p-values is that of the claim; what Holm would add for each of many others it need not pay."""
    base = noise(0, 8)
    others = {f"x{i}": base + 1.0 + 0.01 * i for i in range(20)}
    (verdict,) = judge([contest(a=base, **others, sense="min")], RULES)
    assert verdict.p_value == 2 / 2**8
    assert verdict.outcome == "winner"


def test_values_below_the_last_target_are_alike():
    """1e-14 against 1e-16 is no difference, and no winner."""
    (verdict,) = judge([contest(a=np.full(15, 1e-16), b=np.full(15, 1e-14), sense="min", distance=True)], RULES)
    assert verdict.outcome == "tie"
    assert verdict.difference == 0.0
    (natural,) = judge([contest(a=np.full(15, 1e-16), b=np.full(15, 1e-4), sense="min", distance=True)], RULES)
    assert (natural.outcome, natural.best) == ("winner", "a")
    assert natural.difference == pytest.approx(4.0)


def hits(*times):
    """Three targets that every run reaches at these evaluations, times 1, 2 and 3."""
    return np.array(times)[:, None] * np.array([1, 2, 3])


def test_evaluations_decide_where_both_reach_the_last_target():
    fast, slow = np.arange(10, 25), 4 * np.arange(10, 25)
    known = {"a": hits(*slow), "b": hits(*fast)}
    (verdict,) = judge(
        [contest(a=np.full(15, 1e-9), b=np.full(15, 1e-10), sense="min", distance=True, floor=1e-8, hits=known)], RULES
    )
    assert (verdict.outcome, verdict.best, verdict.measure) == ("winner", "b", "evaluations")
    assert verdict.difference == pytest.approx(math.log10(4))
    assert verdict.superiority > 0.9


def test_values_decide_before_evaluations():
    """A run that misses the last target is worse than one that reaches it, however slowly."""
    missing = np.array([[1, 2, -1]] * 8)
    known = {"a": hits(*[1000] * 8), "b": missing}
    order = Order(contest(a=[1e-9] * 8, b=[1e-3] * 8, sense="min", distance=True, floor=1e-8, hits=known))
    found = order.advantage("a", "b")
    assert found.measure == "precision"
    assert found.differences == pytest.approx(5.0)


def test_equal_values_above_the_floor_are_told_by_the_hardest_target_of_both():
    known = {"a": np.array([[10, 50, -1]] * 6), "b": np.array([[5, 500, -1]] * 6)}
    order = Order(contest(a=[0.1] * 6, b=[0.1] * 6, sense="min", distance=True, floor=1e-8, hits=known))
    found = order.advantage("a", "b")
    assert found.measure == "evaluations"
    assert found.differences == pytest.approx(1.0)
    assert (order.places[0] < order.places[1]).all()


def test_a_mixture_is_named():
    known = {"a": hits(10, 10, 10, 10, 10, 10), "b": hits(100, 100, 100, 100, 100, 100)}
    values = [1e-9, 1e-9, 1e-9, 1e-9, 1e-9, 1e-6]
    order = Order(contest(a=values, b=[1e-9] * 6, sense="min", distance=True, floor=1e-8, hits=known))
    found = order.advantage("a", "b")
    assert found.measure == "precision and evaluations"
    assert found.differences == pytest.approx([1.0] * 5 + [-2.0])


def test_natural_values_are_not_mixed_with_evaluations():
    known = {"a": hits(10, 10), "b": hits(100, 100)}
    mixed = Order(contest(a=[3.0, 3.0], b=[3.0, 2.0], sense="min", hits=known)).advantage("a", "b")
    assert (mixed.measure, mixed.differences.tolist()) == ("value", [0.0, -1.0])
    alike = Order(contest(a=[3.0, 3.0], b=[3.0, 3.0], sense="min", hits=known)).advantage("a", "b")
    assert (alike.measure, alike.differences.tolist()) == ("evaluations", [1.0, 1.0])


def test_failed_runs_are_worst_and_counted():
    good, bad = noise(0, 10), noise(0, 10) - 100.0
    bad[:9] = np.nan
    (verdict,) = judge([contest(a=good, b=bad, sense="min")], RULES)
    assert (verdict.outcome, verdict.best) == ("winner", "a")
    assert verdict.failures == {"b": 9}
    assert verdict.difference == math.inf


def test_two_failures_are_alike():
    order = Order(contest(a=[np.nan, np.nan, 1.0], b=[np.nan, 1.0, np.nan], sense="min"))
    assert order.advantage("a", "b").differences.tolist() == [0.0, -math.inf, math.inf]
    assert order.places[0, 0] == order.places[1, 0] == order.places[1, 2]


def test_a_failed_run_has_reached_nothing():
    known = {"a": hits(10, 10), "b": hits(100, 100)}
    order = Order(contest(a=[np.nan] * 2, b=[np.nan] * 2, sense="min", distance=True, hits=known))
    assert order.advantage("a", "b").differences.tolist() == [0.0, 0.0]


def test_rounding_is_no_difference():
    values = noise(0)
    (verdict,) = judge([contest(a=values, b=np.nextafter(values, 9.0), sense="min")], RULES)
    assert verdict.outcome == "tie"
    assert (verdict.difference, verdict.superiority) == (0.0, 0.5)


@pytest.mark.parametrize(
    ("optimisers", "reason", "needed"),
    [
        ({}, "no optimiser", None),
        ({"a": np.ones(9)}, "only one", None),
        ({"a": np.ones(5), "b": np.ones(5)}, "at least 6 seeds", 1),
        ({"a": np.full(9, np.nan), "b": np.full(9, np.nan)}, "every run failed", None),
    ],
)
def test_too_little_to_judge_is_said(optimisers, reason, needed):
    (verdict,) = judge([contest(**optimisers)], RULES)
    assert verdict.outcome == "cannot tell"
    assert reason in verdict.reason
    assert verdict.runs_needed == needed


def test_runs_needed_are_about_right():
    """With as many runs as asked for, the difference is found about as often as the power says."""
    rng, asked, found = np.random.default_rng(0), [], 0
    shift = 0.45
    while len(asked) < 40:
        (verdict,) = judge([contest(a=rng.normal(size=15), b=rng.normal(size=15) + shift, sense="min")], RULES)
        if verdict.outcome == "cannot tell" and verdict.runs_needed is not None:
            asked.append(verdict.runs_needed)
    total = 15 + int(np.median(asked))
    for _ in range(200):
        (verdict,) = judge([contest(a=rng.normal(size=total), b=rng.normal(size=total) + shift, sense="min")], RULES)
        found += verdict.outcome == "winner"
    assert 0.4 < found / 200 < 0.98


def test_fewer_runs_than_can_be_significant_ask_for_more():
    (verdict,) = judge([contest(a=noise(0, 6), b=noise(0, 6) + 1.0, sense="min")] * 2, RULES)[:1]
    assert verdict.p_value == 2 * 2 / 2**6
    assert verdict.outcome == "cannot tell"
    assert verdict.runs_needed == 1  # 2 · 2 / 2^7 < .05


def test_splits_with_failures_take_the_worst_score_seen():
    scores = np.array([0.8, 0.82, 0.81, 0.79, np.nan, 0.8])
    known = Contest("data", {"a": scores, "b": np.full(6, 0.5)}, 2 / 3)
    assert known.merits["a"].tolist() == [0.8, 0.82, 0.81, 0.79, 0.5, 0.8]
    (verdict,) = judge([known], RULES)
    assert verdict.failures == {"a": 1}
    assert verdict.difference == pytest.approx(np.mean(known.merits["a"] - 0.5))


def test_splits_of_a_loss():
    base = 0.3 + noise(0, scale=0.01)
    (verdict,) = judge(
        [Contest("loss", {"a": base, "b": base + 0.1 + noise(1, scale=0.001)}, 2 / 3, sense="min")], RULES
    )
    assert (verdict.outcome, verdict.best) == ("winner", "a")
    assert verdict.difference == pytest.approx(0.1, abs=1e-3)


def test_verdicts_can_be_written_as_json():
    contests = [contest(f"f{k}", a=noise(k), b=noise(k + 50) + 1.0, sense="min") for k in range(6)]
    verdicts = judge(contests, RULES)
    content = [dataclasses.asdict(verdict) for verdict in [*verdicts, judge_overall(contests, verdicts, RULES)]]
    assert json.loads(json.dumps(content))[-1]["objectives"] == 6


def several(objectives, shift=0.0, **facts):
    return [
        contest(f"f{k}", a=noise(3 * k, 6), b=noise(3 * k + 1, 6) + shift, c=noise(3 * k + 2, 6) + shift, sense="min")
        for k in range(objectives)
    ]


def test_an_overall_winner_with_its_numbers():
    contests = several(10, 3.0)
    verdicts = judge(contests, RULES)
    overall = judge_overall(contests, verdicts, RULES)
    assert (overall.outcome, overall.best, overall.leading) == ("winner", "a", ("a",))
    assert overall.p_value == 2 / 2**10
    assert next(iter(overall.ranks)) == "a"
    assert overall.ranks["a"] == 1.0
    assert sum(overall.ranks.values()) == pytest.approx(6.0)
    table = [[1, 2.5, 2.5] if b == c else [1, 2, 3] if b < c else [1, 3, 2] for b, c in mean_ranks(contests)]
    reference = statistics.friedman_test(table)
    assert (overall.chi2, overall.f, overall.p_friedman) == (reference.chi2, reference.f, reference.p_value)
    assert overall.outcomes["winner"] == sum(verdict.outcome == "winner" for verdict in verdicts)
    assert sum(overall.outcomes.values()) == 10


def mean_ranks(contests):
    """Mean rank of b and of c over the seeds of each contest."""
    for each in contests:
        values = np.array(list(each.optimisers.values()))
        yield values.argsort(axis=0).argsort(axis=0).mean(axis=1)[1:]


def test_no_overall_winner_with_few_objectives_or_little_difference():
    contests = several(4, 3.0)
    overall = judge_overall(contests, judge(contests, RULES), RULES)
    assert (overall.outcome, overall.objectives_needed) == ("cannot tell", 1)
    assert "at least 5 objectives" in overall.reason
    contests = several(5, 3.0)
    overall = judge_overall(contests, judge(contests, RULES), RULES)
    assert (overall.outcome, overall.objectives_needed) == ("cannot tell", 1)  # 2 / 2^5 is above .05, 2 / 2^6 below
    contests = several(10)
    overall = judge_overall(contests, judge(contests, RULES), RULES)
    assert overall.outcome == "cannot tell"
    assert overall.best in overall.leading
    assert len(overall.leading) > 1


def test_a_tie_on_every_objective_is_one_overall():
    contests = [contest(f"f{k}", a=noise(k), b=noise(k), sense="min") for k in range(6)]
    overall = judge_overall(contests, judge(contests, RULES), RULES)
    assert (overall.outcome, set(overall.leading)) == ("tie", {"a", "b"})


def test_optimisers_that_did_not_run_everywhere_are_left_out():
    contests = [*several(6, 3.0), contest("last", a=noise(0), b=noise(1) + 3.0, sense="min")]
    overall = judge_overall(contests, judge(contests, RULES), RULES)
    assert overall.left_out == ("c",)
    assert overall.best == "a"
    alone = judge_overall([contest(a=noise(0)), contest(b=noise(0))], [], RULES)
    assert "fewer than two" in alone.reason


def test_old_fields_have_their_old_places():
    """What reads verdicts by position still can."""
    names = [field.name for field in dataclasses.fields(Verdict)]
    assert names[:13] == [
        "objective", "outcome", "best", "leading", "rival", "difference", "low", "high", "standardised", "p_value",
        "runs", "runs_needed", "reason",
    ]  # fmt: skip
