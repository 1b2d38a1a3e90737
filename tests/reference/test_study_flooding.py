"""The study of flooding: the printed numbers, other parameters, and independent ways to the same values."""

import math

import numpy as np
import pytest
from claims import measured

from zoopt import flows, studies
from zoopt.errors import InvalidOption
from zoopt.studies._claim import Claim
from zoopt.studies.flooding._data import CASES, Case, flipped, gaussians, label_entropy, sinusoid, spiral
from zoopt.studies.flooding._expansion import down_up, expansion, up_down
from zoopt.studies.flooding._levels import least_loss
from zoopt.studies.flooding._slide import descents, late_rate, mean_share, slide, sliding
from zoopt.studies.flooding._training import Outcome, Outcomes, Plan, _trained, _Trainer


@pytest.fixture(scope="module")
def quick():
    return studies.run("flooding", quick=True)


def test_a_quick_run_goes_as_expected(quick):
    assert quick.success, [(each.statement, each.measured) for each in quick.unexpected]
    assert {each.source for each in quick.claims} == {f"S4.{k}" for k in range(1, 6)}
    exact = [each for each in quick.claims if each.interval is None]
    assert len(exact) > 30
    assert all(each.verdict == "holds" for each in exact)


def test_printed_numbers(quick):
    assert measured(quick.claims, "after the last step") == pytest.approx(0.4935, abs=5e-5)
    assert measured(quick.claims, "2 classes, ρ = 0.1") == pytest.approx(0.325, abs=5e-4)
    assert measured(quick.claims, "2 classes, ρ = 0.2") == pytest.approx(0.500, abs=5e-4)
    assert [case.noise for case in CASES[:2]] == [0.2, 0.1]
    assert [case.count for case in CASES[:2]] == [100, 200]


def test_flooding_lowers_the_loss_of_new_samples_in_all_cases(quick):
    falls = [each for each in quick.claims if "flooding has a lower loss on new samples than nothing" in each.statement]
    assert len(falls) == len(CASES)
    assert all(each.measured < -0.2 for each in falls)


@pytest.mark.parametrize(("down", "up"), [(1e-3, 1e-3), (3e-3, 1e-3)])
def test_two_steps_on_a_quartic_by_hand(down, up):
    """¼ x⁴: g = x³, H = 3 x², T = 6 x; the remainders and the next term by Taylor's formula."""
    field, x = flows.field(lambda x: x[0] ** 4 / 4, lambda x: x**3, 1), 1.2
    first = -(down - up) * x**3 - down * up * 3 * x**5
    falling, rising = (float(moved(field, np.array([x]), down, up)[0]) for moved in (down_up, up_down))
    assert falling - first == pytest.approx(down**2 * up / 2 * 6 * x**7, rel=5e-3)
    assert rising - first == pytest.approx(-down * up**2 / 2 * 6 * x**7, rel=5e-3)
    if down == up:
        assert (falling + rising) / 2 - first == pytest.approx(-(up**4) * x**9, rel=1e-3)


@pytest.mark.parametrize(
    ("target", "ratio", "backstitch", "seed"),
    [(1.5, 1.5, 0.5, 1), (0.2, 1.1, 0.2, 2), (2.0, 6.0, 0.6, 3), (0.0, 2.0, 0.4, 4)],
)
def test_the_expansion_holds_whatever_the_parameters(target, ratio, backstitch, seed):
    claims = [each for each in expansion(target, ratio, backstitch, seed) if isinstance(each, Claim)]
    assert [each.statement for each in claims if each.verdict != "holds"] == []


def flooded(a, level, rate, steps):
    """Flooding on ½ Σ aᵢ xᵢ², written down once more."""
    x, found = np.ones(len(a)), []
    for _ in range(steps):
        x = x * (1 - math.copysign(rate, 0.5 * (a * x) @ x - level) * a)
        found.append(x)
    return np.array(found)


