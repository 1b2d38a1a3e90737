"""Augmented random search against the formulas of Mania, Guy and Recht (2018), written here in numpy."""

import numpy as np
import pytest

import zoopt

SEED = 77
D = 5
START = np.linspace(-1.0, 2.0, D)
SCALE = 0.05


def bumpy(X):
    return 3 + X @ np.cos(np.arange(D)) + (X**2) @ np.arange(1, D + 1) + np.sin(4 * X).sum(axis=1)


def directions(generation, count):
    return np.array([zoopt.noise(SEED, generation, s, D) for s in range(count)])


def textbook(theta, deltas, used, step, nu):
    """Return the parameters after one iteration: rewards are minus costs, `used` directions are kept."""
    plus, minus = -bumpy(theta + nu * deltas), -bumpy(theta - nu * deltas)
    order = np.argsort(-np.maximum(plus, minus))[:used]
    deviation = np.std(np.concatenate([plus[order], minus[order]]))
    return theta + step / (used * deviation) * ((plus - minus)[order] @ deltas[order])


@pytest.mark.parametrize(
    ("name", "population", "options", "used"),
    [
        ("ars-v1", 16, {}, 8),
        ("ars-v1-t", 16, {}, 4),
        ("ars-v2-t", 16, {}, 4),
        ("ars-v1-t", 10, {"top": 0.3}, 2),
        ("ars-v1-t", 6, {"top": 1e-9}, 1),
        ("ars-v1", 2, {"learning_rate": 0.1}, 1),
    ],
)
def test_iterations_are_those_of_the_paper(name, population, options, used):
    opt = zoopt.optimizer(name, START, scale=SCALE, seed=SEED, population=population, **options)
    step = options.get("learning_rate", 2 / 3) * SCALE
    theta = START.copy()
    for t in range(12):
        theta = textbook(theta, directions(t, population // 2), used, step, SCALE)
        opt.tell(bumpy(opt.ask()))
        np.testing.assert_allclose(opt.mean, theta, rtol=1e-11)
    assert opt.scale == SCALE


def test_the_defaults_are_those_of_the_reference():
    """Step size .02, standard deviation .03, eight directions."""
    opt = zoopt.optimizer("ars-v1", START, scale=0.03, seed=SEED)
    assert opt.rows == 16
    theta = textbook(START, directions(0, 8), 8, 0.02, 0.03)
    opt.tell(bumpy(opt.ask()))
    np.testing.assert_allclose(opt.mean, theta, rtol=1e-11)


def test_versions_1_and_2_differ_in_what_the_policy_sees_alone():
    runs = []
    for name in ("ars-v1-t", "ars-v2-t"):
        opt = zoopt.optimizer(name, START, scale=SCALE, seed=SEED)
        for _ in range(5):
            opt.tell(bumpy(opt.ask()))
        runs.append(opt.mean)
    assert np.array_equal(*runs)


def test_a_direction_with_an_invalid_candidate_drops_out():
    values = np.array([3.0, 1.0, np.nan, -9.0, 2.0, 2.5, 4.0, 8.0])
    opt = zoopt.optimizer("ars-v1-t", np.zeros(D), scale=1.0, seed=SEED, population=8, learning_rate=1.0)
    opt.ask()
    opt.tell(values)
    deltas = directions(0, 4)
    kept = values[[0, 1, 4, 5]]
    expected = -((3.0 - 1.0) * deltas[0] + (2.0 - 2.5) * deltas[2]) / (2 * np.std(kept))
    np.testing.assert_allclose(opt.mean, expected, rtol=1e-12)


def test_the_first_of_equal_directions_are_kept():
    opt = zoopt.optimizer("ars-v1-t", np.zeros(D), scale=1.0, seed=SEED, population=8, learning_rate=1.0)
    opt.ask()
    opt.tell([1.0, 2.0, 5.0, 1.0, 1.0, 7.0, 9.0, 1.0])
    deltas = directions(0, 4)
    expected = -((1.0 - 2.0) * deltas[0] + (5.0 - 1.0) * deltas[1]) / (2 * np.std([1.0, 2.0, 5.0, 1.0]))
    np.testing.assert_allclose(opt.mean, expected, rtol=1e-12)


def test_foreign_candidates_are_directions_of_their_own():
    opt = zoopt.optimizer("ars-v1-t", np.zeros(D), scale=0.5, seed=SEED, population=4, learning_rate=1.0)
    X = np.random.default_rng(0).normal(size=(4, D))
    values = np.array([3.0, 1.0, 2.0, 7.0])
    opt.ask()
    opt.tell(values, candidates=X)
    w = (values[1:3] - 1.5) / (2 * 0.5)
    np.testing.assert_allclose(opt.mean, -(w @ X[1:3]), rtol=1e-12)


def test_without_pairs_there_are_no_directions():
    cell = zoopt.cell(distribution="isotropic", shaping="ars", metric="natural", update="sgd", population=4)
    with pytest.raises(zoopt.errors.InvalidInput, match="antithetic=True"):
        zoopt.optimizer(cell, START, scale=1.0, seed=0)
