"""minimize(): what it returns, how it is stopped, how it speaks SciPy."""

import copy
import math
import pickle
import re
from itertools import cycle, product

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

import zoopt
from zoopt._status import ADVICE, Status

START = np.array([1.0, -2.0, 0.5])


def sphere(x):
    return float(np.sum(np.square(x)))


def batch_sphere(X):
    return np.sum(np.square(X), axis=1)


batch_sphere.zoopt_batch = True


def run(fun=sphere, x0=START, **keywords):
    return zoopt.minimize(fun, x0, **({"seed": 1, "budget": 400} | keywords))


def test_result_has_every_documented_field():
    result = run()
    assert isinstance(result, OptimizeResult)
    assert result.fun == sphere(result.x)
    assert result.x.shape == result.mean.shape == START.shape
    assert result.nfev <= 400
    assert result.nit == len(result.trace.nfev) > 0
    assert result.seed == 1
    assert result.invalid == 0
    assert result.status == Status.BUDGET_EXHAUSTED
    assert not result.success
    assert "budget" in result.message
    assert result.state["algorithm"] == "cma-es"
    assert type(result.fun) is float
    assert type(result.nfev) is type(result.nit) is type(result.status) is int


def test_trace_tells_the_run():
    result = run()
    trace = result.trace
    rows = zoopt.optimizer("cma-es", START, scale=0.5, seed=1).rows
    assert np.array_equal(trace.nfev, rows * np.arange(1, result.nit + 1))
    assert np.array_equal(trace.best, np.minimum.accumulate(trace.current))
    assert trace.scale[0] == 0.5
    assert result.fun <= trace.best[-1]


def test_trace_of_a_long_run_is_thinned_evenly():
    opt = zoopt.optimizer("two-point", [1.0], scale=0.1, seed=0)
    for _ in range(10_000):
        opt.ask()
        opt.tell([1.0, 2.0])
    steps = np.diff(opt.trace.nfev)
    assert 2000 < len(steps) < 4096
    assert np.all(steps == 8)


def test_best_is_the_best_of_all_calls():
    seen = []

    def recorded(x):
        seen.append((sphere(x), x.copy()))
        return seen[-1][0]

    result = run(recorded)
    assert len(seen) == result.nfev
    value, x = min(seen, key=lambda pair: pair[0])
    assert result.fun == value
    assert np.array_equal(result.x, x)


def test_the_final_mean_is_evaluated_last():
    seen = []

    def recorded(x):
        seen.append(x)
        return sphere(x)

    result = run(recorded, method="two-point", budget=401)
    assert np.array_equal(seen[-1], result.mean)
    assert np.array_equal(result.x, result.mean)


def test_maximises():
    result = run(lambda x: -sphere(x) + 3, maximize=True)
    assert result.fun == pytest.approx(3, abs=1e-2)
    assert np.array_equal(result.trace.best, np.maximum.accumulate(result.trace.current))


def test_an_objective_may_say_its_sense():
    class Score:
        sense = "max"

        def __call__(self, x):
            return -sphere(x)

    assert run(Score()).fun > -0.1
    assert run(Score(), maximize=True).fun > -0.1
    with pytest.raises(zoopt.errors.InvalidInput, match="contradicts"):
        run(Score(), maximize=False)


def test_batch_and_single_objectives_give_the_same_bits():
    one, many = run(), run(batch_sphere)
    assert np.array_equal(one.x, many.x)
    assert one.fun == many.fun
    assert one.nfev == many.nfev


def test_args_are_passed_on():
    result = run(lambda x, shift, power: float(np.sum(np.abs(x - shift) ** power)), args=(0.5, 2.0))
    assert np.allclose(result.x, 0.5, atol=0.2)
    result = run(lambda x, shift: sphere(x - shift), args=0.5)
    assert np.allclose(result.x, 0.5, atol=0.2)


def test_scalar_start_is_a_vector_of_one():
    result = run(lambda x: (x[0] - 3) ** 2, 1.0)
    assert result.x.shape == (1,)
    assert result.x[0] == pytest.approx(3, abs=1e-2)


@pytest.mark.parametrize(
    "x0", [[1, -2, 0], (1.0, -2.0, 0.5), np.array([1, -2, 0]), np.float32([1, -2, 0.5]), [True, 0, 1]]
)
def test_start_may_be_anything_made_of_real_numbers(x0):
    assert run(x0=x0).fun < 0.5


def test_start_is_left_alone():
    x0 = START.copy()
    run(lambda x: sphere(x.__imul__(2.0)), x0)
    assert np.array_equal(x0, START)


def test_the_objective_may_write_into_its_argument():
    def scribbling(x):
        value = sphere(x)
        x[:] = 99
        return value

    def scribbling_rows(X):
        values = np.sum(np.square(X), axis=1)
        X[:] = 99
        return values

    scribbling_rows.zoopt_batch = True
    assert np.array_equal(run(scribbling).x, run().x)
    assert np.array_equal(run(scribbling_rows).x, run().x)


