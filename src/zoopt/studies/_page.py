"""A study as one HTML page that needs nothing else, in the look of the comparison's report."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from zoopt.studies import _words

if TYPE_CHECKING:
    import pandas as pd

    from zoopt.studies._study import Study

MOST_ROWS = 40
"""Rows of a table that the page shows; its csv file has all."""


def render(study: "Study", vectors: Mapping[str, bytes]) -> str:
    """Return the page.

    Parameters
    ----------
    study : Study
    vectors : mapping of str to bytes
        The figures as SVG, by name.

    Returns
    -------
    str
    """
    from zoopt.compare._manifest import environment
    from zoopt.compare.report._templates import environment as templates

    page = templates("zoopt.studies", "zoopt.compare").get_template("study.html.j2")
    return page.render(
        study=study,
        words=_words,
        figures=[(name, study.captions[name], _data_address(vector)) for name, vector in vectors.items()],
        tables=[_shown(name, study.captions[name], frame) for name, frame in study.tables.items()],
        environment=environment(),
    )


def _data_address(vector: bytes) -> str:
    """Return an image as an address, which keeps the ids within it apart from those of other images."""
    return f"data:image/svg+xml;base64,{base64.b64encode(vector).decode()}"


def _shown(name: str, caption: str, frame: "pd.DataFrame") -> dict[str, object]:
    rows = [[_cell(value) for value in row] for row in frame.head(MOST_ROWS).itertuples(index=False, name=None)]
    return {"name": name, "caption": caption, "columns": list(frame.columns), "rows": rows, "length": len(frame)}


def _cell(value: object) -> str:
    return _words.number(value) if isinstance(value, float) else str(value)
