"""Claims of seven articles, each with its prediction, its measurement and a verdict.

Public names are imported when first used, so that importing this package costs next to nothing.
"""

from typing import TYPE_CHECKING

from zoopt._lazy import attributes

if TYPE_CHECKING:
    from zoopt.studies._claim import Claim as Claim
    from zoopt.studies._definition import Definition as Definition
    from zoopt.studies._definition import Figure as Figure
    from zoopt.studies._definition import Table as Table
    from zoopt.studies._definition import names as names
    from zoopt.studies._definition import study_options as study_options
    from zoopt.studies._options import Option as Option
    from zoopt.studies._run import run as run
    from zoopt.studies._study import Study as Study
    from zoopt.studies.embedding_dimension import required_dimension as required_dimension

_HOMES = {
    "Claim": "_claim",
    "Definition": "_definition",
    "Figure": "_definition",
    "Option": "_options",
    "Study": "_study",
    "Table": "_definition",
    "names": "_definition",
    "required_dimension": "embedding_dimension",
    "run": "_run",
    "study_options": "_definition",
}

__all__ = [
    "Claim",
    "Definition",
    "Figure",
    "Option",
    "Study",
    "Table",
    "names",
    "required_dimension",
    "run",
    "study_options",
]


__getattr__ = attributes(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted(__all__)
