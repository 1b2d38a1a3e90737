"""Simultaneous perturbation stochastic approximation."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="spsa",
    summary="Gradient descent along central differences in random signs, with decaying gains.",
    reference="Spall (1992), IEEE Trans. Automat. Control 37; gains of Spall (1998), IEEE Trans. AES 34",
    numbers="Spall (1998), on the choice of gains: alpha 0.602, gamma 0.101, A a tenth of the iterations expected. "
    "There a is chosen so that early steps have a wanted length, and c is the standard deviation of the "
    "noise; here a is learning_rate (A + 1)^alpha, whose default is that of two-point, and c is the scale.",
    distribution="rademacher",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    schedule="spsa-gains",
    population=2,
    antithetic=True,
)
