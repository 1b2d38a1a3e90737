"""Nesterov's accelerated gradient."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="nesterov",
    summary="Nesterov's accelerated gradient along gradients that are told: first-order training as a cell.",
    reference="Nesterov (1983), Soviet Math. Dokl. 27; Sutskever et al. (2013), ICML",
    numbers="Learning rate 0.01 and momentum 0.9 are ours; Sutskever et al. raise the momentum up to 0.99 or more.",
    distribution="point",
    shaping="exact",
    metric="vanilla",
    update="nesterov",
    population=1,
)
