"""Gradient descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="gd",
    summary="Gradient descent along gradients that are told: first-order training as a cell.",
    reference="Cauchy (1847), C. R. Acad. Sci. Paris 25",
    numbers="The learning rate, 0.01, is ours.",
    distribution="point",
    shaping="exact",
    metric="vanilla",
    update="sgd",
    population=1,
    defaults={"learning_rate": 0.01},
)
