"""What is looked for on the way of a flow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from zoopt._arguments import FloatArray, flag, number, positive, real_numbers, shown
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError

EventFunction = Callable[[float, FloatArray], Any]


class CoreEvent(NamedTuple):
    """An event as the core takes it; `terminal` is the zero that ends the run, 0 none."""

    kind: str
    level: float
    function: EventFunction | None
    direction: int
    terminal: int


@dataclass(frozen=True)
class Below:
    """That a quantity of the field falls to a level; :func:`value_below` and :func:`gradient_below` make one."""

    kind: str
    level: float
    terminal: bool

    def __call__(self, t: float, x: FloatArray) -> float:
        """Refuse to be called: the field is needed, and the core has it."""
        raise InvalidType("this event goes to gradient_flow(events=), which knows the field that it is about")


def value_below(level: float, *, terminal: bool = True) -> Below:
    """Return the event that the value falls to `level`; the run ends there unless `terminal` is False.

    Examples
    --------
    >>> from zoopt import flows
    >>> run = flows.gradient_flow(flows.quadratic([1.0]), [1.0], 10.0, events=flows.value_below(0.125))
    >>> run.status.name, round(float(run.t[-1]), 5)  # ln 2
    ('EVENT', 0.69315)
    """
    return Below("value", number("level", level), flag("terminal", terminal))


def gradient_below(level: float, *, terminal: bool = True) -> Below:
    """Return the event that the norm of the gradient falls to `level` > 0; the run ends there unless told otherwise.

    Examples
    --------
    >>> from zoopt import flows
    >>> run = flows.gradient_flow(flows.quadratic([1.0]), [1.0], 10.0, events=flows.gradient_below(0.25))
    >>> round(float(run.t[-1]), 5)  # ln 4
    1.38629
    """
    return Below("gradient", positive("level", level), flag("terminal", terminal))


def listed(events: object) -> list[Any]:
    """Return the events as a list: None, one, or several."""
    if events is None:
        return []
    return list(events) if isinstance(events, list | tuple) else [events]


def core_event(event: Any, index: int) -> CoreEvent:
    """Return an event as the core takes it."""
    if isinstance(event, Below):
        return CoreEvent(event.kind, event.level, None, -1, int(event.terminal))
    if not callable(event):
        raise InvalidType(f"events must be functions of (t, x), value_below or gradient_below, got {shown(event)}")
    terminal = getattr(event, "terminal", False)
    count = int(terminal) if isinstance(terminal, bool | int) else -1
    if count < 0:
        raise InvalidInput(f"events[{index}].terminal must be True, False or a number of zeros, got {shown(terminal)}")
    direction = number(f"events[{index}].direction", getattr(event, "direction", 0))
    return CoreEvent("function", 0.0, _wrapped(event, index), (direction > 0) - (direction < 0), count)


def _wrapped(event: EventFunction, index: int) -> EventFunction:
    def call(t: float, x: FloatArray) -> float:
        try:
            returned = event(t, x)
        except Exception as error:
            raise ObjectiveError(f"events[{index}] raised {type(error).__name__}: {error}", x=x) from error
        found = real_numbers(returned)
        if found is None or found.size != 1:
            raise ObjectiveError(f"events[{index}] must return one real number, got {shown(returned)}", x=x)
        return float(found.reshape(()))

    return call
