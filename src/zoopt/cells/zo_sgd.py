"""One-sided zeroth-order gradient descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-sgd",
    summary="Gradient descent along forward differences (f(mean + scale z) − f(mean)) z / scale.",
    reference="Ghadimi and Lan (2013), SIAM J. Optim. 23; Nesterov and Spokoiny (2017), Found. Comput. Math. 17",
    numbers="The learning rate 1 / (4 (d + 4)) for curvature 1 is Ghadimi and Lan's stepsize 1 / (4 L (n + 4)) "
    "without the term that depends on the noise.",
    distribution="isotropic",
    shaping="centre-baseline",
    metric="vanilla",
    update="sgd",
    population=1,
)
