"""The study of policy gradient and zeroth order: the printed numbers, other sizes, and independent ways to them."""

import itertools
import math
import sys

import numpy as np
import pytest
from scipy import stats

from zoopt import flows, studies
from zoopt.errors import InvalidOption, MissingDependency
from zoopt.studies.equivalence import Options, _argmax, _cells, _data, _flat, _grid, _surrogate, _training, _variance
from zoopt.studies.equivalence._textbook import CmaEs
from zoopt.studies.equivalence._variance import Quadratic

ERRATA = ["S1.E2", "S1.E4", "S1.E6", "S1.6"]


@pytest.fixture(scope="module")
def found():
    return studies.run("equivalence", quick=True)


@pytest.fixture(scope="module")
def cancer():
    return _data.loaded("breast_cancer")


def only(found, words):
    """Return the one claim whose statement has these words."""
    (claim,) = [each for each in found.claims if words in each.statement]
    return claim


def test_a_quick_run_finds_nothing_unexpected(found):
    assert found.success, found.unexpected
    assert [each.source for each in found.claims if each.erratum] == ERRATA
    sources = {each.source for each in found.claims}
    assert sources >= {*(f"S1.{k}" for k in range(1, 8)), *(f"S1.E{k}" for k in range(1, 10)), "S1.skip"}


def test_every_erratum_has_its_correction_beside_it(found):
    for place, each in enumerate(found.claims):
        if each.erratum:
            assert each.verdict == "fails"
            assert found.claims[place + 1].source[:4] == "S1.E"
            assert not found.claims[place + 1].erratum


def test_every_way_is_told_on_every_data_set(found):
    table = found.tables["outcomes"]
    assert len(table) == len(_data.NAMES) * 11
    assert table["accuracy"].min() > 0.2
    assert set(found.tables["variances"]["directions u"]) == set(_grid.DISTRIBUTIONS)
    assert set(found.tables["variances"]["baseline"]) == set(_grid.BASELINES)


def test_figures_are_drawn(found):
    assert set(found.figures) == {"variance_of_dimension", "cosine_of_radius", "held_out", "reading_curve"}
    for canvas in found.figures.values():
        assert canvas.axes


# The printed numbers.


def test_the_four_variances_of_one_direction():
    """342.94, 53.14, 52.08 and 31.23: they depend on d, ε, f0, ‖g‖², tr H and tr H² alone."""
    given = Options()
    f = Quadratic(given.dim, given.value, given.slope_square, given.trace, given.trace_square, 0)
    told = f.variances(given.radius)
    assert {name: f"{value:.2f}" for name, value in told.items()} == {
        "none": "342.94", "f(x)": "53.14", "b*": "52.08", "central": "31.23",
    }  # fmt: skip
    assert f.slope @ f.slope == pytest.approx(given.slope_square)
    assert np.trace(f.curvature) == pytest.approx(given.trace)
    assert np.square(f.curvature).sum() == pytest.approx(given.trace_square)


def test_a_binary_action_at_nine_tenths(found):
    assert f"{only(found, 'with b = E r has variance').measured:.4f}" == "0.0576"
    assert f"{only(found, 'with no baseline has variance').measured:.4f}" == "0.0009"
    assert only(found, "b* = 1 − p").measured == pytest.approx(0, abs=1e-15)
    assert only(found, "from p = 2/3 on").measured == pytest.approx(2 / 3, abs=1e-7)


def test_the_matching_rule(found):
    assert f"{only(found, 'matching rule').measured:.4f}" == "1.7017"
    assert f"{only(found, 'probabilities of the two').prediction:.6f}" == "0.009457"


def test_cosines_on_breast_cancer(found):
    """Printed are −.27, −.18, .40, .87, .95: two of them move by .01 with how far the regression was carried."""
    frame = found.tables["cosines"]
    np.testing.assert_allclose(frame["τ = 1"], [-0.27, -0.18, 0.40, 0.87, 0.95], atol=0.011)
    assert frame["τ matched"].min() >= 0.96


def test_smoothing_of_a_product_and_of_a_cubic(found):
    assert f"{only(found, 'zeroth order goes to').prediction:.6f}" == "0.953939"
    cubic = only(found, "so the bias is")
    assert cubic.prediction == 0.2
    assert cubic.interval[0] < 0.2 < cubic.interval[1]
    assert only(found, "(random signs)").measured == pytest.approx(0.2 / 3)


