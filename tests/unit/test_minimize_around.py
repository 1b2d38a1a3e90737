"""minimize(): bounds, time, gradients, warm starts and memory."""

import time

import numpy as np
import pytest
from scipy.optimize import Bounds
from scipy.optimize import minimize as scipy_minimize

import zoopt
from zoopt import Status
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, ObjectiveError

START = np.array([1.0, 2.0, 0.5])


def sphere(x):
    return float(x @ x)


class Quadratic:
    """(x - 1)' diag(1, 4, 9) (x - 1) / 2, with its gradient."""

    curvature = np.array([1.0, 4.0, 9.0])

    def __call__(self, x):
        return float(self.curvature @ (x - 1) ** 2 / 2)

    def value_and_gradient(self, x):
        return self(x), self.curvature * (x - 1)


@pytest.mark.parametrize("handling", [None, "transform", "projection"])
@pytest.mark.parametrize("method", ["cma-es", "snes"])
def test_an_optimum_on_the_bound_is_found(method, handling):
    """The sphere over x0 >= .4, x1 >= 1.5: the minimum is .4^2 + 1.5^2 at (.4, 1.5, 0)."""
    bounds = Bounds([0.4, 1.5, -np.inf], [np.inf, 3.0, np.inf])
    result = zoopt.minimize(
        sphere, START, method=method, bounds=bounds, bounds_handling=handling, seed=1, scale=0.3, budget=20_000
    )
    assert result.fun - (0.4**2 + 1.5**2) < 1e-8
    assert np.all(result.x >= bounds.lb)
    assert np.all(result.mean >= bounds.lb)


def test_bounds_reach_scipys_method_and_its_tolerance_too():
    box = [(0.4, None), (1.5, 3.0), (None, None)]
    ours = zoopt.minimize(sphere, START, bounds=box, seed=1, options={"tolfun": 1e-3, "tolx": 1e-3}, budget=5000)
    method = zoopt.algorithm("cma-es")
    theirs = scipy_minimize(sphere, START, method=method, bounds=box, tol=1e-3, options={"seed": 1, "budget": 5000})
    assert np.array_equal(ours.x, theirs.x)
    assert ours.nfev == theirs.nfev < 1000


def test_compiled_objectives_keep_to_bounds_bit_for_bit():
    compiled = zoopt.objectives.function("rosenbrock", 3)
    box = [(0.2, 1.0), (None, 2.5), (0.3, 0.7)]
    one, two = (
        zoopt.minimize(fun, START, bounds=box, seed=3, scale=0.3, budget=600)
        for fun in (compiled, lambda x: float(compiled(x[None])[0]))
    )
    assert np.array_equal(one.x, two.x)
    assert one.fun == two.fun


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ([(0, 1)] * 2, "one .low, high. pair for each of the 3"),
        ([(0, 1)] * 4, "pair for each of the 3"),
        ([(1, 0)] * 3, r"bounds\\[0\\] is .1, 0."),
        ([(2, 3)] * 3, r"x0\\[0\\] is 1, outside its bounds .2, 3.; start inside"),
        ([(0, 3), (5, 5), (0, 3)], "leave out variables that are fixed"),
        (3, "scipy.optimize.Bounds"),
        ("abc", "scipy.optimize.Bounds"),
        ([(0, "a")] * 3, "scipy.optimize.Bounds"),
        (Bounds([0, 0], [1, 1]), "pair for each of the 3"),
    ],
)
def test_bounds_that_are_none(bounds, words):
    with pytest.raises(InvalidInput, match=words.replace("\\\\", "\\")):
        zoopt.minimize(sphere, START, bounds=bounds)


def test_bounds_handling_is_one_of_two():
    with pytest.raises(InvalidInput, match="'transform' or 'projection', got 'clip'"):
        zoopt.minimize(sphere, START, bounds=[(0, 3)] * 3, bounds_handling="clip")


def test_discrete_candidates_have_no_bounds():
    with pytest.raises(InvalidInput, match="no use for bounds"):
        zoopt.minimize(sphere, START, method="reinforce-bernoulli", bounds=[(0, 3)] * 3)


def test_a_time_limit_ends_a_run_after_its_generation():
    def slow(x):
        time.sleep(0.002)
        return sphere(x)

    began = time.perf_counter()
    result = zoopt.minimize(slow, START, budget=10**6, time_limit=0.1, seed=1)
    assert result.status == Status.OUT_OF_TIME
    assert time.perf_counter() - began < 5
    assert 7 <= result.nfev < 10**6
    compiled = zoopt.objectives.function("sphere", 3)
    options = {"tolfun": 0, "tolx": 0, "plateau": 0}
    ended = zoopt.minimize(compiled, START, method="openai-es", budget=10**9, time_limit=0.1, options=options)
    assert ended.status == Status.OUT_OF_TIME
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(InvalidInput, match="time_limit"):
            zoopt.minimize(sphere, START, time_limit=bad)
    with pytest.raises(InvalidType, match="time_limit"):
        zoopt.minimize(sphere, START, time_limit="1s")


@pytest.mark.parametrize(("method", "rate"), [("gd", 0.15), ("momentum", 0.02), ("nesterov", 0.02), ("adam", 0.05)])
def test_first_order_algorithms_use_the_gradient_of_the_objective(method, rate):
    result = zoopt.minimize(Quadratic(), START, method=method, budget=2000, options={"learning_rate": rate}, seed=1)
    assert np.allclose(result.x, 1, atol=1e-3)
    assert result.nfev <= 2000


