"""Messages as sentences of tokens, split into parts that share no message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from zoopt._noise import noise
from zoopt.errors import InvalidInput
from zoopt.objectives._translation._catalogues import Message

SHORTEST, LONGEST = 4, 25
"""Tokens of the sources that are translated; those with up to 40 serve to learn from."""
_LONGEST_LEARNT = 40
_LOPSIDED = 3

# Placeholders, tags and entities stay whole; else words, numbers and single marks.
_TOKEN = re.compile(
    r"%\([^)]*\)[a-z]|\$?\{+[^{}]*\}+|%[sdrif]|<[^<>]*>|&\w+;|https?://\S+|\w+(?:['’]\w+)?|[^\w\s]", re.UNICODE
)
_SPLIT_STREAM = 2

Tokens = tuple[str, ...]


class Pair(NamedTuple):
    """A sentence and its translation, as tokens."""

    source: Tokens
    target: Tokens


class Corpus(NamedTuple):
    """Pairs to learn from, to tune on, and to report on; no source is in two parts."""

    train: list[Pair]
    tune: list[Pair]
    held_out: list[Pair]


def tokens(text: str) -> Tokens:
    """Return the tokens of a text in small letters."""
    return tuple(_TOKEN.findall(text.lower()))


def pairs(found: Iterable[Message]) -> list[Pair]:
    """Return messages as pairs, each source once, without those that are empty, long, lopsided or not translated."""
    known: dict[Tokens, Pair] = {}
    for message in found:
        pair = Pair(tokens(message.source), tokens(message.target))
        if _usable(pair):
            known.setdefault(pair.source, pair)
    return sorted(known.values())


def split(all_pairs: Sequence[Pair], tune: int, held_out: int, seed: int) -> Corpus:
    """Return the parts, drawn by the seed among the pairs with sources of 4 to 25 tokens.

    Raises
    ------
    InvalidInput
        There are too few pairs.
    """
    fit = [i for i, pair in enumerate(all_pairs) if SHORTEST <= len(pair.source) <= LONGEST]
    if len(fit) < tune + held_out or len(all_pairs) < 2 * (tune + held_out):
        raise InvalidInput(
            f"{tune} + {held_out} sentences to tune on and to hold out are too many for the {len(fit)} of "
            f"{len(all_pairs)} pairs that are fit for it; half of all must be left to learn from"
        )
    order = np.argsort(noise(seed, 0, 0, len(fit), kind="uniform", stream=_SPLIT_STREAM), kind="stable")
    chosen = [fit[i] for i in order[: tune + held_out]]
    taken = set(chosen)
    return Corpus(
        train=[pair for i, pair in enumerate(all_pairs) if i not in taken],
        tune=[all_pairs[i] for i in chosen[:tune]],
        held_out=[all_pairs[i] for i in chosen[tune:]],
    )


def numbered(sentences: Iterable[Tokens]) -> dict[str, int]:
    """Return a number for every token, in the order in which they come."""
    numbers: dict[str, int] = {}
    for sentence in sentences:
        for token in sentence:
            numbers.setdefault(token, len(numbers))
    return numbers


def _usable(pair: Pair) -> bool:
    short, long = sorted((len(pair.source), len(pair.target)))
    return short > 0 and long <= _LONGEST_LEARNT and long <= _LOPSIDED * short + 2 and pair.source != pair.target
