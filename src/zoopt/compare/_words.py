"""Verdicts in plain words. The text is plain: whoever shows it in markup escapes it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoopt.compare._facts import Facts
from zoopt.compare._gate import Check, GateResult
from zoopt.compare._row import Row
from zoopt.compare._verdict import BaselineVerdict, OverallVerdict, Rules, Verdict

SATURATED = 0.995
"""A training metric from which on more training of the metric is pointless."""


@dataclass(frozen=True)
class Form:
    """How values of an objective are written: metrics with three decimals, all others with three digits."""

    decimals: bool = True

    def number(self, value: float) -> str:
        """Return a value, or a dash where there is none."""
        if self.decimals:
            return number(value)
        return "–" if not math.isfinite(value) else f"{value:.3g}"

    def signed(self, value: float) -> str:
        """Return a difference with its sign, or a dash where there is none."""
        if self.decimals:
            return signed(value)
        if not math.isfinite(value):
            return "–"
        return ("" if value == 0 else "+" if value > 0 else "−") + f"{abs(value):.3g}"

    def interval(self, low: float, high: float, show: bool = False) -> str:
        """Return ``[low, high]`` of a value, or with signs of a difference, or a dash."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return "–"
        write = self.signed if show else self.number
        return f"[{write(low)}, {write(high)}]"


METRIC = Form()


def form_of(facts: Facts) -> Form:
    """Return how values of an objective are written."""
    return Form(decimals=facts.splits)


def number(value: float, digits: int = 3) -> str:
    """Return a metric with a fixed number of digits, or a dash where there is none."""
    return "–" if not math.isfinite(value) else f"{value:.{digits}f}"


def signed(value: float, digits: int = 3) -> str:
    """Return a difference with its sign, or a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):.{digits}f}"
    sign = "" if float(text) == 0 else "+" if value > 0 else "−"
    return sign + text


def interval(low: float, high: float, show: bool = False) -> str:
    """Return ``[low, high]`` of a metric, or with signs of a difference, or a dash."""
    return METRIC.interval(low, high, show)


def short(metric: str) -> str:
    """Return the name of a metric for the head of a column.

    Examples
    --------
    >>> short("distance from the optimum")
    'distance'
    """
    return metric.partition(" ")[0]


def listing(names: Sequence[str], most: int = 6) -> str:
    """Return names as a list in words, the tail counted where it is long."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"


def headline(verdict: Verdict | OverallVerdict) -> str:
    """Return the verdict in a few words."""
    if verdict.outcome == "winner":
        return f"Winner: {verdict.best}"
    if verdict.outcome == "tie":
        return f"Tie of {len(verdict.leading)}"
    return "Cannot tell"


def explain(verdict: Verdict, rules: Rules, form: Form = METRIC) -> str:
    """Return why: who leads, by how much, how sure that is, and what would settle it."""
    why = _sentence(verdict.reason) if verdict.reason else _why(verdict, rules, form)
    return " ".join(part for part in (why, _missing(verdict)) if part)


def _why(verdict: Verdict, rules: Rules, form: Form) -> str:
    gap = _gap(verdict, form)
    if verdict.outcome == "winner":
        small = " The difference is below the margin that matters." if verdict.high < _margin(verdict, rules) else ""
        return (
            f"{verdict.best} is better than every other optimiser; hardest to tell from it is {verdict.rival}: "
            f"{gap}, adjusted p {_probability(verdict.p_value)}.{small}"
        )
    if verdict.outcome == "tie":
        within = f"{rules.margin:g}" if verdict.measure == "value" else f"a factor of {10**rules.decades:.2g}"
        return (
            f"{listing(verdict.leading)} are equal to the best within {within}; hardest to show was "
            f"{verdict.rival}: {gap}."
        )
    others = len(verdict.leading) - 1
    settling = _settling(verdict.runs_needed, splits=_over_splits(verdict))
    if others == 0:
        return (
            f"{verdict.best} leads on this objective alone, but not by enough for a claim on several objectives; "
            f"next is {verdict.rival}: {gap}. {settling}"
        )
    lead = "the highest mean" if _over_splits(verdict) else "the best average rank"
    return (
        f"{verdict.best} has {lead}, but {others} other{'s are' if others > 1 else ' is'} not separated "
        f"from it; nearest is {verdict.rival}: {gap}. {settling}"
    )


