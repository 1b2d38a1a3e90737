"""Adam."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="adam",
    summary="Adam along gradients that are told: first-order training as a cell.",
    reference="Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, ICLR",
    distribution="point",
    shaping="exact",
    metric="vanilla",
    update="adam",
    population=1,
    defaults={"learning_rate": 0.001},
)
