"""REINFORCE over categories."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="reinforce-categorical",
    summary="Score-function gradient of independent choices, with a leave-one-out baseline; x0 holds logits.",
    reference="Williams (1992), Machine Learning 8; baseline of Kool, van Hoof and Welling (2019)",
    numbers="No number is the papers': learning rate 0.1 of Adam and 16 candidates are ours.",
    distribution="categorical",
    shaping="leave-one-out",
    metric="vanilla",
    update="adam",
    population=16,
    defaults={"learning_rate": 0.1},
)
