"""Simultaneous perturbation stochastic approximation."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="spsa",
    summary="Gradient descent along central differences in random signs, with a constant gain.",
    reference="Spall (1992), IEEE Trans. Automat. Control 37",
    distribution="rademacher",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    population=2,
    antithetic=True,
)
