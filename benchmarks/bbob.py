"""The 24 noiseless BBOB functions through ioh and coco-experiment: CMA-ES of zoopt beside `cma`, and the verdict.

    python benchmarks/bbob.py run results.csv --suite ioh --dims 2 3 5 10 --instances 1 2 3
    python benchmarks/bbob.py run more.csv --suite coco --instances 4 5
    python benchmarks/bbob.py table results.csv more.csv > docs/_measured/bbob.inc

`run` goes on where a file of results ends; `--algorithms` names those that run. A result is the share of the 51 targets
10^[2 .. -8] above the optimum that a run has reached within its budget of evaluations: 10^4 d up to d = 10, 10^3 d
beyond.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from _measured import list_table, made_by

FUNCTIONS = range(1, 25)
TARGETS = 10.0 ** np.linspace(2, -8, 51)
SCALE = 2.0  # of the first distribution; the optima lie in [-4, 4]^d mostly, the box is [-5, 5]^d
MARGIN = 0.05  # of the share of targets, for "not worse"
RESAMPLES = 10_000

Function = Callable[[np.ndarray], float]


class Run(NamedTuple):
    """What is run; `function` and `instance` are BBOB's numbers."""

    suite: str
    algorithm: str
    function: int
    dim: int
    instance: int


class Done(Exception):
    """The budget is used up, or the last target reached."""


class Counted:
    """A problem that notes its best value above the optimum and stops the search at its budget."""

    def __init__(self, function: Function, optimum: float, budget: int):
        self.function, self.optimum, self.left, self.gap = function, optimum, budget, float("inf")

    def __call__(self, x: np.ndarray) -> float:
        """Return the value at x."""
        if self.left <= 0 or self.gap <= TARGETS[-1]:
            raise Done
        self.left -= 1
        value = float(self.function(x))
        self.gap = min(self.gap, value - self.optimum)
        return value


def problem(run: Run) -> tuple[Function, float]:
    """Return a function of the suite and its optimal value; both suites have the same functions and instances."""
    import ioh

    of_ioh = ioh.get_problem(run.function, run.instance, run.dim, ioh.ProblemClass.BBOB)
    if run.suite == "ioh":
        return of_ioh, of_ioh.optimum.y
    import cocoex

    # By default the suite has the instances of one year, of which `instance_indices` would count places.
    suite = cocoex.Suite("bbob", f"instances:{run.instance}", f"dimensions:{run.dim} function_indices:{run.function}")
    _KEPT.append(suite)  # a problem lives as long as its suite
    _require_same(suite[0], of_ioh, run)
    return suite[0], of_ioh.optimum.y


_KEPT: list[object] = []


def _require_same(one: Function, other: Function, run: Run) -> None:
    """Compare two functions at a point; the optimum of one is that of the other only where they are the same."""
    point = np.random.default_rng(run.function).uniform(-4, 4, run.dim)
    if not np.isclose(one(point), other(point), rtol=1e-9):
        raise RuntimeError(f"{run}: {one(point)} in one suite, {other(point)} in the other")


def by_zoopt(method: str) -> Callable[[Counted, np.ndarray, int], None]:
    """Return a search by an algorithm of zoopt."""

    def search(function: Counted, start: np.ndarray, seed: int) -> None:
        import zoopt

        opt = zoopt.optimizer(method, start, scale=SCALE, seed=seed)
        while opt.stop() is None:
            opt.tell([function(x) for x in opt.ask()])

    return search


def by_cma(bipop: bool) -> Callable[[Counted, np.ndarray, int], None]:
    """Return the same by the package `cma`, with its own rules for stopping and restarts."""

    def search(function: Counted, start: np.ndarray, seed: int) -> None:
        import cma

        generator = np.random.default_rng(seed)
        starts = iter([start])
        options = {"verbose": -9, "seed": seed + 1, "maxfevals": 10**9}
        cma.fmin2(
            function,
            lambda: next(starts, start + SCALE * generator.standard_normal(start.size)),
            SCALE,
            options,
            restarts=9 if bipop else 0,
            bipop=bipop,
        )

    return search


ALGORITHMS = {
    "zoopt cma-es": by_zoopt("cma-es"),
    "cma": by_cma(bipop=False),
    "zoopt bipop-cma-es": by_zoopt("bipop-cma-es"),
    "cma, bipop": by_cma(bipop=True),
}
PAIRS = [("zoopt cma-es", "cma"), ("zoopt bipop-cma-es", "cma, bipop")]


def budget(dim: int) -> int:
    """Return the evaluations a run may take."""
    return 10_000 * dim if dim <= 10 else 1000 * dim


