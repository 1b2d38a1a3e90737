"""The (1+1) evolution strategy."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="one-plus-one-es",
    summary="One candidate a generation, kept where it is no worse; the one-fifth success rule sets the scale.",
    reference="Rechenberg (1973), Evolutionsstrategie; constants of Auger (2009), GECCO",
    numbers="Auger (2009): the scale times 1.5 after a success, equals among them, and times 1.5^(-1/4) after a "
    "failure, which balance at one success in five.",
    distribution="isotropic",
    shaping="success",
    metric="natural",
    update="success-rule",
    driver="elitist",
    population=1,
)
