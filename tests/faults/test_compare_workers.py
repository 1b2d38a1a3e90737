"""A worker that dies, and an objective that raises, end the comparison with a clear message."""

import os

import pytest

from zoopt.compare import Experiment
from zoopt.errors import InvalidInput, ObjectiveError


class Troubled:
    """An objective of one's own that never gets as far as a problem."""

    name = "troubled:f1"
    metric = "f1"
    test_train_ratio = 0.0
    dimensions = 3
    work = 3.0

    def describe(self):
        return {"metric": "f1"}


class Dying(Troubled):
    def prepare(self, seed):
        os._exit(1)


class Raising(Troubled):
    def prepare(self, seed):
        raise InvalidInput(f"no data for seed {seed}")


def test_a_worker_that_dies_is_named():
    with pytest.raises(ObjectiveError, match="a worker process died"):
        Experiment(["snes"], [Dying()], seeds=2, budget=100).run(2)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_an_objective_raises_comes_through(jobs):
    with pytest.raises(InvalidInput, match="no data for seed"):
        Experiment(["snes"], [Raising()], seeds=2, budget=100).run(jobs)
