"""The command line: what goes wrong gives one clear message and exit code 2; what goes right gives whole files."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import zoopt
from zoopt import cli
from zoopt.compare import stored_results
from zoopt.errors import ZooptError

QUICK = ["--seeds", "2", "--budget", "120", "--jobs", "1"]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            cli.main(arguments)
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return call


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(120, 2))
    labels = np.where(features[:, 0] + rng.normal(size=120) > 0, "=yes", "-no")
    path = tmp_path / "mine.csv"
    lines = [f"{a},{b},{label}" for (a, b), label in zip(features, labels, strict=True)]
    path.write_text("\n".join(["first,second,<b>y</b>", *lines]) + "\n")
    return path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--objective", "breast_cancr:f1"], "did you mean 'breast_cancer'"),
        (["--objective", "breast_cancer"], "an objective is DATA:METRIC"),
        (["--objective", "digits:f1"], "use f1_macro"),
        (["--objective", "digits:auc"], "unknown metric 'auc'"),
        (["--optimizer", "cma-ess"], "did you mean 'cma-es'"),
        (["--optimizer", "snes:populaton=8"], "did you mean 'population'"),
        (["--optimizer", "snes:population=0"], "population must lie in"),
        (["--optimizer", "snes:population=many"], "population must be a number"),
        (["--optimizer", "snes:population"], "written option=value"),
        (["--optimizer", "snes:scale=-1"], "scale must be > 0"),
        (["--optimizer", "snes:start=cold"], "unknown start 'cold'"),
        (["--optimizer", "snes", "--optimizer", "snes"], "given twice"),
        (["--budget", "0"], "budget must be at least 1"),
        (["--budget", "10", "--optimizer", "openai-es"], "too small: openai-es needs 64"),
        (["--seeds", "0"], "seeds must be at least 1"),
        (["--jobs", "0"], "jobs must be at least 1"),
        (["--data", "none.csv", "--target", "y", "--metric", "f1"], "no such file"),
        (["--data", "none.csv", "--metric", "f1"], "--target is missing"),
        (["--metric", "f1"], "--data and --target is missing"),
    ],
)
def test_mistakes_are_named(run, tmp_path, arguments, message):
    code, out, err = run("compare", *arguments)
    assert code == 2
    assert message in err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["compare", "--nonsense"], ["compare", "--seeds", "few"], ["nonsense"]])
def test_bad_usage_is_exit_code_2(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert "Traceback" not in err


def test_a_target_that_is_not_there(run, table):
    code, _, err = run("compare", "--data", str(table), "--target", "y", "--metric", "f1")
    assert code == 2
    assert "has no column 'y'" in err


def test_an_output_that_cannot_be_is_refused_before_any_run(run, tmp_path):
    (tmp_path / "taken").write_text("")
    code, _, err = run("compare", "--out", str(tmp_path / "taken"))
    assert code == 2
    assert "not a directory" in err


def test_one_s_own_data(run, table, tmp_path):
    options = ["--data", str(table), "--target", "<b>y</b>", "--metric", "f1", "--optimizer", "snes", *QUICK]
    code, out, _ = run("compare", *options)
    assert code == 0
    assert "mine:f1" in out
    assert "Did anything beat the baselines?" in out
    written = sorted(path.name for path in (tmp_path / "zoopt-compare").iterdir())
    assert written == ["report.html", "results.csv", "results.json"]
    page = (tmp_path / "zoopt-compare" / "report.html").read_text(encoding="utf-8")
    assert "<b>y</b>" not in page
    assert "=yes" in page


def test_json_alone_on_standard_output(run, tmp_path):
    code, out, err = run(
        "compare", "--objective", "diabetes:f1", "--optimizer", "random-search:start=warm", *QUICK, "--json"
    )
    assert code == 0
    content = json.loads(out)
    assert content["table"][-1]["optimizer"] == "random-search"
    assert content["verdicts"][0]["outcome"] == "cannot tell"
    assert err == ""
    assert json.loads((tmp_path / "zoopt-compare" / "results.json").read_text(encoding="utf-8")) == content


def test_the_list_of_algorithms_and_the_options_of_one(run):
    code, out, _ = run("algorithms")
    assert code == 0
    assert "cma-es" in out
    code, out, _ = run("algorithms", "snes")
    assert code == 0
    assert "population" in out
    code, _, err = run("algorithms", "snez")
    assert code == 2
    assert "did you mean 'snes'" in err


FUNCTIONS = [
    "--objective", "sphere:dim=2", "--objective", "rosenbrock:dim=2", "--optimizer", "cma-es", "--optimizer", "snes",
    "--seeds", "6", "--budget", "300", "--jobs", "1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--gate", "cma-es >>= snes"], "gate"),
        (["--gate", "cma-es >= snez on sphere*"], "did you mean 'snes'"),
        (["--gate", "cma-es >= snes on spehre"], "unknown objective of a gate 'spehre'"),
        (["--memory-limit", "much"], "--memory-limit must be a size such as 512M or 2G"),
        (["--time-limit", "-1"], "time_limit"),
        (["--config", "none.toml"], "no such file: none.toml"),
        (["--target", "1e-3"], "a value to stop at is --until"),
        (["--margin", "2"], "margin must lie between 0 and 1"),
    ],
)
def test_mistakes_in_the_other_options_are_named_before_any_run(run, tmp_path, arguments, message):
    code, out, err = run("compare", *FUNCTIONS, *arguments)
    assert code == 2
    assert message in err
    assert err.startswith("error: ")
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_closed_gate_is_exit_code_1_and_all_files_are_there(run, tmp_path):
    code, out, err = run(
        "compare", *FUNCTIONS, "--gate", "cma-es >= snes on sphere*", "--gate", "snes > cma-es on rosen*"
    )
    assert code == 1
    assert "Gate cma-es >= snes on sphere*: passed." in out
    assert "Gate snes > cma-es on rosen*: failed." in " ".join(out.split())
    assert err == ""
    assert len(list((tmp_path / "zoopt-compare").iterdir())) == 3
    code, _, _ = run("compare", *FUNCTIONS, "--gate", "cma-es >= snes on sphere*")
    assert code == 0


def test_a_store_is_reported_on_without_running_and_goes_on_where_it_was(run, tmp_path):
    code, _, _ = run("compare", *FUNCTIONS, "--store", "kept.db", "--out", "first")
    assert code == 0
    code, _, _ = run("report", "kept.db", "--out", "second")
    assert code == 0
    first, second = ((tmp_path / name / "results.csv").read_text() for name in ("first", "second"))
    assert first == second
    code, _, _ = run("compare", *FUNCTIONS, "--store", "kept.db", "--out", "third")
    assert code == 0
    assert (tmp_path / "third" / "results.csv").read_text() == first  # the very times, so nothing was run
    code, _, err = run("report", "kept.db", "--experiment", "7")
    assert code == 2
    assert "no experiment 7; there are 1" in err


def test_a_report_on_what_is_no_store(run, tmp_path, table):
    code, _, err = run("report", str(table))
    assert code == 2
    assert "mine.csv" in err
    code, _, err = run("report", "none.db")
    assert code == 2
    assert not (tmp_path / "none.db").exists()


def test_the_settings_of_a_report_run_the_same_again(run, tmp_path):
    run("compare", *FUNCTIONS, "--until", "1e-2", "--out", "first", "--store", "kept.db")
    settings = stored_results("kept.db").settings
    (tmp_path / "again.toml").write_text(settings)
    code, _, _ = run("compare", "--config", "again.toml", "--jobs", "1", "--out", "second")
    assert code == 0
    lines = [
        [line.split(",")[:7] for line in (tmp_path / name / "results.csv").read_text().splitlines()]
        for name in ("first", "second")
    ]
    assert lines[0] == lines[1]
    code, _, _ = run("compare", "--config", "again.toml", "--jobs", "1", "--out", "third", "--seeds", "2")
    assert code == 0
    assert len((tmp_path / "third" / "results.csv").read_text().splitlines()) == 1 + 2 * 2 * 2


def test_exports_are_written_and_what_has_no_place_is_named(run, tmp_path):
    pytest.importorskip("pyarrow")
    exports = ["--export-parquet", "long", "--export-coco", "coco", "--export-ioh", "ioh"]
    code, out, _ = run("compare", *FUNCTIONS, "--objective", "sphere:dim=7", *exports)
    assert code == 0
    assert "Left out of the export to coco: sphere:dim=7 has 7 dimensions" in out
    assert (tmp_path / "long" / "manifest.json").exists()
    assert (tmp_path / "coco" / "cma-es" / "bbobexp_f1.info").exists()
    assert list((tmp_path / "ioh" / "snes").glob("*.json"))


def test_the_lists_of_what_can_be_named(run):
    code, out, _ = run("objectives")
    assert code == 0
    assert "rosenbrock" in out
    assert "breast_cancer" in out
    code, out, _ = run("objectives", "rosenbrock")
    assert code == 0
    assert "dim" in out
    code, _, err = run("objectives", "rosenbrok")
    assert code == 2
    assert "rosenbrock" in err
    code, out, _ = run("algorithms")
    assert zoopt.__version__ in out


def test_a_missing_extra_is_named(run, monkeypatch):
    monkeypatch.setattr(cli, "NEEDED", ("typer", "no_such_package_at_all"))
    code, _, err = run("compare")
    assert code == 2
    assert "no_such_package_at_all" in err
    assert "pip install 'zoopt-engine[compare]'" in err


def test_importing_the_command_line_needs_none_of_the_extra():
    code = "import sys, zoopt.cli; sys.exit(any(m in sys.modules for m in ('typer', 'rich', 'pandas', 'sklearn')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_ctrl_c_stops_the_workers_and_writes_nothing(tmp_path):
    arguments = ["compare", "--objective", "digits:f1_macro", "--budget", "2000000", "--jobs", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "zoopt.cli", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and len(_children(process.pid)) < 3:  # two workers and the resource tracker
        time.sleep(0.2)
    workers = _children(process.pid)
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == "interrupted: the workers are stopped, nothing was written\n"
    assert out == ""
    assert list(tmp_path.iterdir()) == []
    time.sleep(0.5)
    assert not [worker for worker in workers if _alive(worker)]


def test_ctrl_c_keeps_what_is_finished_in_the_store(tmp_path):
    arguments = [
        "compare", "--objective", "rosenbrock:dim=20", "--optimizer", "snes", "--seeds", "2000", "--budget", "100000",
        "--jobs", "1", "--store", "kept.db",
    ]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "zoopt.cli", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and not _finished_runs(tmp_path / "kept.db"):
        time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == (
        "interrupted: the workers are stopped, finished runs are in kept.db, and the same command goes on from there\n"
    )
    assert out == ""
    assert 0 < _finished_runs(tmp_path / "kept.db") < 2000


def _finished_runs(path):
    try:
        return len(stored_results(path).runs)
    except ZooptError:
        return 0


def _children(process):
    try:
        paths = list(Path(f"/proc/{process}/task").glob("*/children"))
        return [child for path in paths for child in path.read_text(encoding="ascii").split()]
    except OSError:
        return []


def _alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # nobody may have collected it yet, but it runs no more
