"""The study of word vectors where it draws and trains: entropies of draws, skip-gram, corpora."""

import importlib.util
import math

import numpy as np
import pytest
from scipy.special import digamma, log_softmax, softmax, xlogy

import zoopt
from zoopt import studies
from zoopt.errors import InvalidOption, MissingDependency
from zoopt.studies.embedding_dimension import _corpus, _experiment, _monte_carlo, _skip_gram
from zoopt.studies.embedding_dimension._skip_gram_kernels import train_epoch

SPLITMIX_OF_0 = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)
"""The first words of splitmix64 from state 0, as published with it."""


def test_entropies_of_a_draw_against_plain_softmax():
    words, n, seed, draw = 30, 5, 7, 3
    left, right = (zoopt.noise(seed, draw, side, words * n).reshape(words, n) for side in (0, 1))
    scores = n * (left / np.linalg.norm(left, axis=1)[:, None]) @ (right / np.linalg.norm(right, axis=1)[:, None]).T
    p, rows = softmax(scores), softmax(scores, axis=1)
    found = _monte_carlo.sample(words, n, draw + 1, seed)
    assert found.joint[draw] == pytest.approx(-xlogy(p, p).sum(), rel=1e-12)
    assert found.conditional[draw] == pytest.approx(-(rows * log_softmax(scores, axis=1)).sum(axis=1).mean(), rel=1e-12)
    assert found.concentration[draw] == pytest.approx((p**2).sum(), rel=1e-12)


@pytest.mark.parametrize(("n", "seen"), [(16, 9.878), (64, 1.89)])
def test_entropies_of_a_thousand_words_agree_with_those_seen_elsewhere(n, seen):
    """One draw seen elsewhere lies within 2.6 deviations of ours."""
    found = _monte_carlo.sample(1000, n, 16, 1).joint
    assert abs(seen - found.mean()) < 2.6 * found.std(ddof=1)
    assert found.min() > 0


def test_entropy_of_poisson_dirichlet_weights_against_sticks_that_are_broken():
    """400 draws of 20 000 sticks; what the cut leaves out is below 1e-4 for m = 0.4."""
    m, rng = 0.4, np.random.default_rng(0)
    parts = rng.beta(1 - m, m * np.arange(1, 20_001), size=(400, 20_000))
    weights = parts * np.cumprod(np.hstack([np.ones((400, 1)), 1 - parts[:, :-1]]), axis=1)
    entropies = -xlogy(weights, weights).sum(axis=1)
    error = entropies.std(ddof=1) / 20
    assert abs(entropies.mean() - _monte_carlo.frozen_entropy(m)) < 3 * error < 0.15
    assert abs((weights**2).sum(axis=1).mean() - (1 - m)) < 0.05
    assert _monte_carlo.frozen_entropy(m) == pytest.approx(digamma(1) - digamma(0.6))


def test_the_exponent_goes_to_that_of_independent_energies():
    """For many words (1 - c²)^(n/2) N² = 1 gives the highest cosine c, and m = c / (1 - c²): 1 at the threshold."""
    words = 1e60
    n = round(2 * studies.required_dimension(words))
    cosine = math.sqrt(1 - math.exp(-4 * math.log(words) / n))
    assert _monte_carlo.frozen_exponent(words, n) == pytest.approx(cosine / (1 - cosine**2), rel=0.02)
    at = round(studies.required_dimension(words))
    assert _monte_carlo.frozen_exponent(words, at) == pytest.approx(1, rel=0.02)


def random_text(seed=0, words=7, documents=6, length=40):
    rng = np.random.default_rng(seed)
    return [np.minimum(rng.geometric(0.35, length) - 1, words - 1).astype(np.int32) for _ in range(documents)]


def text_of_a_chain(words=5, documents=40, length=200):
    """Return documents in which a word says much about the next."""
    rng = np.random.default_rng(4)
    moves, found = rng.dirichlet(np.full(words, 0.4), size=words) * 0.9 + 0.1 / words, []
    for _ in range(documents):
        chain = [0]
        for _ in range(length - 1):
            chain.append(rng.choice(words, p=moves[chain[-1]]))
        found.append(np.array(chain, np.int32))
    return found


