"""Runs that nobody ran: what figures, report and exchange are tried on."""

import numpy as np

from zoopt.compare._facts import Facts, Participant
from zoopt.compare._record import Run, columns
from zoopt.compare._results import Results

TARGETS = tuple(10.0 ** np.linspace(2, -8, 51))


def made_up(objectives=("sphere:dim=10",), labels=("a", "b"), *, seeds=15, points=60, budget=20_000, failing=()):
    """Return results on functions with known optimum; contenders later in the list are slower, each run differs.

    ``failing`` names contenders of which every third run fails.
    """
    rng = np.random.default_rng(7)
    spent = np.unique(np.geomspace(1, budget, points).round().astype(np.int64))
    runs = []
    for name in objectives:
        difficulty = rng.uniform(0.5, 1.5)
        for order, label in enumerate(labels):
            rate = 11.0 / (1 + 0.25 * order) * rng.uniform(0.8, 1.2) / difficulty
            for seed in range(seeds):
                failed = label in failing and seed % 3 == 0
                runs.append(_run(name, label, seed, budget, spent, rate * rng.uniform(0.85, 1.15), rng, failed))
    facts = {
        name: Facts(
            metric="distance from the optimum",
            dimensions=int(name.rsplit("=", 1)[-1]) if "dim=" in name else 10,
            targets=TARGETS,
            described={"description": "Made up."},
        )
        for name in objectives
    }
    return Results(
        runs=columns(runs),
        objectives=facts,
        participants=tuple(Participant(label, label) for label in labels),
        seeds=tuple(range(seeds)),
        budget=budget,
        environment={"zoopt": "0", "cpu_tier": "v3"},
    )


def _run(name, label, seed, budget, spent, rate, rng, failed):
    progress = (spent / budget) ** 0.7 * rate + rng.normal(0, 0.05, spent.size)
    values = np.minimum.accumulate(10.0 ** (2.0 - progress))
    if failed:
        spent, values = spent[: spent.size // 2], values[: spent.size // 2]
    reached = np.array([int(np.argmax(values <= target)) if values[-1] <= target else -1 for target in TARGETS])
    return Run(
        key=f"{name}|{label}|{seed}",
        objective=name,
        optimizer=label,
        start="",
        seed=seed,
        budget=budget,
        status="failed" if failed else "done",
        message="ValueError: made up" if failed else "",
        evaluations=int(spent[-1]),
        search=np.nan if failed else float(values[-1]),
        seconds=0.1,
        objective_seconds=0.05,
        curve_evaluations=spent,
        curve_values=values,
        hits=np.where(reached < 0, -1, spent[reached]),
    )
