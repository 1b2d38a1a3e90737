"""A worker that dies, and what an objective raises, are in the record."""

import os

import pytest

from zoopt.compare import Experiment
from zoopt.compare._problem import SimpleObjective
from zoopt.compare._record import STATUSES
from zoopt.errors import InvalidInput, ObjectiveError


class Troubled(SimpleObjective):
    """An objective of one's own that never gets as far as a problem."""

    name = "troubled:f1"
    metric = "f1"
    sense = "max"
    targets = ()
    dimensions = 3
    work = 3.0

    def describe(self):
        return {"metric": "f1"}

    def identity(self):
        return {"name": self.name}


class Dying(Troubled):
    def prepare(self, seed):
        os._exit(1)


class Raising(Troubled):
    def prepare(self, seed):
        raise InvalidInput(f"no data for seed {seed}")


def test_a_worker_that_dies_is_named():
    runs = Experiment(["snes"], [Dying()], seeds=2, budget=100).run(2).runs
    assert runs.message == ("its worker process died (exit code 1)",) * 2
    assert [STATUSES[code] for code in runs.status] == ["lost"] * 2
    with pytest.raises(ObjectiveError, match="its worker process died"):
        Experiment(["snes"], [Dying()], seeds=2, budget=100).run(2, keep_going=False)


def test_what_an_objective_raises_is_in_the_record():
    runs = [run for job in Experiment(["snes"], [Raising()], seeds=2, budget=100).jobs() for run in job.run()]
    assert [run.status for run in runs] == ["failed", "failed"]
    assert [run.message.rpartition(" ")[2] for run in runs] == ["0", "1"]
    assert all("cannot be prepared: InvalidInput: no data for seed" in run.message for run in runs)
