"""Pure random search."""

from zoopt.cells._cell import Cell

CELL = Cell(
    name="random-search",
    summary="Independent draws around the start; the best one is the answer. The baseline of all baselines.",
    reference="Brooks (1958), Oper. Res. 6; Bergstra and Bengio (2012), JMLR 13",
    numbers="The population, 16, is ours; it only says how many are drawn at a time.",
    distribution="isotropic",
    shaping="raw",
    metric="vanilla",
    update="hold",
    population=16,
)
