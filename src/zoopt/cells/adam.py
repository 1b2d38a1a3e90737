"""Adam."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="adam",
    summary="Adam along gradients that are told: first-order training as a cell.",
    reference="Kingma and Ba (2015), Adam: A Method for Stochastic Optimization, ICLR",
    numbers="Algorithm 1 of the paper: learning_rate 0.001, beta_1 0.9, beta_2 0.999, epsilon 1e-8. weight_decay, 0 "
    "here, is decoupled and multiplied by the learning rate, as PyTorch's AdamW does; Loshchilov and Hutter "
    "(2019), algorithm 2, multiply it by the schedule alone.",
    distribution="point",
    shaping="exact",
    metric="vanilla",
    update="adam",
    population=1,
    defaults={"learning_rate": 0.001},
)
