"""What the report says of one objective, and of the runs that failed."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt.compare import _words, shown
from zoopt.compare._record import STATUSES
from zoopt.compare._row import Row

if TYPE_CHECKING:
    from zoopt.compare._results import Results
    from zoopt.compare._verdict import BaselineVerdict, Verdict

MOST_FAILURES = 200
"""Kinds of failures that are listed one by one."""
STATUS_WORDS = {"failed": "failed", "timeout": "time limit", "memory": "memory limit", "lost": "worker died"}


@dataclass(frozen=True)
class Failure:
    """Runs of one contender on one objective that failed in one way."""

    objective: str
    label: str
    status: str
    message: str
    seeds: tuple[int, ...]


def section(
    results: "Results", index: int, name: str, verdict: "Verdict", baseline: "BaselineVerdict | None"
) -> dict[str, Any]:
    """Return what the template shows of one objective."""
    facts = results.objectives[name]
    form = _words.form_of(facts)
    gains = {gain.label: gain for gain in baseline.gains} if baseline else {}
    rows = results.rows_of(name)
    return {
        "index": index,
        "name": name,
        "facts": facts,
        "said": facts.described,
        "description": _sentence(str(facts.described.get("description", ""))),
        "form": form,
        "metric": facts.metric,
        "logarithmic": shown.is_logarithmic(results, name),
        "verdict": verdict,
        "headline": _words.headline(verdict),
        "explanation": _words.explain(verdict, results.rules, form),
        "baseline": baseline,
        "baseline_headline": _words.baseline_headline(baseline) if baseline else "",
        "baseline_explanation": _words.explain_baseline(baseline, results.rules) if baseline else "",
        "rows": [{"row": row, "gain": gains.get(row.label), "leading": row.label in verdict.leading} for row in rows],
        "held": any(np.isfinite(row.holdout) for row in rows),
        "failing": any(row.failures for row in rows),
        "starts": any(row.start for row in rows),
        "warnings": _words.warnings(rows),
        "notes": [(row.label, row.note) for row in rows if row.note],
        "drawn": any(_has_curve(results, row) for row in rows if row.runs),
        "times": _times(results, name) if facts.targets else None,
        "many": len(results.participants) > 14,
    }


def failures(results: "Results") -> list[Failure]:
    """Return the failed runs, those of one contender, objective, status and message together; most frequent first."""
    runs = results.runs
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for row in np.flatnonzero(runs.status != 0):
        status = STATUSES[runs.status[row]]
        kind = (runs.objectives[runs.objective[row]], runs.labels[runs.contender[row]], status, runs.message[row])
        found.setdefault(kind, []).append(int(runs.seed[row]))
    listed = [
        Failure(name, label, STATUS_WORDS[status], message, tuple(sorted(seeds)))
        for (name, label, status, message), seeds in found.items()
    ]
    return sorted(listed, key=lambda each: -len(each.seeds))


def failure_counts(found: list[Failure]) -> str:
    """Return how many runs failed in which way, in words."""
    counts = Counter[str]()
    for each in found:
        counts[each.status] += len(each.seeds)
    return ", ".join(f"{count} {status}" for status, count in counts.most_common())


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text[:1].upper()}{text[1:]}."


def _times(results: "Results", name: str) -> dict[str, Any]:
    """Return the expected running times of every contender to a few of the targets."""
    targets = shown.some_targets(results, name)
    return {"targets": targets, "lines": shown.running_times(results, name, targets)}


def _has_curve(results: "Results", row: Row) -> bool:
    runs = results.runs
    return any(runs.curve_values[found].size for found in runs.rows(row.objective, row.label))
