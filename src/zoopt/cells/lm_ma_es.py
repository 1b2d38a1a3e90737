"""Limited-memory matrix adaptation."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="lm-ma-es",
    summary="Matrix adaptation with few direction vectors, for many dimensions.",
    reference="Loshchilov, Glasmachers and Beyer (2017), Limited-Memory Matrix Adaptation, arXiv:1705.06693",
    distribution="limited-memory",
    shaping="recombination",
    metric="natural",
    update="lm-ma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
    defaults={"rank_offset": 0.5},
)
