"""Boxes: the smooth map, projection, starts and optima on the bound, foreign candidates."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds

import zoopt
from zoopt.errors import InvalidInput


def mapped(y, low, high, start=None):
    """Return the candidates that the points y of the search become: those of an SPSA pair moved there.

    With one coordinate and the mean at x, a pair of signs gives mean ± scale, so that scale chooses y.
    """
    middle = _start(low, high) if start is None else start
    points = []
    for value in y:
        opt = zoopt.optimizer(SIGNS, [middle], scale=max(abs(value - middle), 1e-300), seed=1, bounds=[(low, high)])
        pair = opt.ask().ravel()
        assert len(pair) == 2
        points.append(pair)
    return np.array(points)


SIGNS = zoopt.cell(
    distribution="rademacher", shaping="raw", metric="vanilla", update="sgd", population=2, antithetic=True
)


def _start(low, high):
    """Return a point where the map is the identity, or the middle of a narrow box."""
    if math.isinf(low) and math.isinf(high):
        return 0.0
    if math.isinf(high):
        return low + (1 + abs(low))
    if math.isinf(low):
        return high - (1 + abs(high))
    return (low + high) / 2


def smooth(y, low, high):
    """Return the map by its definition: identity, parabola of slope 1 to 0, mirrors."""
    width = high - low
    a = 0 if math.isinf(low) else min(width / 2, (1 + abs(low)) / 20)
    b = 0 if math.isinf(high) else min(width / 2, (1 + abs(high)) / 20)
    left, right = low - a, high + b
    if math.isfinite(width):
        y -= 2 * (right - left) * round((y - left) / (2 * (right - left)))  # within a period of the left mirror
    if y < left:
        y = 2 * left - y
    if y > right:
        y = 2 * right - y
    if a and y < low + a:
        return low + (y - left) ** 2 / (4 * a)
    if b and y > high - b:
        return high - (y - right) ** 2 / (4 * b)
    return y


boxes = st.tuples(st.one_of(st.just(-math.inf), st.floats(-100, 99)), st.floats(0.01, 50), st.booleans()).map(
    lambda box: (box[0], math.inf if box[2] else (1.0 if math.isinf(box[0]) else box[0] + box[1]))
)


@settings(max_examples=150, deadline=None)
@given(boxes, st.lists(st.floats(-60, 60), min_size=1, max_size=5))
def test_the_map_is_what_it_is_said_to_be(box, offsets):
    low, high = box
    middle = _start(low, high)
    pairs = mapped([middle + abs(o) for o in offsets], low, high)
    for offset, pair in zip(offsets, pairs, strict=True):
        expected = sorted(smooth(middle + s * max(abs(offset), 1e-300), low, high) for s in (1, -1))
        assert np.allclose(sorted(pair), expected, rtol=0, atol=1e-9 * (1 + abs(middle) + abs(offset)))
        assert np.all((pair >= low) & (pair <= high))


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_identity_inside_and_continuous_with_its_slope(box):
    low, high = box
    middle = _start(low, high)
    reach = 60.0
    y = np.linspace(0, reach, 400)
    above = np.array([smooth(middle + v, low, high) for v in y])
    slopes = np.diff(above) / np.diff(y)
    assert np.abs(slopes).max() <= 1 + 1e-9
    margin = min((1 + abs(high)) / 20, (high - low) / 2) if math.isfinite(high) else 0.0
    inside = middle + y <= high - margin
    assert np.allclose(above[inside], (middle + y)[inside], rtol=1e-12)
    least = min(margin, (1 + abs(low)) / 20)  # the curvature is 1 / (2 margin) where it is not 0
    if math.isfinite(high) and least > 0.02:
        fine = np.linspace(high - middle - 1.5 * margin, high - middle + 1.5 * margin, 3001)
        values = np.array([smooth(middle + v, low, high) for v in fine])
        steps = np.diff(values) / np.diff(fine)
        assert np.abs(np.diff(steps)).max() < 1.01 * (fine[1] - fine[0]) / (2 * least) + 1e-6


@settings(max_examples=100, deadline=None)
@given(boxes, st.floats(0, 1))
def test_a_start_anywhere_in_the_box_stays_where_it_is(box, share):
    low, high = box
    start = min(max(low, -1e3) + share * (min(high, 1e3) - max(low, -1e3)), high)
    for handling in ("transform", "projection"):
        opt = zoopt.optimizer("snes", [start], scale=1.0, seed=0, bounds=[box], bounds_handling=handling)
        assert opt.mean[0] == pytest.approx(start, rel=1e-9, abs=1e-9)


def sphere(X):
    return (X**2).sum(axis=-1)


@pytest.mark.parametrize("handling", ["transform", "projection"])
@pytest.mark.parametrize(
    "bounds", [[(1.0, 3.0), (None, None), (-2.0, -0.5)], Bounds([1, -np.inf, -2], [3, np.inf, -0.5])]
)
@pytest.mark.parametrize("name", ["cma-es", "sep-cma-es", "xnes", "snes"])
def test_an_optimum_on_the_bound_is_found(name, bounds, handling):
    start = [2.0, 1.0, -1.0]
    opt = zoopt.optimizer(name, start, scale=0.5, seed=4, bounds=bounds, bounds_handling=handling)
    seen_low, seen_high = np.full(3, np.inf), np.full(3, -np.inf)
    while opt.nfev < 20_000 and opt.stop() is None:
        X = opt.ask()
        seen_low, seen_high = np.minimum(seen_low, X.min(axis=0)), np.maximum(seen_high, X.max(axis=0))
        opt.tell(sphere(X))
    assert seen_low[0] >= 1.0
    assert seen_high[0] <= 3.0
    assert seen_low[2] >= -2.0
    assert seen_high[2] <= -0.5
    assert opt.best.fun - 1.25 < 1e-8
    assert opt.status == zoopt.Status.VALUES_SETTLED
    assert np.array_equal(opt.best.x, opt.best.x.clip([1, -9, -2], [3, 9, -0.5]))


@pytest.mark.parametrize("name", ["cma-es", "snes"])
@pytest.mark.parametrize("handling", ["transform", "projection"])
def test_one_sided_bounds_and_starts_on_them(name, handling):
    """The start on the bound where the objective leads inwards, and one where it leads outwards."""
    box = [(0.0, None), (None, 0.0)]
    inward = zoopt.optimizer(name, [0.0, 0.0], scale=0.3, seed=2, bounds=box, bounds_handling=handling)
    while inward.nfev < 20_000 and inward.stop() is None:
        inward.tell(sphere(inward.ask() - [1.0, -1.0]))
    assert inward.best.fun < 1e-6
    outward = zoopt.optimizer(name, [0.0, 0.0], scale=0.3, seed=2, bounds=box, bounds_handling=handling)
    while outward.nfev < 5000 and outward.stop() is None:
        outward.tell(sphere(outward.ask() - [-1.0, 1.0]))
    assert outward.best.fun == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov", "adam"])
def test_first_order_algorithms_project(name):
    opt = zoopt.optimizer(name, [2.0, 2.0], seed=0, bounds=[(1.0, 3.0), (-3.0, 3.0)], learning_rate=0.05)
    for _ in range(600):
        x = opt.ask()
        assert np.all((x >= [[1.0, -3.0]]) & (x <= [[3.0, 3.0]]))
        opt.tell(sphere(x), gradients=2 * x)
    assert opt.mean[0] == 1.0
    assert abs(opt.mean[1]) < 1e-2


def test_first_order_algorithms_refuse_the_map():
    with pytest.raises(InvalidInput, match="projection"):
        zoopt.optimizer("gd", [2.0], seed=0, bounds=[(1.0, 3.0)], bounds_handling="transform")


@pytest.mark.parametrize("handling", ["transform", "projection"])
def test_foreign_candidates_are_learned_from_where_they_lie(handling):
    """Telling the own candidates as foreign ones moves the mean as telling their values does, also near the bounds."""
    box = [(-0.1, 0.1), (0.0, None), (None, 5.0)]
    opt, other = (
        zoopt.optimizer("snes", [0.05, 1.0, 1.0], scale=0.01, seed=1, bounds=box, bounds_handling=handling)
        for _ in range(2)
    )
    for _ in range(5):
        X = opt.ask()
        opt.tell(sphere(X - 0.02))
        other.tell(sphere(X - 0.02), candidates=X)
        assert np.allclose(opt.mean, other.mean, rtol=1e-7)
        assert np.allclose(opt.deviations, other.deviations, rtol=1e-7)


def test_foreign_candidates_behind_a_mirror_belong_to_the_image_next_to_the_mean():
    """A mean that drifts over the bound lies behind the mirror; its candidates are not thrown across the box."""
    cell = zoopt.cell(
        distribution="isotropic", shaping="centred-rank", metric="natural", update="sgd", population=6
    )  # fmt: skip
    one, two = (
        zoopt.optimizer(cell, [0.001], scale=0.03, seed=3, bounds=[(0.0, 10.0)], learning_rate=1.0) for _ in range(2)
    )
    for _ in range(30):
        X = one.ask()
        values = -np.arange(6.0)  # whatever: the mean walks
        one.tell(values)
        two.tell(values, candidates=X)
        assert abs(two.mean[0] - one.mean[0]) < 0.2


@pytest.mark.parametrize("bounds", [(0.0, 10.0), (0.0, None)])
def test_foreign_candidates_of_a_mean_behind_the_mirror_lie_there_too(bounds):
    """Far enough behind it no image is nearer than the candidate's own: the step is that of the values alone."""
    cell = zoopt.cell(
        distribution="isotropic", shaping="centred-rank", metric="natural", update="sgd", population=6
    )  # fmt: skip
    one, two = (
        zoopt.optimizer(cell, [0.001], scale=0.03, seed=3, bounds=[bounds], learning_rate=10.0) for _ in range(2)
    )
    mirror = -0.05
    for generation in range(12):
        X, where = one.ask(), one.state_dict()["mean"][0]
        values = X[:, 0] if where > mirror else -X[:, 0]  # the way on, seen from both sides
        one.tell(values)
        two.ask()
        two.tell(values, candidates=X if generation > 4 else None)
        assert two.state_dict()["mean"][0] == pytest.approx(one.state_dict()["mean"][0], rel=1e-9)
    assert one.state_dict()["mean"][0] < mirror - 0.5


