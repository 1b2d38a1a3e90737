"""Results on the terminal: a table and a verdict for each objective, and the answer to the main question."""

import math
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zoopt.compare import _words
from zoopt.compare._results import Results
from zoopt.compare._row import Row

_COLOURS = {"winner": "green", "tie": "cyan", "cannot tell": "yellow", "yes": "green", "no": "cyan"}


def print_results(results: Results, console: Console | None = None) -> None:
    """Print the table and the verdicts of every objective, the overall answer last."""
    console = console or Console()
    verdicts = {verdict.objective: verdict for verdict in results.verdicts()}
    baselines = {verdict.objective: verdict for verdict in results.baseline_verdicts()}
    for objective in results.objectives:
        console.print(objective_table(results, objective))
        verdict, baseline = verdicts[objective], baselines.get(objective)
        explanation = _words.explain(verdict, results.rules)
        console.print(_line("", verdict.outcome, _words.headline(verdict), explanation), highlight=False)
        if baseline is not None:
            explanation = _words.explain_baseline(baseline, results.rules)
            headline = _words.baseline_headline(baseline)
            console.print(_line("Beat the baseline? ", baseline.outcome, headline, explanation), highlight=False)
        console.print()
    overall = escape(_words.overall(list(baselines.values())))
    console.print(f"[bold]Did anything beat the baselines? {overall}[/]", highlight=False)


def _line(question: str, outcome: str, headline: str, explanation: str) -> str:
    return f"{question}[bold {_COLOURS[outcome]}]{escape(headline)}.[/] {escape(explanation)}"


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
    table.add_column("optimiser", overflow="fold", min_width=13)
    table.add_column("start", no_wrap=True)
    for heading in ("search", "hold-out", "evaluations", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    rows = results.rows_of(objective)
    for row in rows:
        last_baseline = row.baseline and row is [each for each in rows if each.baseline][-1]
        table.add_row(*_cells(row), style="bold" if row.baseline else None, end_section=last_baseline)
    notes = [f"{row.label}: {row.note}" for row in rows if row.note]
    count = len(results.seeds)
    metric = escape(str(results.objectives[objective].metric))
    seeds = f"{metric}: mean ± half of the corrected 95 % interval over {count} seed{'s' if count > 1 else ''}"
    table.caption = "\n".join([seeds, *map(escape, [*notes, *_words.warnings(rows)])])
    return table


def print_written(paths: list[Path], console: Console | None = None) -> None:
    """Say where the files are."""
    console = console or Console()
    console.print(f"Report: {escape(str(paths[0]))}", highlight=False, soft_wrap=True)


def print_algorithms(console: Console | None = None) -> None:
    """Print the names of all algorithms with a sentence on each."""
    import zoopt

    table = Table("algorithm", "what it does")
    for name in zoopt.algorithms():
        table.add_row(name, escape(zoopt.algorithm(name).summary))
    (console or Console()).print(table)


def print_algorithm(name: str, console: Console | None = None) -> None:
    """Print the options of one algorithm with their ranges, and its reference."""
    import zoopt

    console = console or Console()
    cell = zoopt.algorithm(name)
    console.print(f"[bold]{cell.name}[/]: {escape(cell.summary)}", highlight=False)
    stages = f"{cell.distribution} → {cell.shaping} → {cell.metric} → {cell.update}"
    console.print(f"Cell: {escape(stages)}{' (antithetic)' if cell.antithetic else ''}", highlight=False)
    console.print(f"Reference: {escape(cell.reference)}", highlight=False)
    table = Table("option", "default", "range", "what it is")
    for option in cell.options.values():
        default = "from the dimension" if option.default is None else f"{option.default:g}"
        table.add_row(option.name, default, f"{option.low:g} … {option.high:g}", escape(option.doc))
    console.print(table)


def _cells(row: Row) -> list[str]:
    if row.runs == 0:
        return [escape(row.optimizer), escape(row.start), "not applicable", "", "", ""]
    return [
        escape(row.optimizer),
        escape(row.start),
        _with_half_width(row.search, row.search_high),
        _with_half_width(row.holdout, row.holdout_high),
        "–" if row.baseline or math.isnan(row.evaluations) else f"{row.evaluations:,.0f}",
        f"{row.seconds:.2f}",
    ]


def _with_half_width(mean: float, high: float) -> str:
    return f"{_words.number(mean)} ±{_words.number(high - mean)}" if math.isfinite(high) else _words.number(mean)
