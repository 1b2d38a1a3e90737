"""Figures and files of learning rates: what is drawn is what was found."""

import json
import math

import numpy as np
import pytest
from matplotlib import pyplot

from zoopt import flows
from zoopt.flows import plots

NET = flows.deep_linear((3, 3, 3), np.diag([2.0, 1.0, 0.5]))
X0 = 0.5 * np.random.default_rng(0).normal(size=NET.dim)


@pytest.fixture(scope="module")
def found():
    return flows.learning_rate_analysis(NET, X0, np.geomspace(0.002, 1.0, 8), steps=100)


@pytest.fixture(scope="module")
def pairs():
    return flows.learning_rate_analysis(flows.quadratic([1.0]), [1.0], [0.1, 0.3], method="two-point", steps=20)


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def test_errors_are_lines_of_their_slopes(found):
    ax = plots.errors(found)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    plain = ax.get_lines()[0]
    known = [(row.rate, row.flow_distance) for row in found.rows if math.isfinite(row.flow_distance)]
    np.testing.assert_allclose(plain.get_xydata(), known)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[:2] == [
        f"from the flow, slope {found.slopes[0]:.2f}", f"from the modified flow, slope {found.slopes[1]:.2f}",
    ]  # fmt: skip


def test_the_sharpness_stands_beside_its_limit(found):
    ax = found.plot_sharpness()
    lines = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
    limit = lines["limit, 2 / rate"]
    np.testing.assert_allclose(limit[:, 0] * limit[:, 1], 2.0)
    at_end = [(row.rate, row.sharpness) for row in found.rows if math.isfinite(row.sharpness)]
    np.testing.assert_allclose(lines["at the end"], at_end)


def test_the_heat_map_has_a_cell_a_rate_and_quantity(found, pairs):
    ax = found.plot_outcomes()
    quantities = [label.get_text() for label in ax.get_yticklabels()]
    assert quantities[:2] == ["loss, equal steps", "loss, equal time"]
    assert "spread of runs" not in quantities
    assert len(ax.texts) == len(found.rows) * len(quantities)
    shades = ax.images[0].get_array()
    losses = np.array([row.loss for row in found.rows])
    finite = np.isfinite(losses)
    assert shades[0][np.nanargmin(np.where(finite, losses, np.nan))] == 1.0
    assert (shades[0][~finite] == 0).all()
    several = plots.outcomes(pairs)
    assert "spread of runs" in [label.get_text() for label in several.get_yticklabels()]


def test_ways_lie_on_the_plane_through_the_start(found):
    ax = found.plot_trajectories()
    first = ax.get_lines()[0].get_xydata()
    np.testing.assert_allclose(first[0], [0.0, 0.0], atol=1e-12)
    flow = found.plane.flow
    np.testing.assert_allclose(flow[-1, 1], 0.0, atol=1e-9)  # it ends on its own chord
    run = flows.gradient_flow(NET, X0, found.time, rtol=1e-9, atol=1e-12)
    assert flow[-1, 0] == pytest.approx(np.linalg.norm(run.x[-1] - X0), rel=1e-6)
    middle = found.plane.loss.shape[0] // 2
    assert np.isfinite(found.plane.loss[middle, middle])


def test_of_two_coordinates_the_plane_is_all(pairs):
    ab = flows.learning_rate_analysis(flows.product(0.6), [1.5, 1.0], [0.05], steps=10)
    assert ab.plane.labels == ("x[0]", "x[1]")
    i, j = 7, 30
    at = [ab.plane.horizontal[j], ab.plane.vertical[i]]
    assert ab.plane.loss[i, j] == pytest.approx(flows.product(0.6).value(at))
    assert plots.trajectories(pairs).get_xlabel() == "along the chord of the flow"  # of one coordinate too


def test_axes_that_are_given_are_drawn_on(found):
    _, axes = pyplot.subplots(2, 2)
    for draw, ax in zip((plots.trajectories, plots.errors, plots.sharpness, plots.outcomes), axes.flat, strict=True):
        assert draw(found, ax=ax) is ax
    assert found.plot_errors(axes[0, 0]) is axes[0, 0]


def test_files_hold_what_was_found(found, tmp_path):
    written = found.save(tmp_path / "new" / "place")
    names = ["rates.csv", "analysis.json", "trajectories.png", "errors.png", "sharpness.png", "outcomes.png"]
    assert [path.name for path in written] == names
    assert sorted(path.name for path in written[0].parent.iterdir()) == sorted(names)
    told = json.loads(written[1].read_text())
    assert told["verdict"] == found.verdict
    assert told["rows"][-1]["loss"] is None  # infinite
    assert [row["rate"] for row in told["rows"]] == [row.rate for row in found.rows]
    lines = written[0].read_text().splitlines()
    assert len(lines) == 1 + len(found.rows)
    assert lines[0].split(",") == list(found.frame().columns)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written[2:])
    assert not pyplot.get_fignums()


def test_the_table_shows_what_says_something(found, pairs):
    assert "spread" not in found.columns()
    assert "spread" in pairs.columns()
    head, *body = found.table().splitlines()
    assert head.split()[:2] == ["rate", "outcome"]
    assert len(body) == len(found.rows)
    assert repr(found).endswith(f"{found.verdict}>")
