"""BLEU of corpora and sentences, and the statistics that it is made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, as_float, flag, number, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._bleu_tokens import Reader, References, Sentence, Tokenizer, reference_lists
from zoopt.objectives._compiled import real_array, unknown_name

WIDTH = 10
"""Numbers that there are of a hypothesis."""
SMOOTHING = {"exp": 0.0, "floor": 0.1, "add-k": 1.0, "none": 0.0}
"""The methods, each with the value that it has by default."""


class Smoothing(NamedTuple):
    """A method of smoothing and its value."""

    method: str
    value: float


def corpus_bleu(
    hypotheses: Sequence[Sentence],
    references: References,
    *,
    tokenize: Tokenizer = "13a",
    lowercase: bool = False,
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
) -> float:
    """Return the BLEU of a corpus, in [0, 100]: the number that `sacrebleu` gives, to 1e-9.

    Parameters
    ----------
    hypotheses : sequence of str
        One a segment; sequences of tokens where `tokenize` is None.
    references : sequence of str, or of sequences of str
        For every segment one reference or several, of which there may be more for one segment than for another. (The
        package `sacrebleu` takes them stream by stream: ``list(zip(*streams))`` are ours.)
    tokenize : {"13a", "none"}, callable or None, optional
        How text is cut into tokens: as the script mteval-v13a does; at white space; by a function ``str -> tokens``;
        or not at all, as sentences are sequences of tokens already.
    lowercase : bool, optional
        Make letters small first.
    smooth_method : {"exp", "floor", "add-k", "none"}, optional
        What becomes of orders n without a match: the k-th of them counts 2^-k matches; it counts `smooth_value`
        matches; `smooth_value` is added to matches and totals of the orders above 1; or BLEU is 0.
    smooth_value : float, optional
        By default 0.1 for floor, 1 for add-k; the others have none.
    effective_order : bool, optional
        Leave out orders of which no hypothesis is long enough to have n-grams.

    Returns
    -------
    float
        Zero where not even one token matches.

    Raises
    ------
    UnknownName
        There is no such tokeniser or smoothing method.
    InvalidInput
        There are no hypotheses, no references for one, or not as many references as hypotheses.
    InvalidType
        Sentences are not what `tokenize` takes.

    References
    ----------
    Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002. Post, "A call for
    clarity in reporting BLEU scores", WMT 2018. Chen and Cherry, "A systematic comparison of smoothing techniques for
    sentence-level BLEU", WMT 2014.

    Examples
    --------
    >>> from zoopt.objectives import corpus_bleu
    >>> hypotheses = ["The cat sat on the mat.", "It was asleep, I think."]
    >>> references = ["The cat sat on a mat.", ["I think it was asleep.", "It slept, I think."]]
    >>> round(corpus_bleu(hypotheses, references), 4)
    49.8805
    """
    statistics = bleu_statistics(hypotheses, references, tokenize=tokenize, lowercase=lowercase).sum(axis=0)
    return bleu_from_statistics(
        statistics, smooth_method=smooth_method, smooth_value=smooth_value, effective_order=effective_order
    )


def sentence_bleu(
    hypothesis: Sentence,
    references: Sentence | Sequence[Sentence],
    *,
    tokenize: Tokenizer = "13a",
    lowercase: bool = False,
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    effective_order: bool = True,
) -> float:
    """Return the BLEU of one sentence, by default of the orders that it is long enough for.

    Parameters
    ----------
    hypothesis : str
        A sentence; a sequence of tokens where `tokenize` is None.
    references : str or sequence of str
        One reference or several.
    tokenize, lowercase, smooth_method, smooth_value, effective_order
        As of :func:`corpus_bleu`.

    Returns
    -------
    float
        In [0, 100].

    Raises
    ------
    UnknownName, InvalidInput, InvalidType
        As :func:`corpus_bleu`.

    Examples
    --------
    >>> from zoopt.objectives import sentence_bleu
    >>> round(sentence_bleu("The cat sat.", "A cat sat."), 4)
    59.4604
    """
    return corpus_bleu(
        [hypothesis],
        [references],
        tokenize=tokenize,
        lowercase=lowercase,
        smooth_method=smooth_method,
        smooth_value=smooth_value,
        effective_order=effective_order,
    )


def bleu_statistics(
    hypotheses: Sequence[Sentence],
    references: References,
    *,
    tokenize: Tokenizer = "13a",
    lowercase: bool = False,
    threads: int = 1,
) -> FloatArray:
    """Return what BLEU needs to know of every hypothesis: numbers that are added up over a corpus.

    Parameters
    ----------
    hypotheses, references, tokenize, lowercase
        As of :func:`corpus_bleu`.
    threads : int, optional
        Threads that the call may use.

    Returns
    -------
    numpy.ndarray of float64, shape (n, 10)
        Whole numbers: tokens of the hypothesis, tokens of its closest reference (of equally close ones the shortest),
        matched n-grams for n = 1 ... 4, all n-grams for n = 1 ... 4.

    Raises
    ------
    UnknownName, InvalidInput, InvalidType
        As :func:`corpus_bleu`.

    Examples
    --------
    >>> from zoopt.objectives import bleu_statistics
    >>> bleu_statistics(["the cat sat"], ["the cat sat down"])[0].tolist()
    [3.0, 4.0, 3.0, 2.0, 1.0, 0.0, 3.0, 2.0, 1.0, 0.0]
    """
    sentences = checked_sentences("hypotheses", hypotheses)
    return segment_statistics(
        sentences, np.arange(len(sentences) + 1), references, Reader(tokenize, lowercase), "the hypotheses", threads
    )


def bleu_from_statistics(
    statistics: npt.ArrayLike,
    *,
    smooth_method: str = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
) -> float:
    """Return BLEU made from added-up statistics.

    Parameters
    ----------
    statistics : array_like of float, shape (10,)
        The sum of rows of :func:`bleu_statistics`.
    smooth_method, smooth_value, effective_order
        As of :func:`corpus_bleu`.

    Returns
    -------
    float
        In [0, 100].

    Raises
    ------
    UnknownName
        There is no such smoothing method.
    InvalidInput
        Another shape, negative numbers, or ones that are not finite.

    Examples
    --------
    >>> from zoopt.objectives import bleu_from_statistics, bleu_statistics
    >>> parts = bleu_statistics(["the cat sat on it", "no"], ["the cat sat on me", "no"])
    >>> round(bleu_from_statistics(parts.sum(axis=0)), 4)
    67.56
    """
    totals = real_array("statistics", statistics)
    if totals.shape != (WIDTH,):
        raise InvalidInput(f"statistics must have shape ({WIDTH},), got {totals.shape}; add up rows by sum(axis=0)")
    if not (np.isfinite(totals).all() and (totals >= 0).all()):
        raise InvalidInput(f"statistics must be counts, finite and not negative, got {totals.tolist()}")
    method, value = smoothing_of(smooth_method, smooth_value)
    return float(_core.bleu(totals[None], method, value, flag("effective_order", effective_order))[0])


def segment_statistics(
    hypotheses: Sequence[Sentence],
    begins: npt.NDArray[np.int64],
    references: References,
    reader: Reader,
    name: str,
    threads: int,
) -> FloatArray:
    """Return the statistics of hypotheses of which [begins[i], begins[i + 1]) have the references of segment i."""
    lists = reference_lists(references, reader.takes_text, len(begins) - 1, name)
    cuts = np.zeros(len(lists) + 1, dtype=np.int64)
    np.cumsum([len(one) for one in lists], out=cuts[1:])
    theirs = reader.flat("references", (one for segment in lists for one in segment))
    ours = reader.flat("hypotheses", hypotheses)
    return _core.bleu_statistics(ours.tokens, ours.begins, theirs.tokens, theirs.begins, begins, cuts, threads)


def checked_sentences(name: str, sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    """Return a sequence that is not empty, and no text."""
    if isinstance(sentences, str) or not isinstance(sentences, Sequence | np.ndarray):
        raise InvalidType(f"{name} must be a sequence of sentences, got {shown(sentences)}")
    if not len(sentences):
        raise InvalidInput(f"{name} is empty; BLEU needs at least one sentence")
    return sentences


def smoothing_of(method: str, value: float | None) -> Smoothing:
    """Return the method and its value, the default one for None."""
    if not isinstance(method, str) or method not in SMOOTHING:
        raise unknown_name("smoothing method", method, list(SMOOTHING))
    if value is None:
        return Smoothing(method, SMOOTHING[method])
    if method not in ("floor", "add-k"):
        raise InvalidInput(f"smooth_value is for 'floor' and 'add-k'; {method!r} has none")
    chosen = number("smooth_value", value)
    if not 0 <= chosen < as_float("inf"):
        raise InvalidInput(f"smooth_value must be finite and not negative, got {chosen}")
    return Smoothing(method, chosen)
