"""Does CMA-ES need as many evaluations as the packages `cma` and `cmaes`, and does it succeed as often?

A case holds where the 95 % bootstrap interval of the ratio of medians meets [.9, 1.1], and where the share of
successes is not inferior by .1: the lower 95 % bound of the difference. With 101 runs each and equal shares of 97 %,
that bound is missed once in a thousand times; the seeds are fixed.
"""

import pytest
from evaluations_to_target import (
    DIMENSIONS,
    FUNCTIONS,
    MARGIN,
    PEERS,
    by_zoopt,
    evaluations,
    ratio_of_medians,
    success_difference,
)

CASES = [(name, dim, peer) for name in FUNCTIONS for dim in DIMENSIONS for peer in PEERS]
QUICK = [("sphere", 5, "cmaes")]


def assert_as_good(name, dim, peer, seeds):
    ours = evaluations(by_zoopt, name, dim, seeds)
    theirs = evaluations(PEERS[peer], name, dim, seeds)
    _, low, high = ratio_of_medians(ours, theirs)
    assert low <= 1 + MARGIN
    assert high >= 1 - MARGIN
    assert success_difference(ours, theirs)[1] >= -MARGIN


@pytest.mark.parametrize(("name", "dim", "peer"), QUICK)
def test_quick_look(name, dim, peer):
    assert_as_good(name, dim, peer, 31)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("name", "dim", "peer"), CASES)
def test_evaluations_to_target(name, dim, peer):
    assert_as_good(name, dim, peer, 101)
