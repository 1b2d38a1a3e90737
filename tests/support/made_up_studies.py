"""A study made up for tests of what holds for every study."""

from dataclasses import dataclass

import pandas as pd

from zoopt.studies import Claim, Definition, Figure, Table
from zoopt.studies._options import option

HOSTILE = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Options:
    size: int = option(100, "how many", quick=10, low=2)
    level: float = option(0.5, "a level", low=0, strict=True)
    rates: tuple[float, ...] = option((0.1, 0.2), "several", quick=(0.1,), low=0, high=1)
    form: str = option("joint", "a word", choices=("joint", "conditional"))
    centred: bool = option(False, "a switch")


def claim(measured=1.0, **changed):
    told = {"source": "S0.1", "statement": "one is one", "prediction": 1.0, "tolerance": 0.1, "kernel": "made up"}
    return Claim(**told | {"measured": measured} | changed)


def draw(canvas):
    canvas.subplots().plot([0, 1], [0, 1])


def made_up(items):
    """Return a definition whose study yields what a function of options and seed says."""
    return Definition("S0", f"Is {HOSTILE} one?", "Made up.", Options, items)


def whole(options, seed):
    yield claim()
    yield Table("numbers", pd.DataFrame({"a": [1.5, -2.0], "<b>": ["=1+1", "x"]}), f"Table {HOSTILE}")
    yield Figure("line", draw, f"Figure {HOSTILE}")
    yield claim(2.0, source="S0.2", erratum=True, statement=HOSTILE)
    yield claim(options.size, source="S0.3", open=True, note="said aside")
