"""The evolution strategy of OpenAI."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="openai-es",
    summary="Antithetic Gaussian smoothing of centred ranks, followed by Adam.",
    reference="Salimans et al. (2017), arXiv:1703.03864",
    distribution="isotropic",
    shaping="centred-rank",
    metric="vanilla",
    update="adam",
    population=64,
    antithetic=True,
)
