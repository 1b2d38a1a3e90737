"""Zeroth-order sign descent."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-signsgd",
    summary="Every coordinate moves by the same length along the sign of an averaged forward difference; the length "
    "falls with the root of the generation. The first length is ours.",
    reference="Liu, Chen, Chen and Hong (2019), signSGD via Zeroth-Order Oracle, ICLR",
    numbers="Algorithm 1 of the paper with forward differences averaged over ten directions. It takes a step and a "
    "smoothing of order 1 / sqrt(d T) for T steps known before; the rate 0.05 / sqrt(t) is ours.",
    distribution="sphere",
    shaping="centre-baseline",
    metric="vanilla",
    update="sign",
    schedule="inverse-sqrt",
    population=10,
    defaults={"learning_rate": 0.05},
)
