"""Whole optimisations of a metric, one thread, float32: ours beside evosax (compile time noted apart) and cma.

Run with ``OPENBLAS_NUM_THREADS=1 taskset -c 1 pytest benchmarks/test_metric_jobs.py -o addopts=``. F1 of a linear
classifier on breast_cancer with 20 000 evaluations, and accuracy of a 64-32-10 network of tanh on digits with 50 000,
on 70 % of the samples; each notes the best metric that it saw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import _common
import zoopt
from peers import in_evosax, metrics_in_evosax
from zoopt.objectives import Layout, MetricObjective

_common.pin()
ALGORITHMS = {"openai-es": "Open_ES", "snes": "SNES"}
JOBS = {  # data, metric, evaluations, standard deviation, learning rate of Adam
    "F1 of breast_cancer": (load_breast_cancer, "f1", 20_000, 0.5, 0.05),
    "accuracy of digits": (load_digits, "accuracy", 50_000, 0.1, 0.01),
}


def training_part(load: Any) -> tuple[Any, Any]:
    X, y = load(return_X_y=True)
    X, _, y, _ = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
    return StandardScaler().fit_transform(X), y


def start(job: str) -> Any:
    return np.zeros(31) if job == "F1 of breast_cancer" else Layout(64, 10, 32, "tanh").initial("glorot-normal", seed=0)


def group(benchmark: Any, job: str) -> None:
    benchmark.group = f"{job}, {JOBS[job][2]} evaluations, float32"


def note(benchmark: Any, reached: float, **more: Any) -> None:
    benchmark.extra_info.update({"best": round(reached, 4), **more})


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("job", JOBS)
def test_ours(benchmark: Any, job: str, algorithm: str) -> None:
    load, metric, evaluations, std, rate = JOBS[job]
    X, y = training_part(load)
    network = {} if metric == "f1" else {"model": "mlp", "hidden": 32, "activation": "tanh"}
    objective = MetricObjective(X, y, metric=metric, dtype=np.float32, **network)
    options: dict[str, Any] = {"population": 64, "tolfun": 0, "tolx": 0, "plateau": 0}
    if algorithm == "openai-es":
        options["learning_rate"] = rate
    x0 = start(job)

    def run() -> tuple[float, int]:
        search = zoopt.minimize(objective, x0, method=algorithm, budget=evaluations, seed=0, scale=std, options=options)
        return float(search.fun), search.nfev

    group(benchmark, job)
    reached, used = benchmark.pedantic(run, rounds=3)
    note(benchmark, reached, evaluations=used)


@pytest.mark.skipif(not in_evosax.available(), reason="evosax is not installed")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("job", JOBS)
def test_evosax(benchmark: Any, job: str, algorithm: str) -> None:
    load, metric, evaluations, std, rate = JOBS[job]
    X, y = training_part(load)
    loss = metrics_in_evosax.f1_of_line(X, y) if metric == "f1" else metrics_in_evosax.error_of_network(X, y, 32, 10)
    timed, compiling = metrics_in_evosax.run(
        ALGORITHMS[algorithm], loss, start(job), 64, evaluations // 64, std=std, learning_rate=rate
    )
    group(benchmark, job)
    reached = benchmark.pedantic(timed, rounds=2)
    note(benchmark, reached, compile_seconds=round(compiling, 2))


def test_cma(benchmark: Any) -> None:
    cma = pytest.importorskip("cma")
    job = "F1 of breast_cancer"
    load, _, evaluations, std, _ = JOBS[job]
    X, y = training_part(load)
    samples, positive = np.column_stack([X, np.ones(len(X))]), y == 1

    def run() -> float:
        options = {"seed": 1, "verbose": -9, "maxfevals": evaluations, "popsize": 64, "tolflatfitness": 10**9}
        options |= {"tolfun": 0, "tolfunhist": 0, "tolx": 0, "tolstagnation": 10**9}
        search, best = cma.CMAEvolutionStrategy(np.zeros(31), std, options), 0.0
        while search.countevals < evaluations:
            rows = search.ask()
            predicted = (np.asarray(rows) @ samples.T) > 0
            values = 2 * (predicted & positive).sum(1) / (predicted.sum(1) + positive.sum())
            search.tell(rows, list(1 - values))
            best = max(best, float(values.max()))
        return best

    group(benchmark, job)
    note(benchmark, benchmark.pedantic(run, rounds=1))
