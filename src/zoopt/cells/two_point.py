"""Two-point zeroth-order gradient descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="two-point",
    summary="Gradient descent along central differences in Gaussian directions (MeZO).",
    reference="Nesterov and Spokoiny (2017), Found. Comput. Math. 17; Malladi et al. (2023), NeurIPS",
    numbers="The learning rate 1 / (4 (d + 4)) for one pair and curvature 1 is Nesterov and Spokoiny's h = 1 / (4 (n "
    "+ 4) L_1); its growth with more pairs is ours. MeZO takes scale 1e-3 and tunes the rate.",
    distribution="isotropic",
    shaping="raw",
    metric="vanilla",
    update="sgd",
    population=2,
    antithetic=True,
)
