"""The search on the metric itself: a few seeds from one warm start, averaged over their iterates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoopt import algorithm, cell, optimizer
from zoopt._arguments import FloatArray, positive, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidOption, InvalidType
from zoopt.objectives import MetricObjective

STOPS = (1, 2, 4, 7, 13, 25, 50, 100, 200)
"""Numbers of steps that are tried beside 0 and the last one."""


@dataclass(frozen=True)
class Plan:
    """How a metric is climbed.

    Attributes
    ----------
    algorithm : Cell
    options : dict
        Of the algorithm.
    generations : int
    seeds : tuple of int
        One search each.
    """

    algorithm: Cell
    options: Mapping[str, Any]
    generations: int
    seeds: tuple[int, ...]

    @property
    def stops(self) -> tuple[int, ...]:
        """Numbers of steps that are compared: 0 is the warm start."""
        return (
            0,
            *(stop for stop in STOPS if stop < self.generations),
            *((self.generations,) * (self.generations > 0)),
        )


def antithetic_cell(pairs: int) -> Cell:
    """Return the default search: antithetic pairs, standardised values, momentum, half a cosine of step sizes.

    The step is natural, so that it is counted in standard deviations of the candidates: a rate of .3 with momentum .9.
    """
    return cell(
        distribution="isotropic",
        shaping="z-score",
        metric="natural",
        update="momentum",
        schedule="cosine",
        population=2 * whole("pairs", pairs, low=1, high=10_000),
        antithetic=True,
    )


def plan_of(
    method: str | Cell,
    options: Mapping[str, Any] | None,
    pairs: int,
    generations: int,
    seeds: Sequence[int],
) -> Plan:
    """Return the plan that an estimator's parameters describe.

    Raises
    ------
    InvalidInput
        The method needs gradients or discrete variables.
    """
    if method == "auto":
        found, own = antithetic_cell(pairs), {"learning_rate": 0.3}
    else:
        found, own = (method if isinstance(method, Cell) else algorithm(method)), {}
    if found.first_order or not found.continuous:
        raise InvalidInput(
            f"method={found.name!r} needs {'gradients' if found.first_order else 'discrete variables'}, and a metric "
            "of predicted classes has none; use 'auto', 'openai-es', 'snes', 'cma-es' or another"
        )
    if options is not None and not isinstance(options, Mapping):
        raise InvalidType(f"options must map names to numbers, got {type(options).__name__}")
    last = whole("generations", generations, low=0, high=10**6)
    if not seeds:
        raise InvalidOption("seeds must be 1 or more")
    return Plan(found, {**own, **(options or {})}, last, tuple(seeds))


def climb(objective: Any, start: FloatArray, plan: Plan, last: int | None = None) -> FloatArray:
    """Return the mean over seeds of the average of the iterates, at every stop up to `last`.

    Parameters
    ----------
    objective : compiled objective, or function of rows
        The metric of candidates in units of their first standard deviation, (rows, d) -> (rows,); larger is better.
    start : ndarray of shape (d,)
        In the same units.
    plan : Plan
    last : int, optional
        The last number of steps that is wanted; default all.

    Returns
    -------
    ndarray of shape (stops, d)
        The first row is `start`.
    """
    stops = [stop for stop in plan.stops if last is None or stop <= last]
    found = np.zeros((len(stops), start.size))
    for seed in plan.seeds:
        found += _one_climb(objective, start, plan, stops, seed)
    return found / len(plan.seeds)


def _one_climb(objective: Any, start: FloatArray, plan: Plan, stops: Sequence[int], seed: int) -> FloatArray:
    budget = plan.generations * plan.algorithm.rows(start.size)
    search = optimizer(plan.algorithm, start, scale=1.0, seed=seed, sense="max", budget=budget or None, **plan.options)
    advance = _advance(search, objective)
    total, rows = np.zeros(start.size), [start]
    for generation in range(1, stops[-1] + 1):
        if search.stop() is None:
            advance()
        total += search.mean
        if generation in stops:
            rows.append(total / generation)
    return np.array(rows)


def _advance(search: Any, objective: Any) -> Callable[[], None]:
    """Return what does one generation: in the core where the objective is compiled."""
    if isinstance(objective, MetricObjective):
        return lambda: search.run(objective, search.nfev + search.rows)
    return lambda: search.tell(objective(search.ask()))


def best_stop(values: FloatArray) -> int:
    """Return the index of the greatest value, of equals the first: the fewest steps. NaN is never the greatest."""
    return int(np.argmax(np.where(np.isnan(values), -np.inf, values)))


def scale_of(margins: FloatArray, features: FloatArray, share: float, weights: FloatArray | None) -> float:
    """Return the standard deviation of candidates that moves scores by `share` of the margins' standard deviation."""
    mean = np.average(margins, weights=weights)
    spread = float(np.sqrt(np.average((margins - mean) ** 2, weights=weights)))
    length = np.sqrt(1.0 + np.average((features**2).sum(axis=1), weights=weights))
    return positive("scale", share) * (spread if spread > 0 else 1.0) / float(length)
