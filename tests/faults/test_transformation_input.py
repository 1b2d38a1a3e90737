"""Transformations and fields of objectives that cannot be: errors that say what to do."""

import os
import signal
import threading

import numba
import numpy as np
import pytest

from zoopt import flows
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, UnknownName
from zoopt.flows import L2, Flooding, FlowStatus, GradientPenalty, Smoothing, WeightScaleInvariant
from zoopt.objectives import LossObjective, MetricObjective

BOWL = flows.quadratic([1.0, 4.0])
X, Y = np.eye(4), [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: L2(-1.0), InvalidInput, "coefficient must be at least 0, got -1.0"),
        (lambda: L2("a"), InvalidType, "coefficient must be a number"),
        (lambda: L2(np.inf), InvalidInput, "coefficient must be finite"),
        (lambda: Flooding(np.nan), InvalidInput, "level must be a number, got NaN"),
        (lambda: Flooding(np.inf), InvalidInput, "level must be finite"),
        (lambda: GradientPenalty(np.inf), InvalidInput, "coefficient must be finite"),
        (lambda: WeightScaleInvariant(-0.1), InvalidInput, "norms must be at least 0"),
        (lambda: WeightScaleInvariant(0.1, -0.1), InvalidInput, "directions must be at least 0"),
        (lambda: WeightScaleInvariant(0.1, floor=0.0), InvalidInput, "floor must be finite and above 0"),
        (lambda: WeightScaleInvariant(0.1)(BOWL), InvalidInput, r"has no layers of its own; give layers="),
        (lambda: WeightScaleInvariant(0.1, layers=[])(BOWL), InvalidInput, "layers is empty"),
        (lambda: WeightScaleInvariant(0.1, layers=slice(2))(BOWL), InvalidType, "slices or vectors of coordinates"),
        (lambda: WeightScaleInvariant(0.1, layers=[[0.5]])(BOWL), InvalidType, r"layers\[0\] must be a slice"),
        (lambda: WeightScaleInvariant(0.1, layers=[[2]])(BOWL), InvalidInput, r"coordinates in \[0, 1\]"),
        (lambda: WeightScaleInvariant(0.1, layers=[[-1]])(BOWL), InvalidInput, r"coordinates in \[0, 1\]"),
        (lambda: WeightScaleInvariant(0.1, layers=[[0], slice(0, 0)])(BOWL), InvalidInput, r"layers\[1\] has no"),
        (lambda: WeightScaleInvariant(0.1, layers=[[0], [1, 0]])(BOWL), InvalidInput, "coordinate 0 stands in layers"),
        (lambda: Smoothing(0.0), InvalidInput, "radius must be finite and above 0"),
        (lambda: Smoothing(0.1, directions=0), InvalidInput, "directions must lie in"),
        (lambda: Smoothing(0.1, seed=-1), InvalidInput, "seed must lie in"),
        (lambda: Smoothing(0.1, antithetic=1), InvalidType, "antithetic must be True or False"),
        (lambda: Smoothing(0.1, kind="normals"), UnknownName, "did you mean 'normal'"),
        (lambda: Smoothing(0.1)(3), InvalidType, "a field or an objective, got 3"),
        (lambda: Smoothing(0.1)(np.sum), InvalidInput, "dim is missing"),
        (lambda: Smoothing(0.1)(np.sum, dim=0), InvalidInput, "dim must lie"),
        (lambda: GradientPenalty(0.1)(Smoothing(0.1)(BOWL)), InvalidInput, "penalise first"),
        (lambda: GradientPenalty(0.1)(flows.modified_flow(BOWL, 0.1, 2)), InvalidInput, "penalise first"),
        (lambda: L2(0.1)(lambda x: x), InvalidType, "gradient is missing"),
        (lambda: flows.field(MetricObjective(X, Y)), InvalidType, "gradient is missing"),
        (lambda: flows.field(LossObjective(X, Y), dim=3), InvalidInput, "dim must be 5, as the objective has"),
        (lambda: BOWL.select(-1), InvalidInput, "step must lie in"),
        (lambda: BOWL.select(0.5), InvalidType, "step must be an integer"),
        (lambda: LossObjective(X, Y, batch_size=5), InvalidInput, r"batch_size must lie in \[1, 4\]"),
        (lambda: LossObjective(X, Y, batch_size=0), InvalidInput, r"batch_size must lie in \[1, 4\]"),
        (lambda: LossObjective(X, Y, batch_size=2, seed=-1), InvalidInput, "seed must lie"),
        (
            lambda: LossObjective(X, Y, batch_size=3, sample_weight=[1.0, 1.0, 0.0, 1.0]),
            InvalidInput,
            "1 of the samples have weight 0, so that a mini-batch of 1 could have none",
        ),
    ],
)
def test_what_cannot_be(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_weights_of_0_may_stand_in_batches_that_have_others():
    loss = LossObjective(X, Y, batch_size=2, sample_weight=[1.0, 1.0, 0.0, 1.0])
    assert all(np.isfinite(loss.value_and_gradient(np.zeros(5), generation=g)[1]).all() for g in range(20))


@numba.njit
def picky(x):
    if x[0] > 0.5:
        raise ValueError("too far")
    return 0.5 * x[0] * x[0]


@numba.njit
def picky_gradient(x, out):
    if x[0] > 0.5:
        raise ValueError("too far")
    out[0] = x[0]


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize("transformation", [L2(0.1), Flooding(0.1), GradientPenalty(0.1), Smoothing(0.1, 5)])
def test_what_the_inner_field_raises_comes_through_with_its_cause(python, transformation):
    functions = (picky.py_func, picky_gradient.py_func) if python else (picky, picky_gradient)
    field = transformation(L2(0.0)(flows.field(*functions, 1)))
    for ask in (field.gradient, field.value_and_gradient, lambda x: flows.gradient_flow(field, x, 1.0)):
        with pytest.raises(ObjectiveError, match="raised ValueError: too far") as raised:
            ask([0.9])
        assert isinstance(raised.value.__cause__, ValueError)
        assert raised.value.x[0] == pytest.approx(0.9, abs=0.4)


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        (lambda x: 1 / 0, "the objective raised ZeroDivisionError"),
        (lambda x: None, "must return one number a point, got"),
        (lambda x: [1.0, 2.0], "must return one number a point"),
    ],
)
def test_what_a_smoothed_function_does_wrong_is_said(objective, message):
    field = Smoothing(0.1, directions=2)(objective, dim=2)
    with pytest.raises(ObjectiveError, match=message):
        field.gradient([0.0, 0.0])


def test_a_numba_objective_that_fails_is_explained():
    import zoopt

    field = Smoothing(0.1, directions=3)(zoopt.objective(picky), dim=1)
    assert np.isfinite(field.gradient([0.0])).all()
    with pytest.raises(ObjectiveError, match="too far"):
        field.gradient([0.9])


def test_values_that_are_not_finite_end_a_flow_by_its_status():
    field = Smoothing(0.1, directions=3)(lambda x: float("nan") if x[0] < 0.5 else float(x[0]), dim=1)
    run = flows.gradient_flow(field, [1.0], 10.0, method="euler", step=0.1)
    assert run.status is FlowStatus.DIVERGED
    assert np.isfinite(run.x).all()


def test_an_interrupt_in_a_smoothed_function_returns_what_there_is():
    field = Smoothing(0.1, directions=3)(lambda x: float(x @ x), dim=2)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    run = flows.gradient_flow(field, [1.0, 1.0], 1e9, method="euler", step=1e-6)
    assert run.status is FlowStatus.INTERRUPTED
    assert 0 < run.t[-1] < 1e9
