"""The simplex of Nelder and Mead, by scipy."""

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer
from zoopt.compare.optimizers._scipy import search_by, tolerance


def search(task: Task) -> Outcome:
    """Search from a simplex with edges of one scale."""
    edges = task.scale * np.eye(task.start.size)
    if task.bounds is not None:  # an edge that would leave the box points the other way
        outside = task.start + task.scale > task.bounds[1]
        edges[np.diag_indices_from(edges)] *= np.where(outside, -1.0, 1.0)
    simplex = task.start + np.vstack([np.zeros(task.start.size), edges])
    if task.bounds is not None:
        simplex = np.clip(simplex, *task.bounds)
    limits = {"maxfev": task.budget, "maxiter": task.budget}
    return search_by("Nelder-Mead", task, {**limits, **task.options, "initial_simplex": simplex})


PLUGINS = (
    Peer(
        name="scipy-nelder-mead",
        summary="Simplex of Nelder and Mead (scipy).",
        package="scipy",
        module="scipy",
        extra="",
        search=search,
        given={
            "xatol": tolerance("the simplex"),
            "fatol": tolerance("its values"),
            "adaptive": Option(True, "bool", summary="whether its parameters follow the dimension (Gao and Han 2012)"),
        },
    ),
)
