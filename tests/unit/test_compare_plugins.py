"""Finding optimisers and objectives: our own files, entry points of other packages, and who may not run where."""

import sys
import types
from importlib import metadata

import pytest

import zoopt
from zoopt.compare import Experiment, FunctionObjective, FunctionOptimizer, _plugins
from zoopt.compare._plugins import objective, objectives, optimizer, optimizers
from zoopt.errors import InvalidInput


def walk(task):
    """Evaluate the start."""
    task.meter.cost(task.start)


MINE = FunctionOptimizer(walk, name="walk", version="1")
VALLEY = FunctionObjective(lambda x: float(x[0]), 1, name="valley", version="1")


@pytest.fixture
def module(monkeypatch):
    made = types.ModuleType("a_package_of_mine")
    made.mine, made.valley, made.walk = MINE, VALLEY, walk
    made.pair = (MINE, FunctionOptimizer(walk, name="second", version="1"))
    made.thief = FunctionOptimizer(walk, name="snes", version="1")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    made.__spec__ = types.SimpleNamespace(name=made.__name__)
    return made


@pytest.fixture
def installed(module, monkeypatch):
    """Return what makes entry points of a name."""

    def install(attribute):
        point = metadata.EntryPoint("other", f"{module.__name__}:{attribute}", _plugins.OPTIMIZERS)

        def points(*, group):
            return [point] if group == _plugins.OPTIMIZERS else []

        monkeypatch.setattr(metadata, "entry_points", points)
        optimizers.cache_clear()

    yield install
    optimizers.cache_clear()


def test_every_algorithm_of_zoopt_is_an_optimiser_with_all_its_options():
    for name in zoopt.algorithms():
        assert set(zoopt.algorithm(name).options) <= set(optimizer(name).options())
        assert optimizer(name).version() == zoopt.__version__
        assert optimizer(name).summary
    assert set(optimizer("cma-es").options()) >= {"popsize", "CMA_active", "preset", "noise_handling"}


def test_every_test_function_is_a_family_of_objectives():
    assert set(objectives()) >= {"sphere", "ellipsoid", "rosenbrock", "rastrigin"}
    assert objective("rosenbrock").dimensions == 10
    assert objective("sphere").name == "sphere:dim=10"


def test_other_packages_add_optimisers(installed):
    installed("pair")
    assert optimizer("walk") is MINE
    assert Experiment(["second"], ["sphere:dim=2"], seeds=1, budget=9).jobs()[0].run()[0].evaluations == 1


def test_other_packages_cannot_take_a_name_of_ours(installed):
    installed("thief")
    with pytest.raises(InvalidInput, match="takes the name 'snes'"):
        optimizer("snes")


def test_an_entry_point_that_cannot_be_loaded_is_named(installed):
    installed("nothing_there")
    with pytest.raises(InvalidInput, match=r"other \(a_package_of_mine:nothing_there\) cannot be loaded"):
        optimizer("snes")


def test_objects_are_found_by_module_and_attribute(module):
    name = module.__name__
    assert optimizer(f"{name}:mine") is MINE
    assert objective(f"{name}:valley") is VALLEY
    experiment = Experiment([f"{name}:mine"], [f"{name}:valley"], seeds=1, budget=5)
    assert experiment.jobs()[0].run()[0].optimizer == "walk"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("adam", "follows gradients, which this objective does not tell"),
        ("reinforce-bernoulli", "searches bits or categories"),
        ("openai-es:population=1000", "a budget of 100 evaluations is too small: openai-es needs 1000"),
    ],
)
def test_who_cannot_run_is_shown_with_the_reason(name, reason):
    experiment = Experiment([name, "snes"], ["sphere:dim=2"], seeds=1, budget=100)
    assert reason in experiment.not_applicable["sphere:dim=2", name]
    assert [job.entry.label for job in experiment.jobs()] == ["snes"]
    with pytest.raises(InvalidInput, match="no optimiser can run on any objective"):
        Experiment([name], ["sphere:dim=2"], seeds=1, budget=100)
