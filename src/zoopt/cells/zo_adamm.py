"""Zeroth-order adaptive momentum."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-adamm",
    summary="AdaMM on averaged forward differences in directions from the sphere.",
    reference="Chen et al. (2019), ZO-AdaMM: Zeroth-Order Adaptive Momentum Method, NeurIPS",
    distribution="sphere",
    shaping="centre-baseline",
    metric="vanilla",
    update="adamm",
    population=10,
)
