"""The optimisers of nevergrad."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer, seed32

DEFAULT = "NGOptBase"
"""NGOpt itself fits models of which nevergrad 1.0.12 cannot read the values with numpy 2.4: its runs fail there."""


def search(task: Task) -> Outcome:
    """Search by ask and tell; its recommendation is the answer."""
    import nevergrad as ng

    array = ng.p.Array(init=task.start)
    array.set_mutation(sigma=task.scale)
    if task.bounds is not None:
        array.set_bounds(*task.bounds)
    array.random_state.seed(seed32(task))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its wrapped packages warn of their own matters
        optimizer = ng.optimizers.registry[str(task.options["algorithm"])](array, budget=task.budget)
        while task.meter.left:
            candidate = optimizer.ask()
            optimizer.tell(candidate, task.meter.cost(np.asarray(candidate.value)))
        return Outcome(np.asarray(optimizer.provide_recommendation().value))


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: there is no algorithm of that name."""
    import difflib

    import nevergrad as ng

    name = str(options["algorithm"])
    if name in ng.optimizers.registry:
        return ""
    close = difflib.get_close_matches(name, list(ng.optimizers.registry), n=3)
    return f"nevergrad has no algorithm {name!r}" + (f"; did you mean {' or '.join(close)}?" if close else "")


PLUGINS = (
    Peer(
        name="nevergrad",
        summary="Any algorithm of nevergrad, by default the one that its wizard picks (NGOptBase).",
        package="nevergrad",
        module="nevergrad",
        extra="peers",
        search=search,
        given={"algorithm": Option(DEFAULT, "str", summary="name in its registry, such as OnePlusOne or CMA")},
        refuses=refuses,
    ),
)
