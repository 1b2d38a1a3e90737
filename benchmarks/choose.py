"""Which algorithm for which problem: the measurements behind docs/choose.rst.

    python benchmarks/choose.py run results.csv
    python benchmarks/choose.py table results.csv > docs/_measured/choose.inc

`run` goes on where the file ends. Every algorithm runs with its defaults and scale .5 from one start; a cell is the
median over seeds of what its problem scores, the least of a row in bold.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from _measured import list_table, made_by
from choose_problems import (
    Contestant,
    Problem,
    colours,
    cross_entropy,
    cut,
    errors,
    function,
    noisy,
    one_max,
)

SEEDS = range(11)
# Beyond these dimensions the table would take hours.
FULL, FULL_WITH_RESTARTS, FULL_EXPONENTIAL = 300, 128, 32
REAL = {
    "cma-es": Contestant("cma-es", most=FULL),
    "bipop-cma-es": Contestant("bipop-cma-es", most=FULL_WITH_RESTARTS),
    "xnes": Contestant("xnes", most=FULL_EXPONENTIAL),
} | {
    name: Contestant(name)
    for name in [
        "lm-ma-es", "sep-cma-es", "snes", "pgpe", "openai-es", "two-point", "spsa", "one-plus-one-es", "random-search",
    ]
}  # fmt: skip
UNDER_NOISE = {
    "cma-es, handling": Contestant("cma-es", {"noise_handling": True}),
    "cma-es, population 100": Contestant("cma-es", {"options": {"population": 100}}),
} | {name: Contestant(name) for name in ["cma-es", "snes", "pgpe", "openai-es", "two-point", "spsa"]}
DISCRETE = {
    name: Contestant(name)
    for name in ["reinforce-bernoulli", "reinforce-categorical", "cma-es", "snes", "openai-es", "random-search"]
}
WITH_GRADIENT = {
    name: Contestant(name)
    for name in ["adam", "nesterov", "gd", "cma-es", "sep-cma-es", "snes", "openai-es", "two-point"]
}


class Group(NamedTuple):
    """Problems and contestants of one table."""

    title: str
    contestants: dict[str, Contestant]
    problems: list[Problem]


def groups() -> Iterator[Group]:
    """Yield the tables."""
    names = ("sphere", "ellipsoid", "rosenbrock", "rastrigin")
    sizes = ((10, 10_000), (100, 100_000), (1000, 100_000))
    turned = ((10, 10_000), (100, 100_000), (300, 100_000))
    plain = [function(name, dim, budget) for dim, budget in sizes for name in names]
    rotated = [function("ellipsoid", dim, budget, rotated=True) for dim, budget in turned]
    metrics = [errors("breast_cancer", 10_000), errors("wine", 10_000), errors("digits", 20_000)]
    trained = [errors("breast_cancer", 10_000, trained=True), errors("digits", 20_000, trained=True)]
    yield Group("Real variables: the best value found", REAL, [*plain, *rotated, *metrics, *trained])
    disturbed = [noisy(name, 10, 20_000, level) for name, level in (("sphere", 1), ("ellipsoid", 1), ("rastrigin", 10))]
    disturbed.append(noisy("ellipsoid", 10, 20_000, 1, rotated=True))
    yield Group("Noise: the true value of the final mean", UNDER_NOISE, disturbed)
    yield Group("Bits and categories: the best value found", DISCRETE, [one_max(100), cut(100), colours(50, 4)])
    losses = [cross_entropy("breast_cancer", 500), cross_entropy("digits", 500)]
    yield Group("With a gradient in every evaluation, or without: the best value found", WITH_GRADIENT, losses)


def fits(contestant: Contestant, problem: Problem) -> bool:
    """Return whether this contestant takes part."""
    kind = {"reinforce-bernoulli": 1, "reinforce-categorical": 2}.get(contestant.method, problem.start.ndim)
    return problem.start.size <= contestant.most and problem.start.ndim == kind


def known(path: Path) -> dict[tuple[str, str, int], float]:
    """Return the scores in a file: by problem, contestant and seed."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {(problem, label, int(seed)): float(score) for problem, label, seed, score in csv.reader(file)}


def carry_out(path: Path) -> None:
    """Do the runs that the file does not have, a line each as it ends."""
    done = known(path)
    # The quick tables first: the first one takes most of the time.
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        for group in reversed(list(groups())):
            for problem in group.problems:
                for label, contestant in group.contestants.items():
                    for seed in SEEDS:
                        if fits(contestant, problem) and (problem.name, label, seed) not in done:
                            writer.writerow([problem.name, label, seed, repr(problem.score(contestant, seed))])
                            file.flush()


def cells(group: Group, problem: Problem, scores: dict[tuple[str, str, int], float]) -> list[str]:
    """Return a row, in which only contestants with all their seeds stand; none where there are no such."""
    medians = {}
    for label in group.contestants:
        found = [scores[key] for seed in SEEDS if (key := (problem.name, label, seed)) in scores]
        if len(found) == len(SEEDS):
            medians[label] = float(np.median(found))
    if not medians:
        return []
    best = min(medians.values())
    marked = {m: f"**{v:.2g}**" if v <= best * 1.001 + 1e-12 else f"{v:.2g}" for m, v in medians.items()}
    return [problem.name, f"{problem.budget:,}", *(marked.get(label, "–") for label in group.contestants)]


def tables(path: Path) -> Iterator[str]:
    """Yield all tables as reStructuredText."""
    scores = known(path)
    yield from made_by("python benchmarks/choose.py")
    for group in groups():
        yield from (f"**{group.title}**", "")
        rows = (row for problem in group.problems if (row := cells(group, problem, scores)))
        yield from chain(list_table(["Problem", "Budget", *group.contestants], rows), [""])


def main() -> int:
    """Run or tabulate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "table"])
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "run":
        carry_out(arguments.file)
    else:
        sys.stdout.writelines(line + "\n" for line in tables(arguments.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
