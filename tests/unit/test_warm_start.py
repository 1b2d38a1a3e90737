"""Starting from what is known: covariance, foreign points; and memory that is refused before it is taken."""

import resource

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidOption

D = 6


def ellipsoid_covariance():
    rng = np.random.default_rng(0)
    Q, _ = np.linalg.qr(rng.normal(size=(D, D)))
    return Q @ np.diag(10.0 ** np.linspace(-6, 0, D)) @ Q.T


C = ellipsoid_covariance()


def ellipsoid(X):
    return np.einsum("ri,ij,rj->r", X, np.linalg.inv(C), X)


def evaluations_to(opt, objective, target=1e-8, most=20_000):
    while opt.nfev < most:
        opt.tell(objective(opt.ask()))
        if opt.best.fun <= target:
            return opt.nfev
    return most


def test_candidates_have_the_covariance_given():
    opt = zoopt.optimizer("cma-es", np.zeros(D), scale=0.1, seed=1, covariance=C, population=4000)
    sampled = np.cov(opt.ask().T) / 0.01
    assert np.allclose(sampled, C, atol=0.08 * C.diagonal().max())
    assert np.allclose(opt.covariance, C, rtol=1e-12)
    diagonal = zoopt.optimizer("snes", np.zeros(D), scale=0.1, seed=1, covariance=C)
    assert np.allclose(diagonal.deviations, 0.1 * np.sqrt(C.diagonal()))
    assert np.allclose(diagonal.ask().std(axis=0).shape, (D,))


def test_a_diagonal_is_the_matrix_with_that_diagonal():
    variances = np.linspace(0.1, 2.0, D)
    for name in ("cma-es", "snes"):
        one, two = (
            zoopt.optimizer(name, np.ones(D), scale=0.3, seed=2, covariance=c) for c in (variances, np.diag(variances))
        )
        for opt in (one, two):
            evaluations_to(opt, lambda X: (X**2).sum(axis=1), most=200)
        assert np.array_equal(one.mean, two.mean)


def test_the_covariance_of_the_problem_saves_evaluations():
    """A quadratic function and the inverse of its Hessian, of condition 1e6: medians of 9 seeds."""
    warm, cold, round_ = [], [], []
    for seed in range(9):
        start = {"x0": np.full(D, 0.3), "scale": 0.3, "seed": seed}
        warm.append(evaluations_to(zoopt.optimizer("cma-es", covariance=C, **start), ellipsoid))
        cold.append(evaluations_to(zoopt.optimizer("cma-es", **start), ellipsoid))
        round_.append(evaluations_to(zoopt.optimizer("cma-es", **start), lambda X: (X**2).sum(axis=1)))
    assert np.median(warm) < 0.75 * np.median(cold)
    assert np.median(warm) < 2 * np.median(round_)


@pytest.mark.parametrize(
    ("covariance", "words"),
    [
        (np.ones(D - 1), "shape"),
        (np.ones((D, D)), "positive definite"),
        (np.triu(np.ones((D, D))) + 9 * np.eye(D), "symmetric"),
        (-np.ones(D), "positive definite"),
        (np.full(D, np.nan), "finite"),
        ("C", "finite"),
    ],
)
def test_a_covariance_that_is_none_is_refused(covariance, words):
    with pytest.raises(InvalidInput, match=words):
        zoopt.optimizer("cma-es", np.ones(D), scale=0.1, seed=1, covariance=covariance)


def test_refused_where_there_is_nothing_to_start_from():
    with pytest.raises(InvalidInput, match="leave covariance out"):
        zoopt.optimizer("openai-es", np.ones(D), scale=0.1, seed=1, covariance=np.ones(D))


def test_foreign_points_move_the_mean_as_the_formula_says():
    """One-sided raw differences with learning rate r: mean - r sum of f z / (rows scale)."""
    cell = zoopt.cell(distribution="isotropic", shaping="raw", metric="vanilla", update="sgd", population=5)
    opt = zoopt.optimizer(cell, np.ones(D), scale=0.2, seed=1, learning_rate=0.01)
    points = np.random.default_rng(1).normal(size=(5, D))
    values = points.sum(axis=1)
    opt.tell(values, candidates=points)
    step = (values[:, None] * (points - 1.0)).mean(axis=0) / 0.2**2
    assert np.allclose(opt.mean, 1.0 - 0.01 * step, rtol=1e-12)
    assert opt.nfev == 5
    best = values.argmin()
    assert opt.best.fun == values[best]
    assert np.array_equal(opt.best.x, points[best])


def test_foreign_points_of_a_solved_problem_pull_the_search_there():
    opt = zoopt.optimizer("cma-es", np.full(D, 3.0), scale=1.0, seed=1, population=10)
    known = np.random.default_rng(1).normal(scale=0.5, size=(10, D))
    opt.tell((known**2).sum(axis=1), candidates=known)
    assert np.linalg.norm(opt.mean) < 1.0


def least_limit(name, dim, **keywords):
    """Return the least memory_limit that is accepted, by bisection."""
    low, high = 1, 2**40
    while high - low > 1:
        middle = (low + high) // 2
        try:
            zoopt.optimizer(name, np.zeros(dim), scale=0.1, seed=1, memory_limit=middle, **keywords)
            high = middle
        except InvalidOption:
            low = middle
    return high


@pytest.mark.parametrize("name", ["cma-es", "snes", "openai-es"])
def test_the_limit_is_what_the_state_of_the_distribution_takes(name):
    """No less than the arrays of the state that belong to it, and no more than three times that."""
    dim = 100
    state = zoopt.optimizer(name, np.zeros(dim), scale=0.1, seed=1).state_dict()
    fields = ("mean", "deviations", "covariance", "eigenvectors", "roots", "factor")
    held = sum(state[field].nbytes for field in fields if field in state)
    population_rows = 64 * zoopt.algorithm(name).default_population(dim)
    assert 0.5 * held <= max(least_limit(name, dim), population_rows) <= max(3 * held, population_rows)


def test_refused_before_it_is_allocated_and_with_the_right_number():
    """40 GB of orthogonal directions; 512 MB of covariance where 100 MB are allowed."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InvalidOption, match=r"37\.3 GiB, more than memory_limit, 2\.0 GiB") as refusal:
        zoopt.optimizer("orthogonal-es", np.zeros(10**6), scale=0.1, seed=1, population=10_000)
    assert "sep-cma-es, snes or openai-es" in str(refusal.value)
    with pytest.raises(InvalidOption, match=r"population of 10{9} would take 59\.6 GiB, more than memory_limit"):
        zoopt.optimizer("snes", np.zeros(2), scale=0.1, seed=1, population=10**9)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200_000  # KiB


def test_ask_is_refused_where_run_is_not():
    opt = zoopt.optimizer("snes", np.zeros(10_000), scale=0.1, seed=1, population=1000, memory_limit=2**24)
    with pytest.raises(InvalidOption, match="use run"):
        opt.ask()
    assert opt.run(zoopt.objectives.function("sphere", 10_000), 1000) == 1000
