"""Limited-memory matrix adaptation."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="lm-ma-es",
    summary="Matrix adaptation with few direction vectors, for many dimensions.",
    reference="Loshchilov, Glasmachers and Beyer (2017), Limited-Memory Matrix Adaptation, arXiv:1705.06693",
    numbers="Algorithm 1 and its line of defaults: 4 + 3 log d candidates and directions, weights log(population / 2 "
    "+ 1/2) - log k, c_sigma 2 population / d, c_d 1.5^-i / d, c_c 4^-i population / d with i = 0, 1, ... "
    "Ours: c_sigma and c_c are at most 1 and c_d at most 1/2, which matters in few dimensions only.",
    distribution="limited-memory",
    shaping="recombination",
    metric="natural",
    update="lm-ma",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
    defaults={"rank_offset": 0.5},
)
