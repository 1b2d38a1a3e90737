"""The (1+1) evolution strategy."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="one-plus-one-es",
    summary="One candidate a generation, kept where it is no worse; the one-fifth success rule sets the scale.",
    reference="Rechenberg (1973), Evolutionsstrategie; constants of Auger (2009), GECCO",
    distribution="isotropic",
    shaping="success",
    metric="natural",
    update="success-rule",
    driver="elitist",
    population=1,
)
