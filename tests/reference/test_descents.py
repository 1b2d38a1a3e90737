"""Descents along fields: the bits of the optimisers, finite sums and their shuffles, events, what is kept."""

import copy
import pickle

import numpy as np
import pytest

import zoopt
from zoopt import _core, flows, objectives
from zoopt.flows import FlowStatus

VALLEY = flows.rosenbrock(6)
START = np.array([0.3, -0.5, 0.9, 0.1, -0.2, 0.6])
NAMED = ("gd", "momentum", "nesterov", "adam")
UPDATES = ("adam", "adamm", "clip-up", "momentum", "nesterov", "rmsprop", "sgd", "sign")
OPTIONS = {"momentum": {"momentum": 0.7}, "adam": {"beta_1": 0.8}, "rmsprop": {"beta_2": 0.9, "epsilon": 1e-3}}


class Told:
    """The field as an objective."""

    sense = "min"

    def __call__(self, x):
        return VALLEY.value(x)

    def value_and_gradient(self, x):
        return VALLEY.value_and_gradient(x)


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("method", NAMED)
def test_minimize_goes_through_the_same_points_to_the_last_bit(method, decay):
    options = {"learning_rate": 1e-3, "weight_decay": decay, **OPTIONS.get(method, {})}
    seen = []
    zoopt.minimize(
        Told(),
        START,
        method=method,
        budget=60,
        options=options,
        callback=lambda intermediate_result: seen.append(intermediate_result.mean.copy()),
    )
    run = flows.descend(VALLEY, START, steps=50, method=method, save_every=1, **options)
    assert run.x[1:].tolist() == [x.tolist() for x in seen[:50]]
    assert (run.nit, run.nfev, run.status) == (50, 50, FlowStatus.REACHED)
    np.testing.assert_allclose(run.t, 1e-3 * np.arange(51), rtol=1e-15)


@pytest.mark.parametrize("update", UPDATES)
def test_every_update_that_follows_a_gradient_descends_as_its_cell_does(update):
    cell = zoopt.cell(distribution="point", shaping="exact", metric="vanilla", update=update, population=1)
    options = {"learning_rate": 1e-3, **OPTIONS.get(update, {})}
    opt = zoopt.optimizer(cell, START, seed=0, **options)
    for _ in range(30):
        x = opt.ask()
        opt.tell([VALLEY.value(x[0])], gradients=VALLEY.gradient(x[0])[None, :])
    for method in (update, cell):
        run = flows.descend(VALLEY, START, steps=30, method=method, **options)
        assert run.x[-1].tolist() == opt.mean.tolist()


def test_no_update_that_follows_a_gradient_is_left_out():
    takes = {name for name, (_, options) in _core.updates().items() if "weight_decay" in {o[0] for o in options}}
    assert takes == set(UPDATES)
    for name in set(_core.updates()) - takes:
        with pytest.raises(zoopt.errors.UnknownName, match="there are: adam, adamm"):
            flows.descend(VALLEY, START, learning_rate=1e-3, steps=1, method=name)


def test_the_steps_are_those_of_the_formulas():
    """Heavy ball and Nesterov with a velocity, RMSProp with a mean square, by hand."""
    field, h, mu = flows.product(0.6), 0.05, 0.8
    for method in ("momentum", "nesterov"):
        x, v = np.array([1.3, -0.9]), np.zeros(2)
        for _ in range(20):
            g = field.gradient(x)
            v = mu * v + g
            x = x - h * (v if method == "momentum" else g + mu * v)
        run = flows.descend(field, [1.3, -0.9], learning_rate=h, steps=20, method=method, momentum=mu)
        np.testing.assert_allclose(run.x[-1], x, rtol=1e-13)


def test_gradient_descent_is_the_method_of_euler():
    run = flows.descend(VALLEY, START, learning_rate=1e-3, steps=100, save_every=1)
    euler = flows.gradient_flow(VALLEY, START, 0.1, method="euler", step=1e-3, save_every=1)
    np.testing.assert_allclose(run.x, euler.x, rtol=1e-12)
    np.testing.assert_allclose(run.t, euler.t, rtol=1e-13)
    np.testing.assert_allclose(run.value, euler.value, rtol=1e-12)


