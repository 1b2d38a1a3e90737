"""What learning rates are said to do, beside closed forms on quadratics and known numbers of the product."""

import math
from dataclasses import replace

import numpy as np
import pytest

import zoopt
from zoopt import flows
from zoopt.flows._rates import interval

SPECTRUM = np.array([0.5, 1.0, 4.0])
X0 = np.array([1.0, -2.0, 1.5])
BOWL = flows.quadratic(SPECTRUM)
RATES = [0.01, 0.05, 0.1, 0.3, 0.45, 0.49, 0.6]
STEPS, TIME = 60, 2.0


@pytest.fixture(scope="module")
def bowl():
    return flows.learning_rate_analysis(BOWL, X0, RATES, steps=STEPS, time=TIME)


def test_losses_and_penalties_are_those_of_the_closed_form(bowl):
    for row in bowl.rows:
        if row.outcome == "diverges":
            continue
        x = (1 - row.rate * SPECTRUM) ** STEPS * X0
        gradient = SPECTRUM * x
        assert row.loss == pytest.approx(0.5 * x @ gradient, rel=1e-12)
        assert row.gradient_square == pytest.approx(gradient @ gradient, rel=1e-11)
        assert row.penalty == pytest.approx(row.rate / 4 * (gradient @ gradient), rel=1e-11)
        assert row.sharpness == row.sharpness_most == pytest.approx(4.0, rel=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_distances_are_those_of_the_closed_form(order):
    found = flows.learning_rate_analysis(BOWL, X0, RATES[:4], steps=STEPS, time=TIME, order=order)
    for row in found.rows:
        n, h = round(TIME / row.rate), row.rate
        x = (1 - h * SPECTRUM) ** n * X0
        bent = SPECTRUM + h / 2 * SPECTRUM**2 + (h**2 / 3 * SPECTRUM**3 if order == 2 else 0.0)
        assert row.loss_at_time == pytest.approx(0.5 * SPECTRUM @ x**2, rel=1e-12)
        assert row.flow_distance == pytest.approx(np.linalg.norm(x - np.exp(-SPECTRUM * n * h) * X0), abs=1e-8)
        assert row.modified_distance == pytest.approx(np.linalg.norm(x - np.exp(-bent * n * h) * X0), abs=1e-8)


def test_outcomes_follow_the_limits_of_the_steps(bowl):
    """The product of rate and sharpness is below 1, below 2, within 5 % of 2, and above it."""
    assert [row.outcome for row in bowl.rows] == ["slow", *["follows"] * 2, *["oscillates"] * 2, "edge", "diverges"]
    assert (bowl.limit, bowl.flow_limit) == (2.0, 1.0)
    assert (bowl.useful, bowl.stable) == (0.05, 0.49)
    assert bowl.rows[-1].loss == math.inf
    assert bowl.start_loss == pytest.approx(0.5 * SPECTRUM @ X0**2)
    assert bowl.contains(0.1)
    assert not bowl.contains(0.5)
    assert "2 / sharpness is 0.5 at the start" in " ".join(bowl.reasons)


def test_what_diverges_says_in_which_step():
    found = flows.learning_rate_analysis(BOWL, X0, [0.1, 50.0], steps=STEPS)
    run = flows.descend(BOWL, X0, learning_rate=50.0, steps=STEPS * 100)
    assert not run.success
    assert found.rows[1].diverged_at is None  # 60 steps of it are still finite, though far away
    longer = flows.learning_rate_analysis(BOWL, X0, [0.1, 50.0], steps=STEPS * 100)
    assert longer.rows[1].diverged_at == run.nit + 1
    assert f"in step {run.nit + 1}" in longer.reasons[0]


@pytest.mark.parametrize(("order", "slope"), [(1, 2), (2, 3)])
@pytest.mark.parametrize("problem", ["product", "deep"])
def test_slopes_of_the_distances(problem, order, slope):
    field, x0 = flows.product(0.6), [2.8, 3.5]
    if problem == "deep":
        field = flows.deep_linear((3, 3, 3), np.diag([2.0, 1.0, 0.5]))
        x0 = 0.5 * np.random.default_rng(0).normal(size=field.dim)
    limit = 2 / flows.sharpness(field, x0)
    rates = np.geomspace(0.004 * limit, 0.06 * limit, 6)
    found = flows.learning_rate_analysis(field, x0, rates, steps=100, time=8 * limit, order=order)
    assert found.slopes[0] == pytest.approx(1, abs=0.05)
    assert found.slopes[1] == pytest.approx(slope, abs=0.05)


def test_the_flatness_reached_is_that_of_the_product():
    """At a minimum the sharpness is a^2 + b^2: known after long descents from (2.8, 3.5) to a b = .6."""
    known = {0.025: 4.1824, 0.05: 3.6048, 0.08: 2.3478}
    found = flows.learning_rate_analysis(flows.product(0.6), [2.8, 3.5], list(known), steps=4000)
    assert [round(row.sharpness, 4) for row in found.rows] == list(known.values())
    assert any(reason.startswith("Longer steps end flatter") for reason in found.reasons)
    slow = flows.learning_rate_analysis(flows.product(0.6), [2.8, 3.5], [0.001], steps=60_000)
    assert round(slow.rows[0].sharpness, 4) == 4.5563


def test_the_edge_of_stability_is_seen():
    """Beyond 2 / sharpness of the start a deep net flattens until rate times sharpness goes to and fro about 2."""
    net = flows.deep_linear((4, 4, 4, 4), np.diag([2.0, 1.5, 1.0, 0.5]))
    x0 = 0.5 * np.random.default_rng(0).normal(size=net.dim)
    found = flows.learning_rate_analysis(net, x0, [0.27], steps=1000)
    assert 0.27 * found.start_sharpness > 3.5
    assert found.rows[0].outcome == "edge"
    late = 0.27 * found.paths[0].sharpness[3:]
    assert 1.7 < late.min() < 2.0 < late.max() < 2.6
    assert "the edge of stability" in " ".join(found.reasons)


@pytest.mark.parametrize(("method", "options"), [("momentum", {"momentum": 0.5}), ("nesterov", {})])
def test_momentum_has_its_own_limits(method, options):
    of = flows.stability(method, momentum=options.get("momentum"))
    rates = np.array([0.3 * of.flow_limit, 0.9 * of.limit, 1.05 * of.limit]) / 4.0
    found = flows.learning_rate_analysis(BOWL, X0, rates, method=method, steps=400, **options)
    assert (found.limit, found.flow_limit) == (of.limit, of.flow_limit)
    assert [row.outcome for row in found.rows] == [
        "follows" if method == "momentum" else "slow",
        "oscillates",
        "diverges",
    ]
    run = flows.descend(BOWL, X0, learning_rate=rates[1], steps=400, method=method, **options)
    assert found.rows[1].loss == run.value[-1]


def test_methods_without_a_known_flow_say_so():
    found = flows.learning_rate_analysis(BOWL, X0, [0.001, 0.01], method="sign", steps=50)
    assert math.isnan(found.rows[0].flow_distance)
    assert any("no modified flow of 'sign'" in reason for reason in found.reasons)
    run = flows.descend(BOWL, X0, learning_rate=0.01, steps=50, method="sign")
    assert found.rows[1].loss == run.value[-1]


def test_metrics_are_measured_at_equal_steps_and_equal_time():
    found = flows.learning_rate_analysis(
        BOWL, X0, [0.02, 0.1], steps=STEPS, time=TIME, metric=lambda x: float(np.abs(x).max())
    )
    for row in found.rows:
        after = np.abs((1 - row.rate * SPECTRUM)[:, None] ** [STEPS, round(TIME / row.rate)] * X0[:, None]).max(axis=0)
        np.testing.assert_allclose([row.metric, row.metric_at_time], after, rtol=1e-12)
    assert found.metric_name == "<lambda>"


def test_of_a_sampled_field_the_whole_is_measured():
    parts = [flows.quadratic([1.0, 2.0], centre) for centre in (0.0, 1.0, -0.5)]
    field = flows.shuffled(parts, seed=3)
    found = flows.learning_rate_analysis(field, [1.0, 1.0], [0.01, 0.1], steps=30)
    run = flows.descend(flows.shuffled(parts, seed=3), [1.0, 1.0], learning_rate=0.1, steps=30)
    assert found.rows[1].loss == field.whole.value(run.x[-1])
    assert found.rows[1].sharpness == pytest.approx(2.0)


def test_the_grid_lies_about_the_limit():
    found = flows.learning_rate_analysis(BOWL, X0, steps=100)
    rates = np.array([row.rate for row in found.rows])
    np.testing.assert_allclose(rates, np.geomspace(0.0005, 1.0, 13), rtol=1e-3)
    assert found.time == pytest.approx(100 * np.sqrt(rates[0] * rates[-1]))
    adam = flows.learning_rate_analysis(BOWL, X0, steps=10, method="adam")
    assert [adam.rows[0].rate, adam.rows[-1].rate] == pytest.approx([1e-5, 1e-1])
    pairs = flows.learning_rate_analysis(BOWL, X0, steps=10, method="two-point", seeds=1)
    assert pairs.rows[-1].rate == pytest.approx(2 * pairs.limits.stable)


# Methods that see values only.


def test_several_runs_spread_as_the_recursion_says():
    """200 runs: the root of the mean square has a relative error of about 4 %, more near the limit."""
    H = np.array([[2.0, 0.5], [0.5, 1.0]])
    field = flows.quadratic(H, 0.5)
    found = flows.learning_rate_analysis(
        field, [2.0, -1.0], [0.02, 0.08], method="two-point", steps=20, seeds=200, population=4, checkpoints=1
    )
    for row in found.rows:
        assert row.spread == pytest.approx(row.spread_predicted, rel=0.15)
        assert row.diverged_share == 0
        process = flows.StochasticDescent(
            H, flows.GradientEstimate(directions=2), learning_rate=row.rate, centre=0.5
        ).at([2.0, -1.0], 20)
        assert row.spread_predicted == pytest.approx(np.sqrt(np.trace(process.covariance)), rel=1e-9)
        away = process.mean - 0.5
        expected = 0.5 * (np.sum(H * process.covariance) + away @ H @ away)
        assert row.loss == pytest.approx(expected, rel=0.25)


def test_runs_of_estimates_are_those_of_the_optimiser():
    found = flows.learning_rate_analysis(BOWL, X0, [0.05], method="zo-sgd", steps=12, seeds=3, radius=0.2, time=0.25)
    ends, timed = [], []
    for seed in range(3):
        search = zoopt.optimizer("zo-sgd", X0, scale=0.2, seed=seed, learning_rate=0.05)
        for step in range(12):
            if step == 5:
                timed.append(search.mean)
            search.tell(BOWL.values(search.ask()))
        ends.append(search.mean)
    row = found.rows[0]
    assert row.loss == pytest.approx(np.mean([BOWL.value(x) for x in ends]), rel=1e-13)
    assert row.loss_at_time == pytest.approx(np.mean([BOWL.value(x) for x in timed]), rel=1e-13)
    away = np.mean(timed, axis=0) - np.exp(-SPECTRUM * 0.25) * X0
    assert row.flow_distance == pytest.approx(np.linalg.norm(away), abs=1e-8)
    apart = np.array(ends) - np.mean(ends, axis=0)
    assert row.spread == pytest.approx(np.sqrt(np.sum(apart**2) / 2), rel=1e-12)


def test_runs_of_estimates_on_a_sampled_field_see_the_part_of_the_step():
    parts = [flows.quadratic([1.0, 2.0], centre) for centre in (0.0, 1.0, -0.5)]
    field = flows.shuffled(parts, seed=3)
    found = flows.learning_rate_analysis(field, [1.0, 1.0], [0.05], method="two-point", steps=7, seeds=1, radius=0.1)
    other = flows.shuffled(parts, seed=3)
    search = zoopt.optimizer("two-point", [1.0, 1.0], scale=0.1, seed=0, learning_rate=0.05)
    for step in range(7):
        other.select(step)
        search.tell([other.value(x) for x in search.ask()])
    assert found.rows[0].loss == pytest.approx(other.whole.value(search.mean), rel=1e-13)


def test_dimension_and_directions_limit_the_rate():
    d = 12
    found = flows.learning_rate_analysis(
        flows.quadratic([2.0] * d), np.ones(d), [0.02, 0.06, 0.4], method="two-point", steps=300, population=2
    )
    assert found.limits.stable == pytest.approx(2 / (d + 2) / 2)
    assert [row.outcome for row in found.rows] == ["follows", "follows", "diverges"]
    assert found.limit == pytest.approx(2 * found.limits.stable)
    text = " ".join(found.reasons)
    assert "it is 12 of 12; with 1 direction a step that bears 0.0714, where the gradient itself would bear 1" in text
    assert "Directions: 13 a step would bear half" in text


def test_a_radius_that_does_not_fit_is_named():
    wave = flows.function("rastrigin", 2)
    wide = flows.learning_rate_analysis(wave, [0.2, 0.3], [1e-4], method="two-point", steps=5, radius=0.5)
    assert "too wide" in " ".join(wide.reasons)
    narrow = flows.learning_rate_analysis(wave, [0.2, 0.3], [1e-4], method="two-point", steps=5, radius=1e-18)
    assert "too narrow" in " ".join(narrow.reasons)


# The interval and the words.


def rows(*losses):
    found = flows.learning_rate_analysis(BOWL, X0, [0.01], steps=1).rows[0]
    return [replace(found, rate=0.1 * (k + 1), loss=loss) for k, loss in enumerate(losses)]


def lost(row, **changes):
    return replace(row, outcome="diverges", loss=math.inf, **changes)


def test_the_interval_of_rows():
    plain = rows(9.0, 5.0, 1.0, 0.0, 0.5)
    assert interval(plain, 10.0, 0.05) == pytest.approx((0.4, 0.5, 0.4))
    assert interval(plain, 10.0, 0.1) == pytest.approx((0.3, 0.5, 0.4))
    assert interval(plain, 10.0, 0.5) == pytest.approx((0.2, 0.5, 0.4))
    broken = [*plain[:2], lost(plain[2]), *plain[3:]]
    assert interval(broken, 10.0, 0.1) == pytest.approx((0.2, 0.2, 0.2))
    some = [*plain[:4], replace(plain[4], diverged_share=0.1)]
    assert interval(some, 10.0, 0.1)[1] == pytest.approx(0.4)
    equal = rows(9.0, 1e-30, 0.0, 1e-31)
    assert interval(equal, 10.0, 0.05)[2] == pytest.approx(0.2)
    none = [math.isnan(number) for number in interval([lost(plain[0])], 10.0, 0.1)]
    assert none == [True] * 3
    higher = interval(rows(10.0, 10.0), 10.0, 0.1)
    assert math.isnan(higher[0])
    assert higher[1] == pytest.approx(0.2)


def test_no_stable_rate_is_a_verdict():
    found = flows.learning_rate_analysis(BOWL, X0, [0.6, 0.7], steps=20)
    assert found.verdict.startswith("No rate is stable: gd diverges even at 0.6")
    assert math.isnan(found.useful)
    assert not found.contains(0.6)
    still = flows.learning_rate_analysis(BOWL, np.zeros(3), [0.1], steps=20)
    assert still.verdict.startswith("No rate is of use")


def test_a_flow_with_kinks_is_followed_by_short_steps():
    kinked = flows.field(lambda x: float(np.abs(x).sum()), np.sign, 2)
    found = flows.learning_rate_analysis(kinked, [1.03, 0.51], [0.01, 0.02], steps=200, time=2.0)
    assert any("rk4" in reason for reason in found.reasons)
    assert any("differences of gradients" in reason for reason in found.reasons)
    assert found.rows[0].flow_distance < 0.03
