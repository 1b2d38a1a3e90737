"""Experiments with a store and workers: the same numbers from all of them, and no run twice."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from store_jobs import outcome

from zoopt.compare import Experiment, Store

OPTIMIZERS = ["snes", "random-search"]
OBJECTIVES = ["sphere:dim=3", "rastrigin:dim=4", "diabetes:f1"]


def experiment(optimizers=OPTIMIZERS, seeds=3):
    return Experiment(optimizers, OBJECTIVES, seeds=seeds, budget=300)


@pytest.fixture(scope="module")
def expected():
    return outcome(experiment().run().runs)


def test_a_store_gives_back_what_memory_holds(tmp_path, expected):
    with Store(tmp_path / "runs.db") as store:
        assert outcome(experiment().run(store=store).runs) == expected
        store.check()
    assert outcome(experiment().run(store=tmp_path / "runs.db").runs) == expected
    with Store(tmp_path / "runs.db", read_only=True) as store:
        assert outcome(store.runs()) == expected  # in the order of the experiment, which it knows


def test_workers_and_limits_change_nothing(tmp_path, expected):
    limits = {"time_limit": 60.0, "memory_limit": 2**31}
    assert outcome(experiment().run(2, store=tmp_path / "runs.db", **limits).runs) == expected
    with ThreadPoolExecutor(2) as threads:
        assert outcome(experiment().run(executor=threads, time_limit=60.0).runs) == expected


def test_only_what_is_new_is_run(tmp_path):
    store = tmp_path / "runs.db"
    experiment().run(store=store)
    told = []
    wider = experiment([*OPTIMIZERS, "sep-cma-es"], seeds=4)
    results = wider.run(store=store, progress=told.append)
    assert (told[0].runs_done, told[-1].runs_done, told[-1].runs) == (told[0].runs_done, wider.runs, wider.runs)
    assert told[0].runs_done == experiment().runs
    assert outcome(results.runs) == outcome(wider.run().runs)
    with Store(store, read_only=True) as opened:
        assert len(opened.experiments()) == 2


class Sleepy:
    """Sphere, until the evaluation at which it falls asleep."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        if self.calls > 50:
            time.sleep(0.05)
        return float(np.sum(np.square(x)))


def test_a_run_past_its_time_limit_keeps_what_it_found():
    from zoopt.compare import FunctionObjective

    slow = FunctionObjective(Sleepy(), name="sleepy", dim=2, version="1")
    runs = Experiment(["snes"], [slow], seeds=1, budget=100_000).run(time_limit=1.0).runs
    assert runs.status.tolist() == [2]  # timeout
    assert runs.evaluations[0] >= 50
    assert np.isfinite(runs.search[0])
    assert len(runs.curve_values[0]) > 3
