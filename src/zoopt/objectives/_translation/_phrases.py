"""A phrase table: pairs of word runs that translate each other, with what is known of them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zoopt.objectives._translation._alignment import NULL, Lexicon, Links, symmetric_links
from zoopt.objectives._translation._corpus import Pair, Tokens

LONGEST_PHRASE = 5
OPTIONS_LIMIT = 20
_LEAST = 1e-7  # stands for the probability of what was never seen

SCORES = ("phrase, forward", "phrase, backward", "words, forward", "words, backward")
"""What the table has of a phrase pair, as logarithms."""
_FORWARD = 0


class Phrase(NamedTuple):
    """A translation of a run of words: log p(target | source), log p(source | target), and both by words."""

    target: Tokens
    scores: tuple[float, float, float, float]


class Extracted(NamedTuple):
    """A phrase pair out of a sentence pair, with the links between its words."""

    source: Tokens
    target: Tokens
    links: Links


class PhraseTable:
    """The phrase pairs of a corpus that agree with the alignment of its words.

    Parameters
    ----------
    train : sequence of Pair
        What it is counted on.

    References
    ----------
    Koehn, Och and Marcu, "Statistical phrase-based translation", NAACL 2003.
    """

    def __init__(self, train: Sequence[Pair]) -> None:
        sources, targets = [pair.source for pair in train], [pair.target for pair in train]
        self._forward, self._backward = Lexicon(sources, targets), Lexicon(targets, sources)
        counts: dict[Tokens, Counter[Tokens]] = defaultdict(Counter)
        links: dict[tuple[Tokens, Tokens], Counter[Links]] = defaultdict(Counter)
        totals: Counter[Tokens] = Counter()
        for pair in train:
            for phrase in extracted(pair, symmetric_links(pair, self._forward, self._backward)):
                counts[phrase.source][phrase.target] += 1
                links[phrase.source, phrase.target][phrase.links] += 1
                totals[phrase.target] += 1
        self._table = {source: self._scored(source, targets, totals, links) for source, targets in counts.items()}

    def __len__(self) -> int:
        """Return the number of phrase pairs kept."""
        return sum(map(len, self._table.values()))

    def options(self, source: Tokens) -> list[Phrase]:
        """Return the translations of a run of words, likely ones first; a single unknown word stays as it is."""
        known = self._table.get(source)
        if known is None and len(source) == 1:
            least = math.log(_LEAST)
            return [Phrase(source, (least, least, least, least))]
        return known or []

    def _scored(
        self,
        source: Tokens,
        targets: Counter[Tokens],
        totals: Counter[Tokens],
        links: dict[tuple[Tokens, Tokens], Counter[Links]],
    ) -> list[Phrase]:
        count = targets.total()
        phrases = []
        for target, together in targets.items():
            usual = max(links[source, target].items(), key=lambda item: (item[1], sorted(item[0])))[0]
            turned = frozenset((t, s) for s, t in usual)
            scores = (
                math.log(together / count),
                math.log(together / totals[target]),
                _by_words(source, target, usual, self._forward),
                _by_words(target, source, turned, self._backward),
            )
            phrases.append(Phrase(target, scores))
        phrases.sort(key=lambda phrase: (-phrase.scores[_FORWARD], -sum(phrase.scores), phrase.target))
        return phrases[:OPTIONS_LIMIT]


def extracted(pair: Pair, links: Links) -> Iterator[Extracted]:
    """Yield all phrase pairs of at most five words a side that no link leaves, and at least one is in.

    Target words without a link beside a phrase may belong to it or not.
    """
    linked = {t for _, t in links}
    for first in range(len(pair.source)):
        for last in range(first + 1, min(first + LONGEST_PHRASE, len(pair.source)) + 1):
            inside = [t for s, t in links if first <= s < last]
            if not inside:
                continue
            low, high = min(inside), max(inside) + 1
            if any(low <= t < high and not first <= s < last for s, t in links):
                continue
            for begin, end in _widened(low, high, linked, len(pair.target)):
                if end - begin <= LONGEST_PHRASE:
                    own = frozenset((s - first, t - begin) for s, t in links if first <= s < last)
                    yield Extracted(pair.source[first:last], pair.target[begin:end], own)


def _widened(low: int, high: int, linked: set[int], size: int) -> Iterator[tuple[int, int]]:
    begin = low
    while True:
        end = high
        while True:
            yield begin, end
            if end >= size or end in linked:
                break
            end += 1
        begin -= 1
        if begin < 0 or begin in linked:
            return


def _by_words(source: Tokens, target: Tokens, links: Links, lexicon: Lexicon) -> float:
    """Return the logarithm of the product, over target words, of the mean probability from the words linked to it."""
    origins: list[list[float]] = [[] for _ in target]
    for s, t in sorted(links):
        origins[t].append(lexicon.probability(target[t], source[s]))
    total = 0.0
    for word, chances in zip(target, origins, strict=True):
        mean = sum(chances) / len(chances) if chances else lexicon.probability(word, NULL)
        total += math.log(max(mean, _LEAST))
    return total
