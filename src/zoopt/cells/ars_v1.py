"""Augmented random search, version 1."""

from zoopt.cells._cell import Cell

# The learning rate is the paper's step size over its standard deviation of directions, .02 / .03.
CELL = Cell(
    name="ars-v1",
    summary="Central differences in Gaussian directions over the standard deviation of the costs.",
    reference="Mania, Guy and Recht (2018), Simple Random Search of Static Linear Policies, NeurIPS",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3},
)
