"""Candidates without a value are drawn again, and tell() learns from the mixed generation exactly."""

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, StateError

D = 6
SEARCHES = [
    "cma-es",
    "sep-cma-es",
    "xnes",
    "snes",
    "openai-es",
    "orthogonal-es",
    "zo-scd",
    "two-point",
    "spsa",
    "zo-sgd",
    "random-search",
]


def make(name, dim=D, **keywords):
    return zoopt.optimizer(name, np.ones(dim), **({"scale": 0.3, "seed": 7, "population": 8} | keywords))


def halfspace(X):
    """Return the sphere where the first coordinate is at least 1, and NaN elsewhere."""
    values = (X**2).sum(axis=1)
    values[X[:, 0] < 1.0] = np.nan
    return values


def filled(opt, objective):
    """Return the candidates and values of a generation, replacements in their places, and how many were replaced."""
    X = opt.ask()
    values, replaced = objective(X), 0
    while True:
        rows, fresh = opt.resample(values)
        if not rows.size:
            return X, values, replaced
        X[rows], values[rows] = fresh, objective(fresh)
        replaced += rows.size


@pytest.mark.parametrize("name", ["cma-es", "snes", "zo-sgd", "random-search"])
def test_all_candidates_get_a_value(name):
    opt = make(name)
    X, values, replaced = filled(opt, halfspace)
    own = slice(0, 8)
    assert np.isfinite(values[own]).all()
    assert replaced > 0
    assert np.array_equal(opt.ask(), X)
    opt.tell(values)
    assert opt.nfev == opt.invalid + len(X) == replaced + len(X)


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("dim", [D, 1])
def test_tell_learns_from_the_replacements(name, dim):
    """As it would from the same points, told as foreign candidates by values of antithetic pairs or not."""
    opt = make(name, dim)
    if opt.cell.antithetic:
        pytest.skip("pairs are told apart from foreign candidates: see the closed form below")
    X = opt.ask()
    values = (X**2).sum(axis=1)
    values[[1, 4]] = np.nan
    rows, fresh = opt.resample(values)
    assert rows.tolist() == [1, 4]
    X[rows], values[rows] = fresh, (fresh**2).sum(axis=1)
    opt.tell(values)
    other = make(name, dim)
    other.tell(values, candidates=X)
    assert np.allclose(opt.mean, other.mean, rtol=1e-9, atol=1e-12)
    assert opt.scale == pytest.approx(other.scale, rel=1e-9)
    if opt.deviations is not None:
        assert np.allclose(opt.deviations, other.deviations, rtol=1e-9)


@pytest.mark.parametrize(("dim", "population"), [(4, 8), (70_000, 480)])
def test_a_pair_is_redrawn_as_a_whole_and_its_noise_is_exact(dim, population):
    """Two-point, closed form; also where the noise is too much to be kept: 240 pairs of 70000 numbers are."""
    opt = zoopt.optimizer("two-point", np.zeros(dim), scale=0.1, seed=5, population=population, learning_rate=0.01)
    X = opt.ask()
    values = X.sum(axis=1)
    values[3] = np.inf
    rows, fresh = opt.resample(values)
    assert rows.tolist() == [2, 3]
    assert np.array_equal(fresh[0], -fresh[1])
    assert not np.isin(fresh[0], X[2]).all()
    assert np.array_equal(opt.ask()[rows], fresh)
    X[rows], values[rows] = fresh, fresh.sum(axis=1)
    opt.tell(values)
    gradient = ((values[::2] - values[1::2]) @ (X[::2] / 0.1)) / (len(X) * 0.1)
    assert np.allclose(opt.mean, -0.01 * gradient, rtol=1e-6, atol=1e-9)


def test_replacements_are_normal_numbers_of_the_resample_stream():
    opt = make("two-point")
    opt.tell((opt.ask() ** 2).sum(axis=1))
    mean, scale = opt.mean, opt.scale
    values = np.ones(8)
    values[5] = np.nan
    _, once = opt.resample((opt.ask() ** 2).sum(axis=1) * np.where(np.isnan(values), np.nan, 1.0))
    _, twice = opt.resample(values)
    for attempt, fresh in enumerate((once, twice)):
        z = zoopt.noise(7, 1, 2**31 + attempt * 4 + 2, D, stream=4)
        assert np.allclose((fresh[0] - mean) / scale, z, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SEARCHES)
