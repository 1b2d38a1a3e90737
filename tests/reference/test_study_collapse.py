"""The study of siamese networks: the printed numbers, other parameters, and independent ways to the same values."""

import math

import numpy as np
import pytest
from claims import measured
from scipy.integrate import solve_ivp

from zoopt import flows, studies
from zoopt.errors import InvalidOption
from zoopt.objectives import Layout, LossObjective
from zoopt.studies.collapse import _toy
from zoopt.studies.collapse._digits import SHIFTS, SIDE, digits
from zoopt.studies.collapse._linear import Siamese, imbalance, root_of
from zoopt.studies.collapse._modes import direct_time, followed, rest, threshold
from zoopt.studies.collapse._network import SiameseNetwork
from zoopt.studies.collapse._outputs import seen

SIGMA2 = 0.25


@pytest.fixture(scope="module")
def quick():
    return studies.run("collapse", quick=True)


def test_a_quick_run_goes_as_expected(quick):
    assert quick.success, [(each.statement, each.measured) for each in quick.unexpected]
    assert {each.source for each in quick.claims} == {"S7.1", "S7.2", "S7.3", "S7.4"}
    said = ["never collapses", "never collapses", "always collapses", "always collapses", "std of normalised outputs"]
    errata = [each for each in quick.claims if each.erratum]
    assert len(errata) == len(said)
    assert all(words in each.statement and each.verdict == "fails" for words, each in zip(said, errata, strict=True))


@pytest.mark.parametrize(
    ("variant", "phi", "theta", "rate", "digits_of_theta"),
    [
        ("stop-gradient", 1.0, math.sqrt(0.65), 0.65, 5e-7),
        ("none", 1 - math.sqrt(0.15), 0.0, 0.15, 5e-7),
        ("second term only", 0.605, 0.0, 0.395, 5e-7),
    ],
)
def test_ends_and_rates_of_the_toy_to_their_printed_digits(quick, variant, phi, theta, rate, digits_of_theta):
    assert measured(quick.claims, f"toy, {variant}: φ ends") == pytest.approx(phi, abs=5e-7)
    assert measured(quick.claims, f"toy, {variant}: θ ends") == pytest.approx(theta, abs=digits_of_theta)
    assert measured(quick.claims, f"toy, {variant}: late rate") == pytest.approx(rate, abs=5e-4)


@pytest.mark.parametrize(
    ("variant", "start", "printed"),
    [
        ("stop-gradient", (2.0, 0.5), (1.936, 0.0)),
        ("none", (0.6, 0.5), (1.0, 0.3)),
        ("none", (1.5, 0.8), (1.0, 0.624)),
    ],
)
def test_corrections_to_their_printed_digits(variant, start, printed):
    reached = [float(each[0]) for each in _toy.followed(variant, [start[0]], [start[1]], 400.0)]
    assert reached == pytest.approx(printed, abs=5.1e-4)


@pytest.mark.parametrize(
    ("decay", "printed"), [(0.0, 0.8), (0.05, 0.74641), (0.1, 0.68284), (0.19, 0.48944), (0.21, 0.0)]
)
def test_rest_points_to_their_printed_digits(quick, decay, printed):
    assert measured(quick.claims, f"weight decay {decay:g}: a mode that starts large") == pytest.approx(
        printed, abs=5.1e-6
    )


def test_the_other_numbers_of_linear_networks(quick):
    assert threshold(SIGMA2) == pytest.approx(0.2)
    assert float(rest(SIGMA2, 0.1)[0]) == pytest.approx(0.117, abs=5e-4)
    assert measured(quick.claims, "start p = 0.05") == pytest.approx(0.0, abs=1e-6)
    assert measured(quick.claims, "E‖F(Tx) − F(x̄)‖²: rate") == pytest.approx(0.25, abs=5e-4)
    assert measured(quick.claims, "stop-gradient but no predictor") == pytest.approx(0.25, abs=5e-4)
    assert measured(quick.claims, "neither stop-gradient nor predictor") == pytest.approx(0.5, abs=5e-4)


