"""Augmented random search, all directions."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ars-v1",
    summary="Central differences of all directions over the standard deviation of their values. The default step is "
    "that of the authors' code, 0.02 for a scale of 0.03, in units of the scale.",
    reference="Mania, Guy and Recht (2018), Simple random search of static linear policies, NeurIPS",
    numbers="Algorithm 2 of the paper leaves all numbers to a search by task; 8 directions and the step of 0.02 for a "
    "scale of 0.03 are the defaults of the authors' program, modestyachts/ARS. The step is in units of the "
    "scale here.",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3},
)
