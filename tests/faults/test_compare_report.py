"""The report on made-up results: complete, self-contained, and safe against hostile names."""

import dataclasses
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from made_up_runs import made_up as made_up_functions
from rich.console import Console
from scripts import script_environment

from zoopt.compare import Results, _console, _json, check_gates, shown
from zoopt.compare._facts import Facts, Participant
from zoopt.compare._record import Run, columns
from zoopt.compare._verdict import Rules
from zoopt.compare.objectives.classification import PLAIN, TUNED
from zoopt.compare.report import _figures, render, script_json

HOSTILE = "</script><script>alert(1)</script>:f1"
PARTICIPANTS = (
    Participant("snes (warm)", "snes", "warm", 0.3),
    Participant("snes (zero)", "snes", "zero", 1.0),
    Participant("cma-es:population=8 (warm)", "cma-es:population=8", "warm", 0.3, {"population": 8.0}),
)


def facts(description="Made up."):
    described = {
        "description": description,
        "synthetic": True,
        "rows": 100,
        "features": 3,
        "classes": ["a", "<b>"],
        "positive_class": "<b>",
        "class_rows": [90, 10],
        "train_share": 0.6,
        "test_share": 0.4,
        "sha256": "0" * 64,
    }
    return Facts("f1", "max", 4, follows="recommendation", test_train_ratio=2 / 3, described=described)


def run_of(label, start, seed, score, *, objective="data:f1", spent=(1, 10, 100), values=(), **rest):
    return Run(
        key="",
        objective=objective,
        optimizer=label,
        start=start,
        seed=seed,
        budget=100,
        evaluations=spent[-1] if start else 0,
        search=score,
        seconds=0.1,
        baseline=not start,
        curve_evaluations=np.array(spent if values else (), np.int64),
        curve_values=np.array(values, np.float64),
        **rest,
    )


def made_up(objectives=("data:f1",), seeds=6, description="Made up."):
    rng = np.random.default_rng(0)
    runs = []
    for name in objectives:
        for seed in range(seeds):
            luck = rng.normal(scale=0.02)
            for label, start, level in (
                (PLAIN, "", 0.4),
                (TUNED, "", 0.5),
                ("snes", "warm", 0.6),
                ("snes", "zero", 0.55),
            ):
                value = level + luck + rng.normal(scale=0.003)
                values = (0.1, value - 0.1, value) if start else ()
                runs.append(run_of(label, start, seed, value, objective=name, values=values, holdout=value - 0.05))
    return Results(
        runs=columns(runs),
        objectives={name: facts(description) for name in objectives},
        participants=PARTICIPANTS,
        not_applicable={(name, PARTICIPANTS[2].label): "needs <fewer> dimensions" for name in objectives},
        rules=Rules(),
        seeds=tuple(range(seeds)),
        budget=100,
        environment={"zoopt": "0", "cpu_tier": "v3"},
    )


