"""Two-point zeroth-order gradient descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="two-point",
    summary="Gradient descent along central differences in Gaussian directions (MeZO).",
    reference="Nesterov and Spokoiny (2017), Found. Comput. Math. 17; Malladi et al. (2023), NeurIPS",
    distribution="isotropic",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    population=2,
    antithetic=True,
)
