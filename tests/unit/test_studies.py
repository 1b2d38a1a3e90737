"""What holds for every study: verdicts, options, what is kept, and the files."""

import csv
import importlib
import json
import math
import os
import pkgutil
import signal

import pytest
from made_up_studies import HOSTILE, Options, claim, made_up, whole

import zoopt
from zoopt import studies
from zoopt.studies import _definition, _run
from zoopt.studies._options import checked, options_of
from zoopt.studies._study import Study

NAN = math.nan


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"measured": 1.1}, "holds"),
        ({"measured": 0.9}, "holds"),
        ({"measured": 1.1000001}, "fails"),
        ({"measured": 0.8999999}, "fails"),
        ({"measured": NAN}, "cannot tell"),
        ({"measured": 1.0, "prediction": NAN}, "cannot tell"),
        ({"measured": 0.95, "relation": "at least"}, "holds"),
        ({"measured": 9.0, "relation": "at least"}, "holds"),
        ({"measured": 0.89, "relation": "at least"}, "fails"),
        ({"measured": -9.0, "relation": "at most"}, "holds"),
        ({"measured": 1.11, "relation": "at most"}, "fails"),
        ({"measured": 1.0, "interval": (0.95, 1.05)}, "holds"),
        ({"measured": 1.0, "interval": (0.95, 1.15)}, "cannot tell"),
        ({"measured": 1.0, "interval": (0.85, 1.05)}, "cannot tell"),
        ({"measured": 1.0, "interval": (0.5, 1.5)}, "cannot tell"),
        ({"measured": 1.2, "interval": (1.11, 1.3)}, "fails"),
        ({"measured": 0.8, "interval": (0.7, 0.89)}, "fails"),
        ({"measured": 1.0, "interval": (NAN, 1.0)}, "cannot tell"),
        ({"measured": 2.0, "interval": (1.0, 9.0), "relation": "at least"}, "holds"),
        ({"measured": 2.0, "interval": (0.0, 9.0), "relation": "at least"}, "cannot tell"),
        ({"measured": 0.0, "interval": (-1.0, 0.5), "relation": "at least"}, "fails"),
        ({"measured": math.inf}, "fails"),
    ],
)
def test_the_verdict_follows_from_the_numbers(told, verdict):
    assert claim(**told).verdict == verdict


@pytest.mark.parametrize(
    ("told", "expected", "met"),
    [
        ({}, "holds", True),
        ({"measured": 2.0}, "holds", False),
        ({"erratum": True}, "fails", False),
        ({"erratum": True, "measured": 2.0}, "fails", True),
        ({"erratum": True, "measured": NAN}, "fails", False),
        ({"open": True, "measured": 2.0}, "any", True),
        ({"open": True}, "any", True),
    ],
)
def test_errata_are_expected_to_fail_and_open_questions_may_do_as_they_like(told, expected, met):
    assert (claim(**told).expected, claim(**told).as_expected) == (expected, met)


def carried_out(items, *, quick=False, progress=None, **options):
    known = made_up(items)
    chosen = checked("made_up", known.options, options, quick=quick)
    return _run.carried_out(Study.empty("made_up", known, chosen, 3, quick=quick), known, chosen, progress)


def test_a_study_keeps_what_it_is_given_and_succeeds_where_all_is_as_expected():
    seen = []
    found = carried_out(whole, progress=seen.append)
    assert [each.source for each in found.claims] == ["S0.1", "S0.2", "S0.3"]
    assert found.success
    assert (found.status, found.unexpected) == ("finished", [])
    assert len(seen) == 5
    assert list(found.tables) == ["numbers"]
    assert found.figures["line"] is found.figures["line"]
    assert found.frame().verdict.tolist() == ["holds", "fails", "fails"]
    assert found.options["size"] == 100
    assert 0 <= found.seconds < 60


def test_one_claim_with_another_verdict_is_no_success():
    found = carried_out(lambda options, seed: iter([claim(), claim(3.0, source="S0.9")]))
    assert not found.success
    assert [each.source for each in found.unexpected] == ["S0.9"]


def test_an_estimate_may_be_unsettled_in_a_quick_run_only():
    def unsettled(options, seed):
        yield claim(interval=(0.0, 2.0))

    assert not carried_out(unsettled).success
    assert carried_out(unsettled, quick=True).success
    assert not carried_out(lambda options, seed: iter([claim(NAN)]), quick=True).success


