"""Whether any optimiser beat the baselines that no optimiser has touched."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from zoopt.compare import statistics
from zoopt.compare._verdict._terms import MINIMUM_RUNS, BaselineVerdict, Contest, Gain, Rules


def judge_baselines(contests: Sequence[Contest], rules: Rules) -> list[BaselineVerdict]:
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


def _against_baseline(contest: Contest, rules: Rules) -> dict[str, statistics.Comparison]:
    tuned = contest.merit_of(contest.tuned)
    if contest.runs < MINIMUM_RUNS or _all_failed(contest):
        return {}
    confidence = 1.0 - rules.alpha / max(1, len(contest.optimisers))
    return {
        label: statistics.corrected_t_test(scores, tuned, contest.ratio, margin=rules.margin, confidence=confidence)
        for label, scores in contest.merits.items()
    }


def _rate(
    contest: Contest, compared: dict[str, statistics.Comparison], adjusted: list[float], rules: Rules
) -> BaselineVerdict:
    plain, tuned = contest.merit_of(contest.plain), contest.merit_of(contest.tuned)
    tuning_gain = float(tuned.mean() - plain.mean()) if plain.size else math.nan
    if not compared:
        reason = "every run failed" if contest.optimisers else "no optimiser could run on it"
        if contest.optimisers and contest.runs < MINIMUM_RUNS:
            reason = f"a verdict needs at least {MINIMUM_RUNS} seeds, there are {contest.runs}"
        return BaselineVerdict(
            contest.objective,
            "cannot tell",
            contest.tuned_name,
            tuning_gain,
            runs=contest.runs,
            reason=reason,
        )
    merits = contest.merits
    gains = sorted(
        (
            Gain(
                label,
                c.difference,
                c.low,
                c.high,
                p_value,
                float(merits[label].mean() - plain.mean()),
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


def _all_failed(contest: Contest) -> bool:
    return not any(np.isfinite(scores).any() for scores in contest.optimisers.values())


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
