"""BLEU equals that of sacrebleu: tokens, statistics and values, on random text and where it is hard."""

import itertools

import numpy as np
import pytest
from made_up_lists import changed, sentence, streams
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from zoopt.objectives import bleu_from_statistics, bleu_statistics, corpus_bleu, sentence_bleu
from zoopt.objectives._bleu_tokens import split_13a

TOLERANCE = 1e-9
SMOOTHINGS = [("exp", None), ("floor", None), ("floor", 0.01), ("floor", 0.0), ("add-k", None), ("add-k", 0.5)]
SMOOTHINGS += [("add-k", 0.0), ("none", None)]
PIECES = [*"ab129.,-'\"&;<>()/[]{}_~`^@#!?%$*+=|\\: \n\té漢²٣½\xa0\u2028\u200bİß", "...", "1,5", "1.", ".5", ",."]
PIECES += ["&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "<skipped>", "-\n", "12-13", "a-b", "--", "U.S.", "$3,000.50"]

HARD = {
    "nothing matches": (["x y z"], [["a b c"]]),
    "one empty hypothesis": (["", "the cat sat on it"], [["a dog"], ["the cat sat on a mat"]]),
    "only empty hypotheses": (["", ""], [["a dog"], ["a cat"]]),
    "an empty reference": (["a dog", "the cat sat"], [[""], ["the cat sat"]]),
    "an empty reference beside another": (["a dog"], [["", "a dog sat there for long"]]),
    "both empty": ([""], [[""]]),
    "white space": (["  \t ", " a  b\u3000c d "], [[" "], ["a b c d"]]),
    "one word": (["yes"], [["yes"]]),
    "below four words": (["a cat sat", "no"], [["a cat sits"], ["no"]]),
    "two words everywhere": (["a cat"], [["a cat"]]),
    "no fourgram matches": (["the cat sat here now"], [["the cat sat there then"]]),
    "longer than the reference": (["the the the the the the cat"], [["the cat"]]),
    "clipped by the best reference": (["the the the cat"], [["the the dog", "the cat the x the"]]),
    "equally close references": (["a b c d"], [["a b c d e", "a b c"]]),
    "equally close, the other way": (["a b c d"], [["a b c", "a b c d e"]]),
    "numbers of references differ": (["a b c d e", "f g h i"], [["a b c d", "a b c d e f"], ["f g h i j"]]),
    "unicode": (["Größe ändern – „jetzt“", "Ça va très bien, İstanbul"], [["Größe ändern – „nun“"], ["ça va bien"]]),
    "repeated": (["na na na na na na na na"], [["na na na na"]]),
    "entities": (["he said &quot;no&quot; &amp;amp; left"], [['he said "no" & left']]),
    "very long": (["a b c " * 500], [["a b d " * 480]]),
}


def theirs(hypotheses, references, **options):
    return BLEU(**options, force=True).corpus_score(hypotheses, streams(references)).score


@pytest.mark.parametrize(("method", "value"), SMOOTHINGS)
@pytest.mark.parametrize("name", HARD)
def test_hard_cases(name, method, value):
    hypotheses, references = HARD[name]
    for tokenize, lowercase, effective in itertools.product(("13a", "none"), (False, True), (False, True)):
        options = {"tokenize": tokenize, "lowercase": lowercase, "effective_order": effective}
        options |= {"smooth_method": method, "smooth_value": value}
        expected = theirs(hypotheses, references, **options)
        assert corpus_bleu(hypotheses, references, **options) == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(8))
def test_random_corpora(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 40))
    references = [[sentence(rng) for _ in range(rng.integers(1, 5))] for _ in range(count)]
    hypotheses = [changed(rng, str(rng.choice(refs))) for refs in references]
    values = []
    for (method, value), effective in itertools.product(SMOOTHINGS, (False, True)):
        options = {"smooth_method": method, "smooth_value": value, "effective_order": effective}
        expected = theirs(hypotheses, references, **options)
        assert corpus_bleu(hypotheses, references, **options) == pytest.approx(expected, abs=TOLERANCE)
        values.append(expected)
    assert len(set(values)) > 1 or count < 3  # the methods differ here, so that they are told apart


def test_statistics_are_theirs():
    rng = np.random.default_rng(5)
    references = [[sentence(rng) for _ in range(rng.integers(1, 5))] for _ in range(300)]
    hypotheses = [changed(rng, str(rng.choice(refs))) for refs in references]
    expected = BLEU(force=True)._extract_corpus_statistics(hypotheses, streams(references))
    for threads in (1, 2):
        assert np.array_equal(bleu_statistics(hypotheses, references, threads=threads), expected)


def test_corpora_add_up():
    rng = np.random.default_rng(6)
    references = [sentence(rng) for _ in range(50)]
    hypotheses = [changed(rng, reference) for reference in references]
    parts = bleu_statistics(hypotheses[:20], references[:20]).sum(0) + bleu_statistics(
        hypotheses[20:], references[20:]
    ).sum(0)
    assert bleu_from_statistics(parts) == corpus_bleu(hypotheses, references)


def test_sentences():
    rng = np.random.default_rng(7)
    metric = BLEU(effective_order=True)
    for _ in range(200):
        reference = sentence(rng)
        hypothesis = changed(rng, reference)
        expected = metric.sentence_score(hypothesis, [reference]).score
        assert sentence_bleu(hypothesis, reference) == pytest.approx(expected, abs=TOLERANCE)


def test_tokens_of_13a_on_hard_text():
    rng = np.random.default_rng(8)
    tokenizer = Tokenizer13a()
    differ_from_white_space = 0
    for _ in range(20_000):
        text = "".join(rng.choice(PIECES, size=rng.integers(14))).rstrip()
        assert split_13a(text) == tokenizer(text).split(), repr(text)
        differ_from_white_space += split_13a(text) != text.split()
    assert differ_from_white_space > 10_000


def test_own_tokenisers_and_tokens():
    hypotheses, references = ["aab ba", "abab"], ["aabba", ["abba", "abab b"]]
    expected = BLEU(tokenize="char").corpus_score(hypotheses, [["aabba", "abba"], [None, "abab b"]]).score
    assert corpus_bleu(hypotheses, references, tokenize=lambda text: list(text.replace(" ", ""))) == pytest.approx(
        expected, abs=TOLERANCE
    )
    cut = [list("aabba"), list("abab")]
    of_one, of_two = list("aabba"), [list("abba"), list("ababb")]
    assert corpus_bleu(cut, [of_one, of_two], tokenize=None) == pytest.approx(expected, abs=TOLERANCE)
