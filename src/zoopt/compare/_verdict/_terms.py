"""The terms of verdicts: what is judged, by which rules, and what is answered."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Scores = Mapping[str, FloatArray]

Outcome = Literal["winner", "tie", "cannot tell"]
Measure = Literal["value", "precision", "evaluations", "precision and evaluations"]

MINIMUM_RUNS = 5
"""Fewer paired splits give no verdict: scores move in steps of 1/n, and a few can agree by chance."""
MINIMUM_INDEPENDENT_RUNS = 6
"""Fewer independent runs cannot be significant at .05: five wins of five have a p-value of 2/32."""
MINIMUM_OBJECTIVES = 5
"""Fewer objectives give no verdict over all of them."""
PRECISION_FLOOR = 1e-8
"""Distances from the optimum below this are alike where the objective names no targets."""


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
    decades : float
        As ``margin``, where distances from a known optimum or numbers of evaluations are compared: in powers of ten.
        The default, 0.3, is a factor of two.
    """

    alpha: float = 0.05
    margin: float = 0.005
    power: float = 0.8
    decades: float = 0.3


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
        Label with the highest mean over splits, or the best average rank over independent runs; None without any run.
    leading : tuple of str
        The best and all that are not separated from it. It holds the truly best one with confidence 1 - α.
    rival : str or None
        The one hardest to tell from the best; ``difference``, its interval, ``standardised``, ``rank_biserial``,
        ``superiority`` and ``p_value`` are about it.
    difference, low, high : float
        How much better the best is, > 0 for better, with its interval: the mean difference over splits, the
        Hodges–Lehmann estimate over independent runs; in the unit that ``measure`` says.
    standardised : float
        Difference over the standard deviation of the differences; splits only.
    p_value : float
        Of the claim of a winner, adjusted by Holm over the objectives.
    runs : int
        Number of paired runs.
    runs_needed : int or None
        Further paired runs that would settle the verdict if all stays as measured; 0 where it is settled,
        None where no number of runs on this data can.
    reason : str
        Why nothing can be told, where that has a cause other than the scores; else empty.
    measure : {"value", "precision", "evaluations", "precision and evaluations"}
        What differences are measured in: the metric itself, or powers of ten of the distance from the optimum, of
        the evaluations to the hardest target reached by both, or of whichever of these two decides on a seed.
    rank_biserial : float
        Matched rank-biserial correlation of the differences, in [-1, 1]; independent runs only.
    superiority : float
        Vargha and Delaney's A12, the chance that a run of the best is better than one of the rival; independent runs
        only.
    failures : mapping of str to int
        Number of failed runs of those that have any; each counts as worse than any value.
    left_out : int
        Number of seeds that are left out because some optimiser has no record of a run there.
    """

    objective: str
    outcome: Outcome
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
    measure: Measure = "value"
    rank_biserial: float = math.nan
    superiority: float = math.nan
    failures: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0


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


@dataclass(frozen=True, slots=True)
class OverallVerdict:
    """Which optimiser is best over all objectives, each of which counts alike.

    Attributes
    ----------
    outcome : {"winner", "tie", "cannot tell"}
        ``winner``: ranks differ (Friedman) and the best one ranks better than every other, significantly. ``tie``: the
        same optimisers tie on every single objective. ``cannot tell``: neither is shown.
    best : str or None
        Label with the best average rank.
    leading : tuple of str
        The best and all that are not separated from it by Holm's method, best first.
    rival : str or None
        The one hardest to tell from the best.
    ranks : mapping of str to float
        Average rank over the objectives, 1 is best; best first.
    p_value : float
        Of the claim of a winner: that the best does not rank better than its rival, two-sided, exact.
    chi2, f, p_friedman : float
        Friedman's statistic, that of Iman and Davenport, and the p-value of the latter.
    adjusted : mapping of str to float
        For each other one the p-value against the best, adjusted by Holm.
    objectives : int
        Number of objectives.
    objectives_needed : int or None
        Further objectives that would settle it if all stays as measured; 0 where it is settled, None where no number
        would.
    wins : mapping of str to int
        On how many objectives each is the winner; those that win none are left out.
    outcomes : mapping of str to int
        How many objectives have a winner, a tie, cannot tell.
    left_out : tuple of str
        Optimisers that did not run on every objective.
    reason : str
        Why nothing can be told, where that has a cause other than the scores; else empty.
    """

    outcome: Outcome
    best: str | None = None
    leading: tuple[str, ...] = ()
    rival: str | None = None
    ranks: Mapping[str, float] = field(default_factory=dict)
    p_value: float = math.nan
    chi2: float = math.nan
    f: float = math.nan
    p_friedman: float = math.nan
    adjusted: Mapping[str, float] = field(default_factory=dict)
    objectives: int = 0
    objectives_needed: int | None = 0
    wins: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Contest:
    """The scores of one objective.

    Attributes
    ----------
    objective : str
    optimisers : mapping of str to ndarray of shape (J,)
        Honest scores, one entry a seed, all in one order; NaN for a failed run.
    ratio : float
        n_test / n_train of the splits; 0 for independent runs.
    plain, tuned : ndarray of shape (J,) or None
        Scores of the two baselines, where the objective has any.
    tuned_name : str
        Label of the tuned baseline.
    sense : {"max", "min"}
        Whether larger or smaller scores are better.
    distance : bool
        Whether scores are distances from a known optimum, to be compared by their powers of ten.
    floor : float
        Distances below this are alike: the last target.
    hits : mapping of str to ndarray of shape (J, t)
        Evaluation that reached each target first, easy to hard, negative for never; empty where there are no targets.
    left_out : int
        Number of seeds that are not here because some optimiser has no record of a run there.
    """

    objective: str
    optimisers: Scores
    ratio: float
    plain: FloatArray | None = None
    tuned: FloatArray | None = None
    tuned_name: str = "tuned baseline"
    sense: Literal["max", "min"] = "max"
    distance: bool = False
    floor: float = PRECISION_FLOOR
    hits: Mapping[str, IntArray] = field(default_factory=dict)
    left_out: int = 0

    @property
    def runs(self) -> int:
        """Number of paired runs J."""
        return min((scores.size for scores in self.optimisers.values()), default=0)

    @property
    def independent(self) -> bool:
        """Whether runs are independent, so that rank tests hold."""
        return self.ratio == 0.0

    @property
    def failures(self) -> dict[str, int]:
        """Number of failed runs of each optimiser that has any."""
        counts = {label: int(np.isnan(scores).sum()) for label, scores in self.optimisers.items()}
        return {label: count for label, count in counts.items() if count}

    def merit_of(self, scores: FloatArray | None) -> FloatArray:
        """Return scores of a baseline with larger ones better; none where there is none."""
        found = np.zeros(0) if scores is None else scores
        return found if self.sense == "max" else -found

    @property
    def merits(self) -> dict[str, FloatArray]:
        """Scores with larger ones better; a failed run has the worst score that any run of the objective has."""
        merits = {label: self.merit_of(scores) for label, scores in self.optimisers.items()}
        if not self.failures:
            return merits
        seen = np.concatenate(list(merits.values()))
        worst = np.min(seen[np.isfinite(seen)], initial=math.inf)
        return {label: np.where(np.isfinite(values), values, worst) for label, values in merits.items()}


def refusal(contest: Contest) -> Verdict | None:
    """Return why a contest cannot be judged at all, or None where it can."""
    labels = tuple(contest.optimisers)
    minimum = MINIMUM_INDEPENDENT_RUNS if contest.independent else MINIMUM_RUNS
    needed: int | None = None
    if len(labels) == 0:
        reason = "no optimiser could run on it"
    elif len(labels) == 1:
        reason = "only one optimiser was run"
    elif contest.runs < minimum:
        reason, needed = f"a verdict needs at least {minimum} seeds, there are {contest.runs}", minimum - contest.runs
    elif not any(np.isfinite(scores).any() for scores in contest.optimisers.values()):
        reason = "every run failed"
    else:
        return None
    means = {label: float(np.mean(merits)) for label, merits in contest.merits.items() if merits.size}
    return Verdict(
        objective=contest.objective,
        outcome="cannot tell",
        best=max(means, key=lambda label: means[label], default=None),
        leading=labels,
        runs=contest.runs,
        runs_needed=needed,
        reason=reason,
        failures=contest.failures,
        left_out=contest.left_out,
    )