@pytest.mark.parametrize("variant", _toy.VARIANTS)
@pytest.mark.parametrize(
    "start", [(0.6, 0.1), (-0.9, 0.4), (-0.4, 0.9), (0.2, 1.7), (2.4, 0.3), (2.2, 2.1), (1.4, -0.8), (0.0, 0.5)]
)
def test_ends_in_closed_form_against_scipy(variant, start):
    """The flows written down once more from the loss: derived through the prediction, the target, or both."""

    def flow(t, x):
        phi, theta = x
        residual = phi * theta - theta
        slopes = {"stop-gradient": phi, "none": phi - 1, "second term only": -1.0}
        return [-residual * theta, -residual * slopes[variant]]

    goal = _toy.end(variant, *start)
    run = solve_ivp(flow, (0, 60 / float(goal.rate)), start, method="LSODA", rtol=1e-10, atol=1e-13)
    assert run.y[:, -1] == pytest.approx([float(goal.phi), float(goal.theta)], abs=1e-6)
    # the Jacobian there: its eigenvalues are 0, along the line of rest points, and minus the rate
    eps = 1e-6
    at = np.array([float(goal.phi), float(goal.theta)])
    jacobian = np.column_stack(
        [(np.array(flow(0, at + eps * e)) - np.array(flow(0, at - eps * e))) / (2 * eps) for e in np.eye(2)]
    )
    assert np.linalg.eigvals(jacobian).real.min() == pytest.approx(-float(goal.rate), abs=1e-6)


@pytest.mark.parametrize("variant", _toy.VARIANTS)
def test_borders_part_the_basins(variant):
    for theta in (0.3, 1.1):
        for phi in _toy.border(variant, theta):
            sides = [float(_toy.margin(variant, phi + by, theta)) for by in (-1e-6, 1e-6)]
            assert sides[0] * sides[1] < 0


@pytest.mark.parametrize(("sigma2", "tau", "alpha"), [(0.0, 1.0, 1.0), (1.0, 0.9, 0.5), (0.1, 1.2, 3.0)])
def test_modes_end_at_their_rest_points_whatever_the_parameters(sigma2, tau, alpha):
    decay = 0.6 * threshold(sigma2, tau)
    lower, upper = rest(sigma2, decay, tau)
    c = 1 + sigma2
    assert [p * (tau - c * p) for p in (lower, upper)] == pytest.approx([decay, decay])
    starts = np.array([0.98 * lower, 1.02 * lower, 2 * upper])
    ends = followed(starts, sigma2=sigma2, decay=decay, time=400 / decay, alpha=alpha, tau=tau)
    assert ends == pytest.approx([0.0, float(upper), float(upper)], abs=1e-6)


def test_direct_time_is_the_integral_of_one_over_the_flow():
    def flow(t, p):
        return p**2 * (0.9 - 1.25 * p)

    run = solve_ivp(flow, (0, 20), [0.1], method="DOP853", rtol=1e-12, atol=1e-14)
    end = float(run.y[0, -1])
    between = direct_time(end, sigma2=SIGMA2, tau=0.9) - direct_time(0.1, sigma2=SIGMA2, tau=0.9)
    assert between == pytest.approx(20, rel=1e-9)


def made_up(rng, inputs=4, **more):
    """A network on data whose clean part and noise are both correlated."""
    A, B = rng.normal(size=(2, inputs, 9)) / 3
    return Siamese(view=A @ A.T + SIGMA2 * B @ B.T, common=A @ A.T, units=3, **more)


@pytest.mark.parametrize("more", [{"stop_gradient": False}, {"stop_gradient": False, "predictor": False}])
def test_without_a_stop_gradient_the_field_is_the_gradient_of_its_loss(more):
    rng = np.random.default_rng(5)
    net = made_up(rng, tau=0.8, **more)
    net.field().check(rng.normal(size=net.dim))