def test_deterministic_and_saved(name):
    one, two = make(name), make(name)
    filled(one, halfspace)
    filled(two, halfspace)
    assert np.array_equal(one.ask(), two.ask())
    three = make(name, seed=99)
    three.load_state_dict(one.state_dict())
    assert np.array_equal(one.ask(), three.ask())
    values = halfspace(one.ask())
    for opt in (one, three):
        opt.resample(values)
        opt.tell(np.arange(float(opt.rows)))
    assert np.array_equal(one.mean, three.mean)
    assert one.nfev == three.nfev


def test_attempts_end():
    opt = make("snes")
    opt.ask()
    nothing = np.full(8, np.nan)
    counts = [opt.resample(nothing)[0].size for _ in range(25)]
    assert counts == [8] * 20 + [0] * 5
    assert opt.nfev == opt.invalid == 160
    opt.tell(nothing)
    assert "NaN or infinite" in opt.stop()


def test_the_best_of_what_is_replaced_is_not_forgotten():
    opt = make("two-point")
    X = opt.ask()
    values = np.ones(8)
    values[:2] = -5.0, np.nan
    opt.resample(values)
    assert opt.best.fun == -5.0
    assert np.array_equal(opt.best.x, X[0])


def test_the_mean_is_not_replaced():
    opt = make("zo-sgd")
    opt.ask()
    values = np.ones(9)
    values[8] = np.nan
    assert opt.resample(values)[0].size == 0


def test_bits_are_drawn_again():
    opt = zoopt.optimizer("reinforce-bernoulli", np.zeros(30), seed=3)
    X = opt.ask()
    values = X.sum(axis=1)
    values[2] = np.nan
    rows, fresh = opt.resample(values)
    assert rows.tolist() == [2]
    assert set(np.unique(fresh)) == {0.0, 1.0}
    assert not np.array_equal(fresh[0], X[2])


def test_replacements_keep_to_the_bounds():
    opt = make("cma-es", bounds=[(0.9, 1.1)] * D)
    X, _, _ = filled(opt, halfspace)
    assert np.all((X >= 0.9) & (X <= 1.1))


def test_refused_where_it_has_no_meaning():
    opt = make("snes")
    with pytest.raises(StateError, match="without ask"):
        opt.resample(np.zeros(8))
    opt.ask()
    with pytest.raises(InvalidInput, match="shape"):
        opt.resample(np.zeros(3))
    for other in (make("snes", noise_handling=True), make("zo-svrg")):
        X = other.ask()
        with pytest.raises(InvalidInput, match="more than once"):
            other.resample(np.zeros(len(X)))


def broken(opt, samples):
    """Return values with NaN for the plus candidate of these pairs."""
    values = np.arange(1.0, opt.rows + 1)
    values[2 * np.asarray(samples)] = np.nan
    return values


def directions(opt):
    """Return the z of every pair of an antithetic search of scale 1."""
    X = opt.ask()
    return (X[::2] - X[1::2]) / 2


def searcher(dim, samples, **options):
    cell = zoopt.cell(
        distribution="orthogonal",
        shaping="raw",
        metric="vanilla",
        update="sgd",
        population=2 * samples,
        antithetic=True,
    )
    return zoopt.optimizer(cell, np.zeros(dim), scale=1.0, seed=5, learning_rate=1.0, **options)


ROUNDS = [
    (7, 7, 7, [[1, 4]]),
    (7, 7, 7, [[1, 4, 6], [4, 6], [1, 4]]),
    (10, 4, 4, [[2], [0], [2], [0, 1, 2, 3]]),
    (80, 100, 64, [[0, 63, 64, 99], [63, 64]]),
    (9, 12, 3, [[0, 3, 4, 11], [4], [0, 3]]),
]


