"""Verdicts in plain words. The text is plain: whoever shows it in markup escapes it."""

import math
from collections.abc import Sequence

from zoopt.compare._verdict import BaselineVerdict, Rules, Verdict


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
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    form = signed if show else number
    return f"[{form(low)}, {form(high)}]"


def listing(names: Sequence[str], most: int = 6) -> str:
    """Return names as a list in words, the tail counted where it is long."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "none"


def headline(verdict: Verdict) -> str:
    """Return the verdict in a few words."""
    if verdict.outcome == "winner":
        return f"Winner: {verdict.best}"
    if verdict.outcome == "tie":
        return f"Tie of {len(verdict.leading)}"
    return "Cannot tell"


def explain(verdict: Verdict, rules: Rules) -> str:
    """Return why: who leads, by how much, how sure that is, and what would settle it."""
    if verdict.reason:
        return _sentence(verdict.reason)
    gap = (
        f"{signed(verdict.difference)} {interval(verdict.low, verdict.high, True)}, "
        f"standardised {_effect(verdict.standardised)}"
    )
    if verdict.outcome == "winner":
        small = " The difference is below the margin that matters." if verdict.high < rules.margin else ""
        return (
            f"{verdict.best} is better than every other optimiser; hardest to tell from it is {verdict.rival}: "
            f"{gap}, adjusted p = {_probability(verdict.p_value)}.{small}"
        )
    if verdict.outcome == "tie":
        return (
            f"{listing(verdict.leading)} are equal to the best within {rules.margin:g}; hardest to show was "
            f"{verdict.rival}: {gap}."
        )
    others = len(verdict.leading) - 1
    if others == 0:
        return (
            f"{verdict.best} leads on this objective alone, but not by enough for a claim on several objectives; "
            f"next is {verdict.rival}: {gap}. {_settling(verdict.runs_needed)}"
        )
    return (
        f"{verdict.best} has the highest mean, but {others} other{'s are' if others > 1 else ' is'} not separated "
        f"from it; nearest is {verdict.rival}: {gap}. {_settling(verdict.runs_needed)}"
    )


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
        f"{_settling(verdict.runs_needed)}"
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


def _settling(runs: int | None) -> str:
    if runs is None:
        return "No number of seeds on this data can settle it: its splits overlap, only more data would."
    return f"About {runs} further seed{'s' if runs > 1 else ''} would settle it, if all stays as measured."


def _effect(value: float) -> str:
    if math.isinf(value):
        return "without spread"
    return signed(value, 2)


def _probability(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
