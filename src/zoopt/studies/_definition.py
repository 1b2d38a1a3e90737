"""What a module of :mod:`zoopt.studies` says of its study, what a study yields, and where studies are found."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoopt.studies._claim import Claim
from zoopt.studies._options import Option, options_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas


@dataclass(frozen=True)
class Table:
    """Numbers behind the claims.

    Parameters
    ----------
    name : str
        Also that of the file, without its ending.
    frame : pandas.DataFrame
        Its index is not kept.
    caption : str
    """

    name: str
    frame: "pd.DataFrame"
    caption: str


@dataclass(frozen=True)
class Figure:
    """A picture that is drawn when it is wanted.

    Parameters
    ----------
    name : str
        Also that of the files, without their endings.
    draw : callable
        Given an empty :class:`matplotlib.figure.Figure` it draws into it.
    caption : str
    width, height : float
        Inches.
    """

    name: str
    draw: "Callable[[Canvas], object]"
    caption: str
    width: float = 7.2
    height: float = 3.9


Item = Claim | Table | Figure
Generate = Callable[[Any, int], Iterator[Item]]
"""Given the checked options and the seed, yields items as they get ready."""


@dataclass(frozen=True)
class Definition:
    """A study: every public module of :mod:`zoopt.studies` has one under the name ``STUDY``.

    Parameters
    ----------
    article : str
        Such as ``"S3"``.
    title : str
        The question of the article.
    summary : str
        One sentence.
    options : type
        A frozen dataclass whose fields are made by :func:`zoopt.studies._options.option`.
    generate : callable
    """

    article: str
    title: str
    summary: str
    options: type
    generate: Generate


def names() -> tuple[str, ...]:
    """Return the names of the studies, in the order of their articles.

    Examples
    --------
    >>> import zoopt.studies
    >>> "embedding_dimension" in zoopt.studies.names()
    True
    """
    return tuple(sorted(_modules(), key=lambda name: definition(name).article))


def study_options(name: str) -> dict[str, Option]:
    """Return the options of a study by name, with defaults, quick forms and ranges.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Raises
    ------
    UnknownName
        There is no such study.

    Examples
    --------
    >>> import zoopt.studies
    >>> zoopt.studies.study_options("embedding_dimension")["vocabulary"].wanted
    'a whole number ≥ 2'
    """
    return options_of(definition(name).options)


def definition(name: str) -> Definition:
    """Return a study by name.

    Raises
    ------
    UnknownName
        There is no such study; the message names those that come near.
    """
    if name not in _modules():
        from zoopt.compare._spec import unknown

        raise unknown("study", str(name), names())
    found: Definition = importlib.import_module(f"zoopt.studies.{name}").STUDY
    return found


def _modules() -> list[str]:
    import zoopt.studies

    return [module.name for module in pkgutil.iter_modules(zoopt.studies.__path__) if not module.name.startswith("_")]
