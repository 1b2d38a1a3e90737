"""A worker that dies ends the comparison with a clear message; what an objective raises is in the record."""

import os

import pytest

from zoopt.compare import Experiment
from zoopt.compare._problem import SimpleObjective
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
    with pytest.raises(ObjectiveError, match="a worker process died"):
        Experiment(["snes"], [Dying()], seeds=2, budget=100).run(2)


def test_what_an_objective_raises_is_in_the_record():
    runs = [run for job in Experiment(["snes"], [Raising()], seeds=2, budget=100).jobs() for run in job.run()]
    assert [run.status for run in runs] == ["failed", "failed"]
    assert [run.message.rpartition(" ")[2] for run in runs] == ["0", "1"]
    assert all("cannot be prepared: InvalidInput: no data for seed" in run.message for run in runs)
