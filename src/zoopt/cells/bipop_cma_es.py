"""CMA-ES with restarts of two kinds."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="bipop-cma-es",
    summary="CMA-ES that restarts with large populations and with small ones in turn.",
    reference="Hansen (2009), Benchmarking a BI-Population CMA-ES on the BBOB-2009 Function Testbed, GECCO",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    driver="bipop",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