class Collector(HTMLParser):
    """Counts elements and keeps the text outside scripts."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links, self.text, self.inside = [], [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for key, value in attributes if key in ("src", "href") and value]
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.text.append(data)


def test_verdicts_come_first_and_everything_is_there():
    page = render(made_up(), "zoopt compare --seeds 6")
    text = " ".join(Collector(page).text)
    order = ["Did anything beat the baselines?", "Winner: snes (warm)", "Run it again", "zoopt compare --seeds 6"]
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)
    assert "needs <fewer> dimensions" in text
    assert "0" * 64 in text


def test_the_page_needs_nothing_from_outside():
    found = Collector(render(made_up(("one:f1", "two:f1"))))
    assert all(link.startswith(("#", "data:")) for link in found.links)
    assert found.tags.count("script") == 3  # plotly once, the figures, and the few lines that draw them


def test_hostile_names_stay_text():
    page = render(made_up((HOSTILE,), description="<img src=x onerror=alert(1)>"), "zoopt '<b>'")
    found = Collector(page)
    assert found.tags.count("script") == 3
    assert "img" not in found.tags
    assert HOSTILE in " ".join(found.text)
    figures = re.search(r'id="figures">(.*?)</script>', page, flags=re.DOTALL)[1]
    assert not set(figures) & {"<", ">", "&"}
    assert set(json.loads(figures)) == {
        "convergence-0", "holdout-0", "wins", "data-profile", "performance-profile",
    }  # fmt: skip


def test_markup_in_names_stays_text_on_the_terminal():
    name = "[bold red]x[/]:f1"
    buffer = io.StringIO()
    _console.print_results(made_up((name,)), Console(file=buffer, width=120))
    assert name in buffer.getvalue()


def test_script_json_round_trips():
    content = {"<&>": ["\u2028", "</script>", 1.5, None]}
    text = script_json(content)
    assert not set(text) & {"<", ">", "&", "\u2028"}
    assert json.loads(text) == content


def test_json_of_results_has_no_nan_and_all_parts():
    content = json.loads(made_up(seeds=1).to_json(), parse_constant=pytest.fail)
    assert content["verdicts"][0]["outcome"] == "cannot tell"
    assert {"format", "overall", "verdicts", "baseline_verdicts", "table", "runs", "environment"} <= set(content)


def test_csv_has_one_line_a_run():
    results = made_up()
    lines = results.to_csv().splitlines()
    assert len(lines) == 1 + len(results.runs)
    assert lines[0].startswith('"objective","optimizer","start","seed","search","holdout"')


def test_table_has_baselines_on_top_and_missing_ones_at_the_foot():
    table = made_up().table()
    assert list(table["optimizer"]) == [PLAIN, TUNED, "snes", "snes", "cma-es:population=8"]
    assert table["note"].iloc[-1].startswith("not applicable")
    assert table["runs"].iloc[-1] == 0


def test_quartiles_hold_the_last_value():
    runs = columns(
        [
            run_of("a", "warm", 0, 3.0, spent=(1, 10), values=(1.0, 3.0)),
            run_of("a", "warm", 1, 2.0, spent=(1, 5), values=(0.0, 2.0)),
            run_of("a", "warm", 2, 5.0, spent=(1, 10), values=(5.0, 5.0)),
        ]
    )
    (curve,) = shown.convergence(Results.of(runs), "data:f1")
    assert curve.x.tolist() == [1, 5, 10]
    assert curve.middle.tolist() == [1.0, 2.0, 3.0]
    assert curve.low.tolist() == [0.5, 1.5, 2.5]
    assert curve.high.tolist() == [3.0, 3.5, 4.0]


def test_figures_are_valid_plotly():
    import plotly.graph_objects as go

    for draw in (_figures.convergence, _figures.final_values):
        go.Figure(draw(made_up(), "data:f1"))


def test_report_is_written_whole(tmp_path):
    path = made_up().report(tmp_path / "r.html")
    assert path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert path.stat().st_size < 8_000_000


def on_functions(count=3, **options):
    names = [f"es-{i}{'<b>' * (i == 1)}" for i in range(count)]
    return made_up_functions(
        [f"{name}:dim={d}" for name in ("sphere", "ellipsoid") for d in (5, 10, 20)], names, **options
    )


def test_functions_have_their_own_sections():
    page = render(on_functions(failing=["es-2"]))
    text = " ".join(" ".join(Collector(page).text).split())
    order = ["Over all objectives", "Verdicts", "Failures", "Who beats whom", "51 targets", "Run it again"]
    positions = [text.index(part) for part in order]
    assert positions == sorted(positions)
    assert "30 failed. A failed run counts as worse than any value" in text
    assert "51 targets from 100 to 1e-08" in text
    assert "Did anything beat the baselines?" not in text
    figures = json.loads(re.search(r'id="figures">(.*?)</script>', page, flags=re.DOTALL)[1])
    assert {"ranks", "average-ranks", "wins", "ecdf-all", "data-profile", "performance-profile"} <= set(figures)
    assert {f"{kind}-{i}" for kind in ("holdout", "convergence", "ecdf") for i in range(6)} <= set(figures)
    assert all(f'id="{name}"' in page for name in figures)
    assert page.count('<nav aria-label="Objectives">') == 1


@pytest.mark.parametrize("everywhere", [True, False])
def test_runs_that_all_failed_leave_a_report_that_says_so(everywhere):
    results = on_functions(seeds=6)
    failed = [
        dataclasses.replace(
            run, status="timeout", message="", search=np.nan, evaluations=0,
            curve_evaluations=np.empty(0, np.int64), curve_values=np.empty(0), hits=np.empty(0, np.int64),
        ) if everywhere or run.objective == "sphere:dim=5" else run
        for run in results.each()
    ]  # fmt: skip
    results = dataclasses.replace(results, runs=columns(failed))
    text = " ".join(" ".join(Collector(render(results)).text).split())
    assert "Every run failed." in text
    assert f"{108 if everywhere else 18} time limit" in text
    assert "6 of 6 runs ran out of time" in text
    buffer = io.StringIO()
    _console.print_results(results, Console(file=buffer, width=100))
    assert "6 of 6 runs ran out of time" in buffer.getvalue()
    json.loads(results.to_json(), parse_constant=pytest.fail)


def test_data_sets_and_functions_stand_in_one_report():
    data, functions = made_up(), on_functions(seeds=6)
    both = Results(
        runs=columns([*data.each(), *functions.each()]),
        objectives={**data.objectives, **functions.objectives},
        participants=(*data.participants, *functions.participants),
        not_applicable=data.not_applicable,
        seeds=data.seeds,
        budget=100,
    )
    text = " ".join(" ".join(Collector(render(both)).text).split())
    assert "corrected 95 % interval over the splits" in text
    assert "median and quartiles over the seeds" in text
    assert {verdict.measure for verdict in both.verdicts()} >= {"value", "precision"}
    buffer = io.StringIO()
    _console.print_results(both, Console(file=buffer, width=100))
    assert "times nearer to the optimum" in buffer.getvalue()
    assert "Over all objectives:" in buffer.getvalue()


def test_the_report_shows_gates_and_the_file_to_run_again():
    results = dataclasses.replace(on_functions(), settings='[experiment]\nbudget = "<7>"')
    gates = check_gates(results, ["es-0 >= es-2 on sphere*", "es-2 > es-0 on *"])
    text = " ".join(" ".join(Collector(render(results, gates=gates)).text).split())
    assert "es-0 >= es-2 on sphere* passed It holds on all 3 objectives" in text
    assert "es-2 > es-0 on * failed" in text
    assert '[experiment] budget = "<7>"' in text
    content = json.loads(results.to_json(gates=gates))
    assert [gate["passed"] for gate in content["gates"]] == [True, False]


def test_every_figure_of_functions_is_valid_plotly():
    import plotly.graph_objects as go

    results = on_functions(count=20, seeds=6)
    page = render(results)
    for figure in json.loads(re.search(r'id="figures">(.*?)</script>', page, flags=re.DOTALL)[1]).values():
        go.Figure(figure)
    convergence = _figures.convergence(results, "sphere:dim=5")
    shown_lines = [trace for trace in convergence["data"] if trace.get("visible") is True]
    assert len(shown_lines) == _figures.NAMED


def test_many_points_are_thinned_out_in_figures_and_json_and_that_is_said(monkeypatch):
    monkeypatch.setattr(_json, "MOST_POINTS", 400)
    results = on_functions(points=260)
    content = json.loads(results.to_json())
    assert content["curves"] == "thinned"
    assert max(len(run["curve"]) for run in content["runs"]) == 2
    assert content["runs"][0]["curve"][-1][1] == pytest.approx(results.runs.curve_values[0][-1])
    lines = _figures.convergence(results, "sphere:dim=5")["data"]
    assert max(len(line["x"]) for line in lines if "name" in line) <= 64


def test_many_objectives_are_printed_as_verdicts_alone(monkeypatch):
    monkeypatch.setattr(_console, "MOST_TABLES", 2)
    buffer = io.StringIO()
    _console.print_results(on_functions(), Console(file=buffer, width=120))
    assert "distance from the optimum: mean" not in buffer.getvalue()
    assert buffer.getvalue().count("Winner") >= 3


@pytest.mark.parametrize("width", [80, 120, 200])
def test_lines_fit_the_terminal_and_have_no_codes_when_piped(width):
    buffer = io.StringIO()
    _console.print_results(on_functions(failing=["es-2"]), Console(file=buffer, width=width))
    lines = buffer.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "\x1b" not in buffer.getvalue()
    assert "es-1<b>" in buffer.getvalue()


MANY_RUNS = """
import sys, time
from made_up_runs import made_up
from scripts import peak_bytes
names = [f"function-{i}:dim={d}" for i in range(12) for d in (10, 40)]
results = made_up(names, [f"contender-{i}" for i in range(50)], seeds=15, points=260, failing=["contender-3"])
assert len(results.runs) == 18_000 and results.runs.curve_values.flat.size > 3_500_000
began = time.perf_counter()
path = results.report(sys.argv[1])
print(time.perf_counter() - began, path.stat().st_size, peak_bytes())
"""


@pytest.mark.slow
def test_eighteen_thousand_runs_are_reported_on_in_half_a_minute_and_15_megabytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MANY_RUNS, tmp_path / "many.html"],
        capture_output=True,
        text=True,
        check=True,
        env=script_environment(os.environ),
    )
    seconds, size, memory = map(float, done.stdout.split())
    assert seconds < 30
    assert size <= 15e6
    assert memory < 1.5e9


IN_BROWSER = """
<script>
window.addEventListener("load", () => {
  const header = [...document.querySelectorAll("#objective-0 th[aria-sort]")].at(-2);
  const button = header.querySelector("button");
  button.focus();
  button.click();
  button.click();
  const column = [...header.parentElement.children].indexOf(header);
  const cells = [...header.closest("table").tBodies[0].rows].map((row) => row.cells[column].dataset.value);
  document.title = JSON.stringify([header.getAttribute("aria-sort"), cells, document.activeElement === button]);
  window.scrollTo(0, document.body.scrollHeight);
  document.body.dataset.wide = String(document.documentElement.scrollWidth > window.innerWidth);
});
</script>
</body>"""


def browsed(path, width, *, more=""):
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("</body>", more or "</body>"), encoding="utf-8")
    options = "--headless --no-sandbox --disable-gpu --enable-logging=stderr --virtual-time-budget=8000 --dump-dom"
    done = subprocess.run(
        ["chromium", *options.split(), f"--window-size={width},2000", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
@pytest.mark.parametrize("width", [500, 1280])
def test_a_browser_sorts_tables_by_keyboard_and_nothing_is_wider_than_the_window(tmp_path, width):
    path = on_functions(failing=["es-2"]).report(tmp_path / "r.html")
    dom = browsed(path, width, more=IN_BROWSER)
    order, cells, focused = json.loads(html.unescape(re.search(r"<title>(\[.*?)</title>", dom)[1]))
    assert order == "descending"
    assert focused
    values = [float(cell) for cell in cells if cell]
    assert values == sorted(values, reverse=True)
    assert 'data-wide="false"' in dom
    assert dom.count('class="main-svg"') >= 2


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_draws_every_figure_without_complaint(tmp_path):
    path = made_up((HOSTILE, "two:f1")).report(tmp_path / "r.html")
    assert browsed(path, 1280).count('class="main-svg"') >= 4
