"""Zeroth-order adaptive momentum."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-adamm",
    summary="AdaMM on averaged forward differences in directions from the sphere.",
    reference="Chen et al. (2019), ZO-AdaMM: Zeroth-Order Adaptive Momentum Method, NeurIPS",
    numbers="Algorithm 1 of the paper; beta_1 0.9, beta_2 0.3 and ten directions as in the authors' program, "
    "KaidiXu/ZO-AdaMM, which starts the second moment at 1e-7 where epsilon is 1e-8 here. Step 0.01 is ours: "
    "the authors choose it by task.",
    distribution="sphere",
    shaping="centre-baseline",
    metric="vanilla",
    update="adamm",
    population=10,
)
