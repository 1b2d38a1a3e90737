"""Descents and modified flows that cannot be, and descents that end early."""

import os
import signal
import threading
import time

import numba
import numpy as np
import pytest
from made_up_fields import bowl, bowl_gradient

import zoopt
from zoopt import flows
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError, UnknownName
from zoopt.flows import FlowStatus

BOWL = flows.quadratic([1.0, 4.0])
TURNS = flows.shuffled([BOWL, BOWL], seed=0)
SNES = zoopt.algorithm("snes")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"field": lambda x: x}, InvalidType, "field must be a field"),
        ({"x0": [1.0]}, InvalidInput, r"x0 must have shape \(2,\), as the field has, got \(1,\)"),
        ({"learning_rate": -0.1}, InvalidInput, "learning_rate must be finite and above 0, got -0.1"),
        ({"learning_rate": 0.0}, InvalidInput, "learning_rate must be finite and above 0"),
        ({"learning_rate": np.inf}, InvalidInput, "learning_rate must be finite"),
        ({"learning_rate": "a"}, InvalidType, "learning_rate must be a number"),
        ({"steps": 0}, InvalidInput, "steps must lie in"),
        ({"steps": 1.5}, InvalidType, "steps must be an integer"),
        ({"method": "nestrov"}, UnknownName, "did you mean 'nesterov'"),
        ({"method": "cma"}, UnknownName, "there are: adam, adamm"),
        ({"method": 3}, UnknownName, "no method named 3"),
        ({"method": SNES}, InvalidInput, "snes does not follow a gradient by plain steps"),
        ({"momentum": 0.5}, InvalidOption, "momentum"),
        ({"method": "momentum", "momentum": 1.0}, InvalidOption, r"momentum must lie in \[0, 1\]"),
        ({"method": "adam", "lr": 1.0}, InvalidOption, "learning_rate"),
        ({"tolx": 1.0}, InvalidOption, "tolx"),
        ({"schedule": "cosin"}, UnknownName, "did you mean 'cosine'"),
        ({"schedule": 5}, UnknownName, "no schedule named 5"),
        ({"schedule": "cosine", "horizon": 0.5}, InvalidOption, "horizon"),
        ({"save_every": 0}, InvalidInput, "save_every must lie"),
        ({"events": 3}, InvalidType, "events must be functions"),
        ({"callback": 3}, InvalidType, "callback must be a function"),
        ({"check": "yes"}, InvalidType, "True or False"),
    ],
)
def test_descents_that_cannot_be(options, error, message):
    with pytest.raises(error, match=message):
        flows.descend(**{"field": BOWL, "x0": [1.0, 1.0], "learning_rate": 0.1, "steps": 10, **options})


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: flows.modified_flow(3, 0.1), InvalidType, "field must be a field"),
        (lambda: flows.modified_flow(BOWL, -0.1), InvalidInput, "learning_rate must be finite and above 0"),
        (lambda: flows.modified_flow(BOWL, 0.1, 3), InvalidInput, r"order must lie in \[0, 2\], got 3"),
        (lambda: flows.modified_flow(BOWL, 0.1, 2, method="momentum"), InvalidInput, r"order must lie in \[0, 1\]"),
        (lambda: flows.modified_flow(TURNS, 0.1, 2), InvalidInput, r"order must lie in \[0, 1\], got 2"),
        (lambda: flows.modified_flow(BOWL, 0.1, 1.0), InvalidType, "order must be an integer"),
        (lambda: flows.modified_flow(BOWL, 0.1, method="rmsprop"), UnknownName, "'rmsprop' is known here; there are"),
        (lambda: flows.modified_flow(BOWL, 0.1, method="sgdd"), UnknownName, "did you mean 'sgd'"),
        (lambda: flows.modified_flow(BOWL, 0.1, weight_decay=0.1), InvalidInput, "add it to the field as an L2"),
        (lambda: flows.modified_flow(TURNS, 0.1, method="adam"), InvalidInput, "method='gd' only, got 'adam'"),
        (lambda: flows.average([]), InvalidInput, "parts is empty"),
        (lambda: flows.average(BOWL), InvalidType, "parts must be a list of fields"),
        (lambda: flows.average([BOWL, 3]), InvalidType, r"parts\[1\] is 3"),
        (
            lambda: flows.shuffled([BOWL, flows.rosenbrock(3)], seed=0),
            InvalidInput,
            r"parts\[0\] has 2 and parts\[1\] 3",
        ),
        (lambda: flows.shuffled([BOWL], seed="a"), zoopt.errors.ZooptError, "seed"),
        (lambda: TURNS.select(-1), InvalidInput, "step must lie"),
        (lambda: flows.stability("rk5"), UnknownName, "rk4"),
        (lambda: flows.stability("adam"), UnknownName, "no method with a closed form named 'adam'"),
        (lambda: flows.stability("momentum", momentum=1.0), InvalidInput, r"momentum must lie in \[0, 1\), got 1"),
        (lambda: flows.stability("gd", momentum=0.5), InvalidInput, "gd has no momentum"),
        (lambda: flows.stability().radius("a"), InvalidInput, "real or complex"),
        (lambda: flows.flow_hessian([[1.0, 2.0], [0.0, 1.0]], 0.1), InvalidInput, "must be symmetric"),
        (lambda: flows.flow_hessian([1.0], 0.0), InvalidInput, "learning_rate must be finite and above 0"),
    ],
)
def test_flows_that_cannot_be(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("h", "message"),
    [
        (0.25, "eigenvalue is 1, where they are stable but oscillate .* below 1 / the eigenvalue = 0.25"),
        (0.3, r"eigenvalue is 1\.2, where they are stable but oscillate \(up to 2\)"),
        (0.5, "eigenvalue is 2, where they diverge"),
    ],
)
def test_there_is_no_real_flow_through_steps_that_oscillate(h, message):
    with pytest.raises(InvalidInput, match="no real flow passes through the steps of gd: .*" + message):
        flows.flow_hessian([1.0, 4.0], h)
    assert np.isfinite(flows.flow_hessian([1.0, 4.0], 0.2499)).all()
    with pytest.raises(InvalidInput, match=r"steps of momentum: .* below 0\.25 / the eigenvalue = 0\.0625"):
        flows.flow_hessian([1.0, 4.0], h, method="momentum", momentum=0.25)


