"""What cocopp and iohinspector read in our exports, beside what the loggers of COCO and IOHprofiler write."""

import importlib.util
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from zoopt.compare import Facts, Results, exchange
from zoopt.compare._facts import DISTANCE
from zoopt.compare._record import Run, columns
from zoopt.errors import InvalidInput

TARGETS = tuple(10.0 ** (np.arange(10, -41, -1) / 5))  # those on which cocopp aligns runs
EVALUATIONS, DIMENSION, FUNCTIONS, INSTANCES = 400, 2, (1, 8), (1, 2, 3)

READ_COCO = """
import json, sys, warnings
warnings.simplefilter("ignore")
import cocopp
found = {}
for data in cocopp.load(sys.argv[1]):
    found[f"{data.funcId} {data.dim}"] = [
        data.detERT([target])[0] if data.target[-1] <= target else -1 for target in json.loads(sys.argv[2])
    ]
print("FOUND" + json.dumps([found, sorted({data.algId for data in cocopp.load(sys.argv[1])})]))
"""
POST_PROCESS = """
import sys, warnings
warnings.simplefilter("ignore")
import matplotlib
matplotlib.use("Agg")
import cocopp
cocopp.genericsettings.interactive_mode = False
cocopp.main(["-o", sys.argv[1], *sys.argv[2:]])
"""


def needs_cocopp():
    """Skip where it is not installed; it is not imported here, for it looks for a network."""
    if not (importlib.util.find_spec("cocopp") and importlib.util.find_spec("six")):
        pytest.skip("needs cocopp and six")


