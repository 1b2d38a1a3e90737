"""The key of a job: the same wherever it is computed, another where anything that decides the runs is another."""

import dataclasses
import os
import pickle
import subprocess
import sys

import numpy as np

import zoopt
from zoopt import _core
from zoopt.compare import Classification, Dataset, Experiment, FunctionObjective, FunctionOptimizer, _run, configured

BASE = {"optimizers": ["snes:population=8"], "objectives": ["sphere:dim=3"], "seeds": [4], "budget": 400}
PROGRAM = """
from zoopt.compare import Experiment
experiment = Experiment(["snes:population=8", "cma-es", "openai-es:learning_rate=0.01|0.1,tuning=grid"],
                        ["sphere:dim=3", "rosenbrock:dim=4,rotation=yes,noise=0.5", "diabetes:f1"], seeds=2, budget=300)
print(*[job.key for job in experiment.jobs()])
"""


def key(**changes):
    return Experiment(**BASE | changes).jobs()[0].key


def bowl(**changes):
    facts = {"name": "bowl", "version": "1", "optimum": 0.0} | changes
    return FunctionObjective(np.linalg.norm, facts.pop("dim", 3), **facts)


def mine(**changes):
    return FunctionOptimizer(print, **{"name": "mine", "version": "1", "options": {"step": 0.1}} | changes)


def data(**changes):
    rng = np.random.default_rng(0)
    facts = {"name": "d", "features": rng.normal(size=(60, 2)), "labels": np.arange(60) % 2, "classes": ("a", "b")}
    return Classification(Dataset(**facts | changes), "f1")


def test_keys_are_the_same_in_every_process():
    found = set()
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout)
    (text,) = found
    keys = text.split()
    assert len(keys) == len(set(keys)) == 2 * (3 + 3 + 1 + 6)
    assert all(len(one) == 64 and set(one) <= set("0123456789abcdef") for one in keys)


def test_keys_survive_pickling():
    for job in Experiment(**BASE).jobs():
        assert pickle.loads(pickle.dumps(job)).key == job.key


CHANGES = [
    {"optimizers": ["snes:population=9"]},
    {"optimizers": ["xnes:population=8"]},
    {"optimizers": ["snes:population=8,scale=0.5"]},
    {"optimizers": ["snes:population=8,noise_handling=yes"]},
    {"optimizers": ["snes:population=8|9,tuning=grid"]},
    {"optimizers": ["snes:population=8|9,tuning=grid,tuning_share=0.4"]},
    {"optimizers": ["snes:population=8|9,tuning=grid,charge=no"]},
    {"optimizers": ["snes:population=8..9,tuning=random"]},
    {"optimizers": ["snes:population=8..9,tuning=random,trials=2"]},
    {"objectives": ["sphere:dim=4"]},
    {"objectives": ["ellipsoid:dim=3"]},
    {"objectives": ["sphere:dim=3,shift=yes"]},
    {"objectives": ["sphere:dim=3,rotation=yes"]},
    {"objectives": ["sphere:dim=3,noise=0.1"]},
    {"seeds": [5]},
    {"budget": 401},
    {"target": 0.5},
    {"targets": [0.5]},
    {"checkpoints": 7},
    {"objectives": [bowl()]},
    {"objectives": [bowl(version="2")]},
    {"objectives": [bowl(name="bowl2")]},
    {"objectives": [bowl(optimum=-1.0)]},
    {"objectives": [bowl(optimum=None)]},
    {"objectives": [bowl(scale=0.7)]},
    {"objectives": [bowl(start=[1.0, 1.0, 1.0])]},
    {"objectives": [bowl(start=[(0, 1)] * 3)]},
    {"objectives": [bowl(bounds=[(-1, 1)] * 3)]},
    {"objectives": [bowl(noise=0.1)]},
    {"optimizers": [mine()]},
    {"optimizers": [mine(version="2")]},
    {"optimizers": [mine(options={"step": 0.2})]},
    {"optimizers": [configured(mine(), step=0.3)]},
]


def test_each_part_that_decides_a_run_changes_its_key():
    keys = [key(), *(key(**changes) for changes in CHANGES)]
    twins = [(CHANGES[k - 1], keys.index(one)) for k, one in enumerate(keys) if keys.index(one) < k]
    assert twins == []


def test_data_shares_and_start_change_the_key():
    options = {"optimizers": ["snes:start=zero"], "seeds": 1, "budget": 60}
    features = data().data.features.copy()
    features[0, 0] = np.nextafter(features[0, 0], 9)
    variants = [
        data(),
        data(features=features),
        data(labels=1 - np.arange(60) % 2),
        data(train_share=0.5),
        data(test_share=0.3),
        dataclasses.replace(data(), metric="accuracy"),
    ]
    keys = [[job.key for job in Experiment(objectives=[variant], **options).jobs()] for variant in variants]
    assert len({one for pair in keys for one in pair}) == 2 * len(variants)
    warm = Experiment(objectives=[data()], **options | {"optimizers": ["snes:start=warm"]}).jobs()
    assert warm[0].key == keys[0][0]  # the baselines
    assert warm[1].key != keys[0][1]


def test_versions_change_the_key(monkeypatch):
    before = {key()}
    monkeypatch.setattr(zoopt, "__version__", "99")
    before.add(key())
    monkeypatch.setattr(_core, "NOISE_VERSION", 99)
    before.add(key())
    monkeypatch.setattr(_run, "FORMAT", 99)
    before.add(key())
    assert len(before) == 4


def test_what_is_at_its_default_is_no_change():
    assert key(optimizers=["snes:population=8"]) == key(optimizers=[configured("snes", population=8)])
    assert key(objectives=["sphere:dim=3,shift=no"]) == key()
    assert key(margin=0.1, alpha=0.2) == key()
