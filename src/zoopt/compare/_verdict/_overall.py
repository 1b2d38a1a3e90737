"""The best over all objectives: Friedman's test on ranks, each objective one block."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import numpy as np

from zoopt.compare import statistics
from zoopt.compare._verdict._order import Order
from zoopt.compare._verdict._terms import (
    MINIMUM_OBJECTIVES,
    Contest,
    FloatArray,
    Outcome,
    OverallVerdict,
    Rules,
    Verdict,
)


def judge_overall(contests: Sequence[Contest], verdicts: Sequence[Verdict], rules: Rules) -> OverallVerdict:
    """Return which optimiser is best over all objectives.

    Parameters
    ----------
    contests : sequence of Contest
        One for each objective.
    verdicts : sequence of Verdict
        Those of the same objectives, which are counted.
    rules : Rules

    Returns
    -------
    OverallVerdict

    Notes
    -----
    On each objective optimisers are ranked by the mean of their ranks over its seeds; these ranks are compared over the
    objectives, so that an objective counts once however many seeds it has. A winner needs Friedman's test (as Iman and
    Davenport have it) and a better rank than every other optimiser, by the exact test of rank differences.
    """
    shared = shared_labels(contests)
    counted = OverallVerdict(
        outcome="cannot tell",
        objectives=len(contests),
        objectives_needed=None,
        wins=dict(Counter(verdict.best for verdict in verdicts if verdict.outcome == "winner" and verdict.best)),
        outcomes={kind: sum(verdict.outcome == kind for verdict in verdicts) for kind in get_args(Outcome)},
        left_out=tuple(label for label in _labels(contests) if label not in shared),
    )
    if len(shared) < 2:
        return replace(counted, reason="fewer than two optimisers ran on every objective")
    if not all(contest.runs for contest in contests):
        return replace(counted, reason="an objective has no seed on which all optimisers ran")
    table = block_ranks(contests, shared)
    average = dict(zip(shared, table.mean(axis=0).tolist(), strict=True))
    ranked = sorted(shared, key=lambda label: average[label])
    known = replace(counted, best=ranked[0], ranks={label: average[label] for label in ranked})
    if len(contests) < MINIMUM_OBJECTIVES:
        reason = f"a verdict over all needs at least {MINIMUM_OBJECTIVES} objectives, there are {len(contests)}"
        return replace(
            known, leading=tuple(ranked), reason=reason, objectives_needed=MINIMUM_OBJECTIVES - len(contests)
        )
    return _decide(known, table, shared, verdicts, rules)


def shared_labels(contests: Sequence[Contest]) -> list[str]:
    """Return the optimisers that ran on every objective."""
    return [label for label in _labels(contests) if all(label in contest.optimisers for contest in contests)]


def block_ranks(contests: Sequence[Contest], labels: Sequence[str]) -> FloatArray:
    """Return the rank of each optimiser on each objective, shape (objectives, labels)."""
    return statistics.rank_table([_block(contest, labels) for contest in contests])


def _decide(
    known: OverallVerdict, table: FloatArray, labels: list[str], verdicts: Sequence[Verdict], rules: Rules
) -> OverallVerdict:
    friedman = statistics.friedman_test(table)
    best = labels.index(str(known.best))
    others = [index for index in range(len(labels)) if index != best]
    raw = [min(1.0, 2.0 * statistics.rank_difference_test(table, best, index)) for index in others]
    adjusted = dict(zip((labels[index] for index in others), statistics.holm(raw), strict=True))
    hardest = max(range(len(others)), key=lambda at: (raw[at], -friedman.ranks[others[at]]))
    p_winner = raw[hardest]
    near = tuple(label for label in known.ranks if label == known.best or adjusted[label] >= rules.alpha)
    outcome: Outcome = "cannot tell"
    if p_winner < rules.alpha and friedman.p_value < rules.alpha:
        outcome, near = "winner", near[:1]
    elif tied := _tied_everywhere(verdicts):
        outcome, near = "tie", tuple(label for label in known.ranks if label in tied)
    needed = 0 if outcome != "cannot tell" else _objectives_needed(table, best, others[hardest], rules)
    return replace(
        known,
        outcome=outcome,
        leading=near,
        rival=labels[others[hardest]],
        p_value=p_winner,
        chi2=friedman.chi2,
        f=friedman.f,
        p_friedman=friedman.p_value,
        adjusted=adjusted,
        objectives_needed=needed,
    )


def _tied_everywhere(verdicts: Sequence[Verdict]) -> set[str]:
    """Return the optimisers, two or more, that are in a tie for the lead on every objective."""
    if not verdicts or any(verdict.outcome != "tie" for verdict in verdicts):
        return set()
    tied = set.intersection(*(set(verdict.leading) for verdict in verdicts))
    return tied if len(tied) > 1 else set()


def _objectives_needed(table: FloatArray, best: int, rival: int, rules: Rules) -> int | None:
    """Further objectives with which the test of rank differences has its power, if all stays as measured."""
    gains = table[:, rival] - table[:, best]
    if gains.mean() <= 0:
        return None
    level, power = _normal_quantiles(1.0 - rules.alpha / 2.0, rules.power)
    wanted = level * math.sqrt(float(np.mean(gains**2))) + power * float(
        gains.std()
    )  # spread without, with a difference
    total = math.ceil((wanted / float(gains.mean())) ** 2)
    least = math.floor(-math.log2(rules.alpha / 2.0)) + 1  # with fewer, not even all of them could show it
    return max(1, max(total, least) - len(table))


def _normal_quantiles(*probabilities: float) -> list[float]:
    from scipy.special import ndtri

    return [float(ndtri(probability)) for probability in probabilities]


def _block(contest: Contest, labels: Sequence[str]) -> FloatArray:
    """Mean rank of each optimiser over the seeds of one objective."""
    places = dict(zip(contest.optimisers, Order(contest).places, strict=True))
    ranks = statistics.rank_table(np.array([places[label] for label in labels], dtype=np.float64).T)
    means: FloatArray = np.round(ranks.mean(axis=0), 9)  # equal means of ranks are equal numbers
    return means


def _labels(contests: Sequence[Contest]) -> list[str]:
    return list(dict.fromkeys(label for contest in contests for label in contest.optimisers))