def test_with_a_stop_gradient_it_is_the_gradient_of_the_loss_with_the_target_held():
    rng = np.random.default_rng(6)
    net = made_up(rng, tau=0.8)
    x = rng.normal(size=net.dim)
    *_, target = net.split(x)
    samples = root_of(np.block([[net.view, net.common], [net.common, net.view]]))

    def held(y):
        """The loss as a mean over samples that have these very moments, of which the target sees the second half."""
        encoder, predictor, _ = net.split(y)
        first, second = np.split(samples, 2)
        return 0.5 * np.sum((predictor @ encoder @ first - target @ second) ** 2)

    assert held(x) == pytest.approx(net.value(x), rel=1e-12)
    steps = 1e-5 * np.eye(net.dim)
    slopes = [(held(x + step) - held(x - step)) / 2e-5 for step in steps]
    assert net.gradient(x) == pytest.approx(np.array(slopes), abs=1e-8)


@pytest.mark.parametrize("average", [None, 0.3])
def test_what_matrices_keep_is_known_whatever_the_target(average):
    rng = np.random.default_rng(7)
    net = made_up(rng, alpha=1.7, decay=0.2, average=average)
    W, P = rng.normal(size=(3, 4)), rng.normal(size=(3, 3))
    run = flows.gradient_flow(net.field(), net.joined(W, P), 4.0, method="dop853", rtol=1e-11, atol=1e-13)
    left = imbalance(*net.split(run.x[-1])[:2], 1.7)
    assert left == pytest.approx(math.exp(-2 * 0.2 * 4.0) * imbalance(W, P, 1.7), abs=1e-9)


@pytest.mark.parametrize(
    "more",
    [
        {"predictor": False},
        {"predictor": False, "stop_gradient": False},
        {"stop_gradient": False},
        {"predictor": False, "average": 0.4},
        {"decay": 0.1},
    ],
)
def test_late_rates_against_the_jacobian_of_the_field(more):
    """The slowest mode of W, and of W′ with a moving average, near 0 where P hardly moves; by differences."""
    rng = np.random.default_rng(8)
    net = made_up(rng, **more)
    P = rng.normal(size=(3, 3)) / 2
    point = net.joined(np.zeros((3, 4)), P)
    moving = np.ones(net.dim, dtype=bool)
    if net.predictor:
        moving[12:21] = False
    columns = np.eye(net.dim)[moving] * 1e-4
    jacobian = np.array([(net.gradient(point + c) - net.gradient(point - c))[moving] / 2e-4 for c in columns]).T
    assert np.linalg.eigvals(jacobian).real.min() == pytest.approx(net.late_rate(P), abs=1e-7)


@pytest.fixture(scope="module")
def data():
    return digits(SIGMA2, 3)


def test_moments_of_digits_are_those_of_their_views(data):
    net = data.linear(2)
    one, two, _ = data.views(0, 20_000)
    assert one.T @ one / len(one) == pytest.approx(net.view, abs=0.15)
    assert one.T @ two / len(one) == pytest.approx(net.common, abs=0.15)
    assert np.trace(one.T @ one) / len(one) == pytest.approx(np.trace(net.view), rel=0.01)
    assert np.trace(one.T @ two) / len(one) == pytest.approx(np.trace(net.common), rel=0.01)


def test_shifts_move_images_by_a_pixel(data):
    raw = [each.reshape(-1, SIDE, SIDE) for each in data.shifted]
    down = SHIFTS.index((1, 0))
    assert raw[down][:, 1:] - raw[down][:, 1:].mean(axis=0) == pytest.approx(
        raw[0][:, :-1] - raw[0][:, :-1].mean(axis=0), abs=1e-12
    )
    assert np.ptp(raw[down][:, 0], axis=0) == pytest.approx(np.zeros(SIDE), abs=1e-12)


def test_views_are_drawn_by_step_and_again_the_same(data):
    first, again, other = data.views(4, 16), data.views(4, 16), data.views(5, 16)
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert (first[0] != other[0]).all()
    assert (first[0] != first[1]).all()


