"""The commands of ``zoopt``, as typer sees them."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from zoopt import flows
from zoopt.compare import _catalogue, _console, _files, _learning_rates, _progress
from zoopt.compare._asked import Asked, Exports, Own, check_names, size
from zoopt.compare._experiment import DEFAULT_BUDGET, DEFAULT_SEEDS, default_jobs
from zoopt.compare._gate import GateResult, check_gates
from zoopt.compare._gate_text import parse_gates
from zoopt.compare._results import Results
from zoopt.compare._stored import stored_results
from zoopt.errors import ZooptError

FAILED = 1
INTERRUPTED = 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Train and tune what has no gradient, and compare optimisers so that the verdict can be trusted.",
)

Objectives = Annotated[
    list[str] | None,
    typer.Option(
        "--objective",
        help="DATA:METRIC such as breast_cancer:f1, FUNCTION:option=value such as rosenbrock:dim=10, or "
        "MODULE:ATTRIBUTE. Repeatable; `zoopt objectives` lists them.",
        show_default=False,
    ),
]
Optimizers = Annotated[
    list[str] | None,
    typer.Option(
        "--optimizer",
        help="NAME or NAME:option=value,option=value. Repeatable; `zoopt algorithms` lists them.",
        show_default=False,
    ),
]
Gates = Annotated[
    list[str] | None,
    typer.Option(
        "--gate",
        help="Condition such as 'cma-es >= snes on rosenbrock*'; exit code 1 unless it holds. Repeatable.",
        show_default=False,
    ),
]
Parquet = Annotated[
    Path | None, typer.Option("--export-parquet", help="Directory for long tables.", show_default=False)
]
Coco = Annotated[Path | None, typer.Option("--export-coco", help="Directory for cocopp.", show_default=False)]
Ioh = Annotated[Path | None, typer.Option("--export-ioh", help="Directory for IOHprofiler.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="Directory for report.html, results.json, results.csv.")]
Json = Annotated[bool, typer.Option("--json", help="Print results and verdicts as JSON, and nothing else.")]


@app.command()
def compare(
    objective: Objectives = None,
    optimizer: Optimizers = None,
    seeds: Annotated[
        int | None,
        typer.Option(help="Number of paired seeds, each a split of the data.", show_default=str(DEFAULT_SEEDS)),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(help="Evaluations a run, the reporting ones included.", show_default=str(DEFAULT_BUDGET)),
    ] = None,
    until: Annotated[
        float | None, typer.Option(help="Measured value that ends a run when it is reached.", show_default=False)
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with a table [experiment]; options go before it.", show_default=False)
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(help="File that keeps finished runs; they are not done again.", show_default=False),
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Worker processes.", show_default="one a CPU")] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler, whose workers do the runs.", show_default=False)
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds a run.", show_default=False)] = None,
    memory_limit: Annotated[str | None, typer.Option(help="Memory a run, such as 2G.", show_default=False)] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do failed runs of the store again.")] = False,
    gate: Gates = None,
    margin: Annotated[
        float | None, typer.Option(help="Differences of a metric below this do not matter.", show_default="0.005")
    ] = None,
    alpha: Annotated[float | None, typer.Option(help="Level of all claims.", show_default="0.05")] = None,
    out: Out = Path("zoopt-compare"),
    json: Json = False,
    export_parquet: Parquet = None,
    export_coco: Coco = None,
    export_ioh: Ioh = None,
    data: Annotated[
        Path | None, typer.Option(help="Your own csv file with numeric features.", show_default=False)
    ] = None,
    target: Annotated[str | None, typer.Option(help="Label column of --data.", show_default=False)] = None,
    metric: Annotated[
        str | None, typer.Option(help="Metric for --data: f1, f1_macro, accuracy, roc_auc, ...", show_default=False)
    ] = None,
) -> None:
    """Compare optimisers; say which one is best and whether any beat the ordinary way.

    Without options: seven optimisers from two starts train linear classifiers on five metrics, 15 seeds, 20 000
    evaluations a run.
    """
    with _clean_exit(store):
        exports = Exports(export_parquet, export_coco, export_ioh)
        for directory in (out, *exports.wanted.values()):
            _files.check_directory(directory)
        gates = _checked(gate)
        arguments = {
            "optimizers": optimizer,
            "objectives": objective,
            "seeds": seeds,
            "budget": budget,
            "target": until,
            "margin": margin,
            "alpha": alpha,
        }
        experiment = Asked(config, Own(data, target, metric), arguments).experiment()
        check_names(gates, experiment)
        with _progress.bar(experiment, shown=not json) as update:
            results = experiment.run(
                default_jobs() if jobs is None else jobs,
                store=store,
                executor=scheduler,
                time_limit=time_limit,
                memory_limit=None if memory_limit is None else size(memory_limit),
                retry_failed=retry_failed,
                progress=update,
            )
        _deliver(results, out, exports, gates, json=json)


@app.command()
def report(
    store: Annotated[Path, typer.Argument(help="File that `zoopt compare --store` made.", show_default=False)],
    experiment: Annotated[
        int | None, typer.Option(help="Number of the experiment.", show_default="the one made last")
    ] = None,
    out: Out = Path("zoopt-compare"),
    gate: Gates = None,
    json: Json = False,
    export_parquet: Parquet = None,
    export_coco: Coco = None,
    export_ioh: Ioh = None,
) -> None:
    """Report on what a store has, as far as it is finished, without running anything."""
    with _clean_exit(None):
        exports = Exports(export_parquet, export_coco, export_ioh)
        for directory in (out, *exports.wanted.values()):
            _files.check_directory(directory)
        gates = _checked(gate)
        _deliver(stored_results(store, experiment), out, exports, gates, json=json)


@app.command()
def lr(
    problem: Annotated[str, typer.Argument(help=_learning_rates.HELP, show_default=False)],
    method: Annotated[
        str, typer.Option(help="gd, momentum:momentum=0.5, adam, two-point:population=8, or another algorithm.")
    ] = "gd",
    rates: Annotated[
        str | None,
        typer.Option(help="0.01,0.1 or LOW:HIGH:COUNT.", show_default="13 about the limit at the start"),
    ] = None,
    steps: Annotated[int, typer.Option(help="Steps of every rate.")] = 200,
    time: Annotated[
        float | None, typer.Option(help="Time of the flow at which rates are compared.", show_default="in the middle")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="Numbers with commas, or one for all.", show_default="the problem's own")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the start and the split of data.")] = 0,
    radius: Annotated[float, typer.Option(help="Smoothing radius of methods that see values only.")] = 0.01,
    seeds: Annotated[int, typer.Option(help="Runs of such methods.")] = 8,
    expect: Annotated[
        float | None, typer.Option(help="Exit code 1 unless this rate is useful and stable.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory for rates.csv, analysis.json and figures.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the analysis as JSON, and nothing else.")] = False,
) -> None:
    """Run a method at several learning rates; say which are useful and stable, and why.

    Exit code 1 where there are none, or where --expect is not among them.
    """
    with _clean_exit(None):
        if out is not None:
            _files.check_directory(out)
        asked = _learning_rates.asked(problem, start, seed)
        name, options = _learning_rates.method_in(method)
        found = flows.learning_rate_analysis(
            asked.field,
            asked.start,
            _learning_rates.rates_in(rates),
            method=name,
            steps=steps,
            time=time,
            metric=asked.metric,
            radius=radius,
            seeds=seeds,
            **options,
        )
        written = [] if out is None else found.save(out)
        if json:
            sys.stdout.write(found.to_json() + "\n")
        else:
            print(_learning_rates.report(found, expect))
            for path in written:
                print(path)
    if not _learning_rates.passed(found, expect):
        raise typer.Exit(FAILED)


@app.command()
def algorithms(
    name: Annotated[str | None, typer.Argument(help="Show the options of one optimiser.", show_default=False)] = None,
) -> None:
    """List the optimisers with their versions, or the options of one with their ranges."""
    with _clean_exit(None):
        _catalogue.print_optimizers() if name is None else _catalogue.print_optimizer(name)


@app.command()
def objectives(
    name: Annotated[str | None, typer.Argument(help="Show the options of one family.", show_default=False)] = None,
) -> None:
    """List the objectives that can be named, or the options of one family with their ranges."""
    with _clean_exit(None):
        _catalogue.print_objectives() if name is None else _catalogue.print_objective(name)


def _checked(gates: Sequence[str] | None) -> list[str]:
    """Return gates that can be read; those that cannot are refused before any run."""
    for text in gates or ():
        parse_gates(text)
    return list(gates or ())


def _deliver(results: Results, out: Path, exports: Exports, gates: list[str], *, json: bool) -> None:
    """Write files, print verdicts, and leave with 1 where a gate is closed."""
    answers: list[GateResult] = check_gates(results, gates) if gates else []
    written = results.save(out, command=_command(), gates=answers)
    left_out = exports.write(results)
    if json:
        sys.stdout.write(results.to_json(gates=answers) + "\n")
    else:
        _console.print_results(results, gates=answers)
        _console.print_written(written, exports.wanted, left_out)
    if not all(answer.passed for answer in answers):
        raise typer.Exit(FAILED)


def _command() -> str:
    return shlex.join(["zoopt", *sys.argv[1:]])


@contextmanager
def _clean_exit(store: Path | None) -> Iterator[None]:
    """Turn a mistake of the user into one message and exit code 2, and Ctrl-C into 130."""
    try:
        yield
    except ZooptError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        kept = "nothing was written"
        if store is not None:
            kept = f"finished runs are in {store}, and the same command goes on from there"
        print(f"interrupted: the workers are stopped, {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
