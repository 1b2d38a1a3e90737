"""Augmented random search, top directions."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="ars-v1-t",
    summary="As ars-v1, but only the directions whose better candidate is best count. The paper tunes their share by "
    "task; the default of one half is ours.",
    reference="Mania, Guy and Recht (2018), Simple random search of static linear policies, NeurIPS",
    numbers="As ars-v1. The paper tunes the share of top directions by task, and the authors' program uses all; one "
    "half is ours.",
    distribution="isotropic",
    shaping="ars",
    metric="natural",
    update="sgd",
    population=16,
    antithetic=True,
    defaults={"learning_rate": 2 / 3, "top": 0.5},
)
