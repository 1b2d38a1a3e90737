"""An experiment as a TOML file: the arguments of :class:`~zoopt.compare.Experiment`, and nothing is evaluated."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoopt.errors import InvalidInput, InvalidType, ZooptError

TABLE = "experiment"
_LISTS = ("optimizers", "objectives", "targets")
KEYS = ("optimizers", "objectives", "seeds", "budget", "target", "targets", "checkpoints", "margin", "alpha")
"""What the table may hold."""


def read(path: str | Path) -> dict[str, Any]:
    """Return the arguments of an experiment that a TOML file has in its table ``[experiment]``.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    dict
        Keyword arguments of :class:`~zoopt.compare.Experiment`.

    Raises
    ------
    InvalidInput, InvalidType
        The file cannot be read, is no TOML, or holds something else; the message names key and line.
    """
    file = Path(path)
    text = _text(file)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file} is no TOML: {error}") from None
    for key in content:
        if key != TABLE:
            raise InvalidInput(f"{_place(file, text, key)}: unknown key {key!r}; everything stands in [{TABLE}]")
    table = content.get(TABLE)
    if not isinstance(table, dict):
        raise InvalidInput(f"{file} has no table [{TABLE}]; it holds {', '.join(KEYS)}")
    for key, value in table.items():
        _check(file, text, key, value)
    return table


def blamed(path: str | Path, error: ZooptError, arguments: Mapping[str, Any]) -> ZooptError:
    """Return an error about one of the arguments with the place in the file that it came from."""
    file = Path(path)
    text = _text(file)
    found = next((key for key in arguments if _is_about(str(error), key, arguments[key])), None)
    place = str(file) if found is None else f"{_place(file, text, found)}: {found}"
    return type(error)(f"{place}: {error}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InvalidInput(f"no such file: {file}; --config takes the path of a TOML file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file} cannot be read: {error}") from None


def _check(file: Path, text: str, key: str, value: object) -> None:
    if key not in KEYS:
        close = difflib.get_close_matches(key, KEYS, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise InvalidInput(f"{_place(file, text, key)}: unknown key {key!r}; {hint}known are {', '.join(KEYS)}")
    if key in _LISTS and not isinstance(value, list):
        raise InvalidType(f"{_place(file, text, key)}: {key} must be a list, got {value!r}")
    if key in ("optimizers", "objectives"):
        for item in value if isinstance(value, list) else ():
            if not isinstance(item, str):
                raise InvalidType(f"{_place(file, text, key)}: {key} must hold text, got {item!r}")


def _is_about(message: str, key: str, value: object) -> bool:
    """Whether a message names a key, or one of the texts that stand there."""
    if re.search(rf"\b{key}\b|\beach of {key}\b", message):
        return True
    texts = [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
    return any(text in message or text.partition(":")[0] in message for text in texts)


def _place(file: Path, text: str, key: str) -> str:
    """Return file and line of a key."""
    pattern = re.compile(rf"""^\s*\[*\s*["']?{re.escape(key)}["']?\s*[\].=]""")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)]
    return f"{file}, line {lines[0]}" if lines else str(file)
