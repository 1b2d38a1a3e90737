"""Structured evolution strategies."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="orthogonal-es",
    summary="Antithetic smoothing along orthogonal directions: less variance at the same number of evaluations. "
    "Adam, which follows, is our choice.",
    reference="Choromanski et al. (2018), Structured Evolution with Compact Architectures, ICML",
    distribution="orthogonal",
    shaping="raw",
    metric="vanilla",
    update="adam",
    population=lambda dim: 2 * min(dim, 32),
    antithetic=True,
)