def test_two_items_of_one_name_are_refused():
    def twice(options, seed):
        items = list(whole(options, seed))
        yield from (items[1], items[1])

    with pytest.raises(ValueError, match="two tables or figures named 'numbers'"):
        carried_out(twice)


def test_ctrl_c_keeps_what_was_ready(tmp_path):
    def interrupted(options, seed):
        yield from list(whole(options, seed))[:3]
        os.kill(os.getpid(), signal.SIGINT)
        yield claim()

    before = signal.getsignal(signal.SIGINT)
    found = carried_out(interrupted)
    assert signal.getsignal(signal.SIGINT) is before
    assert (found.status, len(found.claims), list(found.tables)) == ("interrupted", 1, ["numbers"])
    assert not found.success
    assert {"claims.csv", "numbers.csv", "line.png", "claims.json"} <= {path.name for path in found.save(tmp_path)}
    assert json.loads((tmp_path / "claims.json").read_text())["status"] == "interrupted"


def test_what_a_kernel_returns_after_it_has_swallowed_ctrl_c_is_not_kept():
    def swallowed(options, seed):
        yield claim()
        found = zoopt.minimize(stopped_at_once, [1.0, 1.0], method="snes", seed=1, budget=200)
        assert found.status == zoopt.Status.INTERRUPTED
        yield claim(source="S0.2")

    def stopped_at_once(x):
        os.kill(os.getpid(), signal.SIGINT)
        return float(x @ x)

    found = carried_out(swallowed)
    assert (found.status, [each.source for each in found.claims]) == ("interrupted", ["S0.1"])


def test_quick_is_smaller_and_what_is_given_goes_before_it():
    assert checked("it", Options, {}, quick=False) == Options()
    assert checked("it", Options, {}, quick=True) == Options(size=10, rates=(0.1,))
    assert checked("it", Options, {"size": 50}, quick=True).size == 50


def test_texts_of_the_command_line_become_values():
    given = {"size": "7", "level": "1e-3", "rates": "0, .5,1", "form": "conditional", "centred": "Yes"}
    assert checked("it", Options, given, quick=False) == Options(7, 1e-3, (0.0, 0.5, 1.0), "conditional", True)
    assert checked("it", Options, {"rates": [1, 0]}, quick=False).rates == (1.0, 0.0)


def test_ranges_are_told_in_words():
    told = {name: each.wanted for name, each in options_of(Options).items()}
    assert told == {
        "size": "a whole number ≥ 2",
        "level": "a number > 0",
        "rates": "one or more, each a number in [0, 1]",
        "form": "one of joint, conditional",
        "centred": "yes or no",
    }


def test_files_hold_all_of_it(tmp_path):
    found = carried_out(whole, size=50)
    names = sorted(path.name for path in found.save(tmp_path / "new"))
    assert names == ["claims.csv", "claims.json", "line.png", "line.svg", "numbers.csv", "report.html"]
    told = json.loads((tmp_path / "new" / "claims.json").read_text())
    assert [each["verdict"] for each in told["claims"]] == ["holds", "fails", "fails"]
    assert told["claims"][0]["low"] is None
    assert (told["success"], told["seed"], told["options"]["size"]) == (True, 3, 50)
    with (tmp_path / "new" / "numbers.csv").open() as file:
        assert list(csv.reader(file)) == [["a", "<b>"], ["1.5", "'=1+1"], ["-2.0", "x"]]
    page = (tmp_path / "new" / "report.html").read_text()
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "zoopt study made_up --seed 3 --set size=50" in page
    assert "2 fail, 1 of them because the article is wrong there" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_files_are_the_same_bytes_again(tmp_path):
    for part in ("one", "two"):
        carried_out(whole).save(tmp_path / part)
    for name in ("line.png", "line.svg", "claims.csv", "numbers.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_no_module_bears_the_name_of_a_public_function():
    modules = {module.name for module in pkgutil.iter_modules(studies.__path__)}
    assert not modules & set(studies.__all__)
    for name in studies.__all__:
        assert getattr(studies, name).__doc__, name
    for name in modules:
        importlib.import_module(f"zoopt.studies.{name}")
    assert studies.names() == studies.names()
    assert callable(studies.run)


@pytest.mark.parametrize("name", studies.names())
def test_every_study_says_what_it_is(name):
    known = _definition.definition(name)
    assert known.article[0] == "S"
    assert known.title.endswith("?")
    assert known.summary.endswith(".")
    for each in studies.study_options(name).values():
        assert each.summary, each.name
        assert each.typed(name, each.default) == each.default
        assert each.typed(name, each.quick) == each.quick
