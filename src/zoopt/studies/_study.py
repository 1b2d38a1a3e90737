"""What a study found: claims, tables, figures, and the files they are kept in."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Definition, Figure, Item, Table
from zoopt.studies._options import options_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

FORMAT = 1
"""Version of the layout of claims.json."""


class Figures(Mapping[str, "Canvas"]):
    """Figures by name, drawn when they are first looked at."""

    def __init__(self) -> None:
        self.plans: dict[str, Figure] = {}
        self._drawn: dict[str, Canvas] = {}

    def __getitem__(self, name: str) -> "Canvas":
        if name not in self._drawn:
            from zoopt.studies._drawing import drawn

            self._drawn[name] = drawn(self.plans[name])
        return self._drawn[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.plans)

    def __len__(self) -> int:
        return len(self.plans)


@dataclass
class Study:
    """What :func:`zoopt.studies.run` returns.

    Attributes
    ----------
    name, title, article : str
    options : dict
        All options of the run, those left out with their defaults.
    changed : dict
        Those of them that are not the defaults.
    seed : int
    quick : bool
    claims : list of Claim
        In the order of the article.
    tables : dict of str to pandas.DataFrame
    figures : mapping of str to matplotlib.figure.Figure
        Drawn when first looked at.
    captions : dict of str to str
        Of tables and figures, by name.
    status : {"finished", "interrupted"}
        An interrupted study has what was ready by then.
    seconds : float
        Wall-clock time.
    """

    name: str
    title: str
    article: str
    options: dict[str, Any]
    changed: dict[str, Any]
    seed: int
    quick: bool
    claims: list[Claim] = field(default_factory=list)
    tables: "dict[str, pd.DataFrame]" = field(default_factory=dict, repr=False)
    figures: Figures = field(default_factory=Figures, repr=False)
    captions: dict[str, str] = field(default_factory=dict, repr=False)
    status: Literal["finished", "interrupted"] = "finished"
    seconds: float = math.nan

    @classmethod
    def empty(cls, name: str, definition: Definition, chosen: Any, seed: int, *, quick: bool) -> "Study":
        """Return the study before anything is known."""
        values = asdict(chosen)
        known = options_of(definition.options)
        changed = {
            key: value for key, value in values.items() if value != (known[key].quick if quick else known[key].default)
        }
        return cls(name, definition.title, definition.article, values, changed, seed, quick)

    def add(self, item: Item) -> None:
        """Keep a claim, table or figure."""
        if isinstance(item, Claim):
            self.claims.append(item)
            return
        if item.name in self.captions:
            raise ValueError(f"{self.name} has two tables or figures named {item.name!r}")
        self.captions[item.name] = item.caption
        if isinstance(item, Table):
            self.tables[item.name] = item.frame
        else:
            self.figures.plans[item.name] = item

    @property
    def unexpected(self) -> list[Claim]:
        """Claims whose verdict is not the one expected of them.

        A quick run has too few draws for some estimates: claims with an interval may say "cannot tell" there.
        """
        return [claim for claim in self.claims if not claim.as_expected and not self._is_unsettled(claim)]

    @property
    def success(self) -> bool:
        """Whether the study is finished and every claim has the verdict expected of it; see :attr:`unexpected`."""
        return self.status == "finished" and not self.unexpected

    def _is_unsettled(self, claim: Claim) -> bool:
        return self.quick and claim.interval is not None and claim.verdict == "cannot tell"

    def frame(self) -> "pd.DataFrame":
        """Return the claims as a table, one a row."""
        import pandas as pd

        return pd.DataFrame([claim.record() for claim in self.claims])

    def to_json(self) -> str:
        """Return claims, options and what else decided the numbers as JSON; what is not finite is null."""
        from zoopt.compare._json import finite
        from zoopt.compare._manifest import environment

        content = {
            "format": FORMAT, "study": self.name, "article": self.article, "title": self.title,
            "status": self.status, "success": self.success, "seconds": self.seconds, "seed": self.seed,
            "quick": self.quick, "options": self.options, "environment": environment(),
            "captions": self.captions, "claims": [claim.record() for claim in self.claims],
        }  # fmt: skip
        return json.dumps(finite(content), ensure_ascii=False, allow_nan=False, indent=1)

    def save(self, directory: str | Path) -> list[Path]:
        """Write claims.csv, claims.json, a csv file a table, PNG and SVG of every figure, and report.html.

        Parameters
        ----------
        directory : str or pathlib.Path
            Made where it is missing. Files are written aside and moved into place when all are complete.

        Returns
        -------
        list of pathlib.Path

        Raises
        ------
        InvalidInput
            The directory cannot be written to.
        """
        from zoopt.compare._files import write_all_aside

        return write_all_aside(Path(directory), self._files())

    def _files(self) -> Iterator[tuple[str, str | bytes]]:
        from zoopt.studies._drawing import image
        from zoopt.studies._page import render

        yield "claims.csv", _csv(self.frame())
        yield "claims.json", self.to_json() + "\n"
        for name, frame in self.tables.items():
            yield f"{name}.csv", _csv(frame)
        vectors = {}
        for name, figure in self.figures.items():
            yield f"{name}.png", image(figure, "png")
            vectors[name] = image(figure, "svg")
            yield f"{name}.svg", vectors[name]
        yield "report.html", render(self, vectors)


def _csv(frame: "pd.DataFrame") -> str:
    from zoopt.compare._files import csv_text

    return csv_text([list(frame.columns), *frame.itertuples(index=False, name=None)])