@pytest.mark.parametrize("handling", ["transform", "projection"])
def test_foreign_candidates_outside_are_refused(handling):
    opt = zoopt.optimizer("snes", [0.5, 0.5], scale=0.1, seed=1, bounds=[(0, 1)] * 2, bounds_handling=handling)
    X = opt.ask()
    X[3, 1] = 1.0 + 1e-9
    before = opt.state_dict()
    with pytest.raises(InvalidInput, match="candidate 3 lies outside"):
        opt.tell(sphere(X), candidates=X)
    after = opt.state_dict()
    assert all(np.array_equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ([(0, 1)], "one .low, high. pair for each of the 2"),
        ([(1, 0), (0, 1)], "below its upper"),
        ([(0, 0), (0, 1)], "below its upper"),
        ([(np.nan, 1), (0, 1)], "below its upper"),
        ([(0.6, 1), (0, 1)], "outside its bounds"),
        ("no", "bounds must be"),
        ([1, 2], "bounds must be"),
        (Bounds([0, 0, 0], [1, 1, 1]), "bounds must be"),
    ],
)
def test_bounds_that_are_none_are_refused(bounds, words):
    with pytest.raises(InvalidInput, match=words):
        zoopt.optimizer("snes", [0.5, 0.5], scale=0.1, seed=1, bounds=bounds)


def test_discrete_algorithms_have_no_bounds():
    with pytest.raises(InvalidInput, match="no use for bounds"):
        zoopt.optimizer("reinforce-bernoulli", [0.5, 0.5], seed=1, bounds=[(0, 1)] * 2)
