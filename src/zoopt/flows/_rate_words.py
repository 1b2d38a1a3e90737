"""What is said of learning rates: a verdict, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from zoopt.flows._estimates import GradientEstimate
from zoopt.flows._limits import RadiusLimits, RateLimits
from zoopt.flows._moments import SPREADS
from zoopt.flows._rate_task import Task
from zoopt.flows._rates import SAME, RateRow

_FITTED = 0.5  # of the flow limit: up to there slopes are fitted
_LEAST_DISTANCE = 1e-8  # of a point's own size: below it the flow's tolerances and differences of gradients show
_FEWEST = 3


def verdict(task: Task, rows: Sequence[RateRow], useful: float, stable: float, best: float) -> str:
    """Return the verdict in a sentence."""
    name, smallest = task.cell.name, rows[0]
    if math.isnan(stable):
        return f"No rate is stable: {name} diverges even at {smallest.rate:.3g}{_in_step(smallest)}; try shorter ones"
    if math.isnan(useful):
        return (
            f"No rate is of use: up to {stable:.3g} {name} stays, but none ends below where it began; look at the "
            "start, or take more steps"
        )
    lowest = next(row for row in rows if row.rate == best)
    if useful == stable:
        text = f"Of these rates {name} should take {stable:.3g}"
    else:
        text = f"{name} is stable and makes use of its {task.steps} steps between {useful:.3g} and {stable:.3g}"
    low = [row for row in rows if row.rate <= stable and row.loss <= lowest.loss + SAME * task.start_loss]
    how = "ends lowest" if len(low) == 1 else "ends as low as any"
    return f"{text}; {best:.3g} {how}, at a loss of {lowest.loss:.4g}"


def reasons(task: Task, rows: Sequence[RateRow], useful: float, stable: float) -> list[str]:
    """Return why the interval is what it is, a sentence each."""
    found = [_below(task, rows, useful), _above(task, rows, stable)]
    if task.cell.first_order:
        found += [_oscillation(task, rows), _flatness(rows)]
    return [text for text in found if text]


def _below(task: Task, rows: Sequence[RateRow], useful: float) -> str:
    shorter = [row for row in rows if row.rate < useful]
    if math.isnan(useful) or not shorter:
        return ""
    row = shorter[-1]
    fallen, best = task.start_loss - row.loss, next(r for r in rows if r.rate == useful)
    return (
        f"Below: {task.steps} steps of {row.rate:.3g} are a time of {task.steps * row.rate:.3g} only, in which the "
        f"loss falls by {fallen:.3g}, where {useful:.3g} has {task.start_loss - best.loss:.3g}."
    )


def _above(task: Task, rows: Sequence[RateRow], stable: float) -> str:
    lost = [row for row in rows if row.outcome == "diverges" or row.diverged_share > 0]
    limit = task.limit / task.start_sharpness if task.start_sharpness > 0 else math.inf
    told = f"{task.limit:.3g} / sharpness is {limit:.3g} at the start" if math.isfinite(limit) else ""
    if not lost:
        return f"Above: nothing diverged up to {rows[-1].rate:.3g}" + (f"; {told}." if told else ".")
    row = lost[0]
    how = f"leaves all finite numbers{_in_step(row)}" if row.diverged_at else "ends above where it began"
    if row.diverged_share < 1:
        how = f"loses {round(row.diverged_share * task.seeds)} of its {task.seeds} runs"
    text = f"Above: {row.rate:.3g} {how}"
    if not told or not task.cell.first_order:
        return f"{text}."
    reached = [r.sharpness for r in rows if r.rate <= stable and math.isfinite(r.sharpness)]
    moved = ""
    if reached and reached[-1] < 0.9 * task.start_sharpness:
        moved = f", and {task.limit / reached[-1]:.3g} where {stable:.3g} ends, which is flatter"
    return f"{text}; {told}{moved}."


def _oscillation(task: Task, rows: Sequence[RateRow]) -> str:
    over = [row for row in rows if row.outcome in {"oscillates", "edge"}]
    if not over or not math.isfinite(task.flow_limit):
        return ""
    text = (
        f"From {over[0].rate:.3g} on steps overshoot along the sharpest direction, and no real flow passes through them"
    )
    edge = [row for row in over if row.outcome == "edge"]
    if edge:
        where = ", ".join(f"{row.rate:.3g}" for row in edge)
        text += f"; at {where} the sharpness comes to {task.limit:.3g} / rate, the edge of stability"
    return f"{text}."


def _flatness(rows: Sequence[RateRow]) -> str:
    known = [row for row in rows if row.outcome not in {"diverges", "slow"} and math.isfinite(row.sharpness)]
    if len(known) < 2 or not known[-1].sharpness < 0.99 * known[0].sharpness:
        return ""
    return (
        f"Longer steps end flatter: the sharpness is {known[0].sharpness:.4g} after those of {known[0].rate:.3g}, and "
        f"{known[-1].sharpness:.4g} after those of {known[-1].rate:.3g}."
    )


def limit_reasons(estimate: GradientEstimate, limits: RateLimits, dim: int) -> list[str]:
    """Return what dimension and directions have to do with it."""
    between = f"{limits.stable:.3g}"
    if limits.unstable > 1.01 * limits.stable:
        between += f" for certain, and {limits.unstable:.3g} at the most"
    found = [
        f"Dimension: by its curvature at the start it is {limits.effective_dim:.3g} of {dim}; with "
        f"{estimate.directions} direction{'s' if estimate.directions > 1 else ''} a step that bears {between}, where "
        f"the gradient itself would bear {limits.gradient:.3g}. The loss is sure to fall most at {limits.best:.3g}."
    ]
    needed = math.ceil(_half(estimate, limits.effective_dim, dim))
    if estimate.directions < needed:
        found.append(f"Directions: {needed} a step would bear half of what the gradient does; evaluations grow alike.")
    else:
        found.append(f"Directions: more than {needed} a step cost evaluations, and bear at most twice the rate.")
    return found


def _half(estimate: GradientEstimate, effective_dim: float, dim: int) -> float:
    """Return the directions with which A r + B = 2, half of the gradient's limit."""
    if estimate.distribution == "orthogonal":
        return dim / 2
    alike, along = SPREADS[estimate.distribution](dim)
    return alike * effective_dim + along - 1