@pytest.mark.parametrize(("dim", "samples", "block", "rounds"), ROUNDS)
def test_replaced_directions_are_orthogonal_to_the_rest_of_their_block(dim, samples, block, rounds):
    opt = searcher(dim, samples, block=block)
    Z = directions(opt)
    for wanted in rounds:
        rows, _ = opt.resample(broken(opt, wanted))
        assert np.array_equal(np.unique(rows // 2), wanted)
        before, Z = Z, directions(opt)
        others = np.setdiff1d(np.arange(samples), wanted)
        assert np.array_equal(Z[others], before[others])
        assert np.all(np.max(np.abs(Z[wanted] - before[wanted]), axis=1) > 1e-3)
        for first in range(0, samples, block):
            part = Z[first : first + block] / np.sqrt(dim)
            assert np.max(np.abs(part @ part.T - np.eye(len(part)))) < 1e-12


def test_a_replaced_direction_is_the_draw_less_its_projections():
    """Closed form: the noise of the replacement, projected by QR of the others, and of length sqrt(d)."""
    dim, samples = 10, 5
    opt = searcher(dim, samples)
    Z = directions(opt)
    opt.resample(broken(opt, [1, 3]))
    kept = [0, 2, 4]
    for s, others in ((1, kept), (3, [*kept, 1])):
        Q = np.linalg.qr(Z[others].T)[0]
        z = zoopt.noise(5, 0, 2**31 + s, dim, stream=4)
        z = z - Q @ (Q.T @ z)
        Z[s] = np.sqrt(dim) * z / np.linalg.norm(z)
    assert np.max(np.abs(directions(opt) - Z)) < 1e-12


@pytest.mark.parametrize("samples", [3, 8])
def test_the_learned_direction_is_the_projection_of_the_gradient(samples):
    """For a linear function the orthogonal estimate is d / q times the projection of its slope, all of it for q = d."""
    dim = 8
    slope = np.arange(1.0, dim + 1)
    opt = searcher(dim, samples)
    opt.ask()
    rows, _ = opt.resample(broken(opt, [0, 2]))
    assert rows.tolist() == [0, 1, 4, 5]
    Q = directions(opt).T / np.sqrt(dim)
    opt.tell(opt.ask() @ slope)
    expected = slope if samples == dim else dim / samples * Q @ (Q.T @ slope)
    assert np.max(np.abs(opt.mean + expected)) < 1e-11


@pytest.mark.parametrize(("dim", "samples", "block"), [(5, 5, 5), (1, 3, 1), (3, 6, 3)])
def test_a_lone_failure_among_as_many_directions_as_dimensions_is_not_replaced(dim, samples, block):
    """It drops out: the others alone are learned from."""
    opt = searcher(dim, samples, block=block)
    Z, values = directions(opt), broken(opt, [1])
    rows, fresh = opt.resample(values)
    assert rows.size == fresh.size == 0
    assert opt.nfev == opt.invalid == 0
    opt.tell(values)
    kept = np.setdiff1d(np.arange(samples), [1])
    slopes = (values[2 * kept] - values[2 * kept + 1]) / 2
    assert np.allclose(opt.mean, -(slopes @ Z[kept]) / len(kept), rtol=1e-12)


def test_a_short_last_block_has_directions_left():
    opt = searcher(4, 5, block=4)
    opt.ask()
    assert opt.resample(broken(opt, [4]))[0].tolist() == [8, 9]


@pytest.mark.parametrize("name", ["orthogonal-es", "two-point", "cma-es"])
def test_rounds_are_made_again_in_their_order(name):
    """What replaced a direction depends on what replaced the others before: a state and a record know that."""
    one = make(name, dim=9, record=True)
    for g in range(3):
        for wanted in [[1, 3], [1], [3], [0, 1]] if g != 1 else [[2]]:
            values = (one.ask() ** 2).sum(axis=1)
            values[wanted] = np.nan
            assert one.resample(values)[0].size
        if g == 2:
            two = make(name, dim=9, seed=99)
            two.load_state_dict(one.state_dict())
            assert np.array_equal(one.ask(), two.ask())
            two.tell((two.ask() ** 2).sum(axis=1))
        one.tell((one.ask() ** 2).sum(axis=1))
    assert np.array_equal(one.mean, two.mean)
    again = make(name, dim=9)
    again.replay(one.record)
    assert np.array_equal(one.mean, again.mean)
    assert one.nfev == again.nfev
    part = make(name, dim=9)
    part.replay(one.record, 2)
    assert not np.array_equal(one.mean, part.mean)
