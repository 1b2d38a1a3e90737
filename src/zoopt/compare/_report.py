"""The self-contained HTML report: verdicts first, then figures and tables, then how to run it again."""

import json
from typing import Any

from zoopt.compare import _figures, _words
from zoopt.compare._results import Results
from zoopt.compare._row import Row
from zoopt.compare._verdict import BaselineVerdict, Verdict

_SCRIPT_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def render(results: Results, command: str | None = None) -> str:
    """Return the report as one HTML page that needs nothing else, not even a network.

    Parameters
    ----------
    results : Results
    command : str, optional
        The command line that did it; without one the Python call is shown.

    Returns
    -------
    str
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    templates = Environment(
        loader=PackageLoader("zoopt.compare"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.globals.update(number=_words.number, interval=_words.interval, signed=_words.signed)
    page = templates.get_template("report.html.j2")
    return page.render(**_content(results, command), plotly=get_plotlyjs())


def script_json(content: Any) -> str:
    """Return JSON that is safe inside a script element: it holds no <, > or & as such."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return "".join(_SCRIPT_ESCAPES.get(character, character) for character in text)


def _content(results: Results, command: str | None) -> dict[str, Any]:
    verdicts = {verdict.objective: verdict for verdict in results.verdicts()}
    baselines = {verdict.objective: verdict for verdict in results.baseline_verdicts()}
    sections = [
        _section(results, index, name, verdicts[name], baselines.get(name))
        for index, name in enumerate(results.objectives)
    ]
    figures = {
        f"{kind}-{index}": draw(results, name)
        for index, name in enumerate(results.objectives)
        for kind, draw in (("convergence", _figures.convergence), ("holdout", _figures.holdout))
        if any(run.objective == name and run.curve_values.size for run in results.runs)
    }
    return {
        "results": results,
        "rules": results.rules,
        "overall": _words.overall(list(baselines.values())),
        "has_baselines": bool(baselines),
        "sections": sections,
        "figures": script_json(figures),
        "command": command or _python_call(results),
        "optimisers": list(dict.fromkeys(entry.optimizer for entry in results.entries)),
        "seeds": _seed_words(results.seeds),
    }


def _section(
    results: Results, index: int, name: str, verdict: Verdict, baseline: BaselineVerdict | None
) -> dict[str, Any]:
    gains = {gain.label: gain for gain in baseline.gains} if baseline else {}
    rows = results.rows_of(name)
    return {
        "index": index,
        "name": name,
        "facts": results.objectives[name],
        "verdict": verdict,
        "headline": _words.headline(verdict),
        "explanation": _words.explain(verdict, results.rules),
        "baseline": baseline,
        "baseline_headline": _words.baseline_headline(baseline) if baseline else "",
        "baseline_explanation": _words.explain_baseline(baseline, results.rules) if baseline else "",
        "rows": [{"row": row, "gain": gains.get(row.label), "leading": row.label in verdict.leading} for row in rows],
        "warnings": _words.warnings(rows),
        "notes": [(row.label, row.note) for row in rows if row.note],
        "drawn": any(_has_curve(results, row) for row in rows),
    }


def _has_curve(results: Results, row: Row) -> bool:
    return any(
        run.curve_values.size for run in results.runs if run.objective == row.objective and run.label == row.label
    )


def _seed_words(seeds: tuple[int, ...]) -> str:
    if seeds == tuple(range(len(seeds))) and len(seeds) > 2:
        return f"0 … {len(seeds) - 1}"
    return ", ".join(map(str, seeds))


def _python_call(results: Results) -> str:
    names = list(dict.fromkeys(entry.optimizer for entry in results.entries))
    return (
        f"zoopt.compare.Experiment({names}, {list(results.objectives)}, seeds={list(results.seeds)}, "
        f"budget={results.budget}).run()"
    )
