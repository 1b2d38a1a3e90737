"""Exponential natural evolution strategies."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="xnes",
    summary="Natural gradient of mean, scale and shape, through the matrix exponential.",
    reference="Glasmachers et al. (2010), Exponential Natural Evolution Strategies, GECCO",
    numbers="Table 1 of Wierstra et al. (2014): 4 + floor(3 log d) candidates, rate 1 of the mean, (9 + 3 log d) / (5 "
    "d sqrt d) of scale and shape; compared with the package cmaes.",
    distribution="factored",
    shaping="nes-utilities",
    metric="natural",
    update="xnes",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
