"""From paired scores to a verdict: winner, tie or cannot tell; and whether anything beat the baseline.

Every function takes scores as ``{label: array of shape (J,)}``, larger is better, one entry a split, all in
one order.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics

Scores = Mapping[str, NDArray[np.float64]]
MINIMUM_RUNS = 5
"""Fewer paired runs give no verdict: scores move in steps of 1/n, and a few can agree by chance."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The levels at which a verdict is given.

    Attributes
    ----------
    alpha : float
        Chance of a false claim that is accepted, in (0, 1). Holm keeps it over all claims of one kind.
    margin : float
        Differences of the metric smaller than this do not matter, > 0 (absolute).
    power : float
        Chance with which the runs still needed would settle the matter, were the measured difference the true
        one.
    """

    alpha: float = 0.05
    margin: float = 0.005
    power: float = 0.8


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which optimiser is best on one objective.

    Attributes
    ----------
    objective : str
    outcome : {"winner", "tie", "cannot tell"}
        ``winner``: better than every other optimiser, significantly. ``tie``: those of the leading group are
        shown to be within the margin of the best. ``cannot tell``: neither is shown.
    best : str or None
        Label with the highest mean; None without any run.
    leading : tuple of str
        The best and all that are not separated from it. It holds the truly best one with confidence 1 - α.
    rival : str or None
        The one hardest to tell from the best; ``difference`` (best minus rival), its interval,
        ``standardised`` and ``p_value`` (Holm-adjusted within and across objectives) are about it.
    runs_needed : int or None
        Further paired runs that would settle the verdict if all stays as measured; 0 where it is settled,
        None where no number of runs on this data can.
    reason : str
        Why nothing can be told, where that has a cause other than the scores; else empty.
    """

    objective: str
    outcome: Literal["winner", "tie", "cannot tell"]
    best: str | None = None
    leading: tuple[str, ...] = ()
    rival: str | None = None
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan
    standardised: float = math.nan
    p_value: float = math.nan
    runs: int = 0
    runs_needed: int | None = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gain:
    """What one optimiser gains over the tuned baseline, with plain cross-entropy beside it.

    ``low`` and ``high`` hold for all optimisers of the objective at once (Bonferroni), so that naming the
    largest gain does not flatter it. ``over_plain`` is the mean gain over the untuned baseline, a description
    without a test.
    """

    label: str
    difference: float
    low: float
    high: float
    p_value: float
    over_plain: float


@dataclass(frozen=True, slots=True)
class BaselineVerdict:
    """Whether any optimiser beat the tuned baseline on one objective.

    Attributes
    ----------
    objective : str
    outcome : {"yes", "no", "cannot tell"}
        ``yes``: at least one gain is significant (Holm over all optimisers of all objectives). ``no``: every
        optimiser is shown not to gain the margin or more. ``cannot tell``: neither is shown.
    baseline : str
        The tuned baseline that gains are stated against.
    tuning_gain : float
        What the tuned baseline itself gains over the plain one: the gain of the decision alone.
    gains : tuple of Gain
        All optimisers, largest gain first.
    winners : tuple of str
        Labels with a significant gain, largest first.
    runs_needed : int or None
        As in :class:`Verdict`, for the largest gain.
    """

    objective: str
    outcome: Literal["yes", "no", "cannot tell"]
    baseline: str
    tuning_gain: float = math.nan
    gains: tuple[Gain, ...] = ()
    winners: tuple[str, ...] = ()
    runs: int = 0
    runs_needed: int | None = 0
    reason: str = ""


@dataclass(frozen=True)
class Contest:
    """The scores of one objective.

    Attributes
    ----------
    objective : str
    optimisers : mapping of str to ndarray of shape (J,)
    plain, tuned : ndarray of shape (J,) or None
        Scores of the two baselines, where the objective has any.
    ratio : float
        n_test / n_train of the splits; 0 for independent runs.
    tuned_name : str
        Label of the tuned baseline.
    """

    objective: str
    optimisers: Scores
    ratio: float
    plain: NDArray[np.float64] | None = None
    tuned: NDArray[np.float64] | None = None
    tuned_name: str = "tuned baseline"

    @property
    def runs(self) -> int:
        """Number of paired runs J."""
        return min((scores.size for scores in self.optimisers.values()), default=0)


@dataclass(frozen=True)
class _Ranking:
    """The best of one contest and how the others compare with it."""

    contest: Contest
    best: str
    against: Mapping[str, statistics.Comparison]
    adjusted: Mapping[str, float]


