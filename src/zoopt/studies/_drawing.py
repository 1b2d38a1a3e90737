"""Figures of studies as files, the same bytes for the same numbers."""

import io
from typing import TYPE_CHECKING, Literal

from zoopt.studies._definition import Figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

DOTS = 150
"""Dots an inch of a PNG."""


def drawn(plan: Figure) -> "Canvas":
    """Return the figure, drawn; nothing of it is known to pyplot."""
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(plan.width, plan.height), layout="constrained")
    plan.draw(canvas)
    return canvas


def image(canvas: "Canvas", kind: Literal["png", "svg"]) -> bytes:
    """Return a figure as the bytes of a file."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context({"svg.hashsalt": "zoopt", "svg.fonttype": "path"}):
        canvas.savefig(buffer, format=kind, dpi=DOTS, metadata=metadata)
    return buffer.getvalue()
