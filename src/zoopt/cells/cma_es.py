"""Covariance matrix adaptation."""

import math

from zoopt.cells._cell import Cell
from zoopt.cells._pycma import constants, translated

CELL = Cell(
    name="cma-es",
    summary="Active CMA-ES: full covariance, evolution paths, cumulative step-size adaptation.",
    reference="Hansen (2016), The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772",
    numbers="Table 1 and equations 49 to 58 of the tutorial: population, weights, c_sigma, d_sigma, c_c, c_1, c_mu. "
    "The decomposition gap is ten times that of its section B.2, which costs no evaluations. tolfun and tolx, "
    "1e-11, are those of the package cma; the tutorial proposes 1e-12 and 1e-12 times the first scale "
    "(section B.3).",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
    presets={"pycma": constants},
    translate=translated,
)
