"""Figures show the numbers, take axes and return them, whatever the number and length of names."""

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from made_up_runs import TARGETS, made_up

from zoopt.compare import Facts, Results, plots, shown
from zoopt.compare._looks import looks
from zoopt.compare._record import Run, columns
from zoopt.errors import InvalidInput, UnknownName

mpl.use("Agg")
from matplotlib import pyplot

OBJECTIVES = ("sphere:dim=5", "sphere:dim=10", "ellipsoid:dim=5")
EVERY = sorted(plots.__all__)


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


def names(count):
    return [
        f"optimiser-{i}:population={8 * i},learning_rate=0.0{i}" if i % 3 else f"es-{i} $x_1$" for i in range(count)
    ]


def run_of(label, seed, hits, evaluations=100, *, objective="o", search=0.0, values=(8.0,), spent=(1,), status="done"):
    return Run(
        "", objective, label, "", seed, evaluations, status, evaluations=evaluations, search=search,
        hits=np.array(hits), curve_evaluations=np.array(spent), curve_values=np.array(values),
    )  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("count", [2, 7, 25])
def test_every_figure_is_drawn_on_given_axes_without_text_on_text(name, count):
    results = made_up(OBJECTIVES, names(count), seeds=6, failing=names(1))
    figure, ax = pyplot.subplots(layout="constrained", figsize=(12, 9))
    assert getattr(plots, name)(results, ax=ax) is ax
    figure.canvas.draw()
    outside = [text for text in ax.texts if text.get_transform() == ax.transAxes]
    boxes = sorted((text.get_window_extent() for text in outside), key=lambda box: box.y0)
    assert all(low.y0 + 0.5 * low.height <= high.y0 for low, high in itertools.pairwise(boxes))


@pytest.mark.parametrize("name", EVERY)
def test_results_have_every_figure_as_a_method(name):
    results = made_up(OBJECTIVES, ["a", "b"], seeds=6)
    assert getattr(results, f"plot_{name}")().get_title(loc="left")


def test_convergence_shows_median_and_quartiles():
    runs = [run_of("a", seed, (), values=(8.0, level), spent=(1, 10)) for seed, level in enumerate((1.0, 2.0, 4.0))]
    ax = plots.convergence(columns(runs))
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [1, 10]
    assert line.get_ydata().tolist() == [8.0, 2.0]
    band = ax.collections[0].get_paths()[0].vertices
    assert {1.5, 3.0} <= set(band[:, 1])


def test_running_times_are_the_published_definition():
    runs = [run_of("a", 0, (10, 40)), run_of("a", 1, (20, -1)), run_of("a", 2, (30, -1))]
    results = Results.of(columns(runs), {"o": Facts(dimensions=2, targets=(1.0, 0.1))})
    (line,) = shown.running_times(results, "o")
    assert line.expected.tolist() == [20.0, 240.0]
    assert line.success_rate.tolist() == pytest.approx([1.0, 1 / 3])
    table = results.running_times()
    assert table["expected"].tolist() == [20.0, 240.0]
    assert plots.running_times(results).lines[0].get_ydata().tolist() == [20.0, 240.0]


def test_the_ecdf_ends_at_the_share_of_targets_reached():
    runs = [run_of("a", 0, (10, 40)), run_of("a", 1, (20, -1)), run_of("b", 0, (5, 6)), run_of("b", 1, (5, 6))]
    results = Results.of(columns(runs), {"o": Facts(dimensions=2, targets=(1.0, 0.1))})
    first, second = shown.runtime_ecdf(results, ["o"])
    assert (first.label, first.middle[-1]) == ("b", 1.0)
    assert (second.label, second.middle[-1]) == ("a", 0.75)
    assert second.middle[second.x < 4.9].max() == 0.0  # 10 evaluations in two dimensions


def test_a_contender_without_runs_on_an_objective_reached_nothing_there():
    runs = [run_of("a", 0, (1,), objective=name) for name in "op"] + [run_of("b", 0, (1,))]
    facts = Facts(dimensions=1, targets=(1.0,))
    curves = shown.runtime_ecdf(Results.of(columns(runs), {"o": facts, "p": facts}), ["o", "p"])
    assert {curve.label: curve.middle[-1] for curve in curves} == {"a": 1.0, "b": 0.5}


