"""Is the noise what it claims to be: independent standard normals, and independent fair signs?

Seeds are fixed, so a test passes or fails for good; the level says how far a run would have to stray. Every battery is
held to a family-wise false-alarm rate of 1e-4: Bonferroni over its checks, 37 of normals and 139 of signs, makes that
single levels of 2.7e-6 and 7.2e-7, or 4.7 and 5.0 standard errors.

Power: a check of n products finds a correlation r with probability .999 where |r| >= (4.7 + 3.1) / sqrt(n), and n is
half of the draws or more, so the quick battery (1e7 draws) finds |r| >= .0035 and the slow one (1e9) |r| >= .00035. In
the same way they find a mean that is off by .0025 and .00025 and a variance off by .0035 and .00035; the slow one finds
a tail beyond 5 sigma (573 draws expected) that is off by a third. That the batteries reject the generator with few
rounds shows that this is not idle.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from noise_battery import Tally, normal_tally, rejections, run, sign_tally

from zoopt import _core, noise

FAMILY_WISE = 1e-4
COORDINATES = 2**15
CUBES_OF_1E7 = 10_000_000 // (8 * COORDINATES) + 1
CUBES_OF_1E9 = 1_000_000_000 // (8 * COORDINATES) + 1
# Up to 7 rounds the battery rejects on two million draws; from 8 on it does not even on ten; the generator has 20.
WEAK = (2, 4, 6, 7)
CUBES_OF_2E6 = range(8)


def normals(seed, generation, sample, size):
    return noise(seed, generation, sample, size, dtype=np.float32)


def signs(seed, generation, sample, size):
    return noise(seed, generation, sample, size, kind="rademacher", dtype=np.float32)


def weakened(rounds):
    def draw(seed, generation, sample, size):
        return _core.weak_normals(seed, generation, sample, 0, size, rounds)

    return draw


def in_threads(draw, tally_of, cubes):
    """Run a long battery on every core; the sums are those of one thread but for the order of float additions."""
    workers = os.cpu_count() or 1
    parts = [range(cubes * w // workers, cubes * (w + 1) // workers) for w in range(workers)]
    total = Tally()
    with ThreadPoolExecutor(workers) as pool:
        for tally in pool.map(lambda part: run(draw, tally_of, part, COORDINATES), parts):
            total.merge(tally)
    return total


@pytest.mark.parametrize(("draw", "tally_of"), [(normals, normal_tally), (signs, sign_tally)])
def test_ten_million_draws(draw, tally_of):
    tally = run(draw, tally_of, range(CUBES_OF_1E7), COORDINATES)
    assert tally.draws >= 10_000_000
    assert rejections(tally, FAMILY_WISE) == {}


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("draw", "tally_of"), [(normals, normal_tally), (signs, sign_tally)])
def test_a_thousand_million_draws(draw, tally_of):
    tally = in_threads(draw, tally_of, CUBES_OF_1E9)
    assert tally.draws >= 1_000_000_000
    assert rejections(tally, FAMILY_WISE) == {}


@pytest.mark.parametrize("rounds", WEAK)
def test_few_rounds_are_found_out(rounds):
    tally = run(weakened(rounds), normal_tally, CUBES_OF_2E6, COORDINATES)
    assert rejections(tally, FAMILY_WISE)


def test_all_rounds_pass_where_few_fail():
    tally = run(weakened(20), normal_tally, CUBES_OF_2E6, COORDINATES)
    assert rejections(tally, FAMILY_WISE) == {}
