"""The command ``zoopt study``."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from zoopt.compare._files import check_directory
from zoopt.errors import InvalidInput, ZooptError
from zoopt.studies import _console
from zoopt.studies._definition import Item, definition, names
from zoopt.studies._options import assigned, checked
from zoopt.studies._run import run
from zoopt.studies._study import Study

FAILED, REFUSED, INTERRUPTED = 1, 2, 130
ALL = "all"


def study(
    name: Annotated[
        str | None, typer.Argument(help="A study, or all; without one they are listed.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="Directory; each study has its own in there.")] = Path("zoopt-study"),
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes, the same claims.")] = False,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 0,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="option=value; several values as option=1,2,3. Repeatable.", show_default=False),
    ] = None,
    show_options: Annotated[bool, typer.Option("--options", help="List the options of the study.")] = False,
) -> None:
    """Check the claims of an article: prediction, measurement, verdict. Exit code 1 where one is not as expected."""
    console = Console()
    try:
        if name is None:
            _console.print_studies(console)
            return
        if show_options:
            _console.print_options(name, console)
            return
        wanted = _wanted(name, assigned(given or ()), quick=quick)
        check_directory(out)
    except ZooptError as error:
        _refuse(error)
        raise typer.Exit(REFUSED) from None
    codes = []
    for each, options in wanted.items():
        codes.append(_carry_out(each, options, out / each, console, quick=quick, seed=seed))
        if codes[-1] == INTERRUPTED:
            break
    if max(codes):
        raise typer.Exit(max(codes))


def _wanted(name: str, options: dict[str, str], *, quick: bool) -> dict[str, dict[str, str]]:
    """Return the options of every study that is to run, all of them checked before the first runs."""
    if name == ALL and options:
        raise InvalidInput(f"--set belongs to one study; got {', '.join(options)} for all of them")
    wanted = names() if name == ALL else (name,)
    for each in wanted:
        checked(each, definition(each).options, options, quick=quick)
    return dict.fromkeys(wanted, options)


def _carry_out(name: str, options: dict[str, str], directory: Path, console: Console, *, quick: bool, seed: int) -> int:
    """Run a study, print and save it, and return the exit code."""
    try:
        with console.status(f"{name} …") as status:
            found = run(
                name, quick=quick, seed=seed, progress=lambda item: status.update(_doing(name, item)), **options
            )
        _console.print_study(found, console)
        found.save(directory)
    except ZooptError as error:
        _refuse(error)
        return REFUSED
    console.print(f"Report: {escape(str(directory / 'report.html'))}\n", highlight=False, soft_wrap=True)
    return _code(found)


def _doing(name: str, item: Item) -> str:
    return escape(f"{name}: {getattr(item, 'source', '') or getattr(item, 'name', '')} is ready …")


def _code(found: Study) -> int:
    if found.status == "interrupted":
        return INTERRUPTED
    return 0 if found.success else FAILED


def _refuse(error: ZooptError) -> None:
    print(f"error: {error}", file=sys.stderr)