def python(script, *arguments):
    """Run a script on its own, for these packages warn, print and change settings when they are imported."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=os.environ | {"MPLBACKEND": "Agg"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def ert_by_cocopp(folder):
    found, names = json.loads(python(READ_COCO, folder, json.dumps(TARGETS)).partition("FOUND")[2])
    return {key: [np.inf if time < 0 else time for time in times] for key, times in found.items()}, names


def points(function, instance):
    return np.random.default_rng([function, instance]).uniform(-5, 5, (EVALUATIONS, DIMENSION))


def recorded(name, function, seed, values, at=(1, 7, 100, EVALUATIONS)):
    """Return the run that our recorder would have: first hits of the targets, and a curve at a few checkpoints."""
    best = np.minimum.accumulate(values)
    reached = best[None, :] <= np.asarray(TARGETS)[:, None]
    hits = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, -1)
    at = np.asarray(at)
    return Run(
        key="",
        objective=f"f{function}:dim={DIMENSION}",
        optimizer=name,
        start="",
        seed=seed,
        budget=EVALUATIONS,
        evaluations=EVALUATIONS,
        search=float(best[-1]),
        curve_evaluations=at,
        curve_values=best[at - 1],
        hits=hits,
    )


def results_of(runs, **described):
    facts = {
        name: Facts(DISTANCE, "min", DIMENSION, TARGETS, described={"function": number})
        for number, name in ((number, f"f{number}:dim={DIMENSION}") for number in FUNCTIONS)
    }
    return Results.of(columns(runs), facts)


def our_ert(results, function):
    table = results.running_times()
    return table[table["objective"] == f"f{function}:dim={DIMENSION}"]["expected"].to_list()


def made_up_runs(name="random search"):
    rng = np.random.default_rng(1)
    return [
        recorded(name, function, seed, np.exp(rng.normal(1.0 - 2 * seed, 3.0, EVALUATIONS)))
        for function in FUNCTIONS
        for seed in range(5)
    ]


def test_cocopp_finds_our_expected_running_times(tmp_path):
    needs_cocopp()
    results = results_of(made_up_runs())
    exported = exchange.write_coco(results, tmp_path / "coco")
    assert exported.left_out == {}
    found, names = ert_by_cocopp(tmp_path / "coco" / "random-search")
    assert names == ["random-search"]
    assert set(found) == {"1 2", "8 2"}
    for function in FUNCTIONS:
        ours = our_ert(results, function)
        assert np.isfinite(ours).sum() > 30
        np.testing.assert_allclose(found[f"{function} {DIMENSION}"], ours, rtol=1e-12)


def test_cocopp_finds_in_our_export_what_it_finds_in_the_files_of_its_own_logger(tmp_path, monkeypatch):
    needs_cocopp()
    cocoex = pytest.importorskip("cocoex")
    monkeypatch.chdir(tmp_path)
    observer = cocoex.Observer("bbob", "result_folder:theirs algorithm_name:RS")
    suite = cocoex.Suite("bbob", "", f"dimensions:{DIMENSION} function_indices:1,8 instance_indices:1,2,3")
    runs = []
    for problem in suite:
        problem.observe_with(observer)
        function, instance = problem.id_function, problem.id_instance
        values = [problem(point) for point in points(function, instance)]
        runs.append((function, instance, np.array(values)))
        problem.free()
    optimum = optima()
    ours = results_of([recorded("RS", f, instance, values - optimum[f, instance]) for f, instance, values in runs])
    exchange.write_coco(ours, tmp_path / "ours")
    theirs, _ = ert_by_cocopp(tmp_path / "exdata" / "theirs")
    found, _ = ert_by_cocopp(tmp_path / "ours" / "RS")
    assert set(found) == set(theirs) == {"1 2", "8 2"}
    for key in theirs:
        np.testing.assert_allclose(found[key], theirs[key], rtol=1e-12)


def optima():
    """Return the optima of the suite, which ioh tells and COCO keeps to itself."""
    ioh = pytest.importorskip("ioh")
    return {
        (function, instance): ioh.get_problem(function, instance, DIMENSION).optimum.y
        for function in FUNCTIONS
        for instance in INSTANCES
    }


@pytest.mark.slow
def test_cocopp_post_processes_two_contenders_without_error(tmp_path):
    needs_cocopp()
    results = results_of([*made_up_runs("one"), *made_up_runs("two:population=8")])
    exchange.write_coco(results, tmp_path / "coco")
    folders = sorted((tmp_path / "coco").iterdir())
    assert [folder.name for folder in folders] == ["one", "two-population-8"]
    python(POST_PROCESS, tmp_path / "pages", *folders)
    assert list((tmp_path / "pages").glob("*/pprldmany*.html")) or list((tmp_path / "pages").glob("**/*.svg"))


def test_iohinspector_reads_every_improvement(tmp_path):
    iohinspector = pytest.importorskip("iohinspector")
    results = results_of(made_up_runs())
    exchange.write_ioh(results, tmp_path / "ioh")
    manager = iohinspector.DataManager()
    manager.add_folder(str(tmp_path / "ioh"))
    overview = manager.overview
    assert sorted(set(overview["function_id"].to_list())) == [1, 8]
    assert sorted(overview["instance"].to_list()) == sorted([1, 2, 3, 4, 5] * 2)
    assert set(overview["evals"].to_list()) == {EVALUATIONS}
    best = sorted(overview["best_y"].to_list())
    np.testing.assert_allclose(best, sorted(results.runs.search), rtol=1e-10)
    table = manager.load(monotonic=False)
    wanted = [value for row in range(len(results.runs)) for value in exchange_lines(results, row)]
    found = zip(table["evaluations"].to_list(), table["raw_y"].to_list(), strict=True)
    np.testing.assert_allclose(sorted(found), sorted(wanted), rtol=1e-10)


def exchange_lines(results, row):
    """Return the improvements of a run that its curve and its first hits tell of, and where it ended."""
    run = list(results.each())[row]
    known = dict(zip(run.curve_evaluations.tolist(), run.curve_values.tolist(), strict=True))
    for target, hit in zip(TARGETS, run.hits.tolist(), strict=True):
        if hit > 0:
            known[hit] = min(known.get(hit, np.inf), target)
    lines, best = [], np.inf
    for spent in sorted(known):
        if known[spent] < best:
            best = known[spent]
            lines.append((spent, best))
    return lines if lines[-1][0] == EVALUATIONS else [*lines, (EVALUATIONS, best)]


def test_our_export_to_iohprofiler_has_the_lines_of_its_own_logger(tmp_path):
    ioh = pytest.importorskip("ioh")
    logger = ioh.logger.Analyzer(root=str(tmp_path), folder_name="theirs", algorithm_name="RS")
    runs = []
    for instance in INSTANCES:
        problem = ioh.get_problem(1, instance, DIMENSION)
        problem.attach_logger(logger)
        values = np.array([problem(point) for point in points(1, instance)])
        runs.append(recorded("RS", 1, instance, values - problem.optimum.y, np.arange(1, EVALUATIONS + 1)))
        problem.reset()
        problem.detach_logger()
    logger.close()
    exchange.write_ioh(results_of(runs), tmp_path / "ours")
    (theirs,) = (tmp_path / "theirs").glob("*.json")
    (ours,) = (tmp_path / "ours" / "RS").glob("*.json")
    wanted, found = (json.loads(path.read_text(encoding="utf-8")) for path in (theirs, ours))
    assert set(wanted) <= set(found)
    one, other = wanted["scenarios"][0], found["scenarios"][0]
    assert set(one) == set(other)
    assert [(run["instance"], run["evals"]) for run in one["runs"]] == [
        (run["instance"], run["evals"]) for run in other["runs"]
    ]
    for run, same in zip(one["runs"], other["runs"], strict=True):
        assert set(run) == set(same)
        assert same["best"]["evals"] == run["best"]["evals"]
        assert same["best"]["y"] == pytest.approx(run["best"]["y"], rel=1e-9)
    data = (tmp_path / "ours" / "RS" / other["path"]).read_text(encoding="utf-8")
    assert data.count("evaluations raw_y\n") == len(INSTANCES)


def test_tables_in_parquet_give_the_results_back_whole(tmp_path):
    pytest.importorskip("pyarrow")
    results = results_of(made_up_runs("=cmd|'/c calc'!A1"))
    exchange.write_parquet(results, tmp_path / "long")
    again = exchange.read_parquet(tmp_path / "long")
    assert again.to_json() == results.to_json()
    assert again.runs.hits.flat.tolist() == results.runs.hits.flat.tolist()
    assert again.runs.curve_values.flat.dtype == np.float64


def test_a_table_that_was_changed_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    exchange.write_parquet(results_of(made_up_runs()), tmp_path / "long")
    (tmp_path / "long" / "hits.parquet").write_bytes(b"other")
    with pytest.raises(InvalidInput, match=r"hits\.parquet is not the table"):
        exchange.read_parquet(tmp_path / "long")


def test_a_manifest_of_a_newer_version_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    exchange.write_parquet(results_of(made_up_runs()), tmp_path / "long")
    path = tmp_path / "long" / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 99'), encoding="utf-8")
    with pytest.raises(InvalidInput, match="format 99"):
        exchange.read_parquet(tmp_path / "long")


def test_what_coco_has_no_place_for_is_named(tmp_path):
    facts = {
        "a:dim=2": Facts(DISTANCE, dimensions=2, targets=(1.0,)),
        "b:dim=7": Facts(DISTANCE, dimensions=7, targets=(1.0,)),
        "c": Facts(),
    }
    runs = [Run("", name, "x", "", 0, 9, evaluations=9, search=1.0, curve_evaluations=np.array([1]),
                curve_values=np.array([1.0])) for name in facts]  # fmt: skip
    exported = exchange.write_coco(Results.of(columns(runs), facts), tmp_path)
    assert set(exported.left_out) == {"b:dim=7", "c"}
    assert "7 dimensions" in exported.left_out["b:dim=7"]
    with pytest.raises(InvalidInput, match="no place"):
        exchange.write_coco(Results.of(columns(runs[2:])), tmp_path)


def test_names_cannot_leave_the_directory(tmp_path):
    runs = made_up_runs("../../evil', x = '<script>")
    for write in (exchange.write_coco, exchange.write_ioh):
        for path in write(results_of(runs), tmp_path / "out").files:
            assert path.resolve().is_relative_to(tmp_path / "out")
            assert path.exists()
