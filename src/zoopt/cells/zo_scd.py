"""Zeroth-order stochastic coordinate descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-scd",
    summary="Gradient descent along central differences in single coordinates, drawn at random.",
    reference="Lian et al. (2016), Linear Speedup of Asynchronous Stochastic Optimization, NeurIPS",
    numbers="The paper has no number for all tasks: the learning rate is that of two-point, which suits two-point "
    "differences in any directions of length sqrt(d).",
    distribution="coordinate",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    population=2,
    antithetic=True,
)
