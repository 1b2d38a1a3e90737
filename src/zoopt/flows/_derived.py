"""Fields that are made of other fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zoopt import _core
from zoopt._arguments import shown
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.flows._failure import FieldFailed
from zoopt.flows._points import Field


class DerivedField(Field):
    """A field that asks others, its parts.

    Attributes
    ----------
    name : str
        What it is.
    parts : tuple of Field
        What it asks.
    """

    def __init__(
        self, name: str, make: Callable[..., _core.Field], parts: Sequence[Field], arguments: dict[str, Any]
    ) -> None:
        self.name = name
        self.parts = tuple(parts)
        self._make, self._arguments = make, arguments
        super().__init__(make([part.core for part in parts], **arguments))

    @property
    def whole(self) -> Field:
        """The same of all that the parts sample."""
        parts = [part.whole for part in self.parts]
        if all(whole is part for whole, part in zip(parts, self.parts, strict=True)):
            return self
        return type(self)(self.name, self._make, parts, self._arguments)

    def __repr__(self) -> str:
        """Return what it is, and of what."""
        return f"{self.name}({', '.join(map(repr, self.parts))})"

    def __reduce__(self) -> tuple[object, ...]:
        """By how it was made."""
        return type(self), (self.name, self._make, self.parts, self._arguments)

    def explain(self, failed: FieldFailed) -> Exception:
        """Return the cause that one of the parts knows."""
        told = [part.explain(failed) for part in self.parts]
        known = [error for error in told if isinstance(error, ObjectiveError)]
        return next((error for error in known if error.__cause__ is not None), known[0] if known else failed)


def checked_field(field: object) -> Field:
    """Return the field, or say that it is none."""
    if not isinstance(field, Field):
        raise InvalidType(
            f"field must be a field of zoopt.flows, such as flows.field(value, gradient, dim), got {field!r}"
        )
    return field


def checked_parts(parts: object) -> list[Field]:
    """Return fields of one dimension as a list."""
    if not isinstance(parts, list | tuple):
        raise InvalidType(f"parts must be a list of fields of zoopt.flows, got {shown(parts)}")
    fields: list[Field] = []
    for k, part in enumerate(parts):
        if not isinstance(part, Field):
            raise InvalidType(f"parts must be fields of zoopt.flows, but parts[{k}] is {shown(part)}")
        if part.dim != parts[0].dim:
            raise InvalidInput(f"parts must have one dim, but parts[0] has {parts[0].dim} and parts[{k}] {part.dim}")
        fields.append(part)
    if not fields:
        raise InvalidInput("parts is empty; give one field at least")
    return fields
