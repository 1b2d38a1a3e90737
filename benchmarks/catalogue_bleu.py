"""Weights of n-best lists tuned to BLEU: the measurements behind docs/bleu.rst.

    python benchmarks/catalogue_bleu.py > docs/_measured/catalogue_bleu.inc

All of it, from the catalogues of the installed packages (pip install '.[data]') to the table, in little over a minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

import zoopt
from _measured import list_table, made_by
from zoopt.objectives import CatalogueLists, RerankObjective, catalogue_lists, mert

FloatArray = npt.NDArray[np.float64]
METHODS = ("cma-es", "bipop-cma-es", "xnes", "snes", "pgpe", "openai-es", "two-point", "random-search")
BUDGET = 5000
SEEDS = 10
SCALE = 0.3
RESAMPLES = 2000


class Tuned(NamedTuple):
    """A method, the weights of its seeds, and the seconds that one took."""

    name: str
    weights: Sequence[FloatArray]
    seconds: float


def tuned(name: str, run: Callable[[int], FloatArray], seeds: int) -> Tuned:
    """Run a method with each seed."""
    start = time.perf_counter()
    weights = [run(seed) for seed in range(seeds)]
    return Tuned(name, weights, (time.perf_counter() - start) / seeds)


def methods(lists: CatalogueLists, seeds: int, budget: int) -> Iterator[Tuned]:
    """Yield what is compared, the baseline first."""
    start = lists.weights
    yield Tuned("uniform weights", [start], 0.0)
    yield tuned("Och's line search", lambda seed: mert(lists.tune, start, restarts=5, seed=seed).x, seeds)

    def minimised(method: str) -> Callable[[int], FloatArray]:
        return lambda seed: zoopt.minimize(lists.tune, start, method=method, scale=SCALE, budget=budget, seed=seed).x

    for method in METHODS:
        yield tuned(method, minimised(method), seeds)


def resampled(objective: RerankObjective, weights: Sequence[FloatArray], draws: FloatArray) -> FloatArray:
    """Return BLEU of each draw of sentences (rows of how often each comes), the mean over the weights."""
    statistics = [objective.statistics_of(objective.picks(one)) for one in weights]
    return np.mean([objective.metric_of(draws @ one) for one in statistics], axis=0)


def difference(values: FloatArray, others: FloatArray) -> str:
    """Return the difference on all sentences, which are the first draw, and its interval over the others."""
    each = values - others
    low, high = np.quantile(each[1:], [0.025, 0.975])
    return f"{each[0]:+.2f} [{low:+.2f}, {high:+.2f}]"


def spread(values: FloatArray) -> str:
    """Return the mean, and the range where there are several."""
    text = f"{values.mean():.2f}"
    return f"{text} ({values.min():.2f} … {values.max():.2f})" if len(values) > 1 else text


def rows(lists: CatalogueLists, found: Sequence[Tuned]) -> Iterator[list[str]]:
    """Yield a row a method."""
    count = lists.held_out.lists
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    draws = np.vstack([np.ones(count), drawn])
    held_out = [resampled(lists.held_out, method.weights, draws) for method in found]
    for k, (method, values) in enumerate(zip(found, held_out, strict=True)):
        weights = np.array(method.weights)
        yield [
            method.name,
            spread(np.atleast_1d(lists.tune(weights))),
            spread(np.atleast_1d(lists.held_out(weights))),
            difference(values, held_out[0]) if k else "–",
            difference(values, held_out[1]) if k != 1 else "–",
            f"{method.seconds:.1f} s" if k else "–",
        ]


def table(lists: CatalogueLists, found: Sequence[Tuned], seconds: float) -> Iterator[str]:
    """Yield what the documentation includes."""
    yield from made_by("python benchmarks/catalogue_bleu.py")
    tune, held_out = lists.tune, lists.held_out
    yield (
        f"English to Spanish, {', '.join(lists.packages)}: {lists.pairs} pairs, of which {lists.train} to learn from "
        f"({lists.phrases} phrase pairs), {tune.lists} to tune on and {held_out.lists} held out; "
        f"{tune.sizes.mean():.0f} translations a list. Everything below in {seconds:.0f} s."
    )
    yield ""
    oracles = [f"{one.oracle().value:.2f}" for one in (tune, held_out)]
    firsts = [f"{one.first_best():.2f}" for one in (tune, held_out)]
    extra = [
        ["first of every list", *firsts, "", "", ""],
        ["oracle, by hill-climbing", *oracles, "", "", ""],
    ]
    head = ["Weights", "Tuned on", "Held out", "Held out, against uniform", "Held out, against Och's", "Time a seed"]
    yield from list_table(head, chain(rows(lists, found), extra))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--budget", type=int, default=BUDGET)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    start = time.perf_counter()
    lists = catalogue_lists(threads=arguments.threads)
    found = list(methods(lists, arguments.seeds, arguments.budget))
    lines = list(table(lists, found, 0.0))
    seconds = time.perf_counter() - start
    sys.stdout.writelines(line.replace(" in 0 s.", f" in {seconds:.0f} s.") + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