def test_cells_follow_their_textbooks_to_rounding(found):
    assert found.tables["cells"]["after one generation"].max() < 3e-15
    assert only(found, "CMA-ES is a cell").measured < 1e-13


# Independent ways.


def every(distribution, d, q):
    """Return all generations of directions, which are equally likely: shape (generations, q, d)."""
    if distribution == "rademacher":
        single = np.array(list(itertools.product((-1.0, 1.0), repeat=d)))
    else:
        single = math.sqrt(d) * np.eye(d)
    return np.array(list(itertools.product(single, repeat=q)))


def estimate(u, slope, offset, baseline):
    """Return the estimates at radius 1, as a text on baselines has them."""
    values, q = offset + u @ slope, u.shape[1]
    others = (values.sum(axis=1, keepdims=True) - values) / (q - 1)
    taken = {
        "none": 0 * values, "f(x)": offset + 0 * values, "mean": values.mean(axis=1, keepdims=True),
        "leave-one-out": others, "b*": others, "central": offset + 0 * values,
    }[baseline]  # fmt: skip
    return np.mean((values - taken)[:, :, None] * u, axis=1)


@pytest.mark.parametrize("baseline", _grid.BASELINES)
@pytest.mark.parametrize(("distribution", "d", "q"), [("rademacher", 3, 2), ("rademacher", 2, 4), ("coordinate", 4, 3)])
def test_predicted_variances_by_enumeration_of_all_directions(distribution, d, q, baseline):
    slope = np.linspace(-0.5, 1.0, d)
    found = estimate(every(distribution, d, q), slope, 2.0, baseline)
    mean, variance = _grid.predicted(distribution, baseline, slope, q, 2.0)
    np.testing.assert_allclose(found.mean(axis=0), mean, atol=1e-13)
    assert np.square(found - mean).sum(axis=1).mean() == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("distribution", ["isotropic", "rademacher", "sphere", "orthogonal"])
@pytest.mark.parametrize(("d", "q"), [(7, 2), (12, 5)])
def test_predicted_variances_are_those_of_the_flows(distribution, d, q):
    slope = np.linspace(-0.5, 1.0, d)
    ways = {"central": "central"}
    if distribution != "orthogonal":
        ways |= {"f(x)": "forward", "leave-one-out": "leave-one-out"}
    for baseline, difference in ways.items():
        expected = flows.GradientEstimate(distribution, q, difference).variance(slope)
        assert _grid.predicted(distribution, baseline, slope, q, 2.0)[1] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("baseline", ["none", "mean", "leave-one-out"])
def test_predicted_variances_of_orthogonal_directions_by_qr(baseline):
    """Of 20 000 random bases of numpy's, within five standard errors."""
    d, q, slope = 6, 3, np.linspace(-0.5, 1.0, 6)
    u = math.sqrt(d) * np.linalg.qr(np.random.default_rng(1).normal(size=(20_000, d, q)))[0].transpose(0, 2, 1)
    u *= np.random.default_rng(2).choice([-1.0, 1.0], size=(20_000, q, 1))
    mean, variance = _grid.predicted("orthogonal", baseline, slope, q, 2.0)
    squares = np.square(estimate(u, slope, 2.0, baseline) - mean).sum(axis=1)
    assert abs(squares.mean() - variance) < 5 * squares.std() / math.sqrt(len(squares))
    assert squares.std() / math.sqrt(len(squares)) < 0.01 * variance


def test_quadratic_variances_for_other_numbers():
    f = Quadratic(5, -0.8, 2.0, -3.0, 9.0, 4)
    claims = [each for each in _variance.on_a_quadratic(f, 0.5, 400_000, 2) if hasattr(each, "verdict")]
    for each in claims:
        assert each.measured == pytest.approx(each.prediction, rel=0.02), each.statement
    expected = flows.GradientEstimate("isotropic", 1, "forward", 0.5).variance(f.slope, f.curvature)
    assert f.variances(0.5)["f(x)"] == pytest.approx(expected, rel=1e-12)


def test_the_probit_gradient_is_that_of_the_smoothed_accuracy(cancer):
    X, y, theta = cancer.X[:40, :3], np.where(cancer.y[:40] == 1, 1.0, -1.0), np.array([0.5, -1.0, 0.2, 0.1])
    rows = np.column_stack([X, np.ones(40)])

    def smooth(at):
        return stats.norm.cdf(y * (rows @ at) / (0.4 * np.linalg.norm(rows, axis=1))).mean()

    numeric = [(smooth(theta + h) - smooth(theta - h)) / 2e-6 for h in 1e-6 * np.eye(4)]
    np.testing.assert_allclose(_argmax.probit_gradient(theta, X, y, 0.4), numeric, atol=1e-9)