@pytest.mark.parametrize(
    ("a", "level", "rate", "steps"), [((1.0, 3.0), 0.2, 0.1, 4000), ((2.0, 4.0, 5.0), 3.0, 0.05, 6000)]
)
def test_the_slide_whatever_the_parameters_and_by_hand(a, level, rate, steps):
    claims = [each for each in slide(a, level, rate, steps) if isinstance(each, Claim)]
    assert [(each.statement, each.measured) for each in claims if each.verdict != "holds"] == []
    late = flooded(np.array(a), level, rate, steps)[steps // 2 :]
    slopes = np.square(late * a).sum(axis=1)
    assert slopes.mean() == pytest.approx(2 * level * min(a) * mean_share(min(a), rate), rel=2e-3)
    for curvature, x in zip(a, late.T, strict=True):
        change = math.log(abs(x[-1] / x[0])) / (len(x) - 1)
        assert change == pytest.approx(late_rate(curvature, min(a), rate), abs=2 * rate * curvature / len(x) + 1e-6)


def test_the_late_rate_is_the_printed_one_to_second_order():
    for rate in (1e-2, 1e-3):
        exact = late_rate(3.0, 0.5, rate)
        assert exact == pytest.approx(-(rate**2) / 2 * 3.0 * 2.5, rel=10 * rate**2)
    assert late_rate(0.5, 0.5, 0.3) == pytest.approx(0.0, abs=1e-15)
    assert descents(1.0, 1e-3) == pytest.approx(0.5 - 1e-3 / 4, abs=1e-8)


def test_the_mean_of_the_slope_is_that_of_evenly_spread_logarithms():
    logs = np.linspace(math.log(0.8), math.log(1.2), 200_001)
    assert mean_share(2.0, 0.1) == pytest.approx(np.exp(2 * logs).mean(), rel=1e-5)


def test_the_slide_has_no_part_along_the_gradient_and_rests_where_the_gradient_is_an_eigenvector():
    field = flows.product(0.6)
    x = np.array([1.7, 0.9])
    moved = sliding(field).gradient(x)
    assert moved @ field.gradient(x) == pytest.approx(0.0, abs=1e-14)
    assert moved @ field.hessian_vector(x, field.gradient(x)) > 0  # against it ‖g‖² falls
    assert sliding(field).gradient([1.1, 1.1]) == pytest.approx([0.0, 0.0], abs=1e-15)


@pytest.mark.parametrize(("noise", "classes"), [(0.05, 2), (0.3, 3), (0.45, 4)])
def test_the_least_loss_is_the_entropy(noise, classes):
    parts = np.array([1 - noise] + [noise / (classes - 1)] * (classes - 1))
    assert label_entropy(noise, classes) == pytest.approx(-(parts * np.log(parts)).sum(), rel=1e-12)
    assert least_loss(noise, classes) == pytest.approx(label_entropy(noise, classes), abs=1e-6)
    assert label_entropy(0.0) == 0.0


def test_wrong_labels_are_as_many_as_said_and_never_the_true_ones():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, size=20_000)
    noisy = flipped(y, 0.2, 10, rng)
    assert np.mean(noisy != y) == pytest.approx(0.2, abs=0.01)  # 3.5 standard errors
    wrong = (noisy - y)[noisy != y] % 10
    assert np.bincount(wrong, minlength=10)[1:] == pytest.approx(np.full(9, len(wrong) / 9), rel=0.2)


