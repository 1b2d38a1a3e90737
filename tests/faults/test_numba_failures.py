"""Numba functions that raise, return nonsense or cannot be compiled: the cause comes through, and 0.0 never wins."""

import math

import numba
import numpy as np
import pytest

import zoopt
from zoopt._evaluate import Evaluator
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.objectives._failure import CallFailed

START = np.array([1.0, -2.0, 0.5])


@numba.njit
def guarded(x):
    if x[0] > 1.2:
        raise ValueError("x[0] is too large")
    return np.sum(x * x) + 3.0


@numba.njit
def guarded_rows(X):
    values = np.empty(len(X))
    for row in range(len(X)):
        values[row] = guarded(X[row])
    return values


def by_python(x):
    return guarded(x)


def run(fun, **keywords):
    return zoopt.minimize(fun, START, **({"seed": 1, "budget": 400} | keywords))


def failure(fun, **keywords):
    with pytest.raises(ObjectiveError) as caught:
        run(fun, **keywords)
    return caught.value


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("callback", [None, lambda xk: None], ids=["in the core", "from Python"])
@pytest.mark.parametrize("fun", [guarded, zoopt.objective(guarded_rows, batch=True)], ids=["point", "batch"])
def test_the_cause_comes_through_with_the_candidate(fun, callback, threads):
    expected = failure(by_python)
    error = failure(fun, callback=callback, threads=threads)
    assert isinstance(error.__cause__, ValueError)
    assert "too large" in str(error.__cause__)
    assert str(error) == str(expected)
    assert error.candidate == expected.candidate
    assert np.array_equal(error.x, expected.x)
    assert error.x[0] > 1.2
    assert (error.best is None) == (expected.best is None)


def test_the_best_so_far_is_kept():
    error = failure(zoopt.objective(lambda x, g: guarded(0.1 * x + 9.0 * (g >= 7)), generation=True))
    assert error.best.fun == guarded(0.1 * error.best.x)


def test_the_lowest_candidate_is_named_whatever_the_threads():
    rows = np.column_stack([np.zeros(5000), np.arange(5000.0)])
    rows[[1234, 1235, 4000], 0] = 9.0
    objective = zoopt.objective(lambda x: 1 / (x[0] - 9.0) + np.log(np.arange(2000.0) + 1).sum())
    core = objective.bound(2)
    for threads in (1, 2, 5):
        with pytest.raises(CallFailed) as caught:
            core.evaluate(rows, 0, threads)
        assert caught.value.rows.tolist() == [[9.0, 1234.0]]


def test_failures_may_count_as_invalid():
    reference = run(by_python, on_error="invalid")
    assert reference.invalid > 0
    for other in (
        run(guarded, on_error="invalid"),
        run(guarded, on_error="invalid", threads=2),
        run(guarded, on_error="invalid", callback=lambda xk: None),
        run(zoopt.objective(guarded_rows, batch=True), on_error="invalid"),
        run(zoopt.objective(guarded_rows, batch=True), on_error="invalid", callback=lambda xk: None),
    ):
        assert np.array_equal(other.x, reference.x)
        assert (other.fun, other.invalid, other.nfev) == (reference.fun, reference.invalid, reference.nfev)


def test_no_failure_is_a_zero():
    """A cfunc that raises returns 0.0, which would be the best value of all here."""
    result = run(guarded, on_error="invalid")
    assert result.fun >= 3.0


def test_all_rows_may_fail():
    result = run(numba.njit(lambda x: 1 / (x[0] * 0.0)), on_error="invalid")
    assert result.status == -3
    assert math.isnan(result.fun)


def test_run_keeps_the_generation_open():
    opt = zoopt.optimizer("cma-es", START, scale=0.5, seed=1)
    with pytest.raises(ObjectiveError, match=r"ValueError: x\[0\] is too large at candidate \d"):
        opt.run(guarded, 400)
    opt.tell(np.sum(opt.ask() ** 2, axis=1))


def test_a_direct_call_raises_what_the_function_raises():
    with pytest.raises(ValueError, match="too large"):
        zoopt.objective(guarded)([[0.0, 1.0], [2.0, 1.0]])
    with pytest.raises(ZeroDivisionError):
        zoopt.objective(lambda x: 1 / (x[0] - x[0]))([1.0])
    with pytest.raises(ValueError, match="too large"):
        zoopt.objective(guarded_rows, batch=True)([[0.0, 1.0], [2.0, 1.0]])