@pytest.mark.parametrize("options", [{}, {"save_every": 1}, {"save_every": 10**6}])
def test_steps_that_are_too_long_diverge_with_a_status(options):
    run = flows.descend(BOWL, [1.0, 1.0], learning_rate=1.0, steps=10_000, **options)
    assert run.status is FlowStatus.DIVERGED
    assert not run.success
    assert np.isfinite(run.x).all()
    assert run.nit == 645  # 4 times 3^645 is above all floats
    assert run.t[-1] == run.nit
    assert "step 646 at t=645" in run.message
    assert "exceeds 2 / learning_rate = 2: take a learning rate below 2 / the largest one" in run.message


def test_a_step_beyond_all_floats_is_not_made():
    """From a gradient that is finite: -4 to the power 512 is above all floats."""
    run = flows.descend(flows.quadratic([0.5]), [1.0], learning_rate=10.0, steps=10_000)
    assert (run.status, run.nit, run.nfev) == (FlowStatus.DIVERGED, 511, 512)
    assert run.x[-1, 0] == -(4.0**511)


@pytest.mark.parametrize(
    ("method", "message"),
    [("momentum", "3.8 / learning_rate = 0.38"), ("nesterov", "1.357 / learning_rate = 0.1357")],
)
def test_the_advice_knows_the_limit_of_momentum(method, message):
    run = flows.descend(BOWL, [1.0, 1.0], learning_rate=10.0, steps=10_000, method=method)
    assert run.status is FlowStatus.DIVERGED
    assert message in run.message


