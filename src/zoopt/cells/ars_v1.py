"""Augmented random search, all directions."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ars-v1",
    summary="Central differences of all directions over the standard deviation of their values. The default step is "
    "that of the authors' code, 0.02 for a scale of 0.03, in units of the scale.",
    reference="Mania, Guy and Recht (2018), Simple random search of static linear policies, NeurIPS",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3},
)
