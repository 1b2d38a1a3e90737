"""Simultaneous perturbation stochastic approximation."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="spsa",
    summary="Gradient descent along central differences in random signs, with decaying gains.",
    reference="Spall (1992), IEEE Trans. Automat. Control 37; gains of Spall (1998), IEEE Trans. AES 34",
    distribution="rademacher",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    schedule="spsa-gains",
    population=2,
    antithetic=True,
)
