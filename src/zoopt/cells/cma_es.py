"""Covariance matrix adaptation."""

import math

from zoopt.cells._cell import Cell
from zoopt.cells._pycma import constants, translated

CELL = Cell(
    name="cma-es",
    summary="Active CMA-ES: full covariance, evolution paths, cumulative step-size adaptation.",
    reference="Hansen (2016), The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772",
    distribution="full",
    shaping="cma-weights",
    metric="natural",
    update="cma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
    presets={"pycma": constants},
    translate=translated,
)
