"""CMA-ES with restarts of two kinds."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="bipop-cma-es",
    summary="CMA-ES that restarts with large populations and with small ones in turn.",
    reference="Hansen (2009), Benchmarking a BI-Population CMA-ES on the BBOB-2009 Function Testbed, GECCO",
    numbers="The paper: population doubled, small populations floor(first (large / first / 2)^(U^2)), scales 10^(-2 "
    "U) of the first, whichever kind has used less. Ours: a small search may use half the evaluations of the "
    "last large one (the package cma: half those of all large ones), the first search counts for neither kind "
    "(the package cma: for the small ones), nine doublings, tolfun and tolx as in the package cma (1e-11), "
    "and stagnation, which counts generations without a better value. There is no limit of generations.",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    driver="bipop",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
