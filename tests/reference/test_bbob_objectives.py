"""The functions of BBOB are those of their packages: values, optima, instances, dimensions."""

import importlib.util

import numpy as np
import pytest

from zoopt.compare import Experiment
from zoopt.compare._plugins import objective as named
from zoopt.compare._run import measured
from zoopt.errors import InvalidOption, MissingDependency

ioh = pytest.importorskip("ioh", reason="the extra peers is not installed")
pytest.importorskip("cocoex", reason="the extra peers is not installed")

ROWS = np.random.default_rng(0).uniform(-5, 5, size=(6, 5))


@pytest.mark.parametrize("function", range(1, 25))
def test_values_and_optima_are_those_of_ioh_and_of_coco(function):
    import cocoex

    problem = named(f"bbob:function={function},dim=5").prepare(2)
    other = named(f"bbob-coco:function={function},dim=5").prepare(2)
    theirs = ioh.get_problem(function, 3, 5, ioh.ProblemClass.BBOB)  # the instance is seed + 1
    values = problem.search(ROWS)
    assert values.tolist() == [theirs(row) for row in ROWS]
    assert problem.optimum == other.optimum == theirs.optimum.y
    suite = cocoex.Suite("bbob", "instances:3", f"function_indices:{function} dimensions:5")
    assert other.search(ROWS).tolist() == [suite[0](row) for row in ROWS]
    assert np.allclose(values, other.search(ROWS), rtol=1e-10, atol=1e-10)
    best = np.asarray(theirs.optimum.x, dtype=np.float64)[np.newaxis]
    assert measured(problem, float(problem.search(best)[0])) < 1e-9
    assert measured(other, float(other.search(best)[0])) < 1e-7  # the packages round the place of the optimum apart
    assert min(measured(problem, value) for value in values) > 1e-3


@pytest.mark.parametrize("family", ["bbob", "bbob-coco"])
def test_the_seed_picks_instance_and_start(family):
    objective, fixed = named(f"{family}:function=8,dim=3"), named(f"{family}:function=8,dim=3,instance=4")
    problems = [objective.prepare(seed) for seed in range(4)]
    assert [problem.details["instance"] for problem in problems] == [1, 2, 3, 4]
    x = np.full((1, 3), 0.5)
    assert len({problem.search(x)[0] for problem in problems}) == 4
    assert problems[3].search(x) == fixed.prepare(0).search(x) == fixed.prepare(9).search(x)
    starts = np.array([problem.starts[""] for problem in problems])
    assert np.unique(starts, axis=0).shape == (4, 3)
    assert np.abs(starts).max() <= 4.0
    assert np.array_equal(starts[1], objective.prepare(1).starts[""])


def test_what_there_is_not_is_refused():
    with pytest.raises(InvalidOption, match="bbob-coco: dim must be one of 2, 3, 5, 10, 20, 40, got 7; bbob has all"):
        named("bbob-coco:function=1,dim=7")
    assert named("bbob:function=1,dim=7").prepare(0).search(np.zeros((2, 7))).shape == (2,)
    for text in ("bbob:dim=1", "bbob:function=25", "bbob:function=0", "bbob:instance=0"):
        with pytest.raises(InvalidOption, match="must lie in"):
            named(text)


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "zoopt.compare.objectives._bbob.find_spec", lambda name: None if name == "cocoex" else find_spec(name)
    )
    with pytest.raises(MissingDependency, match=r"bbob-coco needs coco-experiment, not installed; run: pip install"):
        named("bbob-coco:function=1")
    assert named("bbob:function=1").name == "bbob:function=1,dim=10"


def test_a_run_is_measured_from_the_optimum():
    experiment = Experiment(["cma-es", "cma"], ["bbob:function=1,dim=3"], seeds=[0], budget=900)
    for job in experiment.jobs():
        (run,) = job.run()
        assert run.status == "done", run.message
        assert 0 <= run.search < 1e-6
        assert run.hits[0] == 1  # the start is within 100
        assert np.all(np.diff(run.hits[run.hits > 0]) >= 0)