def judge(contests: list[Contest], rules: Rules) -> list[Verdict]:
    """Return a verdict on the optimisers of each objective.

    Parameters
    ----------
    contests : list of Contest
        One for each objective.
    rules : Rules

    Returns
    -------
    list of Verdict
        In the order given.

    Notes
    -----
    Within an objective the best by mean is tested against every other one (corrected resampled t-test, Holm).
    To be the winner it must beat them all; the p-value of that claim is the largest of the adjusted ones, and
    Holm is applied to it once more across objectives. The best is chosen by looking, but two-sided tests
    leave room for that: with two identical optimisers the chance of a false winner is α, with more of them it
    is smaller (a test simulates it).
    """
    ranked = [_rank(contest) for contest in contests]
    wins = statistics.holm([_p_winner(ranking) for ranking in ranked if ranking])
    ties = statistics.holm([_p_tie(ranking, rules) for ranking in ranked if ranking])
    claims = iter(zip(wins, ties, strict=True))
    return [
        _decide(ranking, *next(claims), rules) if ranking else _no_verdict(contest)
        for contest, ranking in zip(contests, ranked, strict=True)
    ]


def judge_baselines(contests: list[Contest], rules: Rules) -> list[BaselineVerdict]:
    """Return, for each objective with baselines, whether any optimiser beat the tuned one.

    Every optimiser is tested, none is picked beforehand, and Holm runs over all of them on all objectives.

    Parameters
    ----------
    contests : list of Contest
    rules : Rules

    Returns
    -------
    list of BaselineVerdict
        Only for the contests that have baselines, in the order given.
    """
    rated = [contest for contest in contests if contest.tuned is not None and contest.plain is not None]
    compared = [_against_baseline(contest, rules) for contest in rated]
    adjusted = iter(statistics.holm([c.p_value for found in compared for c in found.values()]))
    return [
        _rate(contest, found, [next(adjusted) for _ in found], rules)
        for contest, found in zip(rated, compared, strict=True)
    ]


def _rank(contest: Contest) -> _Ranking | None:
    if len(contest.optimisers) < 2 or contest.runs < MINIMUM_RUNS:
        return None
    best = max(contest.optimisers, key=lambda label: float(contest.optimisers[label].mean()))
    against = {
        label: statistics.corrected_t_test(contest.optimisers[best], scores, contest.ratio, margin=1.0)
        for label, scores in contest.optimisers.items()
        if label != best
    }
    adjusted = statistics.holm([comparison.p_value for comparison in against.values()])
    return _Ranking(contest, best, against, dict(zip(against, adjusted, strict=True)))


def _p_winner(ranking: _Ranking) -> float:
    return max(ranking.adjusted.values())


def _leading(ranking: _Ranking, alpha: float) -> list[str]:
    """Labels not separated from the best, the best first, then by mean."""
    near = [label for label, p in ranking.adjusted.items() if p >= alpha]
    return [ranking.best, *sorted(near, key=lambda label: ranking.against[label].difference)]


def _p_tie(ranking: _Ranking, rules: Rules) -> float:
    rivals = _leading(ranking, rules.alpha)[1:]
    return max((_equivalence(ranking, label, rules.margin).p_equivalent for label in rivals), default=1.0)


def _equivalence(ranking: _Ranking, label: str, margin: float) -> statistics.Comparison:
    scores, ratio = ranking.contest.optimisers, ranking.contest.ratio
    return statistics.corrected_t_test(scores[ranking.best], scores[label], ratio, margin=margin)


def _decide(ranking: _Ranking, p_winner: float, p_tie: float, rules: Rules) -> Verdict:
    leading = _leading(ranking, rules.alpha)
    outcome: Literal["winner", "tie", "cannot tell"] = "cannot tell"
    if p_winner < rules.alpha:
        outcome = "winner"
    elif len(leading) > 1 and p_tie < rules.alpha:
        outcome = "tie"
    rival = max(ranking.adjusted, key=lambda label: (ranking.adjusted[label], ranking.against[label].p_value))
    hardest = ranking.against[rival]
    return Verdict(
        objective=ranking.contest.objective,
        outcome=outcome,
        best=ranking.best,
        leading=tuple(leading),
        rival=rival,
        difference=hardest.difference,
        low=hardest.low,
        high=hardest.high,
        standardised=hardest.standardised,
        p_value=p_winner,
        runs=hardest.runs,
        runs_needed=0 if outcome != "cannot tell" else _runs_needed(ranking, leading[1:] or [rival], rules),
    )