def _gap(verdict: Verdict, form: Form) -> str:
    """Return how far the best is ahead of its rival, with the interval and the size of the effect."""
    if _over_splits(verdict):
        gap = f"{form.signed(verdict.difference)} {form.interval(verdict.low, verdict.high, True)}"
        return f"{gap}, standardised {_effect(verdict.standardised)}"
    chance = f"ahead in {_share(verdict.superiority)} of pairs of runs"
    if verdict.measure == "value":
        return f"{form.signed(verdict.difference)} {form.interval(verdict.low, verdict.high, True)}, {chance}"
    factor = f"{_times(verdict.difference)} [{_times(verdict.low)}, {_times(verdict.high)}]"
    what = {
        "precision": "times nearer to the optimum",
        "evaluations": "times as quick",
        "precision and evaluations": "times nearer to the optimum, or as quick where equally near",
    }[verdict.measure]
    return f"{factor} {what}, {chance}"


def _times(decades: float) -> str:
    if math.isnan(decades):
        return "–"
    return f"{10.0**decades:.3g}" if abs(decades) < 300 else "∞" if decades > 0 else "0"


def _missing(verdict: Verdict) -> str:
    parts = []
    if verdict.failures:
        counts = [f"{count} of {label}" for label, count in verdict.failures.items()]
        total = sum(verdict.failures.values())
        parts.append(
            f"{total} run{'s' if total > 1 else ''} failed ({listing(counts)}); each counts as worse than any value."
        )
    if verdict.left_out:
        seeds = f"{verdict.left_out} seed{'s are' if verdict.left_out > 1 else ' is'}"
        parts.append(f"{seeds} left out, where some optimiser has no run.")
    return " ".join(parts)


def explain_overall(verdict: OverallVerdict) -> str:
    """Return why an optimiser is best over all objectives, or why that cannot be told."""
    counts = ", ".join(f"{outcome} on {count}" for outcome, count in verdict.outcomes.items() if count)
    single = f"By objective: {counts}." if counts else ""
    out = f"{listing(verdict.left_out)} did not run on every objective." if verdict.left_out and verdict.best else ""
    return " ".join(part for part in (_why_overall(verdict), single, out) if part)


def _why_overall(verdict: OverallVerdict) -> str:
    if verdict.reason:
        return _sentence(verdict.reason)
    if verdict.best is None or verdict.rival is None:
        return ""
    lead = (
        f"average rank {verdict.ranks[verdict.best]:.2f} over {verdict.objectives} objectives, "
        f"next {verdict.rival} with {verdict.ranks[verdict.rival]:.2f}"
    )
    if verdict.outcome == "winner":
        return f"{verdict.best} ranks better than every other optimiser: {lead}, p = {_probability(verdict.p_value)}."
    if verdict.outcome == "tie":
        return f"{listing(verdict.leading)} tie on every single objective."
    others = len(verdict.leading) - 1
    needed = verdict.objectives_needed
    settling = (
        f" About {needed} further objective{'s' if needed > 1 else ''} would settle it, if all stays as measured."
        if needed
        else ""
    )
    apart = f"; {others} other{'s are' if others > 1 else ' is'} not separated from it" if others > 0 else ""
    return f"{verdict.best} ranks best ({lead}), not significantly{apart}.{settling}"


def explain_gate(result: GateResult) -> str:
    """Return why a gate is open or not: the objectives that keep it closed, or how many opened it."""
    closed = [check for check in result.checks if check.outcome != "passed"]
    if not closed:
        count = len(result.checks)
        return f"It holds on {'the one objective' if count == 1 else f'all {count} objectives'} that it names."
    return " ".join(_closed(check) for check in closed[:3]) + (
        f" And {len(closed) - 3} more." if len(closed) > 3 else ""
    )


