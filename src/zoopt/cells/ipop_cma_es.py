"""CMA-ES with restarts and a growing population."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ipop-cma-es",
    summary="CMA-ES that restarts with twice the population whenever it has converged.",
    reference="Auger and Hansen (2005), A Restart CMA Evolution Strategy With Increasing Population Size, CEC",
    numbers="The paper: factor 2. Ours: nine restarts at most, and starts round x0 where no box is given, where the "
    "paper draws them from the box. tolfun is 1e-12 as in the paper; its tolx is 1e-12 times the first scale, "
    "ours is 1e-11, that of the package cma. Its rules of no effect along an axis or coordinate are one rule "
    "here, that steps must still move the mean; stagnation is ours.",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    driver="ipop",
    defaults={"tolfun": 1e-12},
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
