"""Which words translate which: IBM model 1 by expectation maximisation, in both directions, and their agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.objectives._translation._corpus import Pair, Tokens, numbered

NULL = ""
"""The token that words without a counterpart come from."""

Links = frozenset[tuple[int, int]]
Integers = npt.NDArray[np.int64]


class Lexicon:
    """Probabilities p(target word | source word) of IBM model 1.

    Parameters
    ----------
    sources, targets : sequence of sequences of str
        Sentences that are translations of each other.
    rounds : int
        Rounds of expectation maximisation, from uniform probabilities.

    References
    ----------
    Brown et al., "The mathematics of statistical machine translation", Computational Linguistics 19, 1993.
    """

    def __init__(self, sources: Sequence[Tokens], targets: Sequence[Tokens], rounds: int = 8) -> None:
        origins, words = numbered([(NULL,), *sources]), numbered(targets)
        cells = _cells([_numbers(origins, (NULL, *s)) for s in sources], [_numbers(words, t) for t in targets])
        keys, entry = np.unique(cells.sources * len(words) + cells.targets, return_inverse=True)
        of_source, of_target = np.divmod(keys, len(words))
        table = _maximised(entry, cells.words, of_source, rounds)
        names, others = [*origins], [*words]
        seen = zip(of_source.tolist(), of_target.tolist(), table.tolist(), strict=True)
        self._table = {(names[s], others[t]): chance for s, t, chance in seen}

    def probability(self, target: str, source: str) -> float:
        """Return p(target | source), 0 for words that were never seen together."""
        return float(self._table.get((source, target), 0.0))

    def best_links(self, source: Tokens, target: Tokens) -> list[int]:
        """Return for every target word the place of the source word that it most likely comes from, -1 for none."""
        origins, table = (NULL, *source), self._table
        links = []
        for word in target:
            chances = [table.get((origin, word), 0.0) for origin in origins]
            links.append(chances.index(max(chances)) - 1)
        return links


def _numbers(vocabulary: dict[str, int], sentence: Tokens) -> Integers:
    return np.array([vocabulary[token] for token in sentence], dtype=np.int64)


class _Cells(NamedTuple):
    """A cell for every (source word, target word) of every sentence; `words` numbers the target words of all."""

    sources: Integers
    targets: Integers
    words: Integers


def _cells(sources: Sequence[Integers], targets: Sequence[Integers]) -> _Cells:
    left, right, words = [], [], []
    seen = 0
    for source, target in zip(sources, targets, strict=True):
        left.append(np.tile(source, len(target)))
        right.append(np.repeat(target, len(source)))
        words.append(np.repeat(np.arange(seen, seen + len(target)), len(source)))
        seen += len(target)
    return _Cells(np.concatenate(left), np.concatenate(right), np.concatenate(words))


def _maximised(entry: Integers, words: Integers, source_of_entry: Integers, rounds: int) -> FloatArray:
    """Return the probability of every entry of the table after so many rounds."""
    table = np.ones(len(source_of_entry))
    for _ in range(rounds):
        chances = table[entry]
        shares = chances / np.bincount(words, weights=chances)[words]
        counts = np.bincount(entry, weights=shares, minlength=len(table))
        table = counts / np.bincount(source_of_entry, weights=counts)[source_of_entry]
    return table


def symmetric_links(pair: Pair, forward: Lexicon, backward: Lexicon) -> Links:
    """Return links (source place, target place) that grow from those of both directions towards those of either.

    A link of either direction is added where a neighbour is linked already, also diagonally, and one of its words is
    not; at last links between words that both have none ("grow-diag-final-and").

    References
    ----------
    Koehn, Och and Marcu, "Statistical phrase-based translation", NAACL 2003.
    """
    ahead = {(s, t) for t, s in enumerate(forward.best_links(pair.source, pair.target)) if s >= 0}
    behind = {(s, t) for s, t in enumerate(backward.best_links(pair.target, pair.source)) if t >= 0}
    links = ahead & behind
    linked_sources, linked_targets = {s for s, _ in links}, {t for _, t in links}
    waiting = sorted((ahead | behind) - links)
    grown = True
    while grown:
        grown = False
        for s, t in waiting:
            fresh = (s, t) not in links and (s not in linked_sources or t not in linked_targets)
            if fresh and any((s + i, t + j) in links for i in (-1, 0, 1) for j in (-1, 0, 1)):
                links.add((s, t))
                linked_sources.add(s)
                linked_targets.add(t)
                grown = True
    for s, t in waiting:
        if s not in linked_sources and t not in linked_targets:
            links.add((s, t))
            linked_sources.add(s)
            linked_targets.add(t)
    return frozenset(links)