def radius_reason(radius: float, limits: RadiusLimits, forward: bool) -> str:
    """Return whether the smoothing radius fits the start."""
    most = min(limits.bias, limits.scatter) if forward else limits.bias
    allowed = f"between {limits.least:.2g} and {most:.3g}" if math.isfinite(most) else f"above {limits.least:.2g}"
    if radius > most:
        return f"Radius: {radius:.3g} is too wide at the start, where {allowed} tells the gradient to a tenth."
    if radius < limits.least:
        return f"Radius: {radius:.3g} is too narrow for the rounding of values, where {allowed} would do."
    return f"Radius: {radius:.3g} is as it should be at the start: {allowed}."


def slopes(task: Task, rows: Sequence[RateRow]) -> tuple[float, float]:
    """Return the slopes of the distances over the rate, as logarithms, where steps are short and follow a flow."""
    top = max(task.start_sharpness, 1e-300)
    short = [
        row
        for row in rows
        if row.outcome in {"follows", "slow"} and row.rate * top <= _FITTED * min(task.flow_limit, 1.0)
    ]
    return _slope(task, short, "flow_distance"), _slope(task, short, "modified_distance")


def _slope(task: Task, rows: Sequence[RateRow], name: str) -> float:
    least = _LEAST_DISTANCE * max(1.0, float(np.linalg.norm(task.x0)))
    pairs = [(row.rate, getattr(row, name)) for row in rows if getattr(row, name) > least]
    if len(pairs) < _FEWEST:
        return math.nan
    rates, distances = np.log(np.array(pairs)).T
    return float(np.polyfit(rates, distances, 1)[0])


def _in_step(row: RateRow) -> str:
    return f" in step {row.diverged_at}" if row.diverged_at else ""
