"""A run whose options are chosen by trials on parts of its budget."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from zoopt.compare import _spec
from zoopt.compare._entry import Entry
from zoopt.compare._meter import IntArray, Record
from zoopt.compare._problem import Problem
from zoopt.compare._search import Searched, Terms, search, search_seed
from zoopt.compare._tuning import Tuning

_DRAWS = -1  # number of the noise that draws options; trials have theirs from 0


def tuned_search(problem: Problem, entry: Entry, tuning: Tuning, terms: Terms) -> Searched:
    """Try options on equal parts of the budget, then run with those of the best value on the rest.

    Parameters
    ----------
    problem : Problem
    entry : Entry
    tuning : Tuning
    terms : Terms
        Of the whole. Where trials are not charged, only the run proper has to keep to them.

    Returns
    -------
    Searched
        The message says what was chosen. A trial that reaches the goal is the end, as is the time limit.
    """
    part, rest = tuning.parts(terms.budget)
    drawn = tuning.candidates(search_seed(terms.objective, entry.label, terms.seed, _DRAWS))
    free = terms if tuning.charge else dataclasses.replace(terms, goal=None)
    trials: list[Searched] = []
    for number, options in enumerate(drawn):
        stretch = free.part(_spent(trials), part)
        trials.append(search(problem, entry, stretch, {**entry.options, **options}, number))
        if trials[-1].status == "timeout" or trials[-1].reached:
            ended = f"ended in the trial of {_spec.options_written(options)}"
            return _joined(trials, trials[-1], terms, problem, ended)
    best = _best(trials, problem)
    if best is None:
        why = trials[0].message or "there is no value"
        return dataclasses.replace(
            trials[0], status="failed", message=f"no trial of {part} evaluations succeeded: {why}"
        )
    spent = _spent(trials)
    stretch = terms.part(spent, terms.budget - spent) if tuning.charge else terms.part(0, rest)
    final = search(problem, entry, stretch, {**entry.options, **drawn[best]})
    said = f"tuned to {_spec.options_written(drawn[best])} by {spent} evaluations"
    if not tuning.charge:
        return dataclasses.replace(final, message="; ".join(filter(None, [f"{said} beside the budget", final.message])))
    return _joined([*trials, final], final, terms, problem, said)


def _spent(trials: Sequence[Searched]) -> int:
    return sum(trial.record.evaluations for trial in trials)


def _best(trials: Sequence[Searched], problem: Problem) -> int | None:
    usable = [n for n, trial in enumerate(trials) if trial.status == "done" and np.isfinite(trial.record.search)]
    return min(usable, key=lambda n: _sign(problem) * trials[n].record.search, default=None)


def _sign(problem: Problem) -> float:
    """Return what turns measured values into costs."""
    return -1.0 if problem.optimum is None and problem.search.sense == "max" else 1.0


def _joined(parts: Sequence[Searched], last: Searched, terms: Terms, problem: Problem, said: str) -> Searched:
    """Return parts, one after the other, as one search, which answers with what the last of them does."""
    offsets = np.cumsum([0, *(part.record.evaluations for part in parts)])
    spent = np.concatenate([part.record.curve_evaluations + at for part, at in zip(parts, offsets, strict=False)])
    sign = _sign(problem)
    values = np.concatenate([part.record.curve_values for part in parts])
    held = sign * np.minimum.accumulate(sign * values)
    if terms.follows == "recommendation":
        trials = spent.size - last.record.curve_values.size
        held[trials:] = last.record.curve_values
    shown = np.isin(spent, terms.checkpoints) | (spent == offsets[-1]) | (terms.follows == "recommendation")
    record = Record(
        point=last.record.point,
        evaluations=int(offsets[-1]),
        invalid=sum(part.record.invalid for part in parts),
        search=float(held[-1]) if held.size else last.record.search,
        curve_evaluations=spent[shown],
        curve_values=held[shown],
        hits=_first_hits(parts, offsets),
        objective_seconds=sum(part.record.objective_seconds for part in parts),
    )
    return Searched(record, last.status, "; ".join(filter(None, [said, last.message])), last.reached)


def _first_hits(parts: Sequence[Searched], offsets: IntArray) -> IntArray:
    hits = np.full_like(parts[0].record.hits, -1)
    for part, at in zip(parts, offsets.tolist(), strict=False):
        new = (hits < 0) & (part.record.hits > 0)
        hits[new] = part.record.hits[new] + at
    return hits
