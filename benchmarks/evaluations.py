"""Evaluations that cma-es takes to 1e-8, beside the packages `cma` and `cmaes`: the runs of tests/statistical.

    python benchmarks/evaluations.py run results.csv --dims 5 10 --seeds 101
    python benchmarks/evaluations.py table results.csv > docs/_measured/evaluations.inc

`run` goes on where the file ends. Medians are over the seeds, a failed run counts as endless; the ratio of medians has
its 95 % bootstrap interval, the difference of the shares of successes its lower 95 % bound.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from itertools import chain, product
from pathlib import Path

import numpy as np

from _measured import list_table, made_by

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "statistical"))

from evaluations_to_target import (
    DIMENSIONS,
    FUNCTIONS,
    MARGIN,
    PEERS,
    by_zoopt,
    ratio_of_medians,
    success_difference,
)

SOLVERS = {"zoopt": by_zoopt, **PEERS}
Runs = dict[tuple[str, str, int, int], float]
HEAD = [
    "Function",
    "d",
    "Seeds",
    "zoopt",
    "Peer",
    "Its median",
    "Ratio",
    "Solved",
    "By the peer",
    "Difference ≥",
    "Holds",
]


def known(path: Path) -> Runs:
    """Return the evaluations in a file: by solver, function, dimension and seed."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {(solver, name, int(dim), int(seed)): float(used) for solver, name, dim, seed, used in csv.reader(file)}


def carry_out(path: Path, dims: list[int], seeds: int) -> None:
    """Do the runs that the file does not have, a line each as it ends."""
    done = known(path)
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        for dim, name, seed, solver in product(dims, FUNCTIONS, range(seeds), SOLVERS):
            if (solver, name, dim, seed) not in done:
                writer.writerow([solver, name, dim, seed, SOLVERS[solver](name, dim, seed)])
                file.flush()


def rows(runs: Runs) -> Iterator[list[object]]:
    """Yield a row for each function, dimension and peer, over the seeds that both have."""
    for dim, name, peer in product(DIMENSIONS, FUNCTIONS, PEERS):
        seeds = [s for s in range(10_000) if all((who, name, dim, s) in runs for who in ("zoopt", peer))]
        if not seeds:
            continue
        ours, theirs = (np.array([runs[who, name, dim, seed] for seed in seeds]) for who in ("zoopt", peer))
        ratio, low, high = ratio_of_medians(ours, theirs)
        least = success_difference(ours, theirs)[1]
        holds = low <= 1 + MARGIN and high >= 1 - MARGIN and least >= -MARGIN
        yield [
            name, dim, len(seeds), _count(ours), peer, _count(theirs), f"{ratio:.3f} [{low:.3f}, {high:.3f}]",
            int(np.isfinite(ours).sum()), int(np.isfinite(theirs).sum()), f"{least:+.3f}", "yes" if holds else "no",
        ]  # fmt: skip


def _count(used: np.ndarray) -> str:
    median = float(np.median(used))
    return f"{median:,.0f}" if math.isfinite(median) else "∞"


def main() -> int:
    """Run or tabulate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "table"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--dims", type=int, nargs="+", default=list(DIMENSIONS))
    parser.add_argument("--seeds", type=int, default=101)
    arguments = parser.parse_args()
    if arguments.command == "run":
        carry_out(arguments.file, arguments.dims, arguments.seeds)
    else:
        lines = chain(made_by("python benchmarks/evaluations.py"), list_table(HEAD, rows(known(arguments.file))))
        sys.stdout.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
