"""Studies on the terminal: their list, the options of one, and what became of its claims."""

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zoopt.studies import _words
from zoopt.studies._claim import Claim
from zoopt.studies._definition import definition, names, study_options
from zoopt.studies._study import Study

_COLOURS = {"holds": "green", "fails": "cyan", "cannot tell": "yellow"}


def print_studies(console: Console) -> None:
    """Print the names of all studies with the questions they answer."""
    table = Table("study", "article", "question", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.columns[0].no_wrap = True
    for name in names():
        table.add_row(name, definition(name).article, escape(definition(name).title))
    console.print(table)


def print_options(name: str, console: Console) -> None:
    """Print what a study is about and its options."""
    known = definition(name)
    console.print(f"[bold]{escape(known.title)}[/] {escape(known.summary)}", highlight=False)
    table = Table("option", "default", "quick", "takes", "what it is", box=box.SIMPLE_HEAD, show_edge=False)
    table.columns[0].no_wrap = True
    for each in study_options(name).values():
        default, quick = _words.written(each.default), _words.written(each.quick)
        table.add_row(each.name, escape(default), escape(quick), escape(each.wanted), escape(each.summary))
    console.print(table)


def print_study(study: Study, console: Console) -> None:
    """Print the claims with their verdicts, and how it went."""
    console.print(f"[bold]{escape(study.title)}[/] ({study.article})", highlight=False)
    table = Table("source", "claim", "predicted", "measured", "verdict", "computed by",
                  box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)  # fmt: skip
    for claim in study.claims:
        marked = f"{claim.statement} ({_words.tag(claim)})" if _words.tag(claim) else claim.statement
        cells = (claim.source, marked, _words.prediction(claim), _words.measured(claim))
        table.add_row(*map(escape, cells), _verdict(study, claim), escape(claim.kernel))
    console.print(table)
    console.print(escape(_words.outcome(study)), highlight=False)


def _verdict(study: Study, claim: Claim) -> str:
    if claim in study.unexpected:
        return f"[bold red]{claim.verdict}[/] (expected: {claim.expected})"
    return f"[{_COLOURS[claim.verdict]}]{claim.verdict}[/]"