def test_pairs_are_counted_within_documents_and_weighted_by_the_reach():
    documents, window, expected = random_text(), 3, np.zeros((7, 7))
    for document in documents:
        for i, word in enumerate(document):
            for j, other in enumerate(document):
                if 0 < abs(i - j) <= window:
                    expected[word, other] += (window - abs(i - j) + 1) / window
    tokens = _skip_gram.stream(documents)
    table = _skip_gram.noise_table(tokens, 7)
    found = _skip_gram.pairs(tokens, table, 7, window)
    np.testing.assert_allclose(found.counts, expected, rtol=1e-6)
    frequencies = np.bincount(np.concatenate(documents), minlength=7) ** 0.75
    np.testing.assert_allclose(found.negative, frequencies / frequencies.sum(), atol=2**-20)
    assert table.size == 2**20


def test_the_loss_against_its_definition():
    rng = np.random.default_rng(3)
    left, right = rng.normal(size=(2, 7, 4)).astype(np.float32) * 3
    tokens = _skip_gram.stream(random_text())
    pairs = _skip_gram.pairs(tokens, _skip_gram.noise_table(tokens, 7), 7, 2)
    expected = 0.0
    for word in range(7):
        for other in range(7):
            scores = left[word].astype(float) @ right.T.astype(float)
            negatives = sum(p * math.log(1 + math.exp(s)) for p, s in zip(pairs.negative, scores, strict=True))
            expected += pairs.counts[word, other] * (math.log(1 + math.exp(-scores[other])) + 5 * negatives)
    assert _skip_gram.loss(left, right, pairs, 5) == pytest.approx(expected / pairs.counts.sum(), rel=1e-5)


