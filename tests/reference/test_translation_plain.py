"""The parts of the small translation system against plain implementations of what they are defined by."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from zoopt import _core
from zoopt.objectives._translation._alignment import NULL, Lexicon, symmetric_links
from zoopt.objectives._translation._corpus import Pair
from zoopt.objectives._translation._phrases import LONGEST_PHRASE, PhraseTable, extracted
from zoopt.objectives._translation._system import WEIGHTS, System

SMALL = (
    [("das", "haus"), ("das", "buch"), ("ein", "buch"), ("haus", "das", "alte")],
    [
        ("the", "house"),
        ("the", "book"),
        ("a", "book"),
        ("the", "old", "house"),
    ],
)


def plain_model_1(sources, targets, rounds):
    """Expectation maximisation as the textbook has it, sentence by sentence and word by word."""
    table = defaultdict(lambda: 1.0)
    for _ in range(rounds):
        counts, totals = defaultdict(float), defaultdict(float)
        for source, target in zip(sources, targets, strict=True):
            for word in target:
                norm = sum(table[word, origin] for origin in (NULL, *source))
                for origin in (NULL, *source):
                    counts[word, origin] += table[word, origin] / norm
                    totals[origin] += table[word, origin] / norm
        table = defaultdict(float, {(w, o): c / totals[o] for (w, o), c in counts.items()})
    return table


def random_sentences(rng, count, words="abcdefgh"):
    return [tuple(rng.choice([*words], size=rng.integers(1, 7))) for _ in range(count)]


@pytest.mark.parametrize("rounds", [1, 5])
def test_model_1(rounds):
    rng = np.random.default_rng(1)
    for sources, targets in (SMALL, (random_sentences(rng, 40), random_sentences(rng, 40, "tuvwxyz"))):
        lexicon = Lexicon(sources, targets, rounds)
        plain = plain_model_1(sources, targets, rounds)
        assert len(plain) > 8
        for (word, origin), chance in plain.items():
            assert lexicon.probability(word, origin) == pytest.approx(chance, abs=1e-13)
    assert Lexicon(*SMALL).probability("the", "buch") < 0.3 < Lexicon(*SMALL).probability("book", "buch")
    assert Lexicon(*SMALL).probability("never", "buch") == 0.0


def agrees(first, last, begin, end, links):
    inside = [(s, t) for s, t in links if first <= s < last and begin <= t < end]
    leaving = [(s, t) for s, t in links if (first <= s < last) != (begin <= t < end)]
    return bool(inside) and not leaving


def test_extracted_phrases_are_all_that_agree():
    rng = np.random.default_rng(2)
    found_some = 0
    for _ in range(300):
        n, m = rng.integers(1, 8, 2)
        pair = Pair(tuple(f"s{i}" for i in range(n)), tuple(f"t{j}" for j in range(m)))
        links = frozenset(
            (int(s), int(t)) for s, t in zip(rng.integers(n, size=4), rng.integers(m, size=4), strict=True)
        )
        found = Counter((phrase.source, phrase.target) for phrase in extracted(pair, links))
        expected = Counter(
            (pair.source[a:b], pair.target[c:d])
            for a, b in itertools.combinations(range(n + 1), 2)
            for c, d in itertools.combinations(range(m + 1), 2)
            if max(b - a, d - c) <= LONGEST_PHRASE and agrees(a, b, c, d, links)
        )
        assert found == expected
        found_some += bool(found)
    assert found_some > 250


def test_links_lie_between_the_intersection_and_the_union():
    rng = np.random.default_rng(3)
    sources, targets = random_sentences(rng, 60), random_sentences(rng, 60, "tuvwxyz")
    ahead, behind = Lexicon(sources, targets), Lexicon(targets, sources)
    sizes = np.zeros(3, dtype=int)
    for pair in map(Pair, sources, targets):
        one = {(s, t) for t, s in enumerate(ahead.best_links(*pair)) if s >= 0}
        other = {(s, t) for s, t in enumerate(behind.best_links(*pair[::-1])) if t >= 0}
        links = symmetric_links(pair, ahead, behind)
        assert one & other <= links <= one | other
        sizes += len(one & other), len(links), len(one | other)
    assert sizes[0] < sizes[1] < sizes[2]


def test_scores_of_a_phrase_table():
    train = [Pair(("a", "b"), ("x", "y")), Pair(("a",), ("x",)), Pair(("a",), ("z",)), Pair(("c",), ("x",))]
    table = PhraseTable(train)
    forward = Lexicon([p.source for p in train], [p.target for p in train])
    backward = Lexicon([p.target for p in train], [p.source for p in train])
    pairs = Counter(
        (phrase.source, phrase.target) for p in train for phrase in extracted(p, symmetric_links(p, forward, backward))
    )
    singles = 0
    for source, target in pairs:
        scores = {phrase.target: phrase.scores for phrase in table.options(source)}[target]
        of_source = sum(n for (s, _), n in pairs.items() if s == source)
        of_target = sum(n for (_, t), n in pairs.items() if t == target)
        assert scores[:2] == pytest.approx(
            (math.log(pairs[source, target] / of_source), math.log(pairs[source, target] / of_target))
        )
        if len(source) == len(target) == 1:
            by_words = forward.probability(target[0], source[0]), backward.probability(source[0], target[0])
            assert scores[2:] == pytest.approx(np.log(by_words))
            singles += 1
    assert singles >= 3
    assert [phrase.target for phrase in table.options(("unknown",))] == [("unknown",)]
    assert table.options(("un", "known")) == []


def plain_witten_bell(sentences, words, before, last, word):
    ngrams = Counter()
    for sentence in sentences:
        padded = [0, 0, *(token + 2 for token in sentence), 1]
        for i in range(2, len(padded)):
            ngrams.update([(padded[i],), (padded[i - 1], padded[i]), tuple(padded[i - 2 : i + 1])])
    probability = 1 / (words + 2)
    for history in ((), (last,), (before, last)):
        behind = {gram[-1]: n for gram, n in ngrams.items() if gram[:-1] == history and len(gram) == len(history) + 1}
        if not behind:
            break
        probability = (behind.get(word, 0) + len(behind) * probability) / (sum(behind.values()) + len(behind))
    return probability


def test_the_language_model():
    rng = np.random.default_rng(4)
    words = 6
    sentences = [rng.integers(words, size=rng.integers(1, 8)) for _ in range(30)]
    begins = np.cumsum([0, *map(len, sentences)])
    model = _core.NgramModel(np.concatenate(sentences).astype(np.int32), begins, words)
    for before, last in itertools.product([0, *range(2, words + 3)], repeat=2):
        chances = [math.exp(model.next(before, last, word)) for word in range(1, words + 3)]  # the last is unknown
        plain = [plain_witten_bell(sentences, words, before, last, word) for word in range(1, words + 3)]
        assert chances == pytest.approx(plain, rel=1e-12)
        assert sum(chances) == pytest.approx(1.0)
    a, b, c = sentence = np.array([3, 0, 5], dtype=np.int32)
    steps = [(0, 0, a + 2), (0, a + 2, b + 2), (a + 2, b + 2, c + 2), (b + 2, c + 2, 1)]
    assert model.log_probability(sentence) == pytest.approx(sum(model.next(*step) for step in steps))


TRAIN = [
    Pair(("the", "red", "house"), ("la", "casa", "roja")),
    Pair(("the", "house"), ("la", "casa")),
    Pair(("red", "wine"), ("vino", "tinto")),
    Pair(("the", "wine"), ("el", "vino")),
    Pair(("red",), ("roja",)),
    Pair(("a", "house", "red"), ("una", "casa", "roja")),
    Pair(("house", "wine"), ("vino", "de", "la", "casa")),
]


def derivations(system, source, limit, covered=frozenset(), end=0):
    """Yield all ways to translate, as lists of (jump, phrase)."""
    if len(covered) == len(source):
        yield []
        return
    gap = min(set(range(len(source))) - covered)
    for first in range(gap, len(source)):
        for last in range(first + 1, len(source) + 1):
            jump = abs(first - end)
            if covered & set(range(first, last)) or first > gap + limit or jump > limit:
                continue
            if first > gap and last - gap > limit:
                continue
            for phrase in system.table.options(source[first:last]):
                for rest in derivations(system, source, limit, covered | set(range(first, last)), last):
                    yield [(jump, phrase), *rest]


@pytest.mark.parametrize("limit", [0, 2, 3])
@pytest.mark.parametrize("weights", [WEIGHTS, (1.0, 0.2, 0.5, 0.1, 2.0, -0.5, 0.3, 0.7)])
def test_a_wide_beam_finds_the_best_of_all_derivations(limit, weights):
    system = System(TRAIN)
    source = ("the", "red", "house", "wine")
    numbers = system._numbers
    best = {}
    for way in derivations(system, source, limit):
        words = tuple(token for _, phrase in way for token in phrase.target)
        features = np.array(
            [
                *np.sum([phrase.scores for _, phrase in way], axis=0),
                system.model.log_probability(np.array([numbers[word] for word in words], dtype=np.int32)),
                len(words),
                len(way),
                -sum(jump for jump, _ in way),
            ]
        )
        score = features @ np.array(weights)
        if words not in best or score > best[words][0]:
            best[words] = (score, features)
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    [found] = system.n_best([source], size=30, beam=100_000, distortion_limit=limit, weights=weights)
    scores = found.features @ np.array(weights)
    assert scores == pytest.approx([score for _, (score, _) in ranked[:30]])
    assert len(set(found.hypotheses)) == len(found.hypotheses) == min(30, len(ranked)) > 4
    for words, features in zip(found.hypotheses, found.features, strict=True):
        score, _ = best[words]
        assert features @ np.array(weights) == pytest.approx(score)
    assert found.features[0] == pytest.approx(ranked[0][1][1])


def test_a_narrow_beam_finds_no_better_and_threads_nothing_else():
    system = System(TRAIN)
    sources = [pair.source for pair in TRAIN] * 3
    wide, narrow, threaded = (
        system.n_best(sources, beam=beam, threads=threads) for beam, threads in ((1000, 1), (1, 1), (1000, 2))
    )
    for one, other, same in zip(wide, narrow, threaded, strict=True):
        assert one.features[0].sum() >= other.features[0].sum() - 1e-12
        assert one.hypotheses == same.hypotheses
        assert np.array_equal(one.features, same.features)
        assert (np.diff(one.features.sum(axis=1)) <= 1e-12).all()