@pytest.mark.parametrize("method", ["gd", "sign", "rmsprop", "adamm", "clip-up"])
def test_a_gradient_that_is_no_number_ends_the_descent_before_it_is_followed(method):
    """Also where the update would stand still."""
    half = flows.field(lambda x: 0.0, lambda x: np.where(x > 0.5, 1.0, np.nan), 1)
    run = flows.descend(half, [1.0], learning_rate=0.1, steps=100, method=method)
    assert run.status is FlowStatus.DIVERGED
    assert run.x[-1, 0] <= 0.5
    assert np.isfinite(run.x).all()
    assert run.nfev == run.nit + 1
    assert "take a" in run.message


@numba.njit
def failing(x, out):
    """Raise on the far side."""
    if x[0] < 0.5:
        raise ValueError("too far")
    out[0] = 1.0
    out[1] = 0.0


@pytest.mark.parametrize("gradient", [failing, failing.py_func])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda field: field,
        lambda field: flows.average([BOWL, field]),
        lambda field: flows.cyclic([BOWL, field, field]),
        lambda field: flows.modified_flow(field, 0.01),
        lambda field: flows.modified_flow(flows.average([field, BOWL]), 0.01, 2),
        lambda field: flows.modified_flow(field, 0.01, method="adam"),
    ],
)
def test_what_a_gradient_raises_comes_through_every_field_around_it(gradient, wrap):
    value = bowl if gradient is failing else bowl.py_func
    field = wrap(flows.field(value, gradient, 2))
    with pytest.raises(ObjectiveError, match="gradient raised ValueError: too far") as caught:
        flows.descend(field, [1.0, 1.0], learning_rate=0.1, steps=1000)
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.x[0] < 0.5


def test_a_gradient_that_does_not_fit_is_named():
    field = flows.field(lambda x: float(x @ x), lambda x: 2 * x + np.array([0.0, 0.1]), 2)
    with pytest.raises(InvalidInput, match=r"gradient\[1\] is 4\.1 where differences of the value say 4"):
        flows.descend(field, [1.0, 2.0], learning_rate=0.1, steps=1, check=True)
    flows.descend(BOWL, [1.0, 2.0], learning_rate=0.1, steps=1, check=True)


def test_a_callback_sees_every_step_and_can_stop():
    seen = []

    def callback(t, x):
        seen.append((t, x.copy()))
        if t > 0.5:
            raise StopIteration

    run = flows.descend(BOWL, [1.0, 1.0], learning_rate=0.125, steps=8, callback=callback)
    assert run.status is FlowStatus.CALLBACK_STOP
    assert [t for t, _ in seen] == [0.125, 0.25, 0.375, 0.5, 0.625]
    assert run.x[-1].tolist() == seen[-1][1].tolist()
    with pytest.raises(ZeroDivisionError):
        flows.descend(BOWL, [1.0, 1.0], learning_rate=0.1, steps=8, callback=lambda t, x: 1 / 0)
    with pytest.raises(ObjectiveError, match=r"events\[0\] raised ZeroDivisionError"):
        flows.descend(BOWL, [1.0, 1.0], learning_rate=0.1, steps=8, events=lambda t, x: 1 / 0)


@pytest.mark.parametrize("python", [False, True])
def test_an_interrupt_returns_what_there_is(python):
    field = flows.field(bowl.py_func if python else bowl, bowl_gradient.py_func if python else bowl_gradient, 2)
    flows.descend(field, [1.0, 1.0], learning_rate=1e-7, steps=10)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    start = time.perf_counter()
    run = flows.descend(field, [1.0, 1.0], learning_rate=1e-7, steps=10**12)
    assert run.status is FlowStatus.INTERRUPTED
    assert time.perf_counter() - start < 20
    assert 0 < run.nit < 10**12
    assert run.t[-1] == pytest.approx(1e-7 * run.nit)
    np.testing.assert_allclose(run.x[-1], (1 - 1e-7 * np.array([1.0, 2.0])) ** run.nit, rtol=1e-6)
