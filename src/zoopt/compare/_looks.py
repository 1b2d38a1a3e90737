"""How a contender looks in every figure: one colour, dash and marker, told apart by the colour-blind too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoopt._axes import PALETTE

if TYPE_CHECKING:
    from zoopt.compare._results import Results

BASELINE_COLOUR = "#333333"
DASHES = ("solid", "dot", "dash", "dashdot", "longdash")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LONGEST = 34
"""Names of more characters are cut in the middle where a figure has no room for them."""


@dataclass(frozen=True)
class Look:
    """Colour, dash (in the words of plotly) and marker (in those of matplotlib) of a contender."""

    colour: str
    dash: str
    marker: str


def looks(results: "Results") -> dict[str, Look]:
    """Return the look of every contender, by label.

    Starts of one optimiser share its colour and differ in their dash; beyond ten optimisers colours come again with
    the next dash.
    """
    optimisers = list(dict.fromkeys(each.optimizer for each in results.participants))
    starts = list(dict.fromkeys(each.start for each in results.participants))
    found = {}
    for each in results.participants:
        index = optimisers.index(each.optimizer)
        lap = index // len(PALETTE)
        dash = DASHES[(lap + starts.index(each.start)) % len(DASHES)]
        found[each.label] = Look(PALETTE[index % len(PALETTE)], dash, MARKERS[(index + lap) % len(MARKERS)])
    return found


def shortened(name: str, longest: int = LONGEST) -> str:
    """Return the name, its middle left out where it is too long.

    Examples
    --------
    >>> shortened("cma-es:population=8,scale=0.3", 16)
    'cma-es:p…ale=0.3'
    """
    if len(name) <= longest:
        return name
    head = (longest - 1 + 1) // 2
    return f"{name[:head]}…{name[len(name) - (longest - 1 - head) :]}"


def all_shortened(names: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Return names shortened, but whole where two would look the same."""
    short = [shortened(name, longest) for name in names]
    return [name if short.count(cut) > 1 else cut for name, cut in zip(names, short, strict=True)]
