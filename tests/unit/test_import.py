"""`import zoopt` costs next to nothing, and no module hides a public function of the same name."""

import importlib
import os
import pkgutil
import statistics
import subprocess
import sys

import pytest

import zoopt

HEAVY = ["scipy", "numba", "pandas", "sklearn", "matplotlib", "plotly", "jinja2", "rich", "typer", "joblib", "torch"]
ALLOWED_SECONDS = 0.060


class Bowl:
    def __call__(self, x):
        return float(x @ x)

    def value_and_gradient(self, x):
        return self(x), 2 * x


# What a call with no or nearly no arguments looks like for every public function.
CALLS = {
    "algorithm": lambda f: f("snes").name,
    "algorithms": lambda f: f(),
    "alternate": lambda f: f(Bowl(), Bowl(), [1.0], rounds=1, steps=2, evaluations=64, seed=1).x.tolist(),
    "cell": lambda f: (
        f(distribution="isotropic", shaping="raw", metric="vanilla", update="sgd", population=2, antithetic=True).name
    ),
    "minimize": lambda f: f(lambda x: float(x @ x), [1.0], budget=50, seed=1).fun,
    "noise": lambda f: f(1, 2, 3, 4).tolist(),
    "objective": lambda f: f(python, sense="min").sense,
    "optimizer": lambda f: f("snes", [1.0], scale=1.0, seed=1).ask().tolist(),
    "reading_curve": lambda f: f([[0.0], [1.0], [2.0]], [0, 1, 1], costs=[0.1], sizes=[1], splits=1, steps=(1, 1)),
}


def python(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ, timeout=120).stdout


def test_importing_takes_no_heavy_package():
    loaded = python("import sys, zoopt, numpy; print(*sorted({name.split('.')[0] for name in sys.modules}))").split()
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("use", ["zoopt.algorithms()", "zoopt.optimizer('snes', [1.0], scale=1.0, seed=1).ask()"])
def test_ask_and_tell_need_no_heavy_package_either(use):
    loaded = python(f"import sys, zoopt; {use}; print(*sorted({{n.split('.')[0] for n in sys.modules}}))").split()
    assert not set(HEAVY) & set(loaded)


def test_importing_costs_little_beyond_numpy():
    """CPU time, first use included: the clock starts after numpy, the least of nine is least disturbed by others."""
    code = (
        "import numpy.random, time; t = time.process_time(); import zoopt; zoopt.optimizer; zoopt.algorithms(); "
        "print(time.process_time() - t)"
    )
    seconds = sorted(float(python(code)) for _ in range(9))
    assert seconds[0] <= ALLOWED_SECONDS, f"median {statistics.median(seconds):.3f} s"


def every_module():
    return [m.name for m in pkgutil.walk_packages(zoopt.__path__, "zoopt.")]


def test_every_public_name_survives_the_import_of_every_module():
    for name in every_module():
        try:
            importlib.import_module(name)
        except zoopt.errors.MissingDependency:
            continue
    for name in zoopt.__all__:
        first = getattr(zoopt, name)
        if name in CALLS:
            assert CALLS[name](first) == CALLS[name](getattr(zoopt, name)), name
        assert getattr(zoopt, name) is first


def test_no_module_bears_the_name_of_a_public_function():
    functions = {name for name in zoopt.__all__ if callable(getattr(zoopt, name))}
    assert set(CALLS) == {name for name in functions if name.islower()}
    assert not functions & {name.rpartition(".")[2] for name in every_module() if name.count(".") == 1}


def test_public_names_are_listed_and_documented():
    assert sorted(zoopt.__all__) == list(zoopt.__all__)
    assert set(zoopt.__all__) == set(dir(zoopt))
    for name in zoopt.__all__:
        assert name == "__version__" or getattr(zoopt, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'minimise'"):
        zoopt.minimise  # noqa: B018
