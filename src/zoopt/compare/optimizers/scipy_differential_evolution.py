"""Differential evolution of Storn and Price, by scipy."""

from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer, box


def search(task: Task) -> Outcome:
    """Search in the box, or one of 5 scales round the start, which is a member of the first population."""
    from scipy import optimize

    evolve: Any = optimize.differential_evolution  # its types know no options by name
    low, high = box(task)
    found = evolve(
        task.meter.cost,
        list(zip(low, high, strict=True)),
        x0=np.clip(task.start, low, high),
        maxiter=task.budget,
        atol=0.0,
        seed=np.random.default_rng(task.seed),
        **task.options,
    )
    return Outcome(message=str(found.message))


PLUGINS = (
    Peer(
        name="scipy-differential-evolution",
        summary="Differential evolution of Storn and Price (scipy).",
        package="scipy",
        module="scipy",
        extra="",
        search=search,
        given={
            "strategy": Option(
                "best1bin", "str", choices=("best1bin", "best1exp", "rand1bin", "rand1exp", "currenttobest1bin"),
                summary="how mutants are made",
            ),
            "popsize": Option(15, "int", 1, 10_000, summary="members a variable"),
            "recombination": Option(0.7, "float", 0.0, 1.0, summary="share of variables that a trial takes"),
            "tol": Option(0.0, "float", 0.0, 1.0, summary="relative spread of the population at which it stops"),
            "polish": Option(False, "bool", summary="whether L-BFGS-B finishes it"),
        },
    ),
)  # fmt: skip
