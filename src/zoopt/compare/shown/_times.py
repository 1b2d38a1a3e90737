"""Running times: to single targets, over many of them, over problems, over dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import statistics
from zoopt.compare.shown._values import Curve
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    from zoopt.compare._results import Results

FloatArray = NDArray[np.float64]

POINTS = 64
PROFILE_POINTS = 160
BANDS = 8
"""So many lines, the best, have a bootstrapped band; those of the others would cover them."""
RESAMPLES = 300


@dataclass(frozen=True)
class TimeLine:
    """Expected running times of one contender, to targets or over dimensions.

    Attributes
    ----------
    label : str
    x : ndarray of shape (k,)
        Targets or dimensions.
    expected, low, high : ndarray of shape (k,)
        Evaluations with their 95 % interval; infinite where no run succeeded.
    success_rate : ndarray of shape (k,)
    runs : int
    """

    label: str
    x: FloatArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    success_rate: FloatArray
    runs: int


def running_times(results: "Results", objective: str, targets: Sequence[float] | None = None) -> list[TimeLine]:
    """Return the expected running times of every contender to the targets of an objective, the quickest first.

    Raises
    ------
    InvalidInput
        The objective has no such target.
    """
    facts, runs = results.objectives[objective], results.runs
    wanted = np.asarray(facts.targets if targets is None else targets, np.float64)
    columns = [_column(facts.targets, target, objective) for target in wanted]
    lines = []
    for label in runs.labels_of(objective):
        rows = runs.rows(objective, label)
        hits = runs.hit_table(rows, len(facts.targets))[:, columns]
        time = statistics.expected_running_time(hits, runs.evaluations[rows], resamples=RESAMPLES)
        lines.append(TimeLine(label, wanted, time.expected, time.low, time.high, time.success_rate, time.runs))
    return sorted(lines, key=lambda line: (-float(line.success_rate.sum()), _sum(line.expected)))


def some_targets(results: "Results", objective: str, most: int = 5) -> list[float]:
    """Return a few of the targets from easy to hard, the last one the hardest that any run reached."""
    targets = results.objectives[objective].targets
    rows = results.runs.rows(objective)
    rows = rows[~results.runs.baseline[rows]]
    reached = (results.runs.hit_table(rows, len(targets)) > 0).any(axis=0)
    if not reached.any():
        return list(targets[:1])
    first, last = _first_told_apart(results, objective, rows), int(np.flatnonzero(reached)[-1])
    return [targets[place] for place in np.unique(np.linspace(min(first, last), last, most).round().astype(int))]


def default_target(results: "Results", objectives: Sequence[str]) -> float | None:
    """Return the hardest target that some run reached on every one of the objectives; None where there is none."""
    common: set[float] | None = None
    for name in objectives:
        targets = results.objectives[name].targets
        hits = results.runs.hit_table(results.runs.rows(name), len(targets))
        reached = {targets[place] for place in np.flatnonzero((hits > 0).any(axis=0))}
        common = reached if common is None else common & reached
    if not common:
        return None
    return max(common) if results.objectives[objectives[0]].sense == "max" else min(common)


def runtime_ecdf(results: "Results", objectives: Sequence[str]) -> list[Curve]:
    """Return the share of (objective, run, target) reached over evaluations a dimension, the largest area first.

    A contender that has no runs on an objective reached nothing there.
    """
    rated = [name for name in objectives if results.objectives[name].targets]
    if not rated:
        return []
    labels = _labels(results, rated)
    grid = _dimension_grid(results, rated)
    tables = {label: [_per_dimension(results, name, label) for name in rated] for label in labels}
    area = {label: _area(statistics.runtime_ecdf(tables[label], grid, resamples=1).share) for label in labels}
    curves = []
    for order, label in enumerate(sorted(labels, key=lambda name: -area[name])):
        curve = statistics.runtime_ecdf(tables[label], grid, resamples=RESAMPLES if order < BANDS else 1)
        nothing = np.full_like(grid, np.nan)
        low, high = (curve.low, curve.high) if order < BANDS else (nothing, nothing)
        curves.append(Curve(label, grid, curve.share, low, high))
    return curves


def data_profile(results: "Results", objectives: Sequence[str], tolerance: float) -> list[Curve]:
    """Return the share of problems solved over evaluations in units of dimension + 1, the largest area first."""
    times, dimensions, labels = _decrease_times(results, objectives, tolerance)
    per_gradient = times / (dimensions[:, None] + 1.0)
    finite = per_gradient[np.isfinite(per_gradient)]
    first, last = (float(finite.min()), float(finite.max())) if finite.size else (1.0, 2.0)
    grid = np.geomspace(first / 2.0, last * 1.1, POINTS)
    return _profile_curves(labels, grid, statistics.data_profile(times, dimensions, grid))


def performance_profile(results: "Results", objectives: Sequence[str], tolerance: float) -> list[Curve]:
    """Return the share of problems solved within a factor of the quickest, the largest area first."""
    times, _, labels = _decrease_times(results, objectives, tolerance)
    fastest = times.min(axis=1, keepdims=True)
    ratios = np.divide(times, fastest, out=np.full_like(times, np.inf), where=np.isfinite(times))
    worst = max(2.0, float(ratios[np.isfinite(ratios)].max(initial=2.0)))
    grid = np.geomspace(1.0, worst, POINTS)
    return _profile_curves(labels, grid, statistics.performance_profile(times, grid))


def scaling(results: "Results", family: str, target: float) -> list[TimeLine]:
    """Return the expected running times to a target over the dimensions of a family, the quickest first."""
    members = {
        facts.dimensions: name
        for name, facts in results.objectives.items()
        if facts.family(name) == family and target in facts.targets
    }
    found: dict[str, dict[int, TimeLine]] = {}
    for dimension, name in sorted(members.items()):
        for line in running_times(results, name, [target]):
            found.setdefault(line.label, {})[dimension] = line
    lines = [_over_dimensions(label, by_dimension) for label, by_dimension in found.items()]
    return sorted(lines, key=lambda line: (-float(line.success_rate.sum()), _sum(line.expected)))


def _over_dimensions(label: str, lines: dict[int, TimeLine]) -> TimeLine:
    def joined(name: str) -> FloatArray:
        return np.array([getattr(line, name)[0] for line in lines.values()])

    return TimeLine(
        label,
        np.array(list(lines), np.float64),
        joined("expected"),
        joined("low"),
        joined("high"),
        joined("success_rate"),
        sum(line.runs for line in lines.values()),
    )


def _column(targets: Sequence[float], target: float, objective: str) -> int:
    near = [place for place, each in enumerate(targets) if np.isclose(each, target, rtol=1e-9, atol=0.0)]
    if not near:
        raise InvalidInput(
            f"{target:g} is no target of {objective}; its targets are " + ", ".join(f"{each:g}" for each in targets)
        )
    return near[0]


def _first_told_apart(results: "Results", objective: str, rows: NDArray[np.int64]) -> int:
    """Return the easiest target that half of the runs need more evaluations for than there are dimensions."""
    facts = results.objectives[objective]
    hits = results.runs.hit_table(rows, len(facts.targets))
    later = np.median(np.where(hits < 0, np.iinfo(np.int64).max, hits), axis=0) > facts.dimensions
    return int(np.flatnonzero(later)[0]) if later.any() else 0


def _labels(results: "Results", objectives: Sequence[str]) -> list[str]:
    present = {label for name in objectives for label in results.runs.labels_of(name)}
    return [label for label in results.runs.labels if label in present]


def _per_dimension(results: "Results", objective: str, label: str) -> FloatArray:
    facts = results.objectives[objective]
    rows = results.runs.rows(objective, label)
    if not rows.size:
        return np.full((1, len(facts.targets)), np.inf)
    hits = results.runs.hit_table(rows, len(facts.targets)).astype(np.float64)
    return np.where(hits < 0, np.inf, hits / max(1, facts.dimensions))


def _dimension_grid(results: "Results", objectives: Sequence[str]) -> FloatArray:
    ends = [
        results.runs.evaluations[results.runs.rows(name)].max(initial=1) / max(1, results.objectives[name].dimensions)
        for name in objectives
    ]
    first = 1.0 / max(max(1, results.objectives[name].dimensions) for name in objectives)
    return np.geomspace(first, max(2.0 * first, *ends), POINTS)


def _decrease_times(
    results: "Results", objectives: Sequence[str], tolerance: float
) -> tuple[FloatArray, FloatArray, list[str]]:
    """Return times of shape (problems, contenders), the dimensions of the problems, and the contenders.

    A problem is an objective at a seed; it is solved when all but ``tolerance`` of the decrease is made that the best
    of the contenders made there.
    """
    labels, times, dimensions = _labels(results, objectives), [], []
    for name in objectives:
        found = _objective_times(results, name, labels, tolerance)
        times.append(found)
        dimensions += [max(1, results.objectives[name].dimensions)] * len(found)
    return np.concatenate(times), np.array(dimensions, np.float64), labels


def _objective_times(results: "Results", objective: str, labels: list[str], tolerance: float) -> FloatArray:
    runs = results.runs
    sign = -1.0 if results.objectives[objective].sense == "max" else 1.0
    rows = runs.rows(objective)
    rows = rows[~runs.baseline[rows]]
    last = int(runs.evaluations[rows].max(initial=1))
    grid = np.unique(np.geomspace(1, max(2, last), PROFILE_POINTS).round().astype(np.int64))
    seeds = np.unique(runs.seed[rows])
    curves = np.full((seeds.size, len(labels), grid.size), np.nan)
    column_of = {runs.labels.index(label): column for column, label in enumerate(labels)}
    columns = [column_of[int(code)] for code in runs.contender[rows]]
    curves[np.searchsorted(seeds, runs.seed[rows]), columns] = sign * runs.held(rows, grid)
    known = np.isfinite(curves)
    tried = known.any(axis=(1, 2))  # where every run failed at once there is nothing to decrease from
    start = np.where(tried, np.where(known, curves, -np.inf).max(axis=(1, 2)), 0.0)
    least = np.where(tried, np.where(known, curves, np.inf).min(axis=(1, 2)), 0.0)
    curves[~known] = np.inf
    return statistics.decrease_times(curves, grid, start, tolerance=tolerance, best=least)


def _profile_curves(labels: list[str], grid: FloatArray, shares: FloatArray) -> list[Curve]:
    nothing = np.full_like(grid, np.nan)
    curves = [Curve(label, grid, share, nothing, nothing) for label, share in zip(labels, shares, strict=True)]
    return sorted(curves, key=lambda curve: -_area(curve.middle))


def _area(shares: FloatArray) -> float:
    return float(shares.mean())


def _sum(times: FloatArray) -> float:
    return float(times[np.isfinite(times)].sum())
