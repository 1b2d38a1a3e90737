"""Gradient descent with momentum."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="momentum",
    summary="Gradient descent with momentum along gradients that are told: first-order training as a cell.",
    reference="Polyak (1964), USSR Comput. Math. Math. Phys. 4",
    numbers="Learning rate 0.01 and momentum 0.9 are ours: the paper has none.",
    distribution="point",
    shaping="exact",
    metric="vanilla",
    update="momentum",
    population=1,
)