@pytest.mark.parametrize(
    "value", [1.5, np.float32(1.5), np.float64(1.5), np.array(1.5), np.array([1.5]), [1.5], 1, True]
)
def test_one_number_in_any_dress_is_a_value(value):
    assert run(lambda x: value, budget=20).fun == float(np.ravel(value)[0])


# Seeds.


def test_same_seed_same_run_and_another_seed_another():
    assert np.array_equal(run().x, run().x)
    assert not np.array_equal(run().x, run(seed=2).x)


def test_rng_is_another_name_for_seed():
    assert np.array_equal(run(seed=None, rng=1).x, run().x)


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_generators_give_seeds(make):
    one, two, other = (run(seed=make(s)) for s in (3, 3, 4))
    assert one.seed == two.seed != other.seed
    assert np.array_equal(one.x, two.x)
    generator = make(3)
    assert run(seed=generator).seed != run(seed=generator).seed


def test_no_seed_is_a_fresh_one_that_repeats_the_run():
    one, two = run(seed=None), run(seed=None)
    assert one.seed != two.seed
    assert np.array_equal(run(seed=one.seed).x, one.x)


@pytest.mark.parametrize("seed", [0, 2**64 - 1, np.int64(5), np.uint64(2**63)])
def test_seeds_reach_from_zero_to_64_bits(seed):
    assert run(seed=seed).seed == int(seed)


# Stopping.


def test_target_stops_the_run_with_success():
    result = run(target=0.5, budget=10_000)
    assert result.fun <= 0.5
    assert result.status == Status.TARGET_REACHED
    assert result.success
    assert result.nfev < 1000
    longer = run(target=None, budget=10_000)
    first = longer.trace.nfev[np.argmax(longer.trace.best <= 0.5)]
    assert result.nfev == first


def test_target_of_a_maximum():
    result = run(lambda x: -sphere(x), maximize=True, target=-0.5, budget=10_000)
    assert result.fun >= -0.5
    assert result.success


def test_the_final_mean_may_reach_the_target():
    result = run(method="two-point", target=1e-12, budget=2000, scale=0.1)
    assert result.status == Status.TARGET_REACHED
    assert result.fun <= 1e-12


def test_infinite_target_never_stops():
    assert run(target=-math.inf).status == Status.BUDGET_EXHAUSTED


def test_budget_of_exactly_one_generation():
    rows = zoopt.optimizer("cma-es", START, scale=0.5, seed=1).rows
    assert (run(budget=rows).nfev, run(budget=rows).nit) == (rows, 1)
    assert (run(budget=rows + 1).nfev, run(budget=rows + 1).nit) == (rows + 1, 1)


def test_the_whole_budget_goes_into_generations():
    rows = zoopt.optimizer("cma-es", START, scale=0.5, seed=1).rows
    result = run(budget=50 * rows)
    assert (result.nfev, result.nit) == (50 * rows, 50)
    result = run(budget=50 * rows + 3)
    assert (result.nfev, result.nit) == (50 * rows + 1, 50)


@pytest.mark.parametrize(
    ("method", "generations", "given_up"),
    [
        ("zo-sgd", 100, True),  # moves, never changes its scale
        ("zo-sgd", 99, False),  # a generation is more than 1 % of the budget
        ("random-search", 100, False),  # never moves: its mean is the start
        ("cma-es", 100, False),  # samples where it has arrived
        ("snes", 100, False),
    ],
)
@pytest.mark.parametrize("compiled", [False, True])
def test_a_small_generation_is_given_up_for_the_mean_of_a_distribution_of_fixed_scale(
    method, generations, given_up, compiled
):
    fun = zoopt.objectives.function("sphere", 3) if compiled else sphere
    rows = zoopt.optimizer(method, START, scale=0.5, seed=1).rows
    result = run(fun, method=method, budget=generations * rows)
    assert result.nit == generations - given_up
    assert result.nfev == result.nit * rows + given_up
    if given_up:
        assert result.fun <= sphere(result.mean)


def test_default_budget():
    result = zoopt.minimize(lambda x: 1.0 + sphere(x), START, seed=1, method="random-search")
    assert 9_900 < result.nfev <= 10_000


def test_callback_sees_the_best_point_after_every_generation():
    seen = []
    result = run(callback=seen.append)
    assert len(seen) == result.nit
    values = [sphere(x) for x in seen]
    assert values == result.trace.best.tolist()


def test_callback_may_take_an_intermediate_result():
    seen = []

    def callback(intermediate_result):
        seen.append(intermediate_result)

    result = run(callback=callback)
    assert [r.nit for r in seen] == list(range(1, result.nit + 1))
    assert [r.nfev for r in seen] == result.trace.nfev.tolist()
    assert [r.fun for r in seen] == result.trace.best.tolist()
    assert isinstance(seen[0], OptimizeResult)
    assert seen[0].mean.shape == START.shape


@pytest.mark.parametrize("callback", [[].append, print])
def test_builtins_can_be_callbacks(callback, capsys):
    assert run(callback=callback, budget=60).nit > 1
    capsys.readouterr()


