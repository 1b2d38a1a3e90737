"""What the formats of others have in common: numbered functions, safe names, lines of progress."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zoopt.compare._results import Results

_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
_LONGEST = 80


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes
    ----------
    files : list of Path
    left_out : dict of str to str
        Objectives that the format has no place for, and why.
    """

    files: list[Path]
    left_out: dict[str, str]


@dataclass(frozen=True)
class Function:
    """Objectives that differ in their dimension only.

    Attributes
    ----------
    number : int
        From 1; the one that the suite has where the objective says so.
    name : str
    objectives : dict of int to str
        By dimension, ascending.
    """

    number: int
    name: str
    objectives: dict[int, str]


def functions(results: "Results", objectives: list[str]) -> list[Function]:
    """Return objectives by family, numbered in their order or by ``function`` of what they say of themselves."""
    families: dict[str, dict[int, str]] = {}
    numbers: dict[str, int] = {}
    for name in objectives:
        facts = results.objectives[name]
        family = facts.family(name)
        families.setdefault(family, {})[facts.dimensions] = name
        given = facts.described.get("function")
        if isinstance(given, int) and not isinstance(given, bool):
            numbers[family] = given
    if len(numbers) < len(families) or len(set(numbers.values())) < len(families):
        numbers = {family: number for number, family in enumerate(families, start=1)}
    return [Function(numbers[family], family, dict(sorted(found.items()))) for family, found in families.items()]


def safe_names(labels: tuple[str, ...]) -> dict[str, str]:
    """Return for each label a name that files and the formats of others can bear; no two are the same.

    Examples
    --------
    >>> safe_names(("snes:population=8", "snes population=8", "../x"))
    {'snes:population=8': 'snes-population-8', 'snes population=8': 'snes-population-8_2', '../x': 'x'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        plain = _UNSAFE.sub("-", label).strip("-.")[:_LONGEST] or "unnamed"
        name, again = plain, 1
        while name.casefold() in taken:
            again += 1
            name = f"{plain}_{again}"
        taken.add(name.casefold())
        found[label] = name
    return found


def progress(results: "Results", row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the improvements of a run: evaluations, the first of them 1, and the best value by then.

    Curve and first reaches of targets together: a target that was reached between two points of the curve is a line of
    its own, with the target as value. The last line has all evaluations of the run.
    """
    runs = results.runs
    facts = results.objectives[runs.objectives[runs.objective[row]]]
    sign = -1.0 if facts.sense == "max" else 1.0
    targets, hits = sign * np.asarray(facts.targets), runs.hits[row].astype(np.int64)
    reached = hits > 0 if hits.size == targets.size else np.zeros(0, np.bool_)
    spent = np.concatenate([runs.curve_evaluations[row], hits[reached] if hits.size else hits]).astype(np.int64)
    costs = np.concatenate([sign * runs.curve_values[row].astype(np.float64), targets[reached] if hits.size else []])
    known = np.isfinite(costs)
    spent, costs = spent[known], costs[known]
    order = np.lexsort((costs, spent))
    spent, costs = spent[order], np.minimum.accumulate(costs[order]) if order.size else costs
    better = np.r_[True, costs[1:] < costs[:-1]] if costs.size else np.zeros(0, np.bool_)
    spent, costs = spent[better], costs[better]
    last = np.r_[spent[1:] != spent[:-1], True] if spent.size else np.zeros(0, np.bool_)
    return _whole(spent[last], sign * costs[last], int(runs.evaluations[row]), sign, targets)


def _whole(
    spent: NDArray[np.int64], values: NDArray[np.float64], evaluations: int, sign: float, targets: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Begin at evaluation 1, with a value that reaches no target, and end with all evaluations."""
    if not spent.size:
        return spent, values
    if spent[0] > 1:
        far = max(float(sign * values[0]), float(10.0 * abs(targets).max(initial=0.0)))
        spent, values = np.r_[1, spent], np.r_[sign * far, values]
    if spent[-1] < evaluations:
        spent, values = np.r_[spent, evaluations], np.r_[values, values[-1]]
    return spent, values


def lines_of(
    results: "Results", objective: str, label: str
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.float64]]]:
    """Return number from 1, evaluations and values of each run that evaluated anything, ordered by seed."""
    number = 0
    for row in results.runs.rows(objective, label):
        spent, values = progress(results, int(row))
        if spent.size:
            number += 1
            yield number, spent, values
