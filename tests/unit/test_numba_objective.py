"""Numba functions as objectives: values, forms, threads, generation; against the same numbers in numpy."""

import copy
import math
import pickle
import subprocess
import sys

import numba
import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives import NumbaObjective, batch

ROWS = np.random.default_rng(5).normal(size=(257, 6))


def quartic(x):
    total = 0.0
    for i in range(x.size):
        total += (i + 1) * x[i] ** 4 - x[i]
    return total


def by_numpy(rows):
    """The sum of `quartic`, in its order."""
    total = np.zeros(len(rows))
    for i in range(rows.shape[1]):
        total += (i + 1) * rows[:, i] ** 4 - rows[:, i]
    return total


def returning(X):
    values = np.empty(len(X))
    for r in range(len(X)):
        values[r] = X[r, 0] - X[r, 1] * 2
    return values


def writing(X, out):
    for r in range(len(X)):
        out[r] = X[r, 0] - X[r, 1] * 2


def by_python(x):
    return jitted(x)


jitted = numba.njit(quartic)
point = zoopt.objective(quartic)
of_jitted = zoopt.objective(sense="min")(jitted)


@pytest.mark.parametrize("objective", [point, of_jitted], ids=["plain", "njit"])
def test_values_are_those_of_the_function(objective):
    values = objective(ROWS)
    assert np.allclose(values, by_numpy(ROWS), rtol=1e-14)
    assert np.array_equal(values, [jitted(row) for row in ROWS])
    assert objective(ROWS[3]) == values[3]
    assert type(objective(ROWS[3])) is float
    assert objective(ROWS[:0]).shape == (0,)


@pytest.mark.parametrize("function", [returning, writing])
@pytest.mark.parametrize("wrap", [numba.njit, lambda f: f], ids=["njit", "plain"])
def test_batch_functions_return_or_write(function, wrap):
    objective = zoopt.objective(wrap(function), batch=True)
    assert np.array_equal(objective(ROWS), ROWS[:, 0] - ROWS[:, 1] * 2)
    assert objective(ROWS[0]) == ROWS[0, 0] - ROWS[0, 1] * 2


def test_the_batch_marker_knows_njit_functions():
    marked = batch(numba.njit(returning))
    assert isinstance(marked, NumbaObjective)
    assert np.array_equal(marked(ROWS), ROWS[:, 0] - ROWS[:, 1] * 2)


@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("make", [lambda: point, lambda: zoopt.objective(returning, batch=True)])
def test_threads_and_blocking_change_no_bit(make, threads):
    rows = np.random.default_rng(1).normal(size=(20_011, 3))
    core = make().bound(3)
    whole = core.evaluate(rows)
    assert np.array_equal(core.evaluate(rows, 0, threads), whole)
    pieces = [core.evaluate(rows[a : a + 7]) for a in range(0, 700, 7)]
    assert np.array_equal(np.concatenate(pieces), whole[:700])


def test_fast_math_does_not_make_a_row_depend_on_its_neighbours():
    """Straight-line code without a loop of its own is what a compiler would vectorise over rows."""
    body = numba.njit(fastmath=True)(lambda x: math.exp(x[0]) * x[1] + x[0] * x[1] * 0.3 + x[1] * x[1])
    rows = np.random.default_rng(2).normal(size=(101, 2))
    objective = zoopt.objective(body)
    assert np.array_equal(objective(rows), [objective(row) for row in rows])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: 3, 3.0),
        (lambda x: x[0] > 0.5, 1.0),
        (lambda x: np.float32(x[1]), np.float32(0.1)),
        (lambda x: x.sum(), 1.1),
        (lambda x: np.dot(x, x), 1.01),
    ],
)
def test_any_real_number_is_a_value(function, expected):
    assert zoopt.objective(function)([1.0, 0.1]) == pytest.approx(float(expected), rel=1e-15)


def test_the_generation_is_handed_on():
    objective = zoopt.objective(lambda x, generation: x[0] + 10 * generation, generation=True)
    assert objective([1.0, 2.0], generation=3) == 31.0
    assert objective([[1.0], [2.0]]).tolist() == [1.0, 2.0]
    assert objective([1.0], generation=2**64 - 1) == -9.0
    written = zoopt.objective(lambda X, out, generation: out.fill(generation), batch=True, generation=True)
    assert written(ROWS[:2], generation=4).tolist() == [4.0, 4.0]


def test_what_a_batch_function_leaves_out_is_nan():
    objective = zoopt.objective(lambda X, out: None, batch=True)
    assert np.isnan(objective(ROWS)).all()


def scribbling(x):
    x[0] = 7.0
    return x[0] + x[1]


def test_a_function_may_write_into_what_it_gets():
    objective = zoopt.objective(scribbling)
    rows = ROWS.copy()
    assert np.array_equal(objective(rows), 7.0 + ROWS[:, 1])
    assert np.array_equal(rows, ROWS)


def test_explicit_signatures_decide_what_is_rounded():
    rounded = numba.njit("float32(float64[::1])")(lambda x: x[0])
    assert zoopt.objective(rounded)([0.1]) == np.float32(0.1)


def test_parallel_loops_of_numba_run_on_one_thread():
    @numba.njit(parallel=True)
    def inner(x):
        total = 0.0
        for i in numba.prange(x.size):
            total += x[i]
        return total

    objective = zoopt.objective(numba.njit(lambda x: 2 * inner(x)))
    core = objective.bound(6)
    assert objective._entry[1]
    assert not point._entry[1] if point._entry else True
    values = [core.evaluate(ROWS, 0, 4) for _ in range(20)]
    assert all(np.allclose(v, 2 * ROWS.sum(axis=1)) for v in values)


