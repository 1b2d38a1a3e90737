"""Claims of seven articles, each with its prediction, its measurement and a verdict.

Public names are imported when first used, so that importing this package costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING

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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'zoopt.studies' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"zoopt.studies.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
