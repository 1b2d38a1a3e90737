"""Quadratic models in a trust region: COBYQA, by scipy."""

from collections.abc import Mapping
from typing import Any

from zoopt.compare._plugin import Option, Outcome, SearchOver, Task
from zoopt.compare.optimizers._peer import Peer
from zoopt.compare.optimizers._scipy import search_by

MOST_DIMENSIONS = 100


def search(task: Task) -> Outcome:
    """Search with models in a region of one scale at first."""
    options = {"maxfev": task.budget, "maxiter": task.budget, "initial_tr_radius": task.scale, **task.options}
    found = search_by("COBYQA", task, options)
    if task.meter.left == 0:
        raise SearchOver
    return found


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: scipy older than 1.14, too many variables."""
    import scipy

    if tuple(int(part) for part in scipy.__version__.split(".")[:2]) < (1, 14):
        return f"COBYQA needs scipy 1.14 or newer, there is {scipy.__version__}"
    if dimensions > MOST_DIMENSIONS:
        return f"its models cost the square of the dimension and more; the limit is {MOST_DIMENSIONS}"
    return ""


PLUGINS = (
    Peer(
        name="scipy-cobyqa",
        summary="Quadratic models in a trust region (COBYQA, scipy).",
        package="scipy",
        module="scipy",
        extra="",
        search=search,
        given={"final_tr_radius": Option(1e-10, "float", 0.0, 1.0, summary="radius of the region at which it stops")},
        refuses=refuses,
    ),
)
