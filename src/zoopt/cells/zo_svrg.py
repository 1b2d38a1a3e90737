"""Zeroth-order gradient descent with reduced variance."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="zo-svrg",
    summary="Forward differences less those at an anchor on the same mini-batch, plus those at the anchor on all data.",
    reference="Liu, Kailkhura, Chen, Ting, Chang and Amini (2018), NeurIPS 31",
    numbers="Algorithm 2 of the paper. Epoch 10, ten directions and the learning rate of two-point are ours.",
    distribution="sphere",
    shaping="centre-baseline",
    metric="vanilla",
    update="sgd",
    driver="control-variate",
    population=10,
)
