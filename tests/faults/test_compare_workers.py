"""A worker that dies ends the comparison with a clear message; what an objective raises is in the record."""

import os

from zoopt.compare import Experiment
from zoopt.compare._problem import SimpleObjective
from zoopt.errors import InvalidInput


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


def test_a_worker_that_dies_is_in_the_record_and_the_others_go_on():
    results = Experiment(["snes"], [Dying(), "sphere:dim=3"], seeds=2, budget=100).run(2)
    found = {(run.objective, run.seed): run.status for run in results.each()}
    assert found == {
        ("troubled:f1", 0): "lost", ("troubled:f1", 1): "lost",
        ("sphere:dim=3", 0): "done", ("sphere:dim=3", 1): "done",
    }  # fmt: skip


def test_what_an_objective_raises_is_in_the_record():
    runs = [run for job in Experiment(["snes"], [Raising()], seeds=2, budget=100).jobs() for run in job.run()]
    assert [run.status for run in runs] == ["failed", "failed"]
    assert [run.message.rpartition(" ")[2] for run in runs] == ["0", "1"]
    assert all("cannot be prepared: InvalidInput: no data for seed" in run.message for run in runs)
