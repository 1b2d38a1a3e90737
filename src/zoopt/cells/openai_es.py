"""The evolution strategy of OpenAI."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="openai-es",
    summary="Antithetic Gaussian smoothing of centred ranks, followed by Adam.",
    reference="Salimans et al. (2017), arXiv:1703.03864",
    numbers="Algorithms 1 and 2 of the paper, and openai/evolution-strategies-starter: centred ranks, mirrored pairs, "
    "Adam with step 0.01 as in its humanoid.json. Ours: 64 candidates (there 10 000 episodes), no weight "
    "decay (there 0.005 times the point is added to the gradient), and a gradient divided by the scale, which "
    "Adam sees by its epsilon only.",
    distribution="isotropic",
    shaping="centred-rank",
    metric="vanilla",
    update="adam",
    population=64,
    antithetic=True,
)
