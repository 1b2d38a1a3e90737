"""Exponential natural evolution strategies."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="xnes",
    summary="Natural gradient of mean, scale and shape, through the matrix exponential.",
    reference="Glasmachers et al. (2010), Exponential Natural Evolution Strategies, GECCO",
    distribution="factored",
    shaping="nes-utilities",
    metric="natural",
    update="xnes",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
