"""Separable natural evolution strategies."""

import math

from zoopt.cells._cell import Cell

CELL = Cell(
    name="snes",
    summary="Natural gradient of the mean and of a standard deviation a coordinate.",
    reference="Schaul, Glasmachers and Schmidhuber (2011), GECCO; Wierstra et al. (2014), JMLR 15",
    numbers="Table 1 of Wierstra et al. (2014), and its utilities: 4 + floor(3 log d) candidates, rate 1 of the mean, "
    "(3 + log d) / (5 sqrt d) of the deviations.",
    distribution="diagonal",
    shaping="nes-utilities",
    metric="natural",
    update="exponential",
    population=lambda dim: 4 + math.floor(3 * math.log(dim)),
)