def bits_of(state):
    """Return splitmix64 in whole numbers of Python."""
    mask = 2**64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def test_training_against_plain_python():
    source = bits_of(0)
    assert tuple(next(source) for _ in range(3)) == SPLITMIX_OF_0
    tokens = _skip_gram.stream(random_text(length=25))
    table = _skip_gram.noise_table(tokens, 7)
    rng, bits = np.random.default_rng(1), bits_of(5)
    left, right = rng.normal(size=(2, 7, 3)).astype(np.float32)
    u, v = left.astype(float), right.astype(float)
    for at, word in enumerate(tokens):
        if word < 0:
            continue
        rate = 0.5 + (0.1 - 0.5) * at / tokens.size
        reach = 1 + next(bits) % 3
        for side in (-1, 1):
            for place in range(at + side, at + side * (reach + 1), side):
                if not 0 <= place < tokens.size or tokens[place] < 0:
                    break
                change = np.zeros(3)
                others = [(tokens[place], 1), *((table[next(bits) >> 44], 0) for _ in range(2))]
                for other, label in others:
                    pull = rate * (label - 1 / (1 + math.exp(-(u[word] @ v[other]))))
                    change += pull * v[other]
                    v[other] += pull * u[word]
                u[word] += change
    train_epoch(tokens, table, left, right, 3, 2, 0.5, 0.1, np.array([5], np.uint64))
    np.testing.assert_allclose(left, u, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(right, v, rtol=1e-3, atol=1e-4)


def test_with_as_many_dimensions_as_words_training_finds_the_shifted_mutual_information():
    """The least loss is at ln(p(w, c) / (p(w) P(c))) - ln k (Levy, Goldberg 2014), which needs full rank."""
    tokens = _skip_gram.stream(text_of_a_chain())
    table = _skip_gram.noise_table(tokens, 5)
    pairs, k = _skip_gram.pairs(tokens, table, 5, 2), 3
    counts = pairs.counts.astype(float)
    best = np.log(counts / counts.sum(axis=1, keepdims=True) / pairs.negative) - math.log(k)
    least = _skip_gram.loss(best.astype(np.float32), np.eye(5, dtype=np.float32), pairs, k)
    plan = _skip_gram.Plan(window=2, negatives=k, epochs=60, learning_rate=0.1)
    left, right = _skip_gram.trained(tokens, table, 5, 5, plan, 1)
    assert least < _skip_gram.loss(left, right, pairs, k) < least + 0.002
    narrow = _skip_gram.loss(*_skip_gram.trained(tokens, table, 5, 1, plan, 1), pairs, k)
    assert narrow > least + 0.02
    independent = np.full((5, 5), -math.log(k), np.float32)
    of_none = _skip_gram.loss(independent, np.eye(5, dtype=np.float32), pairs, k)
    assert _skip_gram.independent_loss(k) == pytest.approx(of_none, rel=1e-6)


def test_agreement_is_the_rank_correlation_of_cosines():
    vectors = np.array([[1, 0], [2, 0.1], [1, 1], [0, 1], [-1, 0.2]], np.float32)
    pairs = np.array([[0, 1], [0, 2], [0, 3], [0, 4]])
    first = _corpus.Judgements(pairs, np.array([9.0, 5.0, 3.0, 1.0]))
    second = _corpus.Judgements(pairs[:3], np.array([1.0, 2.0, 3.0]))
    assert _experiment.agreement(vectors, [first], 3) == pytest.approx(1)
    assert _experiment.agreement(vectors, [first, second], 3) == pytest.approx((4 - 3) / 7)
    assert _experiment.agreement(vectors, [first, second], 4) == pytest.approx(1)
    assert math.isnan(_experiment.agreement(vectors, [first, second]))


def test_a_corpus_keeps_its_most_frequent_words():
    corpus = _corpus.reduced([["b", "a", "c", "a"], ["a", "b"], ["d"]], 2)
    assert corpus.words == ("a", "b")
    assert [document.tolist() for document in corpus.documents] == [[1, 0, 0], [0, 1]]
    with pytest.raises(InvalidOption, match="a vocabulary of 5 words is wanted, the text has 4; give smaller"):
        _corpus.reduced([["b", "a", "c", "a"], ["d"]], 5)


def test_wikipedia_and_judgements_are_those_that_gensim_carries():
    documents = _corpus.texts("wikipedia", 10**9)
    corpus = _corpus.reduced(documents, 1000)
    assert 100 < len(documents) < 110
    assert 450_000 < sum(map(len, documents)) < 500_000
    assert corpus.words[:4] == ("the", "of", "and", "in")
    wordsim, simlex = _corpus.judgements(("old", "new", "tiger", "cat", "zzz"))
    assert (wordsim.pairs.tolist(), wordsim.ratings.tolist()) == ([[2, 3]], [7.35])
    assert (simlex.pairs.tolist(), simlex.ratings.tolist()) == ([[0, 1]], [1.58])


def test_the_documentation_of_python_is_read_as_far_as_wanted():
    few, more = _corpus.texts("python", 5000), _corpus.texts("python", 150_000)
    assert sum(map(len, few[:-1])) < 5000 <= sum(map(len, few))
    assert more[: len(few)] == few
    assert sum(map(len, more)) >= 150_000
    assert {"python", "function", "returns"} <= set(_corpus.reduced(more, 300).words)


def test_a_corpus_of_a_package_that_is_missing_is_refused_before_anything_else(monkeypatch):
    assert _corpus.has_gensim()
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "gensim" else found(name))
    seen = []
    with pytest.raises(MissingDependency, match=r"pip install 'zoopt-engine\[data\]', or choose corpus=python"):
        studies.run("embedding_dimension", quick=True, corpus="wikipedia", progress=seen.append)
    assert not seen
    assert _corpus.judgements(("old", "new")) == []


def setting(threads=1):
    plan = _skip_gram.Plan(window=2, negatives=2, epochs=1, learning_rate=0.1)
    return _experiment.Setting("made up", 1000, (7,), 3, 0.01, threads, plan)


def test_results_do_not_depend_on_threads():
    corpus = _corpus.Corpus(tuple("abcdefg"), tuple(random_text(documents=20)))
    one, three = (_experiment.measure(corpus, setting(threads), 5) for threads in (1, 3))
    np.testing.assert_array_equal(one.losses, three.losses)
    np.testing.assert_array_equal(one.training_losses, three.training_losses)
    assert one.losses.shape == (3, 6)


def test_the_knee_is_where_the_loss_comes_near_the_least():
    losses = np.array(
        [[3.0, 2.5, 2.42, 2.4, 2.405, 2.5], [2.4, 2.5, 2.6, 2.5, 2.4, 2.3], [1.0, 1.2, 1.1, 1.3, 1.0, 1.5]]
    )
    found = _experiment.Measured(7, (2, 4, 8, 16, 32, 64), losses, losses, losses, 0)
    assert found.knees(0.01).tolist() == pytest.approx([3.5, 5.9, 1.0])
    assert found.loss_change(3, 4)[0] == pytest.approx((-0.005 + 0.1 + 0.3) / 3)