def test_a_failure_at_the_final_mean_says_so():
    fun = zoopt.objective(lambda x, g: guarded(x * 0.0 + 9.0) if g >= 5 else x[0], generation=True)
    rows = zoopt.optimizer("cma-es", START, scale=0.5, seed=1).rows
    error = failure(fun, budget=5 * rows + 1)
    assert str(error).startswith("at the final mean, the objective raised ValueError")
    assert isinstance(error.__cause__, ValueError)


def test_a_failure_that_does_not_happen_again_is_told():
    door = Evaluator(numba.njit(lambda x: x[0]), dim=3)
    rows = np.arange(6.0).reshape(2, 3)
    error = door.blame(CallFailed(rows[1:], 0), rows)
    assert "not when it was called again" in str(error)
    assert error.candidate == 1


# Batch functions.


def test_a_batch_function_of_the_wrong_length():
    wrong = zoopt.objective(lambda X: np.zeros(len(X) + 1), batch=True)
    assert "one value a row" in str(failure(wrong))


def test_what_fails_only_together_is_named_as_a_batch():
    @numba.njit
    def shy(X):
        if len(X) > 1:
            raise RuntimeError("too many")
        return X[:, 0].copy()

    error = failure(zoopt.objective(shy, batch=True))
    assert "RuntimeError: too many on a batch of 7 rows" in str(error)
    assert error.candidate is None
    alone = zoopt.objective(shy, batch=True).bound(2, invalid=True).evaluate(np.eye(2))
    assert alone.tolist() == [1.0, 0.0]


# Compilation.


@numba.njit
def unknown(x):
    return undefined_thing(x)  # noqa: F821


@numba.njit
def python_only(x):
    return input(x[0])


@pytest.mark.parametrize(
    ("fun", "words"),
    [
        (numba.njit(lambda x: "abc"), "one real number for one point, but it returns unicode_type"),
        (numba.njit(lambda x: None), "one real number for one point, but it returns none"),
        (numba.njit(lambda x: x * 2), r"one real number for one point, but it returns array\(float64"),
        (numba.njit(lambda x: 1j * x[0]), "returns complex128"),
        (numba.njit(lambda x: (x[0], 1.0)), "returns (Uni)?Tuple"),
        (unknown, "cannot compile unknown: NameError: name 'undefined_thing' is not defined"),
        (python_only, "cannot compile python_only: .*Cannot determine Numba type of"),
        (numba.njit(lambda x: x[0] + "a"), "No implementation of function .*add"),
    ],
)
def test_what_numba_cannot_compile_is_named_before_the_run(fun, words):
    with pytest.raises(InvalidType, match=words) as caught:
        run(fun)
    assert isinstance(caught.value.__cause__, numba.core.errors.NumbaError)
    assert "plain Python function" in str(caught.value)
    assert len(str(caught.value)) < 600


def test_batch_functions_must_return_a_row_of_numbers():
    with pytest.raises(InvalidType, match=r"one real number a row, but it returns array\(float64, 2d, C\)"):
        run(zoopt.objective(lambda X: X * 2.0, batch=True))


@pytest.mark.parametrize(
    ("fun", "options", "words"),
    [
        (lambda x, y: 1.0, {}, r"f\(x\) -> float"),
        (lambda: 1.0, {}, r"f\(x\) -> float"),
        (lambda x: 1.0, {"generation": True}, r"f\(x, generation\) -> float"),
        (lambda X, out, more: None, {"batch": True}, r"f\(X\) -> values or f\(X, out\)"),
    ],
)
def test_wrong_numbers_of_parameters(fun, options, words):
    with pytest.raises(InvalidInput, match=words):
        run(zoopt.objective(fun, **options))


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"sense": "up"}, InvalidInput, "sense must be 'min' or 'max', got 'up'"),
        ({"dim": 0}, InvalidInput, "dim"),
        ({"dim": 2.0}, InvalidType, "dim"),
        ({"threads": 0}, InvalidInput, "threads"),
        ({"batch": "no"}, InvalidType, "batch must be True or False"),
        ({"generation": 1}, InvalidType, "generation must be True or False"),
    ],
)
def test_options_out_of_range(options, kind, words):
    with pytest.raises(kind, match=words):
        zoopt.objective(**options)(lambda x: x[0])


@pytest.mark.parametrize("generation", [-1, 2**64, 1.5])
def test_generations_out_of_range(generation):
    with pytest.raises(zoopt.ZooptError, match="generation"):
        zoopt.objective(guarded)(START, generation=generation)
