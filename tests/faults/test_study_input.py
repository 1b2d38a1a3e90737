"""Studies that do not exist, impossible options, and the exit codes of ``zoopt study``."""

import importlib.util
import json
import os
import signal

import numpy as np
import pytest
from made_up_studies import Options, claim, made_up, whole

from zoopt import cli, studies
from zoopt.errors import InvalidInput, InvalidOption, MissingDependency, UnknownName
from zoopt.studies import _commands, _console, _definition, _run
from zoopt.studies._options import checked

IMPOSSIBLE = [
    ("equivalence", {"draws": 10}, "draws is 10; give a whole number ≥ 2000"),
    ("embedding_dimension", {"vocabulary": 1}, "vocabulary is 1; give a whole number ≥ 2"),
    ("embedding_dimension", {"vocabularies": ()}, "vocabularies is .*; give one or more, each a whole number ≥ 2"),
    ("flooding", {"level": -0.1}, "level is -0.1; give a number > 0"),
    ("imbalance", {"prior": 0}, r"prior is 0; give a number in \[0.01, 0.5\]"),
    ("imbalance", {"shift": -1.0}, "shift is -1.0; give a number in"),
    ("collapse", {"sigma2": -0.25}, "sigma2 is -0.25; give a number > 0"),
    ("weight_scale", {"decay": -0.1}, r"decay is -0.1; give a number in \[0.01, 0.5\]"),
    ("learning_rate", {"momentum": 1.0}, r"momentum is 1.0; give a number in \[0, 0.85\]"),
]
"""For every study an option outside its range."""


@pytest.mark.parametrize(("name", "options", "message"), IMPOSSIBLE)
def test_impossible_options_are_refused_with_their_range(name, options, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run(name, **options)


def test_every_study_is_among_them():
    assert {name for name, _, _ in IMPOSSIBLE} == set(studies.names())


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sise": 3}, "it has no option 'sise'; did you mean 'size'"),
        ({"zzz": 3}, "it has no option 'zzz'; its options are size, level, rates, form, centred"),
        ({"size": 1}, "size is 1; give a whole number ≥ 2"),
        ({"size": 2.5}, "size is 2.5; give a whole number"),
        ({"size": True}, "size is True; give a whole number"),
        ({"size": "many"}, "size is 'many'; give a whole number"),
        ({"size": None}, "size is None; give a whole number"),
        ({"level": 0}, "level is 0; give a number > 0"),
        ({"level": np.nan}, "level is nan; give a number > 0"),
        ({"level": np.inf}, "level is inf; give a number > 0"),
        ({"level": False}, "level is False; give a number > 0"),
        ({"rates": (0.5, 1.5)}, r"rates is \(0.5, 1.5\); give one or more, each a number in \[0, 1\]"),
        ({"rates": []}, "rates is .*; give one or more"),
        ({"rates": 0.5}, "rates is 0.5; give one or more"),
        ({"rates": "0.5,"}, "rates is '0.5,'; give one or more"),
        ({"form": "marginal"}, "form is 'marginal'; give one of joint, conditional"),
        ({"form": 3}, "form is 3; give one of joint, conditional"),
        ({"centred": "perhaps"}, "centred is 'perhaps'; give yes or no"),
        ({"centred": 1}, "centred is 1; give yes or no"),
    ],
)
def test_options_are_checked(given, message):
    with pytest.raises(InvalidOption, match=message):
        checked("it", Options, given, quick=False)


@pytest.mark.parametrize("name", ["embeding_dimension", "embedding-dimension", "Embedding_dimension"])
def test_near_matches_are_named(name):
    with pytest.raises(UnknownName, match=rf"unknown study '{name}'; did you mean 'embedding_dimension'"):
        studies.run(name)


