"""REINFORCE over bits."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="reinforce-bernoulli",
    summary="Score-function gradient of independent bits, with a leave-one-out baseline; x0 holds logits.",
    reference="Williams (1992), Machine Learning 8; baseline of Kool, van Hoof and Welling (2019)",
    distribution="bernoulli",
    shaping="leave-one-out",
    metric="vanilla",
    update="adam",
    population=16,
    defaults={"learning_rate": 0.1},
)
