"""Separable covariance matrix adaptation."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="sep-cma-es",
    summary="CMA-ES on the diagonal of the covariance: memory and time grow with the dimension only.",
    reference="Ros and Hansen (2008), A Simple Modification in CMA-ES, PPSN X",
    numbers="The paper's rate of the covariance is (d + 2) / 3 times that of CMA-ES. All numbers are those of the "
    "package cmaes, whose trajectory it follows: weights log(mu + 1) - log k, c_c 4 / (d + 4), c_1 2 / ((d + "
    "1.3)^2 + mu_eff), and the factor for c_mu alone.",
    distribution="diagonal",
    shaping="recombination",
    metric="natural",
    update="sep-cma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
