"""Fields and flows that cannot be: errors that say what to do, and statuses where a flow ends early."""

import os
import signal
import threading
import time

import numba
import numpy as np
import pytest
from made_up_fields import bowl, bowl_gradient, twin, twin_stopped

from zoopt import flows
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, UnknownName
from zoopt.flows import FlowStatus

BOWL = flows.quadratic([1.0, 4.0])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: flows.quadratic([[1.0, 2.0], [0.0, 1.0]]), InvalidInput, r"use \(H \+ H\.T\) / 2"),
        (lambda: flows.quadratic([[1.0, 2.0]]), InvalidInput, r"shape \(dim, dim\)"),
        (lambda: flows.quadratic([1.0, np.nan]), InvalidInput, "curvature must be finite, but has nan"),
        (lambda: flows.quadratic([1.0], centre=[1.0, 2.0]), InvalidInput, r"shape \(1,\), got \(2,\)"),
        (lambda: flows.quadratic([]), InvalidInput, "curvature must have shape"),
        (lambda: flows.function("rosenbrok", 2), UnknownName, "did you mean 'rosenbrock'"),
        (lambda: flows.rosenbrock(1), InvalidInput, r"dim must lie in \[2"),
        (lambda: flows.function("sphere", 2, shift=[1.0]), InvalidInput, r"shape \(2,\)"),
        (lambda: flows.product([]), InvalidInput, "a number or a vector"),
        (lambda: flows.product("a"), InvalidInput, "real numbers"),
        (lambda: flows.deep_linear((2,), [[1.0]]), InvalidInput, "inputs and outputs at least"),
        (lambda: flows.deep_linear((2, 1)), InvalidInput, "either target, or both"),
        (lambda: flows.deep_linear((2, 1), X=[[1.0, 2.0]]), InvalidInput, "either target, or both"),
        (lambda: flows.deep_linear((2, 1), [[1.0]]), InvalidInput, r"target must have shape \(1, 2\)"),
        (
            lambda: flows.deep_linear((2, 1), X=np.ones((3, 2)), Y=np.ones((2, 1))),
            InvalidInput,
            r"Y must have shape \(3",
        ),
        (lambda: flows.field(bowl, bowl_gradient), InvalidInput, "dim is missing"),
        (lambda: flows.field(bowl, bowl_gradient, 0), InvalidInput, "dim must lie"),
        (lambda: flows.field(bowl, 3, 2), InvalidType, "gradient must be a function"),
        (lambda: flows.field(bowl), InvalidType, "gradient is missing"),
        (lambda: flows.field(lambda x, y: 0.0, bowl_gradient, 2), InvalidInput, r"cannot be called as value\(x\)"),
        (lambda: flows.field(bowl, lambda x, out, more: None, 2), InvalidInput, "gradient"),
    ],
)
def test_fields_that_cannot_be(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"x0": [1.0]}, InvalidInput, r"x0 must have shape \(2,\), as the field has, got \(1,\)"),
        ({"x0": [1.0, np.inf]}, InvalidInput, r"x0\[1\] is inf"),
        ({"x0": "ab"}, InvalidInput, "real numbers"),
        ({"t": -1.0}, InvalidInput, "above 0"),
        ({"t": (1.0, 1.0)}, InvalidInput, "t is empty"),
        ({"t": (1.0, 2.0, 3.0)}, InvalidInput, "a pair of times"),
        ({"t": np.nan}, InvalidInput, "above 0"),
        ({"method": "dopri"}, UnknownName, "did you mean 'dopri5'"),
        ({"method": "radu"}, UnknownName, "did you mean 'radau'"),
        ({"method": 5}, UnknownName, "no method named 5"),
        ({"method": "rk4"}, InvalidInput, "give step="),
        ({"method": "rk4", "step": -0.1}, InvalidInput, "step must be finite and above 0"),
        ({"method": "bdf", "step": 0.1}, InvalidInput, "chooses its steps"),
        ({"method": "bdf", "max_steps": 3}, InvalidInput, "takes no max_steps"),
        ({"rtol": 1e-15}, InvalidInput, "rtol must be at least"),
        ({"atol": -1.0}, InvalidInput, "not below 0"),
        ({"atol": [1.0, 1.0, 1.0]}, InvalidInput, r"shape \(2,\)"),
        ({"t_eval": []}, InvalidInput, "t_eval is empty"),
        ({"t_eval": [0.5, 2.0]}, InvalidInput, r"within \[0, 1\]"),
        ({"t_eval": [0.5, 0.2]}, InvalidInput, "sorted from 0 to 1"),
        ({"first_step": 2.0}, InvalidInput, "must not exceed"),
        ({"max_step": 0.0}, InvalidInput, "max_step must be above 0"),
        ({"max_steps": 0}, InvalidInput, "max_steps must lie"),
        ({"save_every": 1.5}, InvalidType, "save_every must be an integer"),
        ({"dense_output": 1}, InvalidType, "True or False"),
        ({"events": 3}, InvalidType, "events must be functions"),
        ({"callback": 3}, InvalidType, "callback must be a function"),
        ({"field": lambda x: x}, InvalidType, "field must be a field"),
    ],
)
def test_flows_that_cannot_be(options, error, message):
    with pytest.raises(error, match=message):
        flows.gradient_flow(**{"field": BOWL, "x0": [1.0, 1.0], "t": 1.0, **options})