def test_a_schedule_shortens_steps_and_time_with_them():
    field = flows.quadratic([1.0])
    run = flows.descend(field, [1.0], learning_rate=0.1, steps=8, schedule="cosine", save_every=1)
    rates = 0.1 * 0.5 * (1 + np.cos(np.pi * np.arange(8) / 8))
    np.testing.assert_allclose(np.diff(run.t), rates, rtol=1e-12)
    np.testing.assert_allclose(run.x[1:, 0], np.cumprod(1 - rates), rtol=1e-12)
    far = flows.descend(field, [1.0], learning_rate=0.1, steps=8, schedule="cosine", horizon=800.0)
    assert far.t[-1] == pytest.approx(0.8, rel=1e-3)


def test_all_parts_have_their_turn_in_every_epoch_in_the_order_of_mini_batches():
    centres = np.arange(7.0)
    parts = [flows.quadratic([1.0], centre) for centre in centres]
    sgd = flows.shuffled(parts, seed=11)
    orders = []
    for epoch in range(6):
        turns = []
        for k in range(7):
            sgd.select(7 * epoch + k)
            turns.append(int(-sgd.gradient([0.0])[0]))
        assert sorted(turns) == list(range(7))
        orders.append(tuple(turns))
    assert len(set(orders)) > 4
    metric = objectives.MetricObjective(np.zeros((7, 1)), np.array([0, 1, 0, 1, 0, 1, 0]), batch_size=1, seed=11)
    assert [int(metric.batch(g)[0]) for g in range(42)] == [k for order in orders for k in order]
    x = 3.0
    for k in orders[0] + orders[1]:
        x -= 0.1 * (x - centres[k])
    run = flows.descend(sgd, [3.0], learning_rate=0.1, steps=14)
    assert run.x[-1, 0] == pytest.approx(x, rel=1e-13)
    assert run.field.value([0.0]) == pytest.approx(np.mean(centres**2) / 2)
    assert run.value[-1] == pytest.approx(np.mean((run.x[-1, 0] - centres) ** 2) / 2)


def test_parts_in_turn_are_their_mean_while_no_step_is_selected():
    parts = [flows.product(0.6), flows.product(-1.0)]
    sgd, mean, x = flows.shuffled(parts, seed=0), flows.average(parts), np.array([0.4, 0.9])
    assert sgd.gradient(x).tolist() == mean.gradient(x).tolist()
    sgd.select(0)
    assert sgd.gradient(x).tolist() != mean.gradient(x).tolist()
    sgd.select(None)
    assert sgd.value(x) == mean.value(x)
    assert sgd.hessian(x).tolist() == mean.hessian(x).tolist()


def test_the_whole_of_fields_of_sampled_fields_is_of_all_samples():
    X = np.random.default_rng(0).normal(size=(12, 2))
    loss = objectives.LossObjective(X, (X[:, 0] > 0).astype(int), batch_size=3, seed=0)
    sampled, x = flows.field(loss), np.array([0.3, -0.4, 0.1])
    all_samples = flows.field(loss).gradient(x)
    for make in (
        lambda f: flows.average([f, flows.quadratic([1.0, 1.0, 1.0], x)]),
        lambda f: flows.modified_flow(f, 0.0001, 0),
    ):
        field = make(sampled)
        field.select(1)
        share = len(field.parts)
        assert np.abs(share * field.gradient(x) - all_samples).max() > 0.01
        np.testing.assert_allclose(share * field.whole.gradient(x), all_samples, rtol=1e-12)
        assert field.whole.whole is not sampled
    steady = flows.average([flows.product(0.6)])
    assert steady.whole is steady
    descent = flows.descend(flows.average([sampled]), x, learning_rate=0.1, steps=5)
    assert descent.value[-1] == pytest.approx(flows.field(loss).value(descent.x[-1]), rel=1e-12)