def test_ranks_put_failed_runs_last_and_the_best_first():
    runs = []
    for seed in range(6):
        runs += [run_of("slow", seed, (50,), search=1.0), run_of("quick", seed, (5,), search=1e-3)]
        runs.append(run_of("broken", seed, (), search=np.nan, status="failed"))
    results = Results.of(columns(runs), {"o": Facts("distance from the optimum", "min", 2, (1.0,))})
    table = shown.ranks(results)
    assert table.columns == ("quick", "slow", "broken")
    assert table.values.tolist() == [[1.0, 2.0, 3.0]]
    share = shown.wins(results)
    assert share.rows == ("quick", "slow", "broken")
    assert share.values[0, 1:].tolist() == [1.0, 1.0]
    assert np.isnan(np.diag(share.values)).all()


def test_who_did_not_run_on_an_objective_has_no_rank_there_and_no_part_in_the_average():
    runs = []
    for seed in range(6):
        runs += [run_of("a", seed, (), objective=name, search=1.0) for name in "op"]
        runs += [run_of("b", seed, (), objective=name, search=2.0) for name in "op"]
        runs.append(run_of("c", seed, (), objective="p", search=1.5))
    results = Results.of(columns(runs))
    table = shown.ranks(results)
    assert table.columns[:2] == ("a", "c")
    assert np.isnan(table.values[0, table.columns.index("c")])
    assert shown.critical_difference(results).labels == ("a", "b")
    share = shown.wins(results)
    place = {label: at for at, label in enumerate(share.rows)}
    assert share.values[place["c"], place["b"]] == 1.0
    assert share.values[place["c"], place["a"]] == 0.0


def test_tables_of_distances_have_medians_in_which_a_failed_run_is_worst():
    runs = [run_of("a", seed, (), search=float(seed)) for seed in range(8)]
    runs.append(run_of("a", 8, (), search=np.nan, status="failed"))
    results = Results.of(columns(runs), {"o": Facts("distance from the optimum", "min", 2, (1.0,))})
    (row,) = results.rows()
    assert (row.search, row.search_low, row.search_high) == (4.0, 1.0, 7.0)
    assert row.failures == 1


def test_profiles_count_problems_solved():
    runs = [
        run_of("quick", 0, (), values=(8.0, 0.0), spent=(1, 10), search=0.0),
        run_of("slow", 0, (), values=(8.0, 4.0, 0.0), spent=(1, 10, 80), search=0.0),
        run_of("stuck", 0, (), values=(8.0, 4.0), spent=(1, 10), search=4.0),
    ]
    results = Results.of(columns(runs), {"o": Facts(dimensions=4)})
    at = {curve.label: curve for curve in shown.data_profile(results, ["o"], 1e-3)}
    assert {label: curve.middle[-1] for label, curve in at.items()} == {"quick": 1.0, "slow": 1.0, "stuck": 0.0}
    assert at["quick"].x[at["quick"].middle > 0][0] == pytest.approx(10 / 5, rel=0.15)
    ratios = {curve.label: curve for curve in shown.performance_profile(results, ["o"], 1e-3)}
    assert ratios["quick"].middle[0] == 1.0
    assert ratios["slow"].x[ratios["slow"].middle > 0][0] == pytest.approx(8.0, rel=0.15)


def test_scaling_needs_a_family_in_several_dimensions():
    results = made_up(OBJECTIVES, ["a", "b"])
    lines = shown.scaling(results, "sphere", TARGETS[10])
    assert [line.x.tolist() for line in lines] == [[5.0, 10.0]] * 2
    with pytest.raises(InvalidInput, match="there are sphere"):
        plots.scaling(results, "rosenbrock")


@pytest.mark.parametrize("name", ["running_times", "runtime_ecdf"])
def test_without_targets_there_are_no_running_times(name):
    with pytest.raises(InvalidInput, match="need targets"):
        getattr(plots, name)(columns([run_of("a", 0, ())]))


def test_an_unknown_objective_is_named():
    with pytest.raises(UnknownName, match="there are sphere:dim=5"):
        plots.convergence(made_up(OBJECTIVES), "sphere")


def test_looks_of_many_contenders_differ():
    found = looks(made_up(("sphere:dim=5",), names(25), seeds=1))
    assert len({(look.colour, look.dash) for look in found.values()}) == 25


def test_a_distance_of_zero_is_drawn_on_a_logarithmic_axis():
    runs = [run_of("a", seed, (), values=(8.0, 1e-3, 0.0), spent=(1, 10, 100)) for seed in range(3)]
    ax = plots.convergence(columns(runs))
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_ydata()[-1] > 0
