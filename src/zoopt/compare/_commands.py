"""The commands of ``zoopt``, as typer sees them."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zoopt.compare import _console, _files, _progress
from zoopt.compare._experiment import DEFAULT_BUDGET, DEFAULT_SEEDS, Experiment, default_jobs
from zoopt.compare._problem import ExperimentObjective
from zoopt.compare._results import Results
from zoopt.compare.objectives.classification import Classification
from zoopt.errors import InvalidInput, ZooptError

INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Train and tune what has no gradient, and compare optimisers so that the verdict can be trusted.",
)


@app.command()
def compare(
    objective: Annotated[
        list[str] | None, typer.Option(help="DATA:METRIC, such as breast_cancer:f1. Repeatable.", show_default=False)
    ] = None,
    optimizer: Annotated[
        list[str] | None,
        typer.Option(help="NAME or NAME:option=value,option=value. Repeatable.", show_default=False),
    ] = None,
    seeds: Annotated[int, typer.Option(help="Number of paired seeds, each a split of the data.")] = DEFAULT_SEEDS,
    budget: Annotated[int, typer.Option(help="Evaluations a run, the reporting ones included.")] = DEFAULT_BUDGET,
    jobs: Annotated[int | None, typer.Option(help="Worker processes.", show_default="one a CPU")] = None,
    out: Annotated[Path, typer.Option(help="Directory for report.html, results.json, results.csv.")] = Path(
        "zoopt-compare"
    ),
    json: Annotated[bool, typer.Option("--json", help="Print results and verdicts as JSON, and nothing else.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Your own csv file with numeric features.", show_default=False)
    ] = None,
    target: Annotated[str | None, typer.Option(help="Label column of --data.", show_default=False)] = None,
    metric: Annotated[
        str | None, typer.Option(help="Metric for --data: f1, accuracy or f1_macro.", show_default=False)
    ] = None,
) -> None:
    """Train linear classifiers on the metric itself; say which optimiser is best and whether any beat the ordinary way.

    Without options: seven optimisers from two starts on five objectives, 15 seeds, 20 000 evaluations a run.
    """
    with _clean_exit():
        _files.check_directory(out)
        experiment = Experiment(
            optimizer or None,
            _chosen_objectives(objective, data, target, metric),
            seeds=seeds,
            budget=budget,
        )
        workers = default_jobs() if jobs is None else jobs
        with _progress.bar(experiment, shown=not json) as update:
            results = experiment.run(workers, progress=update)
        written = results.save(out, command=_command())
        _show(results, written, json)


@app.command()
def algorithms(
    name: Annotated[str | None, typer.Argument(help="Show the options of one algorithm.", show_default=False)] = None,
) -> None:
    """List the algorithms, or the options of one with their ranges."""
    with _clean_exit():
        _console.print_algorithms() if name is None else _console.print_algorithm(name)


def _chosen_objectives(
    names: list[str] | None, data: Path | None, target: str | None, metric: str | None
) -> list[str | ExperimentObjective] | None:
    """Return the named objectives and the user's own data; None for the default ones."""
    own = {"--data": data, "--target": target, "--metric": metric}
    absent = [option for option, value in own.items() if value is None]
    if len(absent) == len(own):
        return list(names) if names else None
    if data is None or target is None or metric is None:
        raise InvalidInput(f"--data, --target and --metric go together; {' and '.join(absent)} is missing")
    from zoopt.compare._data import read_csv

    return [*(names or []), Classification(read_csv(data, target), metric)]


def _show(results: Results, written: list[Path], json: bool) -> None:
    if json:
        sys.stdout.write(results.to_json() + "\n")
        return
    _console.print_results(results)
    _console.print_written(written)


def _command() -> str:
    return shlex.join(["zoopt", *sys.argv[1:]])


@contextmanager
def _clean_exit() -> Iterator[None]:
    """Turn a mistake of the user into one message and exit code 2, and Ctrl-C into 130."""
    try:
        yield
    except ZooptError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        print("interrupted: the workers are stopped, nothing was written", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
