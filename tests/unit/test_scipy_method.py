"""Cells as `method` of scipy.optimize.minimize."""

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize, rosen

import zoopt
from zoopt.errors import InvalidInput, InvalidOption, InvalidType

START = np.array([1.5, -0.5, 0.5])


def by_scipy(method="cma-es", fun=rosen, **keywords):
    return minimize(fun, START, method=zoopt.algorithm(method), **keywords)


@pytest.mark.parametrize("method", ["cma-es", "snes", "two-point"])
def test_the_result_is_that_of_zoopt(method):
    ours = zoopt.minimize(rosen, START, method=method, budget=700, seed=3, scale=0.2, options={"population": 14})
    theirs = by_scipy(method, options={"budget": 700, "seed": 3, "scale": 0.2, "population": 14})
    assert isinstance(theirs, zoopt.Result)
    assert np.array_equal(ours.x, theirs.x)
    assert (ours.fun, ours.nfev, ours.nit, ours.status, ours.message) == (
        theirs.fun, theirs.nfev, theirs.nit, theirs.status, theirs.message,
    )  # fmt: skip


def test_maxfev_and_rng_are_other_names():
    assert np.array_equal(by_scipy(options={"maxfev": 300, "rng": 3}).x, by_scipy(options={"budget": 300, "seed": 3}).x)
    with pytest.raises(InvalidType, match="budget and maxfev"):
        by_scipy(options={"maxfev": 300, "budget": 300})


def test_arguments_target_and_invalid_values():
    result = by_scipy(
        fun=lambda x, by: np.nan if x[0] > 1.7 else float(np.sum((x - by) ** 2)),
        args=(0.25,),
        options={"seed": 1, "target": 1e-3, "on_invalid": "worst"},
    )
    assert result.success
    assert result.fun <= 1e-3
    assert np.allclose(result.x, 0.25, atol=0.1)


def test_callbacks_are_called_as_scipy_calls_them():
    points, results = [], []

    def callback(intermediate_result):
        results.append(intermediate_result)

    options = {"budget": 300, "seed": 3}
    one = by_scipy(options=options, callback=points.append)
    two = by_scipy(options=options, callback=callback)
    assert len(points) == one.nit == len(results)
    assert [rosen(x) for x in points] == [r.fun for r in results]
    assert np.array_equal(one.x, two.x)


def test_stop_iteration_ends_the_run():
    def callback(xk):
        raise StopIteration

    assert by_scipy(callback=callback, options={"seed": 1}).nit == 1


def test_compiled_objectives_and_workers():
    sphere = zoopt.objectives.function("sphere", 3)
    options = {"budget": 300, "seed": 3}
    reference = by_scipy(fun=sphere, options=options)
    for extra in ({"threads": 2}, {"workers": map}):
        assert np.array_equal(by_scipy(fun=sphere, options=options | extra).x, reference.x)


@pytest.mark.parametrize(
    ("keywords", "kind", "words"),
    [
        ({"jac": lambda x: x}, InvalidType, "'jac': zoopt needs no derivatives"),
        ({"hess": lambda x: x}, InvalidType, "'hess'"),
        ({"hessp": lambda x, p: x}, InvalidType, "'hessp'"),
        ({"constraints": {"type": "ineq", "fun": sum}}, InvalidType, "'constraints'.*penalty"),
        ({"constraints": LinearConstraint(np.eye(3))}, InvalidType, "'constraints'.*penalty"),
        ({"options": {"maxiter": 10}}, InvalidType, "'maxiter'.*budget"),
        ({"options": {"disp": True}}, InvalidType, "'disp'"),
        ({"options": {"populatoin": 10}}, InvalidOption, "did you mean 'population'"),
        ({"options": {"seed": "x"}}, InvalidType, "seed"),
        ({"options": {"budget": 1}}, InvalidOption, "budget 1 is too small"),
        ({"options": {"maximize": 1, "on_error": "no"}}, InvalidInput, "on_error"),
    ],
)
def test_what_zoopt_does_not_take_is_refused_by_name(keywords, kind, words):
    with pytest.raises(kind, match=words):
        by_scipy(**keywords)


def outcome(call):
    try:
        return call().x.tolist()
    except InvalidType as error:
        return str(error)


def test_a_cell_is_still_a_cell():
    assert callable(zoopt.algorithm("snes"))
    assert zoopt.minimize(rosen, START, method=zoopt.algorithm("snes"), budget=100, seed=1).nfev <= 100
