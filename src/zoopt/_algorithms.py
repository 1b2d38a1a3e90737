"""The catalogue of algorithms: names, cells, and cells of one's own."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal

from zoopt._arguments import shown
from zoopt.cells import Cell, Population, registered
from zoopt.errors import InvalidType, UnknownName


def algorithms() -> list[str]:
    """Return the names of all algorithms, sorted.

    Examples
    --------
    >>> import zoopt
    >>> "cma-es" in zoopt.algorithms()
    True
    """
    return list(registered())


def algorithm(name: str) -> Cell:
    """Return the cell of a named algorithm: its stages, its options with their ranges, its reference.

    Parameters
    ----------
    name : str
        One of :func:`zoopt.algorithms`.

    Raises
    ------
    UnknownName
        If there is no such algorithm.
    InvalidType
        For what is no text.

    Examples
    --------
    >>> import zoopt
    >>> zoopt.algorithm("snes").update
    'exponential'
    """
    known = registered()
    if not isinstance(name, str):
        raise InvalidType(f"the name of an algorithm is a text such as 'cma-es', got {shown(name)}")
    if name in known:
        return known[name]
    close = get_close_matches(name.lower(), known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    raise UnknownName(f"there is no algorithm named {name!r}{hint} The algorithms are: {', '.join(known)}")


def cell(
    *,
    distribution: str,
    shaping: str,
    metric: Literal["vanilla", "natural"],
    update: str,
    population: Population,
    schedule: str = "constant",
    driver: str = "plain",
    antithetic: bool = False,
    name: str = "custom",
) -> Cell:
    """Compose an algorithm of your own out of registered stages.

    Parameters
    ----------
    distribution, shaping, update, schedule, driver : str
        Names of registered stages.
    metric : {"vanilla", "natural"}
        Whether the mean moves along the gradient or along the natural gradient.
    population : int or callable
        Candidates a generation, without the mean; a callable takes the dimension.
    antithetic : bool
        Whether candidates come in pairs mean ± scale·A z.
    name : str
        How messages and tables call it.

    Returns
    -------
    Cell
        Use it wherever the name of an algorithm is taken.

    Raises
    ------
    UnknownName
        For a stage, metric or driver that does not exist.

    Examples
    --------
    Antithetic REINFORCE with a leave-one-out baseline:

    >>> import zoopt
    >>> mine = zoopt.cell(distribution="isotropic", shaping="leave-one-out", metric="vanilla",
    ...                   update="adam", population=32)
    >>> result = zoopt.minimize(lambda x: float(x @ x), [1.0, 2.0], method=mine, budget=6400, seed=1,
    ...                         options={"learning_rate": 0.05}, scale=0.1)
    >>> result.fun < 1e-2
    True
    """
    return Cell(
        name=name,
        summary="A cell of the user's own.",
        reference="",
        distribution=distribution,
        shaping=shaping,
        metric=metric,
        update=update,
        population=population,
        schedule=schedule,
        driver=driver,
        antithetic=antithetic,
    )


def resolve_cell(method: str | Cell) -> Cell:
    """Return the cell that `method` names or is."""
    if isinstance(method, Cell):
        return method
    if isinstance(method, str):
        return algorithm(method)
    raise InvalidType(f"method must be the name of an algorithm or a cell, got {type(method).__name__}")
