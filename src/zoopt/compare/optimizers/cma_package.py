"""CMA-ES of the package ``cma``, by its author."""

from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare._problem import FloatArray
from zoopt.compare.optimizers._peer import Peer, seed32

RESTARTS = 9


def search(task: Task) -> Outcome:
    """Search with its own rules for stopping and restarts; the favourite of its last search is the answer."""
    import cma

    restarts = task.options["restarts"]
    options: dict[str, Any] = {
        "verbose": -9,
        "verb_log": 0,
        "verb_disp": 0,
        "seed": seed32(task),
        "maxfevals": task.budget,
    }
    options["CMA_active"] = task.options["active"]
    if "population" in task.options:
        options["popsize"] = task.options["population"]
    if task.bounds is not None:
        options["bounds"] = [list(end) for end in task.bounds]
    found = cma.fmin2(
        lambda x: task.meter.cost(np.asarray(x)),
        _starts(task),
        task.scale,
        options,
        restarts=0 if restarts == "none" else RESTARTS,
        bipop=restarts == "bipop",
    )
    favourite: FloatArray = np.asarray(found[1].result.xfavorite)
    return Outcome(favourite, ", ".join(found[1].stop()))


def _starts(task: Task) -> object:
    """Return the start, and for later searches points drawn round it."""
    generator = np.random.default_rng(task.seed)
    points = iter([task.start])

    def start() -> FloatArray:
        point = next(points, task.start + task.scale * generator.standard_normal(task.start.size))
        return point if task.bounds is None else np.clip(point, *task.bounds)

    return start


PLUGINS = (
    Peer(
        name="cma",
        summary="CMA-ES of the package cma (pycma).",
        package="cma",
        module="cma",
        extra="peers",
        search=search,
        given={
            "population": Option(None, "int", 2, 2**20, summary="candidates a generation"),
            "active": Option(True, "bool", summary="whether bad candidates shrink the covariance"),
            "restarts": Option("none", "str", choices=("none", "ipop", "bipop"), summary="what follows a search"),
        },
    ),
)
