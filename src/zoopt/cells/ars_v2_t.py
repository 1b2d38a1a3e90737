"""Augmented random search, top directions, for policies with normalised states."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ars-v2-t",
    summary="The search of ars-v1-t, number for number: version 2 differs only in what the policy sees, states "
    "normalised by their running mean and variance, which is the objective's part; "
    "zoopt.objectives.RunningNormalizer does it.",
    reference="Mania, Guy and Recht (2018), Simple random search of static linear policies, NeurIPS",
    numbers="All are those of ars-v1-t, and so is what is ours.",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3, "top": 0.5},
)
