"""How optimisers and objectives are written: ``name:option=value,option=value``. Nothing is evaluated."""

import difflib
import math
from collections.abc import Iterable, Mapping

from zoopt.compare._plugin import Option, Value
from zoopt.errors import InvalidInput, InvalidOption, UnknownName

_WORDS = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


def split(text: str) -> tuple[str, dict[str, str]]:
    """Return the name and the options of ``name:option=value,option=value``, the values still as text.

    Raises
    ------
    InvalidInput
        An option has no value, or stands there twice.

    Examples
    --------
    >>> split("snes:population=32,scale=0.3")
    ('snes', {'population': '32', 'scale': '0.3'})
    """
    name, _, tail = text.strip().partition(":")
    name = name.strip()
    if not name:
        raise InvalidInput(f"cannot read {text!r}; write NAME or NAME:option=value,option=value")
    return name, options_in(name, tail)


def options_in(name: str, text: str) -> dict[str, str]:
    """Return the options in ``option=value,option=value``; `name` is whose they are, for messages."""
    found: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",") if part.strip()):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise InvalidInput(f"{name}: cannot read {part!r}; options are written option=value,option=value")
        if key in found:
            raise InvalidInput(f"{name}: option {key} is given twice")
        found[key] = value
    return found


def typed(name: str, known: Mapping[str, Option], given: Mapping[str, object]) -> dict[str, Value]:
    """Return the options given as values of their kinds.

    Parameters
    ----------
    name : str
        Whose options they are, for messages.
    known : mapping of str to Option
    given : mapping of str to str or value

    Raises
    ------
    InvalidOption
        There is no such option, or the value is not of its kind or range; the message says what there is.
    """
    return {key: one_typed(name, key, known, value) for key, value in given.items()}


def one_typed(name: str, key: str, known: Mapping[str, Option], value: object) -> Value:
    """Return one option as a value of its kind; see :func:`typed`."""
    if key not in known:
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        listed = f"its options are {', '.join(known)}" if known else "it has none"
        raise InvalidOption(f"{name} has no option {key!r}; {hint}{listed}")
    option = known[key]
    if option.kind == "bool":
        return _truth(name, key, value)
    if option.kind == "str":
        return _text(name, key, option, value)
    return _number(name, key, option, value)


def _truth(name: str, key: str, value: object) -> bool:
    word = str(value).lower()
    if word not in _WORDS:
        raise InvalidOption(f"{name}: {key} must be yes or no, got {value!r}")
    return _WORDS[word]


def _text(name: str, key: str, option: Option, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidOption(f"{name}: {key} must be text, got {value!r}")
    if option.choices and value not in option.choices:
        raise InvalidOption(f"{name}: {key} must be one of {', '.join(option.choices)}, got {value!r}")
    return value


def _number(name: str, key: str, option: Option, value: object) -> int | float:
    try:
        if isinstance(value, bool):
            raise TypeError
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InvalidOption(f"{name}: {key} must be a number, got {value!r}") from None
    if not option.low <= number <= option.high or math.isinf(number):
        raise InvalidOption(f"{name}: {key} must lie in [{option.low:g}, {option.high:g}], got {number:g}")
    if option.kind != "int":
        return number
    if number != int(number):
        raise InvalidOption(f"{name}: {key} must be a whole number, got {number:g}")
    return int(value) if isinstance(value, int) else int(number)


def written(name: str, options: Mapping[str, object]) -> str:
    """Return name and options as they are written.

    Examples
    --------
    >>> written("sphere", {"dim": 10, "shift": True})
    'sphere:dim=10,shift=yes'
    """
    return f"{name}:{options_written(options)}" if options else name


def options_written(options: Mapping[str, object]) -> str:
    """Return ``option=value,option=value``."""
    return ",".join(f"{key}={value_written(value)}" for key, value in options.items())


def value_written(value: object) -> str:
    """Return a value as it is written: numbers as briefly as they are exact."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        brief = f"{value:g}"
        return brief if float(brief) == value else repr(value)
    return str(value)


def unknown(kind: str, name: str, known: Iterable[str]) -> UnknownName:
    """Return the error that names close matches and everything there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=2)
    hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return UnknownName(f"unknown {kind} {name!r}; {hint}known are {', '.join(names)}")
