"""Augmented random search, version 2, with the top directions alone."""

from zoopt.cells._cell import Cell

# The learning rate is the paper's step size over its standard deviation of directions, .02 / .03.
CELL = Cell(
    name="ars-v2-t",
    summary="As ars-v1-t, for policies whose inputs zoopt.objectives.RunningNormalizer normalises.",
    reference="Mania, Guy and Recht (2018), Simple Random Search of Static Linear Policies, NeurIPS",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3, "top": 0.5},
)
