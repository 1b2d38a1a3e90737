"""Who takes part: an algorithm with options, entered once for each start."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zoopt.compare import _defaults
from zoopt.errors import InvalidInput, InvalidOption, UnknownName


@dataclass(frozen=True)
class Entry:
    """One row of the comparison: an algorithm, its options, and where it starts.

    Attributes
    ----------
    algorithm : str
    start : str
        Name of a start of the objective, such as ``"warm"``.
    scale : float
        Initial scale of the search, > 0.
    options : mapping of str to float
        All options that differ from the algorithm's own defaults.
    given : str
        What the user wrote beyond the name, such as ``"population=32"``; empty for the defaults.
    """

    algorithm: str
    start: str
    scale: float
    options: Mapping[str, float] = field(default_factory=dict)
    given: str = ""

    @property
    def optimizer(self) -> str:
        """The name in tables: the algorithm and what the user changed."""
        return f"{self.algorithm}:{self.given}" if self.given else self.algorithm

    @property
    def label(self) -> str:
        """The name in verdicts, unique within an experiment."""
        return f"{self.optimizer} ({self.start})"


def parse_entries(text: str) -> list[Entry]:
    """Return the entries that ``name:option=value,option=value`` stands for, one for each start.

    Beside the algorithm's own options, ``scale`` sets the initial scale and ``start`` picks one start.

    Parameters
    ----------
    text : str
        Such as ``"snes"`` or ``"snes:population=32,scale=0.3,start=warm"``.

    Returns
    -------
    list of Entry

    Raises
    ------
    UnknownName
        The algorithm or the start does not exist.
    InvalidOption
        The algorithm has no such option, or the value is out of its range.

    Examples
    --------
    >>> [entry.label for entry in parse_entries("snes:population=32")]
    ['snes:population=32 (warm)', 'snes:population=32 (zero)']
    """
    import zoopt

    name, _, tail = text.strip().partition(":")
    cell = zoopt.algorithm(name.strip())
    given = _parse_options(name, tail)
    start = given.pop("start", None)
    if start is not None and start not in _defaults.STARTS:
        raise UnknownName(f"{name}: unknown start {start!r}; known are {', '.join(_defaults.STARTS)}")
    scale = _number(name, "scale", given.pop("scale")) if "scale" in given else None
    if scale is not None and not 0 < scale < float("inf"):
        raise InvalidOption(f"{name}: scale must be > 0, got {scale:g}")
    options = {key: _number(name, key, value) for key, value in given.items()}
    cell.resolve(2, options)  # refuses unknown options and values out of range
    starts = _defaults.STARTS if start is None else (start,)
    return [
        Entry(
            algorithm=cell.name,
            start=each,
            scale=_defaults.SCALES[each] if scale is None else scale,
            options=_defaults.default_options(cell.name, each) | options,
            given=_written(options, scale),
        )
        for each in starts
    ]


def _parse_options(name: str, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in (part.strip() for part in text.split(",") if part.strip()):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise InvalidInput(f"{name}: cannot read {part!r}; options are written option=value,option=value")
        if key in found:
            raise InvalidInput(f"{name}: option {key} is given twice")
        found[key] = value
    return found


def _number(name: str, key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidOption(f"{name}: {key} must be a number, got {value!r}") from None


def _written(options: Mapping[str, float], scale: float | None) -> str:
    shown = dict(options) if scale is None else {**options, "scale": scale}
    return ",".join(f"{key}={value:g}" for key, value in shown.items())
