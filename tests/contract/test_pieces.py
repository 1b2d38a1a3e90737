"""Compiled sums over coordinates are evaluated in pieces of candidates; ask and tell evaluate whole ones. Same bits."""

import numpy as np
import pytest

import zoopt

# One coordinate beyond a piece, short rows, rows that two threads share the coordinates of, and three.
DIMENSIONS = [257, 1000, 2311, 3100]
CELLS = ["two-point", "spsa", "zo-signsgd", "reinforce", "zo-svrg"]
FUNCTIONS = ["sphere", "ellipsoid", "rosenbrock", "rastrigin"]


def searches(cell, dim, threads):
    """Return the same search twice."""
    return [
        zoopt.optimizer(cell, np.linspace(-1, 1, dim), scale=0.1, seed=3, population=26, threads=t)
        for t in (threads, 1)
    ]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_pieces_and_whole_candidates_have_the_same_values(function, dim, threads):
    objective = zoopt.objectives.function(function, dim, shift=np.linspace(0.5, 1.5, dim))
    pieces, whole = searches("snes", dim, threads)
    for _ in range(3):
        pieces.run(objective, pieces.nfev + pieces.rows)
        whole.tell(objective(whole.ask()))
        np.testing.assert_array_equal(pieces.mean, whole.mean)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("function", ["rosenbrock", "ellipsoid"])
@pytest.mark.parametrize("dim", DIMENSIONS)
def test_pieces_of_every_kind_of_noise_are_those_of_whole_candidates(cell, function, dim):
    objective = zoopt.objectives.function(function, dim)
    pieces, whole = searches(cell, dim, 2)
    for _ in range(3):
        pieces.run(objective, pieces.nfev + pieces.rows)
        whole.tell(objective(whole.ask()))
        np.testing.assert_array_equal(pieces.mean, whole.mean)