def test_the_point_of_the_cosines_is_logistic_regression(cancer):
    from sklearn.linear_model import LogisticRegression

    rows = np.column_stack([cancer.X, np.ones(len(cancer.X))])
    theirs = LogisticRegression(fit_intercept=False, tol=1e-10, max_iter=10_000).fit(rows, cancer.y)
    np.testing.assert_allclose(_argmax.fitted(cancer), theirs.coef_[0], atol=1e-5)


def test_cells_of_three_labels_by_the_bivariate_normal():
    scores = np.array([0.3, -0.2, 0.5])

    def chances(s):
        """P(f_y is the largest): both differences from it have variance 2 and covariance 1."""
        spread = np.array([[2.0, 1.0], [1.0, 2.0]])
        gaps = [[s[y] - s[k] for k in range(3) if k != y] for y in range(3)]
        return np.array([stats.multivariate_normal(cov=spread, allow_singular=False).cdf(g) for g in gaps])

    numeric = np.array([(chances(scores + h) - chances(scores - h)) / 2e-3 for h in 1e-3 * np.eye(3)]).T
    np.testing.assert_allclose(_argmax._slopes_of_cells(scores), numeric, atol=2e-5)


@pytest.mark.parametrize(("dim", "population"), [(3, 7), (8, 9), (12, 20)])
def test_the_tutorial_is_also_what_the_peer_does(dim, population):
    from cmaes import CMA

    theirs, ours = CMA(np.zeros(dim), 0.5, seed=1, population_size=population), CmaEs(dim, 0.5, population)
    for _ in range(40):
        rows = np.array([theirs.ask() for _ in range(population)])
        values = np.square(rows - 1.0) @ np.arange(1.0, dim + 1)
        theirs.tell(list(zip(rows, values, strict=True)))
        ours.tell(rows, values)
        np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(ours.covariance, theirs._C, rtol=1e-9, atol=1e-12)
        assert ours.scale == pytest.approx(theirs._sigma, rel=1e-10)


@pytest.mark.parametrize(("dim", "seed"), [(3, 1), (12, 2)])
def test_cells_in_other_dimensions(dim, seed):
    claims = [each for each in _cells.cells(dim, 0.2, 8, seed) if hasattr(each, "verdict")]
    assert [each.verdict for each in claims] == ["holds"] * 8


def test_a_binary_action_at_other_probabilities():
    for p in (0.7, 0.99):
        claims = [each for each in _surrogate.binary(p) if hasattr(each, "verdict")]
        assert all(each.as_expected for each in claims)


def test_the_flat_minimum_of_another_radius():
    claims = list(_flat.flat_minima(0.5, 2000, 1500, 3))
    assert claims[1].prediction == pytest.approx(math.sqrt(0.75))
    assert [each.verdict for each in claims] == ["holds"] * 3


def test_the_outcomes_are_known_for_five_hundred_steps_only(found):
    known = [each for each in found.claims if "held-out accuracy" in each.statement]
    assert len(known) == sum(map(len, _training.KNOWN.values()))
    assert all(each.open for each in known)
    outcomes = _training.Outcomes({("digits", "exact PG", "accuracy"): np.array([0.95, 0.96])})
    assert not _training._known(outcomes, "digits", "exact PG", 0.954, 500).open


# What cannot be.


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"trace": 20.0}, "trace_square is 38.695; give at least trace²/dim = 50"),
        ({"reading_steps": (3,)}, r"reading_steps is \(3,\); give two numbers"),
        ({"counts": (2, 9)}, "counts has 9, dimensions has 8; there are no more orthogonal directions"),
        ({"dimensions": (8, 8)}, "give two or more"),
        ({"probability": 0.6}, r"probability is 0.6; give a number in \(0.666667, 1\)"),
        ({"radius": 1.0}, r"radius is 1.0; give a number in \(0, 1\)"),
    ],
)
def test_impossible_options(given, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run("equivalence", **given)


def test_without_scikit_learn_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingDependency, match="pip install 'zoopt-engine"):
        studies.run("equivalence", quick=True)
