"""The updates of the engine that follow a gradient, by name, with their options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from zoopt import _core
from zoopt._arguments import positive
from zoopt.cells import Cell, registered
from zoopt.cells._advice import unknown_option
from zoopt.errors import InvalidInput, InvalidOption
from zoopt.objectives._compiled import unknown_name


@dataclass(frozen=True)
class Method:
    """An update with its schedule and all their options, checked."""

    name: str
    update: str
    schedule: str
    options: Mapping[str, float]

    @property
    def learning_rate(self) -> float:
        """Length of a step, in flow time."""
        return self.options["learning_rate"]


def method_of(
    method: str | Cell, schedule: str | None, learning_rate: float, dim: int, options: Mapping[str, object]
) -> Method:
    """Return a method by the name of a first-order algorithm or of an update, or by a cell."""
    cell = cell_of(method)
    if schedule is not None:
        if schedule not in _core.schedules():
            raise unknown_name("schedule", schedule, list(_core.schedules()))
        cell = replace(cell, schedule=schedule)
    allowed = [o[0] for o in (*_core.updates()[cell.update][1], *_core.schedules()[cell.schedule][1])]
    for name in options:
        if name not in allowed:
            raise InvalidOption(unknown_option(cell.name, name, allowed))
    given = {"learning_rate": positive("learning_rate", learning_rate), **options}
    values = cell.resolve(dim, given)[1]
    return Method(cell.name, cell.update, cell.schedule, {name: values[name] for name in allowed})


def cell_of(method: str | Cell) -> Cell:
    """Return a cell that follows a gradient."""
    named = {name: cell for name, cell in registered().items() if cell.first_order}
    if isinstance(method, Cell):
        if method.update in followers() and method.driver == "plain":
            return method
        raise InvalidInput(
            f"{method.name} does not follow a gradient by plain steps; choose one of: {', '.join(_known(named))}"
        )
    if isinstance(method, str) and method in named:
        return named[method]
    if not isinstance(method, str) or method not in followers():
        raise unknown_name("method", method, _known(named))
    return Cell(
        name=method,
        summary=_core.updates()[method][0],
        reference="",
        distribution="point",
        shaping="exact",
        metric="vanilla",
        update=method,
        population=1,
    )


def followers() -> list[str]:
    """Return the updates that follow a gradient: all of them, and no others, can let weights decay."""
    return [name for name, (_, options) in _core.updates().items() if any(o[0] == "weight_decay" for o in options)]


def _known(named: Mapping[str, Cell]) -> list[str]:
    return sorted({*named, *followers()})
