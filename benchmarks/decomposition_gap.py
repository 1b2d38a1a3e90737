"""What waiting with the eigendecomposition of cma-es costs in evaluations.

    python benchmarks/decomposition_gap.py [SEEDS]

The gap is `factor / (d (c_1 + c_mu))` generations, at least one. Each row gives the median evaluations to 1e-8, and
the geometric mean of the evaluations over that of decomposing in every generation with its 95 % bootstrap interval.
The default of the cma update is factor 1, the largest whose intervals all hold 1 (factor 2 costs 1 % on rosenbrock).
"""

import math
import sys

import numpy as np

import zoopt
from zoopt import _core

FACTORS = (0.1, 0.25, 0.5, 0.75, 1.0, 2.0)
STARTS = {"ellipsoid": (1.0, 1.0), "rosenbrock": (0.0, 0.5)}
TARGET = 1e-8


def gap_of(dim, factor):
    """Return the generations between decompositions."""
    constants = _core.cma_constants(dim, zoopt.algorithm("cma-es").default_population(dim))
    return max(1, math.floor(factor / (dim * (constants["c_1"] + constants["c_mu"]))))


def evaluations(function, dim, gap, seeds):
    """Return the evaluations to the target, one run a seed, NaN where a run ended elsewhere."""
    start, scale = STARTS[function]
    objective = zoopt.objectives.function(function, dim)
    used = np.full(len(seeds), np.nan)
    for k, seed in enumerate(seeds):
        search = zoopt.optimizer("cma-es", np.full(dim, start), scale=scale, seed=seed, decomposition_gap=gap)
        search.run(objective, 10**4 * dim, target=TARGET)
        if search.best.fun <= TARGET:
            used[k] = search.nfev
    return used


def interval(sample, reference, draws=2000):
    """Return the ratio of geometric means and its 95 % bootstrap interval."""
    rng = np.random.default_rng(0)
    a, b = np.log(sample[~np.isnan(sample)]), np.log(reference[~np.isnan(reference)])
    means = [rng.choice(s, (draws, s.size)).mean(axis=1) for s in (a, b)]
    low, high = np.exp(np.quantile(means[0] - means[1], [0.025, 0.975]))
    return math.exp(a.mean() - b.mean()), low, high


def main():
    """Print the table."""
    seeds = range(int(sys.argv[1]) if len(sys.argv) > 1 else 51)
    print("| function | d | factor | gap | solved | median evaluations | over every generation |")
    print("|---|---|---|---|---|---|---|")
    for function in STARTS:
        for dim in (10, 20, 40):
            reference = evaluations(function, dim, 1, range(10**6, 10**6 + len(seeds)))
            for gap, factor in {gap_of(dim, factor): factor for factor in reversed(FACTORS)}.items():
                used = evaluations(function, dim, gap, seeds)
                ratio, low, high = interval(used, reference)
                solved = np.count_nonzero(~np.isnan(used))
                print(
                    f"| {function} | {dim} | {factor:g} | {gap} | {solved}/{len(seeds)} | {np.nanmedian(used):.0f} "
                    f"| {ratio:.3f} [{low:.3f}, {high:.3f}] |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