def _closed(check: Check) -> str:
    if check.reason:
        return f"{check.objective}: {check.outcome}, {check.reason}."
    unit = {"value": "", "rank": " ranks"}.get(check.measure, " powers of ten")
    gap = f"{check.difference:+.3g}" + (
        f" [{check.low:+.3g}, {check.high:+.3g}]" if math.isfinite(check.low) and math.isfinite(check.high) else ""
    )
    return f"{check.objective}: {check.outcome}; the first is better by {gap}{unit}, p = {_probability(check.p_value)}."


def baseline_headline(verdict: BaselineVerdict) -> str:
    """Return in a few words whether anything beat the tuned baseline."""
    if verdict.outcome == "yes":
        return f"Yes, by {signed(verdict.gains[0].difference)}"
    return "No" if verdict.outcome == "no" else "Cannot tell"


def explain_baseline(verdict: BaselineVerdict, rules: Rules) -> str:
    """Return which optimisers gain over the tuned baseline, with plain cross-entropy beside it."""
    if verdict.reason:
        return _sentence(verdict.reason)
    top = verdict.gains[0]
    largest = f"{top.label}, {signed(top.difference)} {interval(top.low, top.high, True)} over the tuned baseline"
    beside = (
        f"Over plain cross-entropy it is {signed(top.over_plain)}, of which tuning the decision alone gives "
        f"{signed(verdict.tuning_gain)}."
    )
    if verdict.outcome == "yes":
        count = f"{len(verdict.winners)} of {len(verdict.gains)}"
        return f"{count} optimiser-starts gain significantly; most has {largest}. {beside}"
    if verdict.outcome == "no":
        return f"A gain of {rules.margin:g} or more is ruled out for every optimiser; most has {largest}. {beside}"
    return (
        f"No gain is significant, and none is ruled out for all; most has {largest}. {beside} "
        f"{_settling(verdict.runs_needed, splits=True)}"
    )


def overall(verdicts: Sequence[BaselineVerdict]) -> str:
    """Return whether anything beat the baselines, over all objectives."""
    if not verdicts:
        return "There were no baselines to beat."
    by = {kind: [v.objective for v in verdicts if v.outcome == kind] for kind in ("yes", "no", "cannot tell")}
    if by["yes"]:
        first = f"Yes, on {len(by['yes'])} of {len(verdicts)} objectives: {listing(by['yes'])}."
    elif by["cannot tell"]:
        first = f"Not shown on any of {len(verdicts)} objectives."
    else:
        first = f"No, on none of {len(verdicts)} objectives."
    rest = []
    if by["no"]:
        rest.append(f"No gain on {listing(by['no'])}.")
    if by["cannot tell"]:
        rest.append(f"Cannot tell on {listing(by['cannot tell'])}.")
    return " ".join([first, *rest])


def warnings(rows: Sequence[Row]) -> list[str]:
    """Return what a reader should know before believing the search metric."""
    plain = [row.search for row in rows if row.baseline][:1]
    if plain and plain[0] >= SATURATED:
        return [
            f"Cross-entropy alone reaches {number(plain[0])} on the training part: the search metric has next to "
            "nothing left to tell an optimiser."
        ]
    return []


def options(given: Mapping[str, bool | int | float | str], scale: float) -> str:
    """Return options as ``name = value``, the scale first where there is one."""
    shown = {"scale": scale, **given} if math.isfinite(scale) else dict(given)
    return ", ".join(f"{key} = {_plain(value)}" for key, value in shown.items())


def _plain(value: bool | int | float | str) -> str:
    return f"{value:g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)


def _over_splits(verdict: Verdict) -> bool:
    return math.isnan(verdict.superiority)


def _margin(verdict: Verdict, rules: Rules) -> float:
    return rules.margin if verdict.measure == "value" else rules.decades


def _settling(runs: int | None, *, splits: bool) -> str:
    if runs is None and splits:
        return "No number of seeds on this data can settle it: its splits overlap, only more data would."
    if runs is None:
        return "No number of further seeds would settle it, if all stays as measured."
    return f"About {runs} further seed{'s' if runs > 1 else ''} would settle it, if all stays as measured."


def _effect(value: float) -> str:
    if math.isinf(value):
        return "without spread"
    return signed(value, 2)


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def _probability(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
