"""Options of studies: fields of a frozen dataclass, each with a default, a quick form and a range that is checked."""

import dataclasses
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from zoopt.errors import InvalidInput, InvalidOption

Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...]

_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_KINDS = {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}


@dataclass(frozen=True)
class Option:
    """An option of a study.

    Attributes
    ----------
    name : str
    default : bool, int, float, str or tuple of one of them
    quick : of the same type
        The default of a quick run.
    low, high : float
        Range of a number, of each number of a tuple.
    strict : bool
        Whether the ends of the range are outside.
    choices : tuple of str
        Values of a text.
    summary : str
    """

    name: str
    default: Value
    quick: Value
    low: float = -math.inf
    high: float = math.inf
    strict: bool = False
    choices: tuple[str, ...] = ()
    summary: str = ""

    @property
    def kind(self) -> type:
        """Type of the value, or of the items of a tuple."""
        return type(self.default[0] if isinstance(self.default, tuple) else self.default)

    @property
    def wanted(self) -> str:
        """What it takes, in words.

        Examples
        --------
        >>> Option("vocabulary", 1000, 100, low=2).wanted
        'a whole number ≥ 2'
        """
        listed = f"one of {', '.join(self.choices)}"
        what = listed if self.choices else f"{_KINDS[self.kind]} {self._range()}".rstrip()
        return f"one or more, each {what}" if isinstance(self.default, tuple) else what

    def typed(self, owner: str, given: object) -> Value:
        """Return a value of the option's type; texts, as a command line gives them, are read.

        Raises
        ------
        InvalidOption
            Of the wrong kind, or out of its range.
        """
        try:
            if not isinstance(self.default, tuple):
                return self._scalar(given)
            items = [item.strip() for item in given.split(",")] if isinstance(given, str) else given
            if not isinstance(items, Sequence | np.ndarray) or len(items) == 0:
                raise ValueError
            return tuple(self._scalar(item) for item in items)
        except (TypeError, ValueError):
            raise InvalidOption(f"{owner}: {self.name} is {given!r}; give {self.wanted}") from None

    def _scalar(self, given: object) -> Scalar:
        if self.kind is bool:
            return _WORDS[given.lower()] if isinstance(given, str) and given.lower() in _WORDS else _truth(given)
        if self.kind is str:
            if not isinstance(given, str) or (self.choices and given not in self.choices):
                raise ValueError
            return str(given)
        number = _whole(given) if self.kind is int else _number(given)
        inside = self.low < number < self.high if self.strict else self.low <= number <= self.high
        if not inside or not math.isfinite(number):
            raise ValueError
        return number

    def _range(self) -> str:
        if math.isinf(self.low) and math.isinf(self.high):
            return ""
        if math.isinf(self.high):
            return f"{'>' if self.strict else '≥'} {self.low:g}"
        if math.isinf(self.low):
            return f"{'<' if self.strict else '≤'} {self.high:g}"
        return f"in ({self.low:g}, {self.high:g})" if self.strict else f"in [{self.low:g}, {self.high:g}]"


def option(
    default: Value,
    summary: str,
    *,
    quick: Value | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    strict: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """Return a field of a dataclass of options; see :class:`Option`. Without ``quick`` a quick run has the default."""
    made = Option("", default, default if quick is None else quick, low, high, strict, choices, summary)
    return dataclasses.field(default=default, metadata={"option": made})


def options_of(form: type) -> dict[str, Option]:
    """Return the options that a dataclass of them has, by name."""
    return {
        field.name: dataclasses.replace(field.metadata["option"], name=field.name) for field in dataclasses.fields(form)
    }


def checked(owner: str, form: type, given: Mapping[str, object], *, quick: bool) -> Any:
    """Return the dataclass of options, those given checked and the others with their defaults.

    Raises
    ------
    InvalidOption
        There is no such option, or the value is not of its kind or range; the message says what there is.
    """
    known = options_of(form)
    for name in given:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise InvalidOption(f"{owner} has no option {name!r}; {hint}its options are {', '.join(known) or 'none'}")
    defaults = {name: each.quick if quick else each.default for name, each in known.items()}
    return form(**defaults | {name: known[name].typed(owner, value) for name, value in given.items()})


def assigned(texts: Sequence[str]) -> dict[str, str]:
    """Return the options in texts ``option=value``, the values still as text.

    Raises
    ------
    InvalidInput
        A text is no assignment, or an option stands there twice.

    Examples
    --------
    >>> assigned(["vocabulary=500", "dimensions=4,8"])
    {'vocabulary': '500', 'dimensions': '4,8'}
    """
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise InvalidInput(f"cannot read {text!r}; an option is written option=value")
        if name in found:
            raise InvalidInput(f"option {name} is given twice")
        found[name] = value
    return found


def _truth(given: object) -> bool:
    if not isinstance(given, bool | np.bool_):
        raise TypeError
    return bool(given)


def _whole(given: object) -> int:
    if isinstance(given, str):
        return int(given)
    if isinstance(given, bool | np.bool_) or not isinstance(given, Integral):
        raise TypeError
    return int(given)


def _number(given: object) -> float:
    if isinstance(given, str):
        return float(given)
    if isinstance(given, bool | np.bool_) or not isinstance(given, Real):
        raise TypeError
    return float(given)
