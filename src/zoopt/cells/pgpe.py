"""Policy gradients with parameter-based exploration."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="pgpe",
    summary="Symmetric samples move the mean and a standard deviation a coordinate. Standardised values and the limit "
    "of the change of deviations are ours.",
    reference="Sehnke et al. (2010), Parameter-exploring Policy Gradients, Neural Networks 23",
    distribution="diagonal",
    shaping="z-score",
    metric="natural",
    update="pgpe",
    population=64,
    antithetic=True,
)
