"""Skip-gram with negative sampling: training as a compiled kernel, and its loss over all pairs, exactly.

Of a word w and a word c within its window the loss is −ln σ(⟨u_w, v_c⟩) − k E_{c' ~ P} ln σ(−⟨u_w, v_c'⟩), with P the
frequencies of words to the power 3/4 (Mikolov et al. 2013, arXiv:1310.4546). A window reaches 1 … W words to either
side, each reach as likely.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_END = -1
"""Between two documents; no window reaches across."""
_TABLE_BITS = 20


@dataclass(frozen=True)
class Plan:
    """How word vectors are trained.

    Attributes
    ----------
    window : int
    negatives : int
        k, drawn for every pair.
    epochs : int
    learning_rate : float
        At the start; it falls to a hundredth in a straight line.
    """

    window: int
    negatives: int
    epochs: int
    learning_rate: float


@dataclass(frozen=True)
class Pairs:
    """How often words stand in each other's windows, and how often each word is drawn as a negative.

    Attributes
    ----------
    counts : ndarray of shape (N, N)
        Expected over the reach of the windows.
    negative : ndarray of shape (N,)
        P.
    """

    counts: Floats
    negative: Doubles


def stream(documents: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return documents one after the other, -1 between them."""
    ends = np.full(1, _END, np.int32)
    return np.concatenate([part for document in documents for part in (document, ends)] or [ends])


def noise_table(tokens: NDArray[np.int32], vocabulary: int) -> NDArray[np.int32]:
    """Return 2**20 words, each as often as the power 3/4 of its frequency says, rounded."""
    weights = np.bincount(tokens[tokens >= 0], minlength=vocabulary).astype(np.float64) ** 0.75
    ends = np.rint(np.cumsum(weights) / weights.sum() * 2**_TABLE_BITS).astype(np.int64)
    return np.repeat(np.arange(vocabulary, dtype=np.int32), np.diff(ends, prepend=0))


def pairs(tokens: NDArray[np.int32], table: NDArray[np.int32], vocabulary: int, window: int) -> Pairs:
    """Return the pairs of a text whose negatives come from a table."""
    from zoopt.studies.embedding_dimension._skip_gram_kernels import count_pairs

    counts = np.zeros((vocabulary, vocabulary), np.float32)
    count_pairs(tokens, window, counts)
    return Pairs(counts, np.bincount(table, minlength=vocabulary) / table.size)


def trained(
    tokens: NDArray[np.int32], table: NDArray[np.int32], vocabulary: int, n: int, plan: Plan, seed: int
) -> tuple[Floats, Floats]:
    """Return the vectors u and v, each of shape (vocabulary, n)."""
    import zoopt
    from zoopt.studies.embedding_dimension._skip_gram_kernels import train_epoch

    start = zoopt.noise(seed, n, 0, vocabulary * n, kind="uniform") - 0.5
    left = (start.reshape(vocabulary, n) / n).astype(np.float32)
    right = np.zeros_like(left)
    state = np.array([seed], np.uint64)
    for epoch in range(plan.epochs):
        first, last = (plan.learning_rate * (1 - 0.99 * (epoch + part) / plan.epochs) for part in (0, 1))
        train_epoch(tokens, table, left, right, plan.window, plan.negatives, first, last, state)
    return left, right


def loss(left: Floats, right: Floats, of: Pairs, negatives: int) -> float:
    """Return the mean loss of a pair, in nats, with the expectation over negatives taken exactly."""
    from zoopt.studies.embedding_dimension._skip_gram_kernels import total_loss

    total = total_loss(left @ right.T, of.counts, of.negative, negatives)
    return float(total / of.counts.sum(dtype=np.float64))


def independent_loss(negatives: int) -> float:
    """Return the loss of a model for which words are independent: ⟨u, v⟩ = −ln k for all pairs."""
    return float(np.log1p(negatives) + negatives * np.log1p(1 / negatives))
