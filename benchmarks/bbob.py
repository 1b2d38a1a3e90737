"""The 24 noiseless BBOB functions through ioh and coco-experiment: CMA-ES of zoopt beside `cma`, and the verdict.

    python benchmarks/bbob.py run --suite ioh --dims 2 3 5 10 --instances 5 results.csv
    python benchmarks/bbob.py table results.csv > docs/bbob.inc

`run` goes on where a file of results ends. A result is the share of the 51 targets 10^[2 .. -8] above the optimum that
a run has reached within its budget of evaluations: 10^4 d up to d = 10, 10^3 d beyond.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

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

    chosen = f"dimensions:{run.dim} function_indices:{run.function} instance_indices:{run.instance}"
    suite = cocoex.Suite("bbob", "", chosen)
    _KEPT.append(suite)  # a problem lives as long as its suite
    return suite[0], of_ioh.optimum.y


_KEPT: list[object] = []


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
            for instance in range(1, arguments.instances + 1):
                for algorithm in ALGORITHMS:
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
    with arguments.file.open("a", newline="") as file, ProcessPoolExecutor(arguments.jobs) as pool:
        writer = csv.writer(file)
        for run, value in zip(todo, pool.map(share, todo), strict=True):
            writer.writerow([*run, value])
            file.flush()


def verdict(ours: np.ndarray, peers: np.ndarray) -> tuple[float, float, str]:
    """Return the mean difference, its lower 95 % bound over functions, and the verdict; rows are functions.

    Instances of one function are not independent, so functions are what is resampled.
    """
    differences = (ours - peers).mean(axis=1)
    draws = np.random.default_rng(1).integers(differences.size, size=(RESAMPLES, differences.size))
    low = float(np.quantile(differences[draws].mean(axis=1), 0.05))
    return float(differences.mean()), low, "not worse" if low > -MARGIN else "cannot tell"


def table(path: Path) -> Iterator[str]:
    """Yield a reStructuredText table of all results: mean shares a dimension, difference, bound and verdict."""
    shares: dict[tuple[str, int, str], dict[tuple[int, int], float]] = defaultdict(dict)
    for run, value in results(path).items():
        shares[run.suite, run.dim, run.algorithm][run.function, run.instance] = value
    yield from [".. list-table::", "   :header-rows: 1", ""]
    head = ["Suite", "d", "Ours", "Share", "Peer", "Share", "Difference (95 % above)", "Verdict"]
    yield from (f"   {'* -' if k == 0 else '  -'} {name}" for k, name in enumerate(head))
    for suite, dim in dict.fromkeys((suite, dim) for suite, dim, _ in shares):
        for ours, peer in PAIRS:
            a, b = shares[suite, dim, ours], shares[suite, dim, peer]
            both = sorted(a.keys() & b.keys())
            if not both:
                continue
            numbers = sorted({function for function, _ in both})
            instances = min(sum(f == n for f, _ in both) for n in numbers)
            x, y = (np.array([[s[k] for k in both if k[0] == n][:instances] for n in numbers]) for s in (a, b))
            mean, low, words = verdict(x, y)
            cells = [suite, dim, ours, f"{x.mean():.3f}", peer, f"{y.mean():.3f}", f"{mean:+.3f} ({low:+.3f})", words]
            yield from (f"   {'* -' if k == 0 else '  -'} {cell}" for k, cell in enumerate(cells))


def main() -> int:
    """Run or tabulate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    run = commands.add_parser("run")
    run.add_argument("--suite", choices=["ioh", "coco"], default="ioh")
    run.add_argument("--dims", type=int, nargs="+", default=[2, 3, 5, 10, 20, 40])
    run.add_argument("--instances", type=int, default=5)
    run.add_argument("--jobs", type=int, default=1)
    for command in (run, commands.add_parser("table")):
        command.add_argument("file", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "run":
        carry_out(arguments)
    else:
        sys.stdout.writelines(line + "\n" for line in table(arguments.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