LAYOUT = Layout(SIDE * SIDE, 3, (5,))


@pytest.mark.parametrize("against_clean", [False, True])
@pytest.mark.parametrize("predictor", [False, True])
def test_networks_without_a_stop_gradient_have_the_gradient_of_their_loss(data, predictor, against_clean):
    net = SiameseNetwork(data, LAYOUT, 6, predictor=predictor, stop_gradient=False, against_clean=against_clean)
    field = flows.field(net)
    field.check(net.start(1, np.random.default_rng(1).normal(size=(3, 3))) + 0.01)


@pytest.mark.parametrize("average", [None, 0.25])
def test_the_encoder_of_a_network_against_the_compiled_squared_error(data, average):
    """With P = I and the target held, the gradient after F is that of a regression on the target."""
    net = SiameseNetwork(data, LAYOUT, 40, average=average)
    x = net.start(2, np.eye(3))
    if average is not None:
        x[-LAYOUT.dim :] += 0.1
    theta, _, other = net.split(x)
    one, two, _ = data.views(9, 40)
    aimed = net.outputs(np.concatenate([other, np.zeros(9)]), two)
    loss = LossObjective(one, aimed, model="mlp", hidden=5, activation="relu", loss="squared-error")
    value, gradient = loss.value_and_gradient(theta)
    found_value, found = net.value_and_gradient(x, generation=9)
    assert found_value == pytest.approx(3 / 2 * value)  # half a sum over three units, for their mean
    assert found[: LAYOUT.dim] == pytest.approx(3 / 2 * gradient, abs=1e-9)
    if average is not None:
        assert found[-LAYOUT.dim :] == pytest.approx(0.25 * (other - theta))


def test_what_is_seen_of_outputs():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(4000, 6)) * 1e-30
    even = seen(z)
    assert even.effective_units == pytest.approx(6, abs=0.02)
    assert even.normalised_std == pytest.approx(1, abs=0.02)
    assert even.variance == pytest.approx(6e-60, rel=0.05)
    flat = seen(z[:, :1] * np.ones(6) + 1e-20)
    assert flat.effective_units == pytest.approx(1, abs=1e-6)
    assert flat.normalised_std < 1e-3


def test_neighbours_do_not_see_scales(data):
    outputs, held_out = data.images[:, 20:28], data.held_out[:, 20:28]
    whole = data.neighbours(outputs, held_out)
    mixing = np.diag([1e-20, 1.0, 3.0, 1.0, 1e-3, 1.0, 1.0, 1.0]) * 1e-40
    assert 0.3 < whole < 1
    assert data.neighbours(outputs * 1e-60, held_out * 1e-60) == whole
    assert data.neighbours(outputs @ mixing, held_out @ mixing, whitened=False) < whole


def test_other_options_have_the_same_verdicts():
    found = studies.run(
        "collapse", quick=True, seed=1, phi=0.9, theta=0.6, toy_rate=0.3, grid=9, sigma2=0.6, tau=0.9, alpha=0.5,
        decay=0.06, decays=(0.02, 0.3), small=0.2, units=3, hidden=8, steps=150, batch=32, repeats=2, horizon=12.0,
        toy_steps=50,
    )  # fmt: skip
    assert found.success, [(each.statement, each.measured, each.prediction) for each in found.unexpected]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phi": 0.5, "theta": 0.5}, r"border between basins of the toy \(none\)"),
        ({"decay": 0.2}, r"decay is 0.2; give a number > 0 and ≤ .98 τ²/\(4\(1 \+ σ²\)\) = 0.196"),
        ({"decays": (0.1, 0.2001)}, "decays has 0.2001, so near the threshold 0.2"),
        ({"learning_rate": 0.085}, "learning_rate is 0.085; with sigma2 0.25 .* are stable below 0.08386"),
    ],
)
def test_options_without_an_end_are_refused(options, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run("collapse", quick=True, **options)
