"""The samplers of optuna."""

import importlib.util
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer, box, seed32

MOST_TRIALS = {"tpe": 20_000, "gp": 1_000}


def search(task: Task) -> Outcome:
    """Search in the box, or one of 5 scales round the start, which is the first trial."""
    import optuna

    low, high = box(task)
    names = [f"x{i}" for i in range(low.size)]
    axes = {
        name: optuna.distributions.FloatDistribution(float(a), float(b))
        for name, a, b in zip(names, low, high, strict=True)
    }
    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        study = optuna.create_study(sampler=_sampler(str(task.options["sampler"]), seed32(task)))
        study.enqueue_trial(dict(zip(names, np.clip(task.start, low, high).tolist(), strict=True)))
        while task.meter.left:
            trial = study.ask(axes)
            cost = task.meter.cost(np.array([trial.params[name] for name in names]))
            study.tell(trial, cost if np.isfinite(cost) else np.finfo(float).max)
    finally:
        optuna.logging.set_verbosity(verbosity)
    return Outcome()


def _sampler(name: str, seed: int) -> Any:
    import optuna

    kinds = {
        "tpe": optuna.samplers.TPESampler,
        "gp": optuna.samplers.GPSampler,
        "cmaes": optuna.samplers.CmaEsSampler,
        "random": optuna.samplers.RandomSampler,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return kinds[name](seed=seed)


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: torch is missing, or trials of TPE and GP cost ever more, the last ones most."""
    if options["sampler"] == "gp" and importlib.util.find_spec("torch") is None:
        return "its sampler gp needs torch, which is not installed; run: pip install torch"
    most = MOST_TRIALS.get(str(options["sampler"]))
    if most is None or budget <= most:
        return ""
    return f"its sampler {options['sampler']} slows down with every trial; the limit is a budget of {most}"


PLUGINS = (
    Peer(
        name="optuna",
        summary="Samplers of optuna, by default the tree-structured Parzen estimator.",
        package="optuna",
        module="optuna",
        extra="peers",
        search=search,
        given={"sampler": Option("tpe", "str", choices=("tpe", "gp", "cmaes", "random"), summary="which one")},
        refuses=refuses,
    ),
)
