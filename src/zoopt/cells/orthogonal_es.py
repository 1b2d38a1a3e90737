"""Structured evolution strategies."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="orthogonal-es",
    summary="Antithetic smoothing along orthogonal directions: less variance at the same number of evaluations. "
    "Adam, which follows, is our choice.",
    reference="Choromanski et al. (2018), Structured Evolution with Compact Architectures, ICML",
    numbers="The paper fixes no numbers for all tasks: Adam with step 0.01 and the population are ours. So is the "
    "length sqrt(d) of every direction, which is the root mean square of the Gaussian one.",
    distribution="orthogonal",
    shaping="raw",
    metric="vanilla",
    update="adam",
    population=lambda dim: 2 * min(dim, 32),
    antithetic=True,
)
