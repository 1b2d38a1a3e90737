"""REINFORCE with a Gaussian policy."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="reinforce",
    summary="Score-function gradient of a Gaussian with fixed scale, with a leave-one-out baseline.",
    reference="Williams (1992), Machine Learning 8; baseline of Kool, van Hoof and Welling (2019)",
    numbers="No number is the papers'. The learning rate is that of two-point; 16 candidates are ours.",
    distribution="isotropic",
    shaping="leave-one-out",
    metric="vanilla",
    update="sgd",
    population=16,
)