def test_a_gradient_that_does_not_fit_is_named_by_coordinate():
    field = flows.field(lambda x: float(x @ x), lambda x: 2 * x + np.array([0.0, 0.1, 0.0]), 3)
    with pytest.raises(InvalidInput, match=r"gradient\[1\] is 4\.1 where differences of the value say 4"):
        flows.gradient_flow(field, [1.0, 2.0, 3.0], 1.0, check=True)
    with pytest.raises(InvalidInput, match=r"gradient\[1\]"):
        flows.field(twin, twin_stopped, 2).check([0.6, 0.3])
    wrong = flows.field(lambda x: float(x @ x), lambda x: 2 * x, 2, hvp=lambda x, v: 3 * v)
    with pytest.raises(InvalidInput, match=r"hvp\[0\] is .* where differences of the gradient say"):
        wrong.check([1.0, 2.0])
    many = flows.field(lambda x: 0.0, lambda x: np.ones(9), 9)
    with pytest.raises(InvalidInput, match=r"\(and 6 more\)"):
        many.check(np.zeros(9))


@numba.njit
def failing(x, out):
    """Raise on the far side."""
    if x[0] < 0.5:
        raise ValueError("too far")
    out[0] = 1.0
    out[1] = 0.0


@numba.njit
def too_long(x):
    return np.ones(x.size + 1)


@numba.njit
def text(x):
    return "no"


@pytest.mark.parametrize("gradient", [failing, failing.py_func])
@pytest.mark.parametrize("options", [{}, {"method": "rk4", "step": 0.01}, {"method": "bdf"}])
def test_what_a_gradient_raises_comes_through(gradient, options):
    value = bowl if gradient is failing else bowl.py_func
    field = flows.field(value, gradient, 2)
    with pytest.raises(ObjectiveError, match="gradient raised ValueError: too far") as caught:
        flows.gradient_flow(field, [1.0, 1.0], 1.0, **options)
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.x[0] < 0.5
    with pytest.raises(ObjectiveError, match="too far"):
        field.gradient([0.0, 0.0])


def test_what_returns_something_else_is_refused():
    with pytest.raises(ObjectiveError, match="vector of another size"):
        flows.field(bowl, too_long, 2).gradient([1.0, 1.0])
    with pytest.raises(InvalidType, match="Numba cannot compile text"):
        flows.field(bowl, text, 2)
    with pytest.raises(ObjectiveError, match=r"gradient must return a vector of shape \(2,\), got shape \(3,\)"):
        flows.field(lambda x: 0.0, lambda x: np.zeros(3), 2).gradient([0.0, 0.0])
    with pytest.raises(ObjectiveError, match="value must return one real number"):
        flows.field(lambda x: "a", lambda x: x, 2).value([0.0, 0.0])
    with pytest.raises(ObjectiveError, match=r"events\[0\] raised ZeroDivisionError"):
        flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, events=lambda t, x: 1 / 0)
    with pytest.raises(ObjectiveError, match=r"events\[0\] must return one real number"):
        flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, events=lambda t, x: x)
    with pytest.raises(ZeroDivisionError):
        flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, callback=lambda t, x: 1 / 0)