def test_packages_that_are_missing_are_named(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jinja2" else found(name))
    with pytest.raises(MissingDependency, match=r"studies need jinja2.*pip install 'zoopt-engine\[compare\]'"):
        studies.run("embedding_dimension")


@pytest.mark.parametrize("seed", [-1, 1.5, True, 2**63, None])
def test_impossible_seeds_are_refused(seed):
    with pytest.raises(InvalidInput, match="give a whole number from 0"):
        studies.run("embedding_dimension", seed=seed)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"tolerance": -1.0}, "tolerance of S0.1: got -1; give a number ≥ 0"),
        ({"tolerance": np.nan}, "tolerance of S0.1: got nan"),
        ({"interval": (2.0, 1.0)}, r"interval of S0.1: got \(2, 1\); give \(low, high\)"),
        ({"relation": "about"}, "relation of S0.1: got 'about'; give one of equals, at least, at most"),
        ({"erratum": True, "open": True}, "S0.1 is said to be wrong and open"),
    ],
)
def test_claims_that_cannot_be_judged_are_refused(told, message):
    with pytest.raises(InvalidInput, match=message):
        claim(**told)


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """The command line where all there is are the given made-up studies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments, **generators):
        known = {name: made_up(items) for name, items in generators.items()}
        if known:
            for module in (_commands, _console, _definition, _run):
                monkeypatch.setattr(module, "definition", known.__getitem__)
            for module in (_commands, _console, _definition):
                monkeypatch.setattr(module, "names", lambda: tuple(known))
        with pytest.raises(SystemExit) as ended:
            cli.main(["study", *arguments])
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return call


def failing(options, seed):
    yield claim()
    yield claim(3.0, source="S0.2")


def needy(options, seed):
    raise MissingDependency("it needs words: pip install 'words'")
    yield


def interrupted(options, seed):
    yield claim()
    os.kill(os.getpid(), signal.SIGINT)
    yield claim(source="S0.2")


def test_a_study_that_goes_as_expected_is_0(command, tmp_path):
    code, out, _ = command("first", "--out", "found", first=whole)
    assert code == 0
    assert "1 of 3 claims hold" in out
    assert (tmp_path / "found" / "first" / "report.html").exists()


def test_an_unexpected_verdict_is_1_and_named(command):
    code, out, _ = command("first", first=failing)
    assert code == 1
    assert "Not as expected: S0.2" in out
    assert "(expected: holds)" in out


def test_all_goes_on_after_a_study_that_fails(command, tmp_path):
    code, _, _ = command("all", "--quick", first=failing, second=whole)
    assert code == 1
    assert json.loads((tmp_path / "zoopt-study" / "second" / "claims.json").read_text())["options"]["size"] == 10


def test_a_missing_package_is_2_and_says_how_to_get_it(command, tmp_path):
    code, _, err = command("all", first=needy, second=whole)
    assert (code, err) == (2, "error: it needs words: pip install 'words'\n")
    assert (tmp_path / "zoopt-study" / "second" / "claims.json").exists()


def test_ctrl_c_is_130_keeps_what_was_ready_and_ends_the_others(command, tmp_path):
    code, out, _ = command("all", first=interrupted, second=whole)
    assert code == 130
    assert "Interrupted: this is what was ready by then. 1 of 1 claims hold." in out
    assert len(json.loads((tmp_path / "zoopt-study" / "first" / "claims.json").read_text())["claims"]) == 1
    assert not (tmp_path / "zoopt-study" / "second").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["secnd"], "unknown study 'secnd'"),
        (["embedding_dimension", "--set", "vocabulary=1"], "vocabulary is '1'; give a whole number ≥ 2"),
        (["embedding_dimension", "--set", "vocabulary"], "cannot read 'vocabulary'; an option is written option=value"),
        (["embedding_dimension", "--set", "vocabulary=5", "--set", "vocabulary=6"], "vocabulary is given twice"),
        (["embedding_dimension", "--seed", "-1"], "seed is -1"),
        (["all", "--set", "vocabulary=5"], "--set belongs to one study; got vocabulary for all of them"),
        (["secnd", "--options"], "unknown study 'secnd'"),
    ],
)
def test_bad_usage_is_2_with_one_message(command, arguments, message):
    code, out, err = command(*arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
    assert "Report" not in out


def test_a_place_that_cannot_be_written_to_is_refused_before_the_run(command, tmp_path):
    (tmp_path / "taken").write_text("")
    code, _, err = command("first", "--out", "taken", first=needy)
    assert code == 2
    assert "is not a directory" in err


def test_studies_and_options_are_listed(command):
    code, out, _ = command()
    assert code == 0
    assert all(name in out for name in studies.names())
    code, out, _ = command("embedding_dimension", "--options")
    assert code == 0
    assert all(name in out for name in studies.study_options("embedding_dimension"))
