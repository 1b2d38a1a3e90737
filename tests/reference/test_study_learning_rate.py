"""The study of learning rates: the printed numbers, other parameters, and independent ways to the same values."""

import numpy as np
import pytest
from claims import measured

from zoopt import flows, studies
from zoopt.errors import InvalidOption
from zoopt.studies._measures import slope
from zoopt.studies.learning_rate._orders import distances
from zoopt.studies.learning_rate._quadratic import on_quadratics
from zoopt.studies.learning_rate._toy import end_by_product, flow_end, on_the_toy

TARGET, START = 0.6, (2.8, 3.5)


@pytest.fixture(scope="module")
def quick():
    return studies.run("learning_rate", quick=True)


def test_a_quick_run_goes_as_expected(quick):
    assert quick.success, [(each.statement, each.measured) for each in quick.unexpected]
    assert {each.source for each in quick.claims} == {*(f"S2.{number}" for number in range(1, 9)), "S1-E9"}
    assert not any(each.erratum for each in quick.claims)
    assert len([each for each in quick.claims if each.open]) == 2


@pytest.mark.parametrize(("rate", "printed"), [(0.001, 4.5563), (0.025, 4.1824), (0.05, 3.6048), (0.08, 2.3478)])
def test_ends_of_the_toy_to_their_printed_digits(quick, rate, printed):
    assert measured(quick.claims, f"h = {rate:g} ends at the a² + b²") == pytest.approx(printed, abs=5e-5)
    assert end_by_product(TARGET, START, rate) == pytest.approx(printed, abs=5e-5)


def test_the_flow_and_the_flattest_end_to_their_printed_digits(quick):
    assert flow_end(TARGET, START) == pytest.approx(4.5704, abs=5e-5)
    assert measured(quick.claims, "the flow keeps a² − b²") == pytest.approx(4.5704, abs=5e-5)
    flattest = [each for each in quick.claims if "flatter than 2 y" in each.statement]
    assert flattest[0].prediction == pytest.approx(1.2)


@pytest.mark.parametrize(("target", "start", "rate"), [(1.7, (-0.3, 2.0), 0.1), (0.4, (1.5, -1.1), 0.2)])
def test_ends_by_the_product_are_those_of_plain_steps(target, start, rate):
    a, b = start
    for _ in range(5000):
        r = target - a * b
        a, b = a + rate * r * b, b + rate * r * a
    assert end_by_product(target, start, rate) == pytest.approx(a * a + b * b, rel=1e-12)


def test_other_toys_hold_as_well():
    claims = [item for item in on_the_toy(1.7, (-0.3, 2.0), (0.02, 0.1)) if hasattr(item, "verdict")]
    assert [each.verdict for each in claims] == ["holds"] * len(claims), [
        (each.statement, each.measured) for each in claims if each.verdict != "holds"
    ]


def test_a_wrong_factor_of_the_penalty_is_seen_in_the_slope():
    """The flow of L + (h/2)‖∇L‖² is no nearer to descent than that of L."""
    field, x0 = flows.product(TARGET), np.array([1.3, -0.9])
    rates = (1 / 320, 1 / 640, 1 / 1280)
    right = distances(field, x0, 1, rates, 1.0)
    wrong = []
    for h in rates:
        flow = flows.GradientPenalty(h / 2)(field)
        end = flows.descend(field, x0, learning_rate=h, steps=round(1 / h)).x[-1]
        wrong.append(float(np.linalg.norm(end - flows.gradient_flow(flow, x0, 1.0, rtol=1e-10, atol=1e-12).x[-1])))
    assert slope(rates, right) == pytest.approx(2, abs=0.05)
    assert slope(rates, wrong) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(("curvature", "momentum"), [(0.5, 0.3), (60.0, 0.0)])
def test_other_quadratics_hold_as_well(curvature, momentum):
    claims = [item for item in on_quadratics(curvature, momentum) if hasattr(item, "verdict")]
    assert [each.verdict for each in claims] == ["holds"] * len(claims)
    assert measured(claims, "stable below") == pytest.approx(2 / curvature, rel=1e-3)


def test_the_smoothed_end_to_its_printed_digits():
    claims = studies.run("learning_rate", quick=True, target=1.0, repeats=2, digits_time=1.0).claims
    (end,) = [each for each in claims if "zeroth order with radius" in each.statement]
    assert end.prediction == pytest.approx(0.953939, abs=5e-7)
    assert end.measured == pytest.approx(0.9526, abs=0.005)
    assert end.verdict == "holds"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"a": 1.0, "b": -1.0}, "both are of one size"),
        ({"smoothing": 1.0}, "the toy has its minimum at 0; give a smaller one"),
        ({"rates": (0.05, 0.5)}, "rates has 0.5, with which descent diverges on the toy"),
        ({"rates": (0.0,)}, "each a number ≥ 0.0001"),
    ],
)
def test_impossible_parameters(options, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run("learning_rate", quick=True, **options)
