"""The report on made-up results: complete, self-contained, and safe against hostile names."""

import io
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import numpy as np
import pytest
from rich.console import Console

from zoopt.compare import Results, _console, shown
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


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
def test_a_browser_draws_every_figure_without_complaint(tmp_path):
    path = made_up((HOSTILE, "two:f1")).report(tmp_path / "r.html")
    options = "--headless --no-sandbox --disable-gpu --enable-logging=stderr --virtual-time-budget=8000 --dump-dom"
    done = subprocess.run(
        ["chromium", *options.split(), path.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert "CONSOLE" not in done.stderr
    assert done.stdout.count('class="main-svg"') >= 4
