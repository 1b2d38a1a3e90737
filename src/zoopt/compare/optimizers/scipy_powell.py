"""Powell's method of conjugate directions, by scipy."""

import numpy as np

from zoopt.compare._plugin import Outcome, Task
from zoopt.compare.optimizers._peer import Peer
from zoopt.compare.optimizers._scipy import search_by, tolerance


def search(task: Task) -> Outcome:
    """Search along directions of one scale at first."""
    limits = {"maxfev": task.budget, "maxiter": task.budget, "direc": task.scale * np.eye(task.start.size)}
    return search_by("Powell", task, {**limits, **task.options})


PLUGINS = (
    Peer(
        name="scipy-powell",
        summary="Conjugate directions of Powell (scipy).",
        package="scipy",
        module="scipy",
        extra="",
        search=search,
        given={"xtol": tolerance("a line search"), "ftol": tolerance("the values")},
    ),
)