def _runs_needed(ranking: _Ranking, rivals: list[str], rules: Rules) -> int | None:
    """Further runs until each rival is either separated from the best or shown to be its equal."""
    ratio = ranking.contest.ratio
    level = rules.alpha / len(rivals)  # what Holm leaves for those still undecided
    totals: list[int] = []
    for label in rivals:
        comparison = ranking.against[label]
        options = (
            statistics.runs_to_separate(comparison, ratio, alpha=level, power=rules.power),
            statistics.runs_to_equate(comparison, ratio, alpha=rules.alpha, margin=rules.margin),
        )
        possible = [runs for runs in options if runs is not None]
        if not possible:
            return None
        totals.append(min(possible))
    return max(1, max(totals) - ranking.contest.runs)


def _no_verdict(contest: Contest) -> Verdict:
    labels = tuple(contest.optimisers)
    if len(labels) == 0:
        reason, needed = "no optimiser could run on it", None
    elif len(labels) == 1:
        reason, needed = "only one optimiser was run", None
    else:
        reason = f"a verdict needs at least {MINIMUM_RUNS} seeds, there are {contest.runs}"
        needed = MINIMUM_RUNS - contest.runs
    best = max(labels, key=lambda label: float(contest.optimisers[label].mean()), default=None)
    return Verdict(
        objective=contest.objective,
        outcome="cannot tell",
        best=best,
        leading=labels,
        runs=contest.runs,
        runs_needed=needed,
        reason=reason,
    )


def _against_baseline(contest: Contest, rules: Rules) -> dict[str, statistics.Comparison]:
    if contest.tuned is None or contest.runs < MINIMUM_RUNS:
        return {}
    confidence = 1.0 - rules.alpha / max(1, len(contest.optimisers))
    return {
        label: statistics.corrected_t_test(
            scores, contest.tuned, contest.ratio, margin=rules.margin, confidence=confidence
        )
        for label, scores in contest.optimisers.items()
    }


def _rate(
    contest: Contest, compared: dict[str, statistics.Comparison], adjusted: list[float], rules: Rules
) -> BaselineVerdict:
    plain = np.zeros(0) if contest.plain is None else contest.plain
    tuned = np.zeros(0) if contest.tuned is None else contest.tuned
    tuning_gain = float(tuned.mean() - plain.mean()) if plain.size else math.nan
    if not compared:
        reason = (
            f"a verdict needs at least {MINIMUM_RUNS} seeds, there are {contest.runs}"
            if contest.optimisers
            else "no optimiser could run on it"
        )
        return BaselineVerdict(
            contest.objective,
            "cannot tell",
            contest.tuned_name,
            tuning_gain,
            runs=contest.runs,
            reason=reason,
        )
    gains = sorted(
        (
            Gain(
                label,
                c.difference,
                c.low,
                c.high,
                p_value,
                float(contest.optimisers[label].mean() - plain.mean()),
            )
            for (label, c), p_value in zip(compared.items(), adjusted, strict=True)
        ),
        key=lambda gain: -gain.difference,
    )
    winners = tuple(gain.label for gain in gains if gain.p_value < rules.alpha and gain.difference > 0)
    none_gains = all(c.p_not_above < rules.alpha for c in compared.values())
    outcome: Literal["yes", "no", "cannot tell"] = "yes" if winners else "no" if none_gains else "cannot tell"
    return BaselineVerdict(
        objective=contest.objective,
        outcome=outcome,
        baseline=contest.tuned_name,
        tuning_gain=tuning_gain,
        gains=tuple(gains),
        winners=winners,
        runs=contest.runs,
        runs_needed=0 if outcome != "cannot tell" else _runs_to_rate(compared, contest, rules),
    )


def _runs_to_rate(compared: dict[str, statistics.Comparison], contest: Contest, rules: Rules) -> int | None:
    """Further runs until the largest gain is significant, or until all are shown to be below the margin."""
    level = rules.alpha / len(compared)
    largest = max(compared.values(), key=lambda c: c.difference)
    options = []
    if largest.difference > 0:
        options.append(statistics.runs_to_separate(largest, contest.ratio, alpha=level, power=rules.power))
    undecided = [c for c in compared.values() if c.p_not_above >= rules.alpha]
    shown = [statistics.runs_to_exclude(c, contest.ratio, alpha=rules.alpha, margin=rules.margin) for c in undecided]
    if None not in shown:
        options.append(max((runs for runs in shown if runs is not None), default=None))
    possible = [runs for runs in options if runs is not None]
    return max(1, min(possible) - contest.runs) if possible else None
