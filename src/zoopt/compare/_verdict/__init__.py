"""From paired scores to a verdict: winner, tie or cannot tell; for each objective, over all, and against baselines."""

from collections.abc import Sequence

from zoopt.compare import statistics
from zoopt.compare._verdict._baselines import judge_baselines
from zoopt.compare._verdict._independent import RunRanking
from zoopt.compare._verdict._overall import judge_overall
from zoopt.compare._verdict._splits import SplitRanking
from zoopt.compare._verdict._terms import (
    MINIMUM_INDEPENDENT_RUNS,
    MINIMUM_OBJECTIVES,
    MINIMUM_RUNS,
    PRECISION_FLOOR,
    BaselineVerdict,
    Contest,
    Gain,
    OverallVerdict,
    Rules,
    Scores,
    Verdict,
    refusal,
)

__all__ = [
    "MINIMUM_INDEPENDENT_RUNS",
    "MINIMUM_OBJECTIVES",
    "MINIMUM_RUNS",
    "PRECISION_FLOOR",
    "BaselineVerdict",
    "Contest",
    "Gain",
    "OverallVerdict",
    "Rules",
    "Scores",
    "Verdict",
    "judge",
    "judge_baselines",
    "judge_overall",
]


def judge(contests: Sequence[Contest], rules: Rules) -> list[Verdict]:
    """Return a verdict on the optimisers of each objective.

    Parameters
    ----------
    contests : sequence of Contest
        One for each objective.
    rules : Rules

    Returns
    -------
    list of Verdict
        In the order given.

    Notes
    -----
    Within an objective the best is tested against every other one: over splits the best by mean, by the corrected
    resampled t-test with Holm; over independent runs the best by average rank, by signed ranks. To be the winner it
    must beat them all; the p-value of that claim is the largest of all, and Holm is applied to it across objectives.
    The best is chosen by looking, but two-sided tests leave room for that: with two identical optimisers the chance of
    a false winner is α, with more of them it is smaller (a test simulates it).
    """
    refused = [refusal(contest) for contest in contests]
    ranked: list[SplitRanking | RunRanking] = [
        RunRanking.of(contest) if contest.independent else SplitRanking.of(contest)
        for contest, why in zip(contests, refused, strict=True)
        if why is None
    ]
    raw = [ranking.p_winner() for ranking in ranked]
    wins = statistics.holm(raw)
    ties = statistics.holm([ranking.p_tie(rules) for ranking in ranked])
    left = [sum(other >= p for other in raw) for p in raw]
    decided = iter(
        ranking.decide(win, tie, rules, claims)
        for ranking, win, tie, claims in zip(ranked, wins, ties, left, strict=True)
    )
    return [next(decided) if why is None else why for why in refused]
