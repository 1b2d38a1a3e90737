"""Policy gradients with parameter-based exploration."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="pgpe",
    summary="Symmetric samples move the mean and a standard deviation a coordinate, by values that are standardised.",
    reference="Sehnke et al. (2010), Parameter-exploring Policy Gradients, Neural Networks 23",
    numbers="The rate of the deviations, 0.1, and the limit 0.2 of their change are those of nnaisense/pgpelib (Toklu "
    "et al. 2020), which has 0.15 for the mean and ranks; 0.2 for the mean, 64 candidates and standardised "
    "values are ours. The update clip-up has the defaults of pgpelib, momentum 0.9 and a longest step of "
    "0.15, and half of that as learning rate (Toklu et al. 2020).",
    distribution="diagonal",
    shaping="z-score",
    metric="natural",
    update="pgpe",
    population=64,
    antithetic=True,
)
