"""The self-contained HTML report: verdicts first, then figures and tables, then how to run it again."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from zoopt.compare import _words, shown
from zoopt.compare._gate import GateResult
from zoopt.compare.report import _figures
from zoopt.compare.report._sections import MOST_FAILURES, failure_counts, failures, section
from zoopt.compare.report._templates import environment

if TYPE_CHECKING:
    from zoopt.compare._results import Results

_SCRIPT_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
MANY_OBJECTIVES = 6
"""From so many on the report has an index."""

EAGER = 16
"""So many figures are drawn at once; of more, each when it is scrolled into view."""


def render(results: "Results", command: str | None = None, gates: Sequence[GateResult] = ()) -> str:
    """Return the report as one HTML page that needs nothing else, not even a network.

    Parameters
    ----------
    results : Results
    command : str, optional
        The command line that did it; without one the Python call is shown.
    gates : sequence of GateResult
        What was asked of the results, and whether it holds.

    Returns
    -------
    str
    """
    from plotly.offline import get_plotlyjs

    templates = environment("zoopt.compare")
    templates.globals.update(number=_words.number, interval=_words.interval, signed=_words.signed, spaced=_spaced)
    page = templates.get_template("report.html.j2")
    return page.render(**_content(results, command, gates), plotly=get_plotlyjs())


def script_json(content: Any) -> str:
    """Return JSON that is safe inside a script element: it holds no <, > or & as such."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _SCRIPT_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _content(results: "Results", command: str | None, gates: Sequence[GateResult]) -> dict[str, Any]:
    verdicts = {verdict.objective: verdict for verdict in results.verdicts()}
    baselines = {verdict.objective: verdict for verdict in results.baseline_verdicts()}
    sections = [
        section(results, index, name, verdicts[name], baselines.get(name))
        for index, name in enumerate(results.objectives)
    ]
    figures = {
        f"{kind}-{part['index']}": draw(results, part["name"]) for part in sections for kind, draw in _drawn(part)
    }
    overall_figures = _overall_figures(results)
    overall, failed = results.overall(), failures(results)
    return {
        "results": results,
        "rules": results.rules,
        "overall": _words.overall(list(baselines.values())),
        "has_baselines": bool(baselines),
        "has_splits": any(facts.splits for facts in results.objectives.values()),
        "has_independent": any(not facts.splits for facts in results.objectives.values()),
        "best": overall,
        "best_headline": _words.headline(overall),
        "best_explanation": _words.explain_overall(overall),
        "all": list(overall_figures),
        "sections": sections,
        "index": len(sections) >= MANY_OBJECTIVES,
        "gates": [(gate, _words.explain_gate(gate)) for gate in gates],
        "failures": failed,
        "failure_counts": failure_counts(failed),
        "most_failures": MOST_FAILURES,
        "eager": EAGER,
        "figures": script_json(figures | overall_figures),
        "tolerance": _figures.TOLERANCE,
        "command": command or _python_call(results),
        "optimisers": list(dict.fromkeys(each.optimizer for each in results.participants)),
        "seeds": _seed_words(results.seeds),
        "options": [
            (each.optimizer, each.start, _words.options(each.options, each.scale), each.version)
            for each in results.participants
        ],
    }


def _drawn(part: dict[str, Any]) -> list[tuple[str, Callable[["Results", str], _figures.Figure]]]:
    found: list[tuple[str, Callable[[Results, str], _figures.Figure]]] = []
    if part["drawn"]:
        found += [("holdout", _figures.final_values), ("convergence", _figures.convergence)]
    if part["times"]:
        found.append(("ecdf", lambda results, name: _figures.runtime_ecdf(results, [name])))
    return found


def _overall_figures(results: "Results") -> dict[str, _figures.Figure]:
    """Return the figures over all objectives, as far as there is something to compare."""
    names = list(results.objectives)
    contenders = len(results.participants)
    has_curves = results.runs.curve_values.flat.size > 0
    found: dict[str, _figures.Figure] = {}
    if contenders < 2:
        return found
    if len(names) > 1:
        found["ranks"] = _figures.ranks(results)
        difference = shown.critical_difference(results)
        if difference is not None:
            found["average-ranks"] = _figures.average_ranks(difference)
    found["wins"] = _figures.wins(results)
    if len(names) > 1 and any(facts.targets for facts in results.objectives.values()):
        found["ecdf-all"] = _figures.runtime_ecdf(results, names)
    if has_curves:
        found["data-profile"] = _figures.data_profile(results, names)
        found["performance-profile"] = _figures.performance_profile(results, names)
    return found


def _spaced(count: float) -> str:
    return f"{count:,.0f}".replace(",", " ")


def _seed_words(seeds: tuple[int, ...]) -> str:
    if seeds == tuple(range(len(seeds))) and len(seeds) > 2:
        return f"0 … {len(seeds) - 1}"
    return ", ".join(map(str, seeds))


def _python_call(results: "Results") -> str:
    names = list(dict.fromkeys(each.optimizer for each in results.participants))
    return (
        f"zoopt.compare.Experiment({names}, {list(results.objectives)}, seeds={list(results.seeds)}, "
        f"budget={results.budget}).run()"
    )
