"""The study of weight scales: closed forms, other parameters, and independent ways to the same values."""

import numpy as np
import pytest

from zoopt import studies
from zoopt.errors import InvalidOption
from zoopt.studies.weight_scale._digits import Result, Setting, best
from zoopt.studies.weight_scale._invariance import invariance, least_penalty, network, scaled
from zoopt.studies.weight_scale._norms import deep_linear_paths, norms
from zoopt.studies.weight_scale._updates import adam_decay, adam_penalty, updates


@pytest.fixture(scope="module")
def quick():
    return studies.run("weight_scale", quick=True)


def claims(items):
    return [item for item in items if hasattr(item, "verdict")]


def unexpected(items):
    return [(each.statement, each.measured) for each in claims(items) if not each.as_expected]


def test_a_quick_run_goes_as_expected(quick):
    assert quick.success, [(each.statement, each.measured) for each in quick.unexpected]
    assert {each.source for each in quick.claims} == {f"S5.{number}" for number in range(1, 6)}
    (wrong,) = [each for each in quick.claims if each.erratum]
    assert wrong.verdict == "fails"
    assert wrong.measured > 0.1


def test_on_digits_l2_helps_and_weissi_comes_near_but_not_beyond(quick):
    chosen = quick.tables["chosen"]
    clean = chosen[chosen["input noise"] == 0].set_index("method")["test"]
    assert clean["L2"] > clean["none"] + 0.1
    assert clean["L2"] - 0.05 < clean["WEISSI"] < clean["L2"] + 0.02
    grid = quick.tables["grid"]
    assert grid[(grid["method"] == "WEISSI") & (grid["λ or λ₁"] == 1.0)]["test"].max() < 0.3


@pytest.mark.parametrize("decay", [0.05, 0.5])
def test_other_coefficients_hold_as_well(decay):
    assert unexpected(updates(decay, (decay, 3 * decay))) == []
    assert unexpected(norms(decay, 7)) == []


@pytest.mark.parametrize("scales", [(3.0,), (0.2, 9.0, 0.7)])
def test_other_depths_and_factors_hold_as_well(scales):
    assert unexpected(invariance(scales, 0.2, 3)) == []


def test_scores_are_those_of_plain_layers():
    """An own forward pass moves by the article's rule as much as the claim says."""
    loss, layers, X = network((8, 8), 0)
    factors = np.array([4.0, 0.5, 0.5])

    def forward(layers):
        *hidden, (W, b) = layers
        z = X
        for weights, shift in hidden:
            z = np.maximum(z @ weights.T + shift, 0)
        return z @ W.T + b

    before, wrong = forward(layers), forward(scaled(layers, factors, factors))
    found = np.linalg.norm(wrong - before) / np.linalg.norm(before)
    items = claims(invariance((4.0, 0.5), 0.3, 0))
    (claim,) = [each for each in items if each.erratum]
    assert claim.measured == pytest.approx(found, rel=1e-12)
    np.testing.assert_allclose(forward(scaled(layers, factors, np.cumprod(factors))), before, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(loss.scores(loss.layout.theta(layers), X), before, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("sizes", [(1.0, 2.0), (0.5, 3.0, 4.0, 1.0)])
def test_least_penalty_against_the_inequality_of_means(sizes):
    least, at_least = least_penalty(np.array(sizes))
    assert least == pytest.approx(len(sizes) * np.prod(sizes) ** (2 / len(sizes)), rel=1e-9)
    np.testing.assert_allclose(at_least, np.prod(sizes) ** (1 / len(sizes)), rtol=1e-6)


def test_adam_on_a_penalty_walks_and_adamw_shrinks():
    """Against Adam and its decay written out."""
    for decay in (0.02, 5.0):
        x, m, v = np.array([2.0, -1.0, 0.4]), 0.0, 0.0
        for t in range(1, 31):
            g = decay * x
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            x = x - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        np.testing.assert_allclose(adam_penalty(decay, 30)[-1], x, rtol=1e-10)
        shrunk = np.array([2.0, -1.0, 0.4]) * (1 - 0.01 * decay) ** 30
        np.testing.assert_allclose(adam_decay(decay, 30)[-1], shrunk, rtol=1e-12)


def test_the_balance_of_layers_with_l2_is_not_that_without():
    paths = deep_linear_paths(0.3, 0)
    assert abs(paths["L2"].difference[-1]) < 0.4 * abs(paths["none"].difference[-1])
    assert paths["log"].first[-1] < paths["none"].first[-1]


def test_the_best_is_chosen_on_validation_data_split_by_split():
    def result(first, split, validation, test):
        return Result(Setting("L2", first), split, 1.0, validation, (test,))

    found = best(
        [result(0.1, 0, 0.5, 0.9), result(0.2, 0, 0.6, 0.1), result(0.1, 1, 0.7, 0.2), result(0.2, 1, 0.7, 0.8)], "L2"
    )
    assert [each.test[0] for each in found] == [0.1, 0.2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scales": (1.0, 1.0)}, "scales has no factor but 1"),
        ({"train": 1000, "validation": 400}, "are 1000 .* 400 .* 600 digits, more than the 1797"),
        ({"norms": (0.1, 0.5)}, "norms has no λ₁ ≥ destructive, 0.6"),
        ({"norms": (-0.1,)}, "norms is .*; give one or more, each a number ≥ 0"),
    ],
)
def test_impossible_parameters(options, message):
    with pytest.raises(InvalidOption, match=message):
        studies.run("weight_scale", quick=True, **options)