@pytest.mark.parametrize("options", [{}, {"save_every": 1}, {"save_every": 10**6}])
def test_steps_that_are_too_long_diverge_with_a_status(options):
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 10000.0, method="euler", step=1.0, **options)
    assert run.status is FlowStatus.DIVERGED
    assert not run.success
    assert np.isfinite(run.x).all()
    assert run.nit == 645  # 4 times 3^645 is above all floats
    assert run.t[-1] == run.nit
    assert "step 646 at t=645" in run.message
    assert "take a shorter step" in run.message


def test_a_flow_that_runs_away_diverges_with_a_status():
    """dx/dt = x^2 from 1 is 1 / (1 - t)."""
    field = flows.field(lambda x: -(float(x[0]) ** 3) / 3, lambda x: -(x**2), 1)
    with np.errstate(over="ignore", invalid="ignore"):
        run = flows.gradient_flow(field, [1.0], 2.0)
    assert run.status in (FlowStatus.DIVERGED, FlowStatus.STEP_TOO_SMALL)
    assert run.t[-1] == pytest.approx(1.0, abs=1e-6)
    assert np.isfinite(run.x).all()
    nan = flows.field(lambda x: 0.0, lambda x: np.full(1, np.nan), 1)
    assert flows.gradient_flow(nan, [1.0], 1.0).status is FlowStatus.DIVERGED


def test_a_jump_of_the_gradient_ends_with_a_small_step_or_is_crossed():
    half = flows.field(lambda x: 0.0, lambda x: np.where(x > 0.5, 1.0, np.nan), 1)
    run = flows.gradient_flow(half, [1.0], 1.0)
    assert run.status is FlowStatus.DIVERGED
    assert run.t[-1] == pytest.approx(0.5, abs=1e-6)


def test_steps_that_are_used_up_are_a_status():
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 100.0, max_steps=5)
    assert (run.status, run.nit) == (FlowStatus.OUT_OF_STEPS, 5)
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 100.0, method="rk4", step=0.1, max_steps=7, save_every=100)
    assert (run.status, run.nit, run.t.tolist()) == (FlowStatus.OUT_OF_STEPS, 7, [0.0, pytest.approx(0.7)])


def test_a_callback_sees_every_step_and_can_stop():
    seen = []

    def callback(t, x):
        seen.append((t, x.copy()))
        if t > 0.5:
            raise StopIteration

    run = flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, method="rk4", step=0.125, callback=callback)
    assert run.status is FlowStatus.CALLBACK_STOP
    assert [t for t, _ in seen] == [0.125, 0.25, 0.375, 0.5, 0.625]
    assert run.x[-1].tolist() == seen[-1][1].tolist()


def test_memory_does_not_grow_with_steps_unless_asked():
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, method="rk4", step=1e-5)
    assert run.nit == 100_000
    assert len(run.t) <= 4098
    np.testing.assert_allclose(np.diff(run.t)[:-1], run.t[1], rtol=1e-6)
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, max_step=1e-4)
    assert run.nit >= 10_000
    assert 2048 <= len(run.t) <= 4098
    assert np.ptp(np.diff(run.t)[10:-1]) < 1e-9
    every = flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, max_step=1e-4, save_every=1)
    assert len(every.t) == every.nit + 1
    assert set(run.t) <= set(every.t)


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize("options", [{}, {"method": "rk4", "step": 1e-6}])
def test_an_interrupt_returns_what_there_is(python, options):
    gradient = bowl_gradient.py_func if python else bowl_gradient
    field = flows.field(bowl.py_func if python else bowl, gradient, 2)
    flows.gradient_flow(field, [1.0, 1.0], 0.01)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.perf_counter()
    run = flows.gradient_flow(field, [1.0, 1.0], 1e9, max_step=1e-6, **options)
    assert run.status is FlowStatus.INTERRUPTED
    assert time.perf_counter() - start < 20
    assert 0 < run.t[-1] < 1e9
    np.testing.assert_allclose(run.x[-1], np.exp(-run.t[-1] * np.array([1.0, 2.0])), rtol=1e-5)


def test_times_outside_a_flow_are_refused():
    run = flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, dense_output=True)
    for sol in (run.sol, flows.gradient_flow(BOWL, [1.0, 1.0], 1.0, method="bdf", dense_output=True).sol):
        with pytest.raises(InvalidInput, match=r"within \[0, 1\], got 2"):
            sol(2.0)
    with pytest.raises(InvalidInput, match="a vector of times"):
        run.sol("a")
    with pytest.raises(InvalidType, match="goes to gradient_flow"):
        flows.value_below(1.0)(0.0, [1.0])
