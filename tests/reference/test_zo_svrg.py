"""ZO-SVRG against numpy, and that it reduces the variance it is for."""

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, ObjectiveError

WHOLE = 2**64 - 1
N, D, BATCH = 200, 10, 10


def least_squares(seed=0):
    """Return objective(X, generation): the mean square over the mini-batch of the generation, or over all data."""
    rng = np.random.default_rng(seed)
    A, b = rng.normal(size=(N, D)), rng.normal(size=N)

    def objective(X, generation):
        batch = np.random.default_rng(generation).choice(N, BATCH, replace=False)
        chosen = slice(None) if generation == WHOLE else batch
        return ((X @ A[chosen].T - b[chosen]) ** 2).mean(axis=1) / 2

    return objective


def directions(seed, generation, samples):
    """Return points uniform on the sphere of radius sqrt(d), from the noise of zoopt."""
    z = np.array([zoopt.noise(seed, generation, s, D) for s in range(samples)])
    return z * np.sqrt(D / (z**2).sum(axis=1, keepdims=True))


def estimate(objective, x, z, scale, generation):
    """Return the forward-difference gradient at x along z."""
    values = objective(x + scale * z, generation) - objective(x[None], generation)
    return (values[:, None] * z).mean(axis=0) / scale


@pytest.mark.parametrize("epoch", [1, 3, 10])
def test_the_trajectory_against_numpy(epoch):
    objective, seed, scale, rate, q = least_squares(), 17, 1e-3, 0.05, 6
    opt = zoopt.optimizer("zo-svrg", np.ones(D), seed=seed, scale=scale, population=q, learning_rate=rate, epoch=epoch)
    x = np.ones(D)
    for generation in range(25):
        z = directions(seed, generation, q)
        if generation % (epoch + 1) == 0:
            assert opt.objective_generation == WHOLE
            assert opt.rows == q + 1
            anchor, known = x.copy(), estimate(objective, x, z, scale, WHOLE)
        else:
            assert opt.objective_generation == generation
            assert opt.rows == 2 * (q + 1)
            own, there = (estimate(objective, p, z, scale, generation) for p in (x, anchor))
            x = x - rate * (own - there + known)
        opt.tell(objective(opt.ask(), opt.objective_generation))
        assert np.allclose(opt.mean, x, rtol=1e-7, atol=1e-9)


def steps(name, generations, repeats, **options):
    """Return the steps of the mean from one start, for as many seeds: the first ones after the start that move it."""
    objective, found = least_squares(), []
    for seed in range(repeats):
        start = np.full(D, 0.5)
        opt = zoopt.optimizer(name, start, seed=seed, scale=1e-3, population=20, learning_rate=1e-4, **options)
        for _ in range(generations):
            before = opt.mean
            generation = opt.objective_generation
            # Seeds are independent runs: each has mini-batches of its own.
            own = generation if generation == WHOLE else generation + 1000 * seed
            opt.tell(objective(opt.ask(), own))
        found.append((opt.mean - before) / 1e-4)
    return np.array(found)


def test_the_variance_near_the_anchor_is_smaller_than_that_of_zo_sgd():
    """Trace of the covariance of a step near the anchor, over seeds, the anchor's own estimate included.

    zo-sgd has the variance of the mini-batch beside that of the directions, zo-svrg the latter alone.
    """
    reduced, plain = steps("zo-svrg", 2, 400), steps("zo-sgd", 1, 400)
    assert np.allclose(reduced.mean(axis=0), plain.mean(axis=0), atol=1.2)
    assert reduced.var(axis=0).sum() < 0.5 * plain.var(axis=0).sum()


def test_given_the_anchor_the_steps_near_it_hardly_vary():
    objective = least_squares()
    opt = zoopt.optimizer("zo-svrg", np.full(D, 0.5), seed=1, scale=1e-3, learning_rate=1e-6, epoch=50)
    means = []
    for _ in range(40):
        opt.tell(objective(opt.ask(), opt.objective_generation))
        means.append(opt.mean)
    moved = np.diff(means, axis=0)[1:] / 1e-6
    assert moved.std(axis=0).max() < 1e-2 * np.abs(moved.mean(axis=0)).max()


def test_a_saved_run_goes_on_bit_for_bit():
    objective = least_squares()
    opt, other = (zoopt.optimizer("zo-svrg", np.ones(D) * k, seed=k, scale=1e-2, epoch=4) for k in (1, 2))
    for generation in range(17):
        if generation % 3 == 0:
            other.load_state_dict(opt.state_dict())
            assert other.rows == opt.rows
            assert np.array_equal(opt.ask(), other.ask())
        opt.tell(objective(opt.ask(), opt.objective_generation))
    assert np.isfinite(opt.mean).all()


def test_run_is_ask_and_tell():
    sphere = zoopt.objectives.function("sphere", D)
    opt, other = (zoopt.optimizer("zo-svrg", np.ones(D), seed=4, scale=1e-2, epoch=3) for _ in range(2))
    opt.run(sphere, 1000)
    while other.nfev + other.rows <= 1000:
        other.tell(sphere(other.ask()))
    assert np.array_equal(opt.mean, other.mean)
    assert opt.nfev == other.nfev
    assert opt.best.fun == sphere(opt.best.x[None])[0]


def test_values_rather_than_differences_decide_when_to_stop():
    """Near the anchor all differences are alike; that is no plateau."""
    sphere = zoopt.objectives.function("sphere", D)
    opt = zoopt.optimizer("zo-svrg", np.ones(D), seed=4, scale=1e-2, learning_rate=1e-12, plateau=3, tolfun=1e-6)
    opt.run(sphere, 1000)
    assert opt.stop() is None


def test_foreign_candidates_are_refused():
    opt = zoopt.optimizer("zo-svrg", np.ones(D), seed=4, scale=1e-2)
    X = opt.ask()
    with pytest.raises(InvalidInput, match="control variate"):
        opt.tell(np.zeros(len(X)), candidates=X)


def test_a_failure_at_the_anchor_leaves_the_mean_where_it_is():
    """Rows near the first start, which is the anchor, fail from generation 2 on; those of the mean have left it."""

    def sphere(x, generation):
        if generation == 2 and abs(x[0] - 1.0) < 0.1:
            raise ValueError("at the anchor")
        return (x**2).sum()

    objective = zoopt.objective(sphere, generation=True)
    opt = zoopt.optimizer("zo-svrg", np.ones(D), scale=1e-3, seed=1, epoch=10, learning_rate=0.25)
    twin = zoopt.optimizer("zo-svrg", np.ones(D), scale=1e-3, seed=1, epoch=10, learning_rate=0.25)
    free = zoopt.objective(lambda x, generation: (x**2).sum(), generation=True)
    budget = opt.rows
    while twin.generation < 2:
        twin.run(free, budget)
        budget += 1
    assert abs(twin.mean[0] - 1.0) > 0.2
    with pytest.raises(ObjectiveError):
        opt.run(objective, 10**6)
    assert opt.generation == 2
    assert np.array_equal(opt.mean, twin.mean)