def share(run: Run) -> float:
    """Return the share of targets that one run reaches."""
    function, optimum = problem(run)
    counted = Counted(function, optimum, budget(run.dim))
    seed = 1000 * run.function + 10 * run.instance + run.dim
    start = np.random.default_rng(seed).uniform(-4, 4, run.dim)
    with suppress(Done):
        ALGORITHMS[run.algorithm](counted, start, seed)
    return float(np.mean(counted.gap <= TARGETS))


def planned(arguments: argparse.Namespace) -> Iterator[Run]:
    """Yield all runs asked for, those of a pair of algorithms next to each other."""
    for dim in arguments.dims:
        for function in FUNCTIONS:
            for instance in arguments.instances:
                for algorithm in arguments.algorithms:
                    yield Run(arguments.suite, algorithm, function, dim, instance)


def results(path: Path) -> dict[Run, float]:
    """Return the results in a file."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    return {Run(s, a, int(f), int(d), int(i)): float(value) for s, a, f, d, i, value in rows}


def carry_out(arguments: argparse.Namespace) -> None:
    """Do the runs that the file does not have, a line each as it ends."""
    known = results(arguments.file)
    todo = [run for run in planned(arguments) if run not in known]
    with ExitStack() as stack:
        file = stack.enter_context(arguments.file.open("a", newline=""))
        alone = arguments.jobs == 1
        mapped = map if alone else stack.enter_context(ProcessPoolExecutor(arguments.jobs)).map
        writer = csv.writer(file)
        for run, value in zip(todo, mapped(share, todo), strict=True):
            writer.writerow([*run, value])
            file.flush()


def verdict(differences: np.ndarray) -> tuple[float, float, float, str]:
    """Return the mean difference, its lower and upper 95 % bounds, and the verdict; there is one difference a function.

    Instances of one function are not independent, so functions are what is resampled.
    """
    draws = np.random.default_rng(1).integers(differences.size, size=(RESAMPLES, differences.size))
    low, high = np.quantile(differences[draws].mean(axis=1), [0.05, 0.95])
    words = "not worse" if low > -MARGIN else "worse" if high < 0.0 else "cannot tell"
    return float(differences.mean()), float(low), float(high), words


def rows(known: dict[Run, float]) -> Iterator[list[object]]:
    """Yield the rows of the table: each suite by itself, then both together, every instance once."""
    suites = list(dict.fromkeys(run.suite for run in known))
    for group in [[suite] for suite in suites] + ([suites] if len(suites) > 1 else []):
        chosen = {run._replace(suite=""): value for run, value in known.items() if run.suite in group}
        for dim in sorted({run.dim for run in known}):
            for ours, peer in PAIRS:
                cells = compared(chosen, dim, ours, peer)
                if cells:
                    yield [" + ".join(group), dim, *cells]


def compared(known: dict[Run, float], dim: int, ours: str, peer: str) -> list[object]:
    """Return the cells of a row; none where the two have not run on the same instances of every function."""
    pairs = defaultdict(list)
    for run, value in known.items():
        other = known.get(run._replace(algorithm=peer))
        if run.dim == dim and run.algorithm == ours and other is not None:
            pairs[run.function].append((value, other))
    if len(pairs) < len(FUNCTIONS):
        return []
    means = np.array([np.mean(pairs[function], axis=0) for function in FUNCTIONS])
    mean, low, high, words = verdict(means[:, 0] - means[:, 1])
    shares = means.mean(axis=0)
    return [
        min(map(len, pairs.values())), ours, f"{shares[0]:.3f}", peer, f"{shares[1]:.3f}",
        f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]", words,
    ]  # fmt: skip


HEAD = ["Suite", "d", "Instances", "Ours", "Share", "Peer", "Share", "Difference", "Verdict"]


def main() -> int:
    """Run or tabulate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run")
    run.add_argument("--suite", choices=["ioh", "coco"], default="ioh")
    run.add_argument("--dims", type=int, nargs="+", default=[2, 3, 5, 10, 20, 40])
    run.add_argument("--instances", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    run.add_argument("--algorithms", nargs="+", choices=list(ALGORITHMS), default=list(ALGORITHMS))
    run.add_argument("--jobs", type=int, default=1)
    run.add_argument("file", type=Path)
    commands.add_parser("table").add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    if arguments.command == "run":
        carry_out(arguments)
    else:
        known = {run: value for path in arguments.files for run, value in results(path).items()}
        lines = chain(made_by("python benchmarks/bbob.py"), list_table(HEAD, rows(known)))
        sys.stdout.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
