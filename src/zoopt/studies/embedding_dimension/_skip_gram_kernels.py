"""Loops over a text and over all pairs of words, compiled. Imported where they are used: Numba takes its time."""

# mypy: disable-error-code="untyped-decorator"

from typing import Any

import numba
import numpy as np

_compiled = numba.njit(nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy")
_UNUSED_BITS = np.uint64(44)
"""A table of negatives has 2**20 words."""


@_compiled
def drawn(state: Any) -> Any:
    """Return 64 random bits (splitmix64)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    bits = state[0]
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@_compiled
def step(u: Any, v: Any, change: Any, label: Any, rate: Any) -> None:
    """Move v down the loss of one pair and add to the change of u."""
    dot = np.float32(0)
    for i in range(u.size):
        dot += u[i] * v[i]
    pull = rate * (label - np.float32(1) / (np.float32(1) + np.exp(-dot)))
    for i in range(u.size):
        change[i] += pull * v[i]
        v[i] += pull * u[i]


@_compiled
def train_epoch(
    tokens: Any, table: Any, left: Any, right: Any, window: int, negatives: int, first: float, last: float, state: Any
) -> None:
    """Go once over a text; the learning rate falls from the first to the last in a straight line."""
    change = np.zeros(left.shape[1], np.float32)
    for at in range(tokens.size):
        word = tokens[at]
        if word < 0:
            continue
        rate = np.float32(first + (last - first) * at / tokens.size)
        reach = 1 + np.int64(drawn(state) % np.uint64(window))
        for side in (-1, 1):
            for away in range(1, reach + 1):
                place = at + side * away
                if place < 0 or place >= tokens.size or tokens[place] < 0:
                    break
                change[:] = 0
                step(left[word], right[tokens[place]], change, np.float32(1), rate)
                for _ in range(negatives):
                    other = table[drawn(state) >> _UNUSED_BITS]
                    step(left[word], right[other], change, np.float32(0), rate)
                left[word] += change


@_compiled
def count_pairs(tokens: Any, window: int, counts: Any) -> None:
    """Add how often each word is expected in the window of each."""
    for at in range(tokens.size):
        word = tokens[at]
        if word < 0:
            continue
        for side in (-1, 1):
            for away in range(1, window + 1):
                place = at + side * away
                if place < 0 or place >= tokens.size or tokens[place] < 0:
                    break
                counts[word, tokens[place]] += np.float32((window - away + 1) / window)


@_compiled
def total_loss(scores: Any, counts: Any, negative: Any, negatives: int) -> float:
    """Return the loss of all pairs together."""
    total = 0.0
    for word in range(scores.shape[0]):
        seen, expected = 0.0, 0.0
        for other in range(scores.shape[1]):
            score = np.float64(scores[word, other])
            # ln(1 + e^x), which does not overflow
            rising = max(score, 0.0) + np.log1p(np.exp(-abs(score)))
            seen += counts[word, other]
            expected += negative[other] * rising
            total += counts[word, other] * (rising - score)
        total += negatives * seen * expected
    return total
