"""Results as JSON and csv: plain dicts, lists, texts and numbers."""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _words
from zoopt.compare._gate import GateResult

if TYPE_CHECKING:
    from zoopt.compare._results import Results

FORMAT = 2
"""Version of the JSON layout."""
MOST_POINTS = 400_000
"""Curves of more points than this, all together, are thinned out; an export to parquet has every point."""
CSV_HEADER = (
    "objective", "optimizer", "start", "seed", "search", "holdout", "evaluations", "seconds", "message",
    "baseline", "status", "budget", "objective_seconds",
)  # fmt: skip


def content(results: "Results", gates: Sequence[GateResult] = ()) -> dict[str, Any]:
    """Return everything as plain dicts, lists, texts and numbers; what is not finite becomes None."""
    verdicts, baseline_verdicts, best = results.verdicts(), results.baseline_verdicts(), results.overall()
    plain = {
        "format": FORMAT,
        "overall": _words.overall(baseline_verdicts),
        "best_overall": {**dataclasses.asdict(best), "text": _words.explain_overall(best)},
        "verdicts": [
            {
                **dataclasses.asdict(v),
                "text": _words.explain(v, results.rules, _words.form_of(results.objectives[v.objective])),
            }
            for v in verdicts
        ],
        "baseline_verdicts": [
            {**dataclasses.asdict(v), "text": _words.explain_baseline(v, results.rules)} for v in baseline_verdicts
        ],
        "gates": [
            {**dataclasses.asdict(gate), "passed": gate.passed, "text": _words.explain_gate(gate)} for gate in gates
        ],
        "table": [dataclasses.asdict(row) for row in results.rows()],
        "budget": results.budget,
        "seeds": list(results.seeds),
        "rules": dataclasses.asdict(results.rules),
        "environment": dict(results.environment),
        "objectives": {name: facts.as_dict() for name, facts in results.objectives.items()},
        "participants": [dataclasses.asdict(contender) for contender in results.participants],
        "not_applicable": [
            {"objective": name, "optimizer": label, "reason": reason}
            for (name, label), reason in results.not_applicable.items()
        ],
    }
    cleaned: dict[str, Any] = finite(plain)
    return {**cleaned, "curves": "thinned" if _stride(results) else "every point", "runs": list(_runs(results))}


def text(results: "Results", gates: Sequence[GateResult] = ()) -> str:
    """Return :func:`content` as JSON text."""
    return json.dumps(content(results, gates), ensure_ascii=False, allow_nan=False)


def csv_lines(results: "Results") -> Iterator[list[object]]:
    """Return a line for each run, with the columns of ``CSV_HEADER``."""
    for run in results.each():
        yield [getattr(run, column) for column in CSV_HEADER]


def _runs(results: "Results") -> Iterator[dict[str, Any]]:
    most = _stride(results)
    for run in results.each():
        spent, values = run.curve_evaluations, run.curve_values
        if most and spent.size > most:
            kept = np.unique(np.linspace(0, spent.size - 1, most).round().astype(np.int64))
            spent, values = spent[kept], values[kept]
        yield {
            **{column: finite(getattr(run, column)) for column in CSV_HEADER},
            "key": run.key,
            "curve": [list(pair) for pair in zip(spent.tolist(), _numbers(values), strict=True)],
            "hits": run.hits.tolist(),
        }


def _stride(results: "Results") -> int:
    """Return the number of points that a curve may keep; 0 where every one is."""
    points = results.runs.curve_values.flat.size
    return 0 if points <= MOST_POINTS else max(2, MOST_POINTS // len(results.runs))


def _numbers(values: NDArray[Any]) -> list[float | None]:
    listed: list[float | None] = values.tolist()
    return listed if np.isfinite(values).all() else [v if v is not None and math.isfinite(v) else None for v in listed]


def finite(plain: Any) -> Any:
    """Replace floats that JSON cannot hold by None, all the way down."""
    if isinstance(plain, Mapping):
        return {str(key): finite(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [finite(value) for value in plain]
    if isinstance(plain, np.generic):
        return finite(plain.item())
    if isinstance(plain, float) and not math.isfinite(plain):
        return None
    return plain
