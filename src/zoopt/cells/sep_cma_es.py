"""Separable covariance matrix adaptation."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="sep-cma-es",
    summary="CMA-ES on the diagonal of the covariance: memory and time grow with the dimension only.",
    reference="Ros and Hansen (2008), A Simple Modification in CMA-ES, PPSN X",
    distribution="diagonal",
    shaping="recombination",
    metric="natural",
    update="sep-cma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