def test_cyclic_parts_keep_their_order():
    parts = [flows.quadratic([1.0], centre) for centre in (1.0, 2.0, 3.0)]
    run = flows.descend(flows.cyclic(parts), [0.0], learning_rate=1.0, steps=7, save_every=1)
    assert run.x[1:].ravel().tolist() == [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]


def test_an_average_is_the_mean_of_all_it_can_be_asked_for():
    parts = [flows.product(0.6), flows.rosenbrock(2), flows.function("rastrigin", 2)]
    mean = flows.average(parts)
    x, v = np.array([0.3, -0.7]), np.array([1.1, 0.2])
    assert mean.value(x) == pytest.approx(np.mean([part.value(x) for part in parts]), rel=1e-14)
    for ask in (lambda f: f.gradient(x), lambda f: f.hessian_vector(x, v), lambda f: f.third(x, v)):
        np.testing.assert_allclose(ask(mean), np.mean([ask(part) for part in parts], axis=0), rtol=1e-14)
    value, gradient = mean.value_and_gradient(x)
    assert (value, gradient.tolist()) == (mean.value(x), mean.gradient(x).tolist())
    assert mean.exact_hvp
    assert mean.conservative
    by_differences = flows.field(parts[0].value, parts[0].gradient, 2)
    assert not flows.average([*parts, by_differences]).exact_hvp


def test_events_are_passed_at_steps():
    field = flows.quadratic([1.0])
    run = flows.descend(field, [1.0], learning_rate=0.1, steps=100, events=flows.value_below(0.125))
    assert run.status is FlowStatus.EVENT
    assert run.nit == 7  # .9^7 < .5 < .9^6
    assert run.t_events[0].tolist() == [run.t[-1]] == [pytest.approx(0.7)]
    assert run.x_events[0].tolist() == [run.x[-1].tolist()]
    run = flows.descend(field, [1.0], learning_rate=0.1, steps=100, events=flows.gradient_below(0.5, terminal=False))
    assert (run.status, run.t_events[0].size) == (FlowStatus.REACHED, 1)

    def swings(t, x):
        return x[0]

    swings.direction, swings.terminal = -1, 3
    run = flows.descend(field, [1.0], learning_rate=1.5, steps=100, events=[swings, lambda t, x: t - 1e9])
    assert run.t_events[0].tolist() == [1.5, 4.5, 7.5]
    assert run.t_events[1].size == 0
    assert run.nit == 5


def test_long_descents_are_thinned_and_the_last_point_is_kept():
    run = flows.descend(VALLEY, START, learning_rate=1e-4, steps=100_001)
    assert len(run.t) <= 4098
    np.testing.assert_allclose(np.diff(run.t)[:-1], run.t[1], rtol=1e-9)
    assert run.t[-1] == pytest.approx(10.0001, rel=1e-12)
    some = flows.descend(VALLEY, START, learning_rate=1e-4, steps=100_001, save_every=30_000)
    np.testing.assert_allclose(some.t, [0.0, 3.0, 6.0, 9.0, 10.0001], rtol=1e-9)
    assert some.x[-1].tolist() == run.x[-1].tolist()


@pytest.mark.parametrize(
    "make",
    [
        lambda: flows.average([flows.rosenbrock(2), flows.product(0.6)]),
        lambda: flows.shuffled([flows.rosenbrock(2), flows.product(0.6)], seed=3),
        lambda: flows.modified_flow(flows.rosenbrock(2), 0.1, 2),
        lambda: flows.modified_flow(flows.cyclic([flows.rosenbrock(2), flows.product(0.6)]), 0.1),
        lambda: flows.modified_flow(flows.product(0.6), 0.1, method="adam"),
    ],
)
def test_fields_of_fields_can_be_copied_and_pickled(make):
    field, x = make(), np.array([0.3, -0.7])
    for again in (copy.deepcopy(field), pickle.loads(pickle.dumps(field))):
        assert type(again) is type(field)
        assert again.gradient(x).tolist() == field.gradient(x).tolist()
        assert repr(again) == repr(field)
    assert repr(flows.modified_flow(flows.product(0.6), 0.1)) == "modified_flow(product(dim=2), 0.1, 1, method='gd')"