# In minimize() and Optimizer.run().


def run(fun, **keywords):
    return zoopt.minimize(fun, np.full(4, 0.5), **({"seed": 1, "budget": 403} | keywords))


def test_every_door_gives_the_same_run():
    runs = [
        run(by_python),
        run(jitted),
        run(point),
        run(of_jitted, threads=2),
        run(point, callback=lambda xk: None),
        run(point, on_error="invalid"),
        run(point, on_invalid="raise"),
        run(batch(point.__call__)),
    ]
    for other in runs[1:]:
        assert np.array_equal(runs[0].x, other.x)
        assert (runs[0].fun, runs[0].nfev, runs[0].nit) == (other.fun, other.nfev, other.nit)
        assert np.array_equal(runs[0].trace.best, other.trace.best)


@pytest.mark.parametrize("fun", [jitted, zoopt.objective(jitted, dim=4)], ids=["njit", "objective"])
@pytest.mark.parametrize("sense", ["min", "max"])
def test_run_takes_numba_functions_in_both_senses(fun, sense):
    opt, twin = (zoopt.optimizer("snes", np.full(4, 0.5), scale=0.3, seed=2, sense=sense) for _ in range(2))
    opt.run(fun, 10 * opt.rows)
    for _ in range(10):
        twin.tell([jitted(row) for row in twin.ask()])
    assert np.array_equal(opt.mean, twin.mean)
    assert opt.best.fun == twin.best.fun


def test_its_own_sense_holds():
    best = zoopt.objective(lambda x: -((x[0] - 2) ** 2), sense="max")
    assert run(best).fun > -0.1
    with pytest.raises(InvalidInput, match="contradicts"):
        run(best, maximize=False)
    with pytest.raises(InvalidInput, match="maximised"):
        zoopt.optimizer("snes", [1.0], scale=1.0, seed=0).run(best, 100)


def test_a_plain_function_is_compiled_once():
    function = numba.njit(lambda x: x[0] * x[0])
    run(function)
    entry = function._zoopt_objective._entry
    run(function)
    assert function._zoopt_objective._entry is entry


@pytest.mark.parametrize("form", [jitted, point], ids=["njit", "objective"])
def test_further_arguments_go_through_python(form):
    def shifted(x, by, factor):
        return factor * np.sum((x - by) ** 2)

    function = numba.njit(shifted) if form is jitted else zoopt.objective(shifted)
    plain = run(shifted, args=(0.25, 3.0))
    fast = run(function, args=(0.25, 3.0))
    assert fast.fun == pytest.approx(plain.fun, rel=1e-6)
    assert np.allclose(fast.x, 0.25, atol=0.2)


def test_further_arguments_of_batch_functions():
    def shifted(X, by):
        return ((X - by) ** 2).sum(axis=1)

    def written(X, out, by):
        out[:] = ((X - by) ** 2).sum(axis=1)

    runs = [run(zoopt.objective(f, batch=True), args=(0.25,)) for f in (shifted, written)]
    assert np.array_equal(runs[0].x, runs[1].x)
    assert np.allclose(runs[0].x, 0.25, atol=0.2)


# The object.


def test_it_looks_like_the_function():
    @zoopt.objective(sense="max", dim=2)
    def score(x):
        """Say how good."""
        return x[0]

    assert (score.__name__, score.__doc__) == ("score", "Say how good.")
    assert repr(score) == "objective(score, sense='max', dim=2)"
    assert (score.sense, score.dim, score.batch, score.generation, score.threads) == ("max", 2, False, False, 1)
    with pytest.raises(InvalidInput, match=r"shape \(rows, 2\)"):
        score([1.0, 2.0, 3.0])
    with pytest.raises(InvalidInput, match="x0 has 3 coordinates, the objective needs 2"):
        zoopt.minimize(score, [0.0] * 3)
    with pytest.raises(InvalidInput, match="dimension 2, the optimizer 3"):
        zoopt.optimizer("snes", [0.0] * 3, scale=1.0, seed=0, sense="max").run(score, 100)


@pytest.mark.parametrize("objective", [point, of_jitted, zoopt.objective(lambda x: x[0] - x[1], sense="max", dim=6)])
def test_it_survives_pickling_and_copying(objective):
    for twin in (pickle.loads(pickle.dumps(objective)), copy.copy(objective), copy.deepcopy(objective)):
        assert np.array_equal(twin(ROWS), objective(ROWS))
        assert repr(twin) == repr(objective)


def test_a_pickle_can_be_read_by_another_process(tmp_path):
    shift = np.arange(6.0)
    path = tmp_path / "objective"
    path.write_bytes(pickle.dumps((zoopt.objective(lambda x: ((x - shift) ** 2).sum()), ROWS)))
    code = f"import pickle; f, rows = pickle.load(open({str(path)!r}, 'rb')); print(f(rows).tobytes().hex())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120)
    expected = zoopt.objective(lambda x: ((x - shift) ** 2).sum())(ROWS)
    assert bytes.fromhex(done.stdout) == expected.tobytes()


def test_decorating_does_not_import_numba():
    code = "import sys, zoopt; zoopt.objective(lambda x: x[0]); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("thing", [3, "f", np.sum, print, int, object()])
def test_what_is_no_function_is_refused(thing):
    with pytest.raises(InvalidType, match="takes a function"):
        zoopt.objective(thing)
