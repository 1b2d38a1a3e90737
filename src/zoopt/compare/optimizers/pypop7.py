"""Evolution strategies of pypop7."""

import importlib
from collections.abc import Mapping

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare._problem import FloatArray
from zoopt.compare.optimizers._peer import Peer, box, seed32

METHODS: Mapping[str, tuple[str, str]] = {
    "fmaes": ("es.fmaes", "FMAES"),
    "maes": ("es.maes", "MAES"),
    "lmmaes": ("es.lmmaes", "LMMAES"),
    "cmaes": ("es.cmaes", "CMAES"),
    "sepcmaes": ("es.sepcmaes", "SEPCMAES"),
    "lmcma": ("es.lmcma", "LMCMA"),
    "snes": ("nes.snes", "SNES"),
    "xnes": ("nes.xnes", "XNES"),
}


def search(task: Task) -> Outcome:
    """Search from a distribution of one scale round the start, with its own restarts; candidates are moved into bounds.

    Its own boundaries are none of these: it only draws starts from them.
    """
    home, name = METHODS[str(task.options["algorithm"])]
    kind = getattr(importlib.import_module(f"pypop7.optimizers.{home}"), name)
    low, high = box(task)

    def cost(x: FloatArray) -> float:
        point = np.asarray(x, dtype=np.float64).ravel()
        return task.meter.cost(point if task.bounds is None else np.clip(point, *task.bounds))

    problem = {
        "fitness_function": cost,
        "ndim_problem": task.start.size,
        "lower_boundary": low,
        "upper_boundary": high,
    }
    options = {
        "max_function_evaluations": task.budget,
        "seed_rng": seed32(task),
        "mean": task.start.copy(),
        "sigma": task.scale,
        "verbose": 0,
        "saving_fitness": 0,
    }
    if "population" in task.options:
        options["n_individuals"] = task.options["population"]
    found = kind(problem, options).optimize()
    return Outcome(message=str(found["termination_signal"].name).lower().replace("_", " "))


PLUGINS = (
    Peer(
        name="pypop7",
        summary="Evolution strategies of pypop7, by default matrix adaptation.",
        package="pypop7",
        module="pypop7",
        extra="peers-extra",
        search=search,
        given={
            "algorithm": Option("fmaes", "str", choices=tuple(METHODS), summary="which one"),
            "population": Option(None, "int", 2, 2**20, summary="candidates a generation"),
        },
    ),
)
