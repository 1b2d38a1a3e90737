"""The study of word vectors: every number of the article's corrected theory, and independent ways to them."""

import math

import mpmath
import numpy as np
import pytest

from zoopt import studies
from zoopt.errors import InvalidInput, InvalidOption
from zoopt.studies.embedding_dimension import _entropy
from zoopt.studies.embedding_dimension._entropy import entropy, entropy_change, required_dimension
from zoopt.studies.embedding_dimension._theory import by_quadrature, theory

PRINTED_ENTROPIES = {
    32: -7.774705, 64: -15.473400, 96: -23.172559, 128: -30.871834, 256: -61.669219, 512: -123.264247,
}  # fmt: skip
PRINTED_ROOTS = {10**3: 57.109, 10**4: 76.250, 10**5: 95.390, 10**6: 114.530, 5 * 10**6: 127.909}


def in_mpmath(n):
    """Return h_n from Bessel functions of 40 digits."""
    with mpmath.workdps(40):
        n = mpmath.mpf(n)
        order = n / 2 - 1
        value, above = (mpmath.besseli(v, n, maxterms=10**6) for v in (order, order + 1))
        return float(mpmath.log(mpmath.gamma(n / 2) * (2 / n) ** order * value) - n * above / value)


@pytest.mark.parametrize(("n", "printed"), PRINTED_ENTROPIES.items())
def test_entropies_to_their_printed_digits(n, printed):
    assert abs(entropy_change(n) - printed) <= 5.000001e-7


@pytest.mark.parametrize(("vocabulary", "printed"), PRINTED_ROOTS.items())
def test_dimensions_to_their_printed_digits(vocabulary, printed):
    assert abs(required_dimension(vocabulary) - printed) <= 5.000001e-4


def test_coefficients_to_their_printed_digits():
    assert abs(4 / math.log(_entropy.GOLDEN) - 8.3123477) <= 5e-8
    assert abs(_entropy.CONSTANT - -0.0739341) <= 5e-8
    assert abs(_entropy.INVERSE - -0.0438) <= 5e-5


@pytest.mark.parametrize("n", [2, 2.5, 3, 7, 20, 50, 63.999, 64, 64.5, 100, 1000, 30_000])
def test_bessel_form_against_mpmath(n):
    assert entropy_change(n) == pytest.approx(in_mpmath(n), rel=2e-14)


@pytest.mark.parametrize("n", [3, 10, 1000, 10**5, 10**6])
def test_bessel_form_against_its_integrals(n):
    assert entropy_change(n) == pytest.approx(by_quadrature(n), rel=2e-14)


def test_two_dimensions_and_three_are_elementary():
    """In three dimensions cos θ is uniform: E exp(3 cos θ) = sinh(3)/3, and its tilted mean is coth 3 - 1/3."""
    assert entropy_change(3) == pytest.approx(math.log(math.sinh(3) / 3) - 3 / math.tanh(3) + 1, rel=1e-14)


def test_expansion_up_to_a_thousand_million():
    n = np.array([1e5, 1e6, 1e9])
    expansion = _entropy.SLOPE * n + _entropy.CONSTANT + _entropy.INVERSE / n
    np.testing.assert_allclose(entropy_change(n), expansion, rtol=1e-14)


@pytest.mark.parametrize("model", ["joint", "conditional"])
@pytest.mark.parametrize("vocabulary", [2, 37, 12_345, 1e12, 1e300])
def test_nothing_is_left_at_the_required_dimension(vocabulary, model):
    found = required_dimension(vocabulary, model)
    assert abs(entropy(found, vocabulary, model)) < 1e-9
    assert entropy(found * 0.999, vocabulary, model) > 0 > entropy(found * 1.001, vocabulary, model)


def test_a_word_given_another_needs_as_many_as_pairs_of_the_square_root():
    assert required_dimension(10**6, model="conditional") == pytest.approx(required_dimension(10**3), rel=1e-12)


@pytest.mark.parametrize("vocabulary", [1, 0, -5, math.nan, math.inf, True, "many"])
def test_impossible_vocabularies_are_refused(vocabulary):
    with pytest.raises(InvalidOption, match="give a number of words ≥ 2"):
        required_dimension(vocabulary)


def test_unknown_models_and_dimensions_are_refused():
    with pytest.raises(InvalidOption, match="model is 'marginal'; give one of joint, conditional"):
        required_dimension(1000, model="marginal")
    with pytest.raises(InvalidInput, match="give numbers ≥ 2"):
        entropy_change([8, 1.5])


ERRATA = [
    "capacity suffices from n = 8.33 ln N on: the coefficient",
    "2 ln N + h_n is the entropy above the threshold too (N = 60, n = 38)",
]


@pytest.mark.parametrize("vocabulary", [2, 50, 10**9])
def test_other_sizes_have_the_same_verdicts(vocabulary):
    claims = [item for item in theory(vocabulary, (3, 17), (2, 9)) if isinstance(item, studies.Claim)]
    assert [each.statement for each in claims if not each.as_expected] == []
    assert [each.statement for each in claims if each.verdict == "fails"] == ERRATA[:1]


def test_a_quick_run_has_all_claims_and_only_errata_fail():
    found = studies.run("embedding_dimension", quick=True, drawn_words=60, tokens=12_000, seed=2)
    assert found.success, [(each.statement, each.measured) for each in found.unexpected]
    assert [each.statement for each in found.claims if each.erratum] == ERRATA
    assert len(found.claims) == 9 + 5 + 12
    assert list(found.tables) == ["entropy_change", "required_dimension", "freezing_curve", "skip_gram"]
    assert len(found.tables["skip_gram"]) == 30
    assert all(figure.axes for figure in found.figures.values())
