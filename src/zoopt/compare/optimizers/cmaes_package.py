"""CMA-ES of the package ``cmaes``, plain and separable."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer, seed32


def search(task: Task, *, separable: bool) -> Outcome:
    """Search by ask and tell until it says that it should stop."""
    import cmaes

    kind: Any = cmaes.SepCMA if separable else cmaes.CMA
    bounds = None if task.bounds is None else np.stack(task.bounds, axis=1)
    options: dict[str, Any] = dict(task.options)
    if "population" in options:
        options["population_size"] = options.pop("population")
    optimizer = kind(mean=task.start.copy(), sigma=task.scale, bounds=bounds, seed=seed32(task), **options)
    while not optimizer.should_stop():
        points = np.array([optimizer.ask() for _ in range(optimizer.population_size)])
        costs = task.meter.costs(points)
        optimizer.tell([(x, float(cost)) for x, cost in zip(points, costs, strict=True)])
        if hasattr(optimizer, "mean"):
            task.meter.report(np.asarray(optimizer.mean))
    return Outcome(message="it says that it should stop")


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: it needs two variables."""
    return "" if dimensions > 1 else "the package cmaes needs at least two variables"


_POPULATION = Option(None, "int", 4, 2**20, summary="candidates a generation")

PLUGINS = (
    Peer(
        name="cmaes",
        summary="CMA-ES of the package cmaes.",
        package="cmaes",
        module="cmaes",
        extra="peers",
        search=partial(search, separable=False),
        given={
            "population": _POPULATION,
            "lr_adapt": Option(False, "bool", summary="whether learning rates adapt (Nomura et al. 2023)"),
        },
        refuses=refuses,
    ),
    Peer(
        name="cmaes-sep",
        summary="Separable CMA-ES of the package cmaes.",
        package="cmaes",
        module="cmaes",
        extra="peers",
        search=partial(search, separable=True),
        given={"population": _POPULATION},
        refuses=refuses,
    ),
)
