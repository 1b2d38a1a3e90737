"""One-sided zeroth-order gradient descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-sgd",
    summary="Gradient descent along forward differences (f(mean + scale z) − f(mean)) z / scale.",
    reference="Ghadimi and Lan (2013), SIAM J. Optim. 23; Nesterov and Spokoiny (2017), Found. Comput. Math. 17",
    distribution="isotropic",
    shaping="centre-baseline",
    metric="vanilla",
    update="sgd",
    population=1,
)
