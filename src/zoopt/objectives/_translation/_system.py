"""A small phrase-based translation system: learnt from pairs, it makes n-best lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from zoopt import _core
from zoopt._arguments import FloatArray
from zoopt.objectives._translation._corpus import Pair, Tokens, numbered
from zoopt.objectives._translation._phrases import LONGEST_PHRASE, SCORES, Phrase, PhraseTable

FEATURES = (*SCORES, "language model", "words", "phrases", "distortion")
"""What the lists have of a translation, in order."""
WEIGHTS = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
"""The uniform weights, by which lists are decoded."""


class NBest(NamedTuple):
    """The translations of one source, best first, and their features."""

    hypotheses: list[Tokens]
    features: FloatArray


class System:
    """Phrase table and language model learnt from a corpus.

    Parameters
    ----------
    train : sequence of Pair
        What both are counted on.
    """

    def __init__(self, train: Sequence[Pair]) -> None:
        self.table = PhraseTable(train)
        targets = [pair.target for pair in train]
        self._numbers = numbered(targets)
        begins = np.array([0, *accumulate(map(len, targets))], dtype=np.int64)
        flat = np.array([self._numbers[token] for target in targets for token in target], dtype=np.int32)
        self.model = _core.NgramModel(flat, begins, len(self._numbers))

    def n_best(
        self,
        sources: Sequence[Tokens],
        *,
        size: int = 100,
        beam: int = 50,
        distortion_limit: int = 3,
        weights: Sequence[float] = WEIGHTS,
        threads: int = 1,
    ) -> list[NBest]:
        """Return the best different translations of every source that a beam search finds, at most `size`."""
        vocabulary = [*self._numbers]
        numbers = dict(self._numbers)
        spans: list[tuple[int, int]] = []
        phrases: list[Phrase] = []
        of_source = [0]
        for source in sources:
            for first, last, phrase in self._options(source):
                spans.append((first, last))
                phrases.append(phrase)
                for token in phrase.target:  # words that the language model does not know get numbers beyond its own
                    if token not in numbers:
                        numbers[token] = len(vocabulary)
                        vocabulary.append(token)
            of_source.append(len(phrases))
        found = _core.decode(
            self.model,
            np.array([len(source) for source in sources]),
            np.array(of_source),
            np.array(spans),
            np.array([numbers[token] for phrase in phrases for token in phrase.target], dtype=np.int32),
            np.array([0, *accumulate(len(phrase.target) for phrase in phrases)]),
            np.array([phrase.scores for phrase in phrases]),
            np.array(weights, dtype=np.float64),
            beam,
            distortion_limit,
            size,
            threads,
        )
        return [
            NBest(
                [tuple(vocabulary[word] for word in words) for words, _ in one],
                np.array([features for _, features in one]),
            )
            for one in found
        ]

    def _options(self, source: Tokens) -> list[tuple[int, int, Phrase]]:
        return [
            (first, last, phrase)
            for first in range(len(source))
            for last in range(first + 1, min(first + LONGEST_PHRASE, len(source)) + 1)
            for phrase in self.table.options(source[first:last])
        ]
