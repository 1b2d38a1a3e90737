"""The fixture as a user's test suite has it."""

import subprocess
import sys

pytest_plugins = ["pytester"]

SUITE = """
import dataclasses
import numpy as np
from zoopt.compare._facts import Facts
from zoopt.compare._record import Run, Runs, columns
from zoopt.compare._verdict import Rules


@dataclasses.dataclass(frozen=True)
class Found:
    runs: Runs
    objectives: dict
    rules: Rules = Rules()


def found():
    rng = np.random.default_rng(0)
    runs = [
        Run(f"{label}{seed}", "sphere", label, "", seed, 100, search=level + rng.normal())
        for label, level in [("good", 0.0), ("bad", 9.0)] for seed in range(12)
    ]
    return Found(columns(runs), {"sphere": Facts()})


def test_open(zoopt_compare):
    (result,) = zoopt_compare("good >= bad on sphere", found())
    assert result.passed


def test_shut(zoopt_compare):
    zoopt_compare("good > bad and bad >= good on sph*", found())
"""


def test_it_fails_with_the_numbers_when_significantly_worse(pytester):
    pytester.makepyfile(SUITE)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines([
        "good > bad: passed",
        "*sphere: passed, the first is better by +*",
        "bad >= good on sph*: failed",
        "*sphere: failed, the first is better by -*adjusted p = 0.000244, 12 seeds",
    ])  # fmt: skip
    result.stdout.no_fnmatch_line("*Traceback*")


def test_it_runs_an_experiment_of_its_own(pytester):
    pytester.makepyfile("""
        def test_gate(zoopt_compare):
            results = zoopt_compare(
                "'snes:population=20' >= random-search on sphere* and random-search > 'snes:population=20'",
                optimizers=["snes:population=20", "random-search"],
                objectives=["sphere:dim=5"],
                seeds=6,
                budget=400,
            )
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*on sphere*: passed", "random-search > *: failed"])


def test_mistakes_are_errors_before_anything_is_run(pytester):
    pytester.makepyfile("""
        def test_gate(zoopt_compare):
            zoopt_compare("a >=", optimizers=["snes"], objectives=["nothing"])

        def test_both(zoopt_compare):
            zoopt_compare("a >= b", results=1, seeds=3)
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*a gate cannot be read at column 5*", "*exclude each other, got seeds too*"])


def test_it_is_found_and_costs_next_to_nothing(pytester):
    """Without a test that uses it neither numpy nor anything of the extra is imported."""
    code = (
        "import sys, pytest; before = set(sys.modules); import zoopt.compare.pytest_plugin; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "zoopt" in loaded
    assert not {"numpy", "scipy", "pandas", "sklearn", "typer", "rich"} & set(loaded)
    pytester.makepyfile("def test_nothing(): pass")
    result = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["*zoopt_compare*"])