def test_the_data_are_those_of_the_article():
    rng = np.random.default_rng(0)
    X, y = sinusoid(rng, 20_000)
    shares = np.square(X).sum(axis=1) / 4  # of a uniform point of S³ two coordinates have a uniform square
    assert np.histogram(shares, 10, (0, 1))[0] == pytest.approx(np.full(10, 2000), abs=200)
    assert np.array_equal(y == 1, 1.5 * X[:, 0] + np.sin(1.5 * X[:, 1]) > 0)
    X, y = gaussians(rng, 20_000)
    for label, middle in ((0, 0.0), (1, 1.0)):
        assert X[y == label].mean(axis=0) == pytest.approx(np.full(10, middle), abs=0.05)
        assert np.cov(X[y == label].T) == pytest.approx(np.eye(10), abs=0.06)
    X, y = spiral(rng, 20_000)
    radius = np.linalg.norm(X, axis=1)
    turned = np.angle(np.exp(1j * (np.arctan2(X[:, 1], X[:, 0]) - 3 * np.pi * radius / 2 - np.pi * y)))
    assert np.mean(np.abs(turned[radius > 0.8])) < 0.5  # half a turn lies between the arms


def test_splits_are_disjoint_and_repeats_differ():
    split, other = (CASES[4].split(0, repeat) for repeat in (0, 1))
    rows = [tuple(row) for part in (split.train, split.validation, split.test) for row in part.X]
    assert len(set(rows)) >= len(rows) - 2  # digits has hardly a double
    assert [len(part.y) for part in (split.train, split.validation, split.test)] == [300, 300, 600]
    assert not np.array_equal(split.train.X, other.train.X)
    assert CASES[4].ratio == 2.0
    assert CASES[0].ratio == 0.0


def test_differences_are_of_accuracies_and_of_logarithms_of_losses():
    case = Case("made up", sinusoid, 10, 10, 0.1)
    ways = {
        "flooding": [Outcome(0.3, 1.0, 0.8, 0.3), Outcome(0.3, 2.0, 0.9, 0.3)],
        "nothing": [Outcome(0.0, 2.0, 0.7, np.nan), Outcome(0.0, 4.0, 0.8, np.nan)],
    }
    outcomes = Outcomes(case, ways, {})
    assert outcomes.difference("flooding", "nothing", "loss")["measured"] == pytest.approx(-math.log(2))
    accuracy = outcomes.difference("flooding", "nothing", "accuracy")
    assert accuracy["measured"] == pytest.approx(0.1)
    assert accuracy["interval"] == pytest.approx((0.1, 0.1))


def test_ways_are_chosen_by_samples_that_do_not_judge():
    plan, case = Plan((8,), 0.02, 120, (0.3, 3.0)), CASES[0]
    outcomes = _trained(case, plan, 1, seed=5)
    trainer = _Trainer(case, case.split(5, 0), plan, 5)
    losses = {}
    for share, found in outcomes.levels.items():
        end = trainer.run(flows.Flooding(share * case.entropy)(trainer.field)).x[-1]
        assert found[0] == trainer.outcome(end, share * case.entropy)
        losses[share * case.entropy] = float(trainer.validation(end[None])[0])
    assert outcomes.ways["flooding"][0].chosen == min(losses, key=losses.__getitem__)
    run = trainer.run(trainer.field, 120)
    best = int(np.argmin(trainer.validation(run.x)))
    assert outcomes.ways["early stopping"][0].chosen == pytest.approx(best)
    assert outcomes.ways["early stopping"][0] == trainer.outcome(run.x[best], run.t[best] / plan.rate)
    assert outcomes.ways["nothing"][0].loss == trainer.outcome(run.x[-1]).loss


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"curvatures": (2.0,)}, "give two or more, the smallest once"),
        ({"curvatures": (2.0, 2.0, 3.0)}, "give two or more, the smallest once"),
        ({"rate": 0.2}, "give a rate ≤ 1/\\(2 a\\) = 0.1"),
        ({"slide_steps": 1000}, "change slide_steps, rate or curvatures"),
        ({"slide_steps": 200_000}, "change slide_steps, rate or curvatures"),
        ({"hidden": (8, 8, 8)}, "give one layer or two"),
    ],
)
def test_what_cannot_be_studied_is_refused(options, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run("flooding", **options)
