"""The study of rare classes: the article's numbers, other populations, and independent ways to the same values."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from zoopt import studies
from zoopt.objectives import LossObjective, MetricObjective
from zoopt.studies.imbalance import _digits, _methods, _synthetic, _weights
from zoopt.studies.imbalance._decisions import decisions, sampled
from zoopt.studies.imbalance._fixed_points import fixed_points
from zoopt.studies.imbalance._methods import METHODS, Problem, fixed_point
from zoopt.studies.imbalance._population import Population

ARTICLE = Population(1.5, 0.1)
OTHERS = [Population(0.7, 0.02), Population(3.0, 0.4), Population(2.0, 0.5)]


@pytest.fixture(scope="module")
def quick():
    return studies.run("imbalance", quick=True)


def test_every_claim_is_as_expected(quick):
    assert quick.success, [(each.statement, each.measured) for each in quick.unexpected]
    assert [each.statement for each in quick.claims if each.erratum] == [
        "the weights of the smooth F1 lead to the threshold with the best F1"
    ]
    assert {each.source for each in quick.claims} == {"S6.1", "S6.2", "S6.3", "S6.4", "S6.5"}


def test_tables_have_every_method(quick):
    assert quick.tables["synthetic"].method.tolist() == list(METHODS)
    assert set(quick.tables["real"].method) == set(METHODS)
    assert len(quick.tables["real"]) == 3 * len(METHODS)
    assert quick.tables["synthetic"]["F1"].between(0.3, ARTICLE.optimum()[0]).all()


def test_numbers_of_the_population_to_their_printed_digits():
    """.2383278 is printed as .238327: it is cut there, not rounded."""
    best, threshold = ARTICLE.optimum()
    assert abs(best - 0.476656) <= 5e-7
    assert math.floor(threshold * 1e6) == 238327
    assert abs(ARTICLE.smooth_fixed_point() - 0.3272) <= 5e-5
    assert abs(ARTICLE.f1(ARTICLE.smooth_fixed_point() / 2) - 0.4587) <= 5e-5
    assert abs(ARTICLE.f1(0.5) - 0.3496) <= 5e-5
    assert abs(ARTICLE.f1(0.1) - 0.4056) <= 5e-5
    assert abs(ARTICLE.hard_fixed_point() - best) <= 1e-12


@pytest.mark.parametrize("population", [ARTICLE, *OTHERS])
def test_integrals_by_another_quadrature_and_by_simulation(population):
    shift, prior = population.shift, population.prior

    def mean(of):
        parts = [
            share * integrate.quad(lambda x, m=m, y=y: of(x, y) * stats.norm.pdf(x, m), -12, 15, limit=200)[0]
            for share, m, y in ((1 - prior, 0.0, 0), (prior, shift, 1))
        ]
        return sum(parts)

    def p(x):
        return 1 / (1 + np.exp(-(0.8 * x - 1.3)))

    found = population.smooth_f1(0.8 * population.points - 1.3)
    assert found == pytest.approx(2 * mean(lambda x, y: y * p(x)) / mean(lambda x, y: y + p(x)), rel=1e-9)
    rng = np.random.default_rng(1)
    labels = rng.random(400_000) < prior
    x = rng.standard_normal(400_000) + shift * labels
    for cut in (-0.5, 1.0):
        predicted = x > cut
        expected = 2 * (labels & predicted).sum() / (labels.sum() + predicted.sum())
        assert population.f1_above(cut) == pytest.approx(expected, abs=0.01)
        assert population.accuracy_above(cut) == pytest.approx((labels == predicted).mean(), abs=0.005)


@pytest.mark.parametrize("population", [ARTICLE, *OTHERS])
def test_the_best_threshold_is_half_the_best_f1_and_the_smooth_fixed_point_is_below(population):
    best, threshold = population.optimum()
    grid = population.f1(np.linspace(0.001, 0.999, 5000))
    assert best >= grid.max()
    assert threshold == pytest.approx(best / 2, abs=1e-7)
    assert population.smooth_fixed_point() < best
    problem = sampled(population)
    assert fixed_point(problem, smooth=False).value == pytest.approx(best, abs=1e-6)
    assert fixed_point(problem, smooth=True).value == pytest.approx(population.smooth_fixed_point(), abs=1e-6)


@pytest.mark.parametrize("settings", [(0.1, 2.0, 1.0), (0.45, 0.5, -0.7), (0.02, 5.0, 2.0)])
def test_weights_are_ratios_of_derivatives_by_torch(settings):
    torch = pytest.importorskip("torch")
    batch = _weights.batch_of(*settings)
    logits = torch.tensor(batch.logits, requires_grad=True)
    labels = torch.tensor(batch.labels)
    sign = 2 * labels - 1

    def derivative(value):
        (found,) = torch.autograd.grad(value, logits, retain_graph=True)
        return found.numpy()

    def of_truth(shift=0.0):
        return torch.nn.functional.logsigmoid(sign * (logits + shift))

    base = derivative(-of_truth().mean())
    p = torch.sigmoid(logits)
    values = {
        "smooth-accuracy": 1 - of_truth().exp().mean(),
        "dice": 1 - 2 * (labels * p).sum() / (labels + p).sum(),
        "squared-dice": 1 - 2 * (labels * p).sum() / (labels + p**2).sum(),
        "focal": -((1 - of_truth().exp()) ** settings[1] * of_truth()).mean(),
        "logit-adjusted": -of_truth(settings[2] * math.log(settings[0] / (1 - settings[0]))).mean(),
    }
    for loss in _weights.losses(batch):
        wanted = derivative(values.pop(loss.name))
        np.testing.assert_allclose(loss.weight(batch), wanted / base, rtol=1e-10, err_msg=loss.name)
        np.testing.assert_allclose(_weights.complex_step(loss.value(batch), batch.logits), wanted, rtol=1e-10)
    assert not values


def test_a_wrong_weight_is_noticed(monkeypatch):
    monkeypatch.setattr(_weights, "_focal_weight", lambda batch: (1 - batch.of_truth) ** batch.focusing)
    claims = [each for each in _weights.weights(0.1, 2.0, 1.0) if isinstance(each, studies.Claim)]
    assert [each.statement[:5] for each in claims if each.verdict == "fails"] == ["focal"]


def test_minimisers_of_losses_have_no_gradient_left():
    rng = np.random.default_rng(0)
    features, labels = _synthetic.draw(ARTICLE, 500, rng)
    for settings in ({}, {"loss": "focal"}, {"logit_adjustment": 1.0}, {"class_weight": {1: 4.0}}):
        theta = _methods.trained(features, labels, ridge=0.01, **settings)
        _, gradient = LossObjective(features, labels, **settings).value_and_gradient(theta)
        assert np.abs(gradient + 0.01 * theta * [1, 0]).max() < 1e-6


def test_adjusting_in_training_or_afterwards_is_the_same_line():
    problem = Problem(*_synthetic.draw(ARTICLE, 800, np.random.default_rng(3)), ridge=1e-3)
    np.testing.assert_allclose(METHODS["logit adjustment"](problem), METHODS["post hoc −log π"](problem), atol=1e-5)


def test_the_f1_of_the_study_is_that_of_the_metric():
    problem = Problem(*_synthetic.draw(ARTICLE, 800, np.random.default_rng(3)))
    metric = MetricObjective(problem.features, problem.labels, metric="f1")
    for theta in (np.array([1.0, -1.0]), np.array([-1.0, 0.2]), np.array([0.0, -1.0])):
        predicted = _methods.scores(theta, problem.features) > 0
        assert _methods.f1(problem.positive, predicted) == pytest.approx(metric(theta), abs=1e-15)


def test_models_are_judged_by_the_population_whichever_way_they_point():
    rng = np.random.default_rng(5)
    labels = (rng.random(400_000) < 0.1).astype(int)
    x = rng.standard_normal(400_000) + 1.5 * labels
    for theta in (np.array([1.0, -1.2]), np.array([-0.5, 0.3]), np.array([0.0, 1.0]), np.array([0.0, -1.0])):
        predicted = _methods.scores(theta, x[:, None]) > 0
        value, balanced = _synthetic._judged(ARTICLE, theta)
        assert value == pytest.approx(_methods.f1(labels == 1, predicted), abs=0.01)
        recalls = predicted[labels == 1].mean() + 1 - predicted[labels == 0].mean()
        assert balanced == pytest.approx(recalls / 2, abs=0.01)


def test_long_tails_have_the_sizes_they_should_and_nothing_is_judged_that_was_trained_on():
    labels = np.repeat(np.arange(10), 100)
    train, test = _digits.long_tail(labels, 20.0, np.random.default_rng(0))
    assert np.bincount(labels[train]).tolist() == [round(50 * 20 ** (-digit / 9)) for digit in range(10)]
    assert np.bincount(labels[test]).tolist() == [50] * 10
    assert not set(train) & set(test)


@pytest.mark.parametrize("population", OTHERS)
def test_other_populations_have_the_same_verdicts_where_the_theory_speaks(population):
    problem = sampled(population)
    items = [
        *_weights.weights(population.prior, 0.7, -0.5),
        *decisions(population, problem),
        *fixed_points(population, problem),
    ]
    claims = [each for each in items if isinstance(each, studies.Claim)]
    assert len(claims) > 20
    assert all(each.as_expected for each in claims), [each for each in claims if not each.as_expected]