def test_callback_may_write_into_what_it_gets():
    def callback(xk):
        xk[:] = 99

    assert np.array_equal(run(callback=callback).x, run().x)


@pytest.mark.parametrize("form", ["xk", "intermediate_result"])
def test_stop_iteration_ends_the_run(form):
    calls = 0

    def stop():
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StopIteration

    forms = {"xk": lambda xk: stop(), "intermediate_result": lambda intermediate_result: stop()}
    result = run(callback=forms[form])
    assert result.nit == 3
    assert result.status == Status.CALLBACK_STOP
    assert not result.success


def test_other_exceptions_of_a_callback_come_through():
    def callback(xk):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        run(callback=callback)


def interrupted_after(calls):
    count = 0

    def fun(x):
        nonlocal count
        count += 1
        if count > calls:
            raise KeyboardInterrupt
        return sphere(x)

    return fun


@pytest.mark.parametrize("calls", [0, 5, 50])
def test_ctrl_c_returns_the_best_so_far(calls):
    result = run(interrupted_after(calls))
    assert result.status == Status.INTERRUPTED
    assert result.nfev <= calls
    assert not result.success
    assert math.isnan(result.fun) if calls < 7 else result.fun == sphere(result.x)


def test_ctrl_c_during_the_last_evaluation_returns_the_best_so_far():
    total = run().nfev
    result = run(interrupted_after(total - 1))
    assert result.status == Status.INTERRUPTED
    assert result.nfev == total - 1
    assert result.fun == sphere(result.x)


def test_convergence_is_a_success():
    never = {"tolfun": 0, "tolx": 0}
    result = run(lambda x: math.sqrt(abs(x[0])), [0.0], budget=10**6, scale=1e-270, options=never)
    assert result.status == Status.COLLAPSED
    assert result.success


def test_divergence_is_a_status_and_keeps_the_best():
    result = run(lambda x: 100 * float(x.sum()), method="two-point", options={"learning_rate": 1e308})
    assert result.status == Status.DIVERGED
    assert math.isfinite(result.fun)
    assert "learning_rate" in result.message


def test_ill_conditioning_is_a_status():
    result = run(lambda x: x[0] ** 2 + 1e24 * x[1] ** 2, [1.0, 1.0], budget=10**5)
    assert result.status == Status.ILL_CONDITIONED
    assert "rescale" in result.message


def test_every_status_has_advice():
    assert set(ADVICE) == set(Status)
    assert all(len(text) > 20 for text in ADVICE.values())


def test_invalid_values_are_counted():
    result = run(lambda x: math.nan if x[0] > 1 else sphere(x))
    assert 0 < result.invalid < result.nfev
    assert math.isfinite(result.fun)


def test_failures_can_count_as_invalid():
    def fun(x):
        if x[0] > 1:
            raise ValueError("no")
        return sphere(x)

    result = run(fun, on_error="invalid")
    assert result.invalid > 0
    assert result.fun < 0.5


# What can be done with a result.


def test_results_survive_pickling_and_copying():
    result = run()
    for twin in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result), copy.copy(result)):
        assert type(twin) is type(result)
        assert np.array_equal(twin.x, result.x)
        assert twin.fun == result.fun
        assert np.array_equal(twin.trace.best, result.trace.best)
        assert twin.state.keys() == result.state.keys()


def test_result_shows_itself():
    assert "fun" in repr(run())


def test_methods_may_be_cells():
    mine = zoopt.cell(
        distribution="isotropic",
        shaping="leave-one-out",
        metric="vanilla",
        update="adam",
        population=8,
        antithetic=True,
    )
    result = run(method=mine, options={"learning_rate": 0.05}, budget=4000, scale=0.1)
    assert result.fun < 1e-3


def test_every_combination_of_stages_runs_or_says_why_not():
    """All distributions, shapings, updates and metrics, each with the next of the schedules and drivers."""
    from zoopt import _core

    around = cycle(product(_core.schedules(), _core.drivers()))
    inside = product(_core.distributions(), _core.shapings(), _core.updates(), ("vanilla", "natural"), (False, True))
    made = [_runs(*stages, *next(around)) for stages in inside]
    assert sum(made) > 1000
    assert len(made) > 5000


def _runs(distribution, shaping, update, metric, antithetic, schedule, driver):
    population = 1 if distribution == "point" and not antithetic else 6
    cell = zoopt.cell(
        distribution=distribution,
        shaping=shaping,
        metric=metric,
        update=update,
        schedule=schedule,
        driver=driver,
        population=population,
        antithetic=antithetic,
    )
    start = np.zeros((3, 2)) if distribution == "categorical" else START
    try:
        opt = zoopt.optimizer(cell, start, scale=0.1, seed=1)
    except (zoopt.errors.InvalidInput, zoopt.errors.InvalidOption) as error:
        if re.search("update|schedule|score|first-order|shaping|pairs|anchor", str(error)):
            return False
        raise
    for _ in range(3):
        X = opt.ask()
        opt.tell(batch_sphere(X), gradients=2 * X if cell.first_order and opt.rows == 1 else None)
    assert np.isfinite(opt.mean).all()
    return True