def test_gradient_descent_is_the_closed_form():
    """(x_t - 1) = (1 - rate * curvature)^t (x_0 - 1)."""
    result = zoopt.minimize(Quadratic(), START, method="gd", budget=21, options={"learning_rate": 0.1}, seed=1)
    expected = 1 + (1 - 0.1 * Quadratic.curvature) ** result.nit * (START - 1)
    assert np.allclose(result.mean, expected, rtol=1e-13, atol=0)


def test_first_order_algorithms_without_gradients_are_refused_with_advice():
    with pytest.raises(InvalidInput, match=r"value_and_gradient.*'cma-es'"):
        zoopt.minimize(sphere, START, method="adam")


@pytest.mark.parametrize("returned", [None, (1.0, np.zeros(2)), ("a", np.zeros(3))])
def test_gradients_that_are_none(returned):
    class Wrong(Quadratic):
        def value_and_gradient(self, x):
            return returned

    with pytest.raises(ObjectiveError, match="value_and_gradient"):
        zoopt.minimize(Wrong(), START, method="gd")


def test_a_run_goes_on_from_what_another_has_learned():
    """With the covariance of the first run the second one needs fewer evaluations on the ellipsoid."""
    ellipsoid = zoopt.objectives.function("ellipsoid", 10)
    first = zoopt.optimizer("cma-es", np.ones(10), scale=0.5, seed=1)
    first.run(ellipsoid, 8000)
    warm, cold = (
        zoopt.minimize(ellipsoid, np.ones(10), seed=2, target=1e-8, budget=20_000, scale=0.5, covariance=c)
        for c in (first.covariance, None)
    )
    assert warm.status == cold.status == Status.TARGET_REACHED
    assert warm.nfev < 0.8 * cold.nfev


@pytest.mark.parametrize(
    ("covariance", "words"),
    [
        (np.eye(2), r"\\(3, 3\\) or \\(3,\\), got shape \\(2, 2\\)"),
        ([1.0, -1.0, 1.0], "positive definite.*-1"),
        ([[1, 2, 0], [0, 1, 0], [0, 0, 1]], "symmetric"),
        ("wide", "got something else"),
        (np.full((3, 3), np.nan), "finite"),
    ],
)
def test_covariances_that_are_none(covariance, words):
    with pytest.raises(InvalidInput, match=words.replace("\\\\", "\\")):
        zoopt.minimize(sphere, START, covariance=covariance)


def test_memory_is_refused_before_it_is_taken():
    with pytest.raises(InvalidOption, match=r"20000 dimensions would hold .* GiB, more than memory_limit, 2.0 GiB"):
        zoopt.minimize(lambda x: 0.0, np.zeros(20_000), method="cma-es")
    with pytest.raises(InvalidOption, match="memory_limit"):
        zoopt.minimize(sphere, np.zeros(1000), method="cma-es", memory_limit=10**6)
    with pytest.raises(InvalidType, match="memory_limit"):
        zoopt.minimize(sphere, START, memory_limit="2G")


def test_resampling_replaces_what_has_no_value():
    """Half of the space has no value: with resampling generations are whole, and the optimum at the edge is near."""

    def half(x):
        return sphere(x - 1) if x[0] < 1 else np.nan

    start = np.array([0.8, 2.0, 0.5])
    found = zoopt.minimize(half, start, method="snes", on_invalid="resample", seed=1, scale=0.3, budget=3000)
    assert found.invalid > 50
    assert found.nfev <= 3000
    assert found.fun < 1e-4
    again = zoopt.minimize(
        half, start, method="snes", on_invalid="resample", seed=1, scale=0.3, budget=3000, workers=map
    )
    assert np.array_equal(found.x, again.x)
    never = zoopt.minimize(lambda x: np.nan, start, method="snes", on_invalid="resample", seed=1, budget=400)
    assert never.status == Status.ALL_INVALID
    assert never.nfev <= 400
    with pytest.raises(InvalidInput, match="'resample'"):
        zoopt.minimize(half, start, on_invalid="again")


def test_noise_handling_gets_closer_at_the_same_budget():
    """The sphere with noise of standard deviation 1, 6 seeds each: the median distance of the mean is at most half."""

    def distance(seed, handles):
        generator = np.random.default_rng(seed)
        result = zoopt.minimize(
            lambda x: sphere(x) + generator.normal(),
            np.full(5, 3.0),
            seed=seed,
            scale=1.0,
            budget=6000,
            noise_handling=handles,
            options={"tolfun": 0, "tolx": 0},
        )
        return np.linalg.norm(result.mean)

    with_it, without = ([distance(seed, handles) for seed in range(6)] for handles in (True, False))
    assert np.median(with_it) < np.median(without) / 2


def test_a_noisy_run_that_ends_unfinished_says_so():
    generator = np.random.default_rng(0)
    result = zoopt.minimize(
        lambda x: 1e-6 * sphere(x) + generator.normal(), START, method="openai-es", seed=1, budget=2000
    )
    assert "signal-to-noise" in result.message
    clear = zoopt.minimize(sphere, START, method="openai-es", seed=1, budget=640)
    assert "signal-to-noise" not in clear.message


def test_the_legs_of_a_run_are_in_its_result():
    rastrigin = zoopt.objectives.function("rastrigin", 4)
    result = zoopt.minimize(
        rastrigin, np.full(4, 3.0), method="ipop-cma-es", seed=2, scale=2.0, budget=20_000, target=1e-8
    )
    assert sum(leg.evaluations for leg in result.legs) <= result.nfev
    populations = np.array([leg.population for leg in result.legs])
    assert np.array_equal(populations[1:], 2 * populations[:-1])
    assert len(zoopt.minimize(sphere, START, seed=1, budget=100).legs) == 1
