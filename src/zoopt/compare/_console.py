"""Results on the terminal: a table and a verdict for each objective, and the answer to the main question."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zoopt.compare import _words
from zoopt.compare._facts import Facts
from zoopt.compare._gate import GateResult
from zoopt.compare._results import Results
from zoopt.compare._row import Row
from zoopt.compare._verdict import BaselineVerdict

_COLOURS = {
    "winner": "green", "tie": "cyan", "cannot tell": "yellow", "yes": "green", "no": "cyan",
    "passed": "green", "failed": "red",
}  # fmt: skip


MOST_TABLES = 12
MOST_LINES = 40
"""For more objectives, or more optimisers on one, verdicts alone are printed; the report has all tables."""


def print_results(results: Results, console: Console | None = None, *, gates: Sequence[GateResult] = ()) -> None:
    """Print the table and the verdicts of every objective, the overall answer and the gates last."""
    console = console or Console()
    baselines = {verdict.objective: verdict for verdict in results.baseline_verdicts()}
    if len(results.objectives) > MOST_TABLES or len(results.participants) > MOST_LINES:
        console.print(verdict_table(results))
        console.print()
    else:
        _print_objectives(results, baselines, console)
    if len(results.objectives) > 1 and len(results.participants) > 1:
        best = results.overall()
        explanation = _words.explain_overall(best)
        console.print(_line("Over all objectives: ", best.outcome, _words.headline(best), explanation), highlight=False)
    if baselines:
        overall = escape(_words.overall(list(baselines.values())))
        console.print(f"[bold]Did anything beat the baselines? {overall}[/]", highlight=False)
    for gate in gates:
        question = f"Gate {gate.gate}: "
        console.print(_line(question, gate.outcome, gate.outcome, _words.explain_gate(gate)), highlight=False)


def _print_objectives(results: Results, baselines: Mapping[str, BaselineVerdict], console: Console) -> None:
    for verdict in results.verdicts():
        console.print(objective_table(results, verdict.objective))
        form = _words.form_of(results.objectives[verdict.objective])
        explanation = _words.explain(verdict, results.rules, form)
        console.print(_line("", verdict.outcome, _words.headline(verdict), explanation), highlight=False)
        baseline = baselines.get(verdict.objective)
        if baseline is not None:
            explanation = _words.explain_baseline(baseline, results.rules)
            headline = _words.baseline_headline(baseline)
            console.print(_line("Beat the baseline? ", baseline.outcome, headline, explanation), highlight=False)
        console.print()


def verdict_table(results: Results) -> Table:
    """Return a line for each objective: the verdict and why."""
    table = Table("objective", "verdict", "why", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for verdict in results.verdicts():
        form = _words.form_of(results.objectives[verdict.objective])
        table.add_row(
            escape(verdict.objective),
            f"[bold {_COLOURS[verdict.outcome]}]{escape(_words.headline(verdict))}[/]",
            escape(_words.explain(verdict, results.rules, form)),
        )
    return table


def _line(question: str, outcome: str, headline: str, explanation: str) -> str:
    return f"{escape(question)}[bold {_COLOURS[outcome]}]{escape(headline)}.[/] {escape(explanation)}"


def objective_table(results: Results, objective: str) -> Table:
    """Return the rich table of one objective: baselines on top, then optimisers by hold-out metric."""
    table = Table(
        title=f"[bold]{escape(objective)}[/]",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    rows = results.rows_of(objective)
    facts = results.objectives[objective]
    shown = _Shown(
        start=any(row.start for row in rows),
        holdout=any(math.isfinite(row.holdout) for row in rows),
        failures=any(row.failures for row in rows),
        median=facts.distance,
        form=_words.form_of(facts),
    )
    for heading, options in shown.columns(facts):
        table.add_column(heading, **options)
    for row in rows:
        last_baseline = row.baseline and row is [each for each in rows if each.baseline][-1]
        table.add_row(*shown.cells(row), style="bold" if row.baseline else None, end_section=last_baseline)
    notes = [f"{row.label}: {row.note}" for row in rows if row.note]
    count = len(results.seeds)
    what = "mean ± half of the 95 % interval"
    if facts.splits or facts.distance:
        what = "mean ± half of the corrected 95 % interval" if facts.splits else "median and its 95 % interval"
    seeds = f"{facts.metric}: {what} over {count} seed{'s' if count > 1 else ''}"
    table.caption = "\n".join(map(escape, [seeds, *notes, *_words.warnings(rows)]))
    return table


@dataclass(frozen=True)
class _Shown:
    """Which columns a table has, and how its numbers are written."""

    start: bool
    holdout: bool
    failures: bool
    median: bool
    form: _words.Form

    def columns(self, facts: Facts) -> list[tuple[str, dict[str, Any]]]:
        """Return headings with the options of their columns."""
        right: dict[str, Any] = {"justify": "right", "no_wrap": True}
        found: list[tuple[str, dict[str, Any]]] = [("optimiser", {"overflow": "fold", "min_width": 13})]
        found += [("start", {"no_wrap": True})] if self.start else []
        found += [("search" if self.holdout else escape(_words.short(facts.metric)), right)]
        found += [("hold-out" if facts.splits else "noise-free", right)] if self.holdout else []
        found += [("evaluations", right), ("seconds", right)]
        return found + ([("failed", right)] if self.failures else [])

    def cells(self, row: Row) -> list[str]:
        """Return a line of the table."""
        named = [escape(row.optimizer), *([escape(row.start)] if self.start else [])]
        if row.runs == 0:
            return [*named, "not applicable"]
        values = [self._with_interval(row.search, row.search_low, row.search_high)]
        values += [self._with_interval(row.holdout, row.holdout_low, row.holdout_high)] if self.holdout else []
        spent = "–" if row.baseline or math.isnan(row.evaluations) else f"{row.evaluations:,.0f}"
        failed = [str(row.failures or "")] if self.failures else []
        return [*named, *values, spent, f"{row.seconds:.2f}", *failed]

    def _with_interval(self, middle: float, low: float, high: float) -> str:
        number = self.form.number
        if not math.isfinite(high):
            return number(middle)
        if self.median:
            return f"{number(middle)} {self.form.interval(low, high)}"
        return f"{number(middle)} ±{number(high - middle)}"


def print_written(
    paths: Sequence[Path],
    exports: Mapping[str, Path] | None = None,
    left_out: Mapping[str, str] | None = None,
    console: Console | None = None,
) -> None:
    """Say where the files are, and what an export had no place for."""
    console = console or Console()
    console.print(f"Report: {escape(str(paths[0]))}", highlight=False, soft_wrap=True)
    for name, path in (exports or {}).items():
        console.print(f"Exported to {name}: {escape(str(path))}", highlight=False, soft_wrap=True)
    for reason in (left_out or {}).values():
        console.print(f"Left out of the export to coco: {escape(reason)}", highlight=False, soft_wrap=True)
