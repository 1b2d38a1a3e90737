"""CMA-ES with restarts and a growing population."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ipop-cma-es",
    summary="CMA-ES that restarts with twice the population whenever it has converged.",
    reference="Auger and Hansen (2005), A Restart CMA Evolution Strategy With Increasing Population Size, CEC",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    driver="ipop",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
