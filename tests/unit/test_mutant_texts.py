"""Every mutant still applies, and there are some for every stage; tests/mutants/run.py applies them."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = tomllib.loads((ROOT / "tests" / "mutants" / "mutants.toml").read_text())
MUTANTS = DATA["mutant"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant["name"])
def test_the_original_stands_in_its_file_once(mutant):
    path = ROOT / mutant["file"]
    assert path.is_file(), f"{mutant['file']} is gone; bring mutants.toml up to date"
    found = path.read_text().count(mutant["original"])
    assert found == 1, f"{mutant['file']} holds it {found} times; bring mutants.toml up to date"
    assert mutant["replacement"] != mutant["original"]
    assert all((ROOT / test).is_file() for test in mutant.get("tests", []))


def test_every_mutant_has_tests_that_run_first():
    assert {m["file"] for m in MUTANTS if "tests" not in m} <= set(DATA["first"]) <= {m["file"] for m in MUTANTS}
    assert all((ROOT / test).is_file() for tests in DATA["first"].values() for test in tests)


def test_no_two_mutants_are_the_same():
    assert len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS)
    changed = {(m["file"], "".join(_changed(m).split())) for m in MUTANTS}
    assert len(changed) == len(MUTANTS)


def _changed(mutant):
    return (ROOT / mutant["file"]).read_text().replace(mutant["original"], mutant["replacement"])


@pytest.mark.parametrize("folder", ["distributions", "shapings", "updates", "schedules", "drivers"])
def test_every_file_of_stages_has_mutants(folder):
    """Files without a number of their own to get wrong have none."""
    names = "constant diagonal distribution exact hold isotropic plain point rademacher raw update"
    trivial = {f"{name}.cpp" for name in names.split()}
    bare = {path.name for path in (ROOT / "cpp" / folder).glob("*.cpp")} - trivial
    assert bare <= {Path(m["file"]).name for m in MUTANTS if m["file"].startswith(f"cpp/{folder}/")}
