"""Sentences as numbers: tokenisers, and the numbers that tokens get."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import flag, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import unknown_name

Tokenizer = Literal["13a", "none"] | Callable[[str], Sequence[str]] | None
Sentence = str | Sequence[str]
References = Sequence[Sentence | Sequence[Sentence]]
Split = Callable[[str], Sequence[str]]

TOKENIZERS = ("13a", "none")

_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
_ALONE = str.maketrans({mark: f" {mark} " for mark in string.punctuation if mark not in "',-."})
# A match takes the character beside the mark with it, so that of ",." behind a letter only the comma is cut off here.
_BEHIND_NO_DIGIT = re.compile(r"(\D)([.,])", re.ASCII)
_BEFORE_NO_DIGIT = re.compile(r"([.,])(\D)", re.ASCII)
_DASH_BEHIND_DIGIT = re.compile(r"(?<=\d)-", re.ASCII)


def split_13a(text: str) -> list[str]:
    """Return the tokens of the script mteval-v13a, by which BLEU is published."""
    line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, mark in _ENTITIES:
        line = line.replace(entity, mark)
    line = f" {line} ".translate(_ALONE)
    line = _BEHIND_NO_DIGIT.sub(r"\1 \2 ", line)
    line = _BEFORE_NO_DIGIT.sub(r" \1 \2", line)
    return _DASH_BEHIND_DIGIT.sub(" - ", line).split()


class Flat(NamedTuple):
    """Sentences one after the other: sentence i holds the tokens [begins[i], begins[i + 1])."""

    tokens: npt.NDArray[np.int32]
    begins: npt.NDArray[np.int64]


class Reader:
    """Turns sentences into numbers, the same token into the same number.

    Parameters
    ----------
    tokenize : {"13a", "none"}, callable or None
        How a text is cut; None where sentences are given as sequences of tokens.
    lowercase : bool
        Whether letters are made small first.
    """

    def __init__(self, tokenize: Tokenizer, lowercase: bool) -> None:
        self._split = _splitter(tokenize)
        self._lowercase = flag("lowercase", lowercase)
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._known: dict[str, list[int]] = {}

    @property
    def takes_text(self) -> bool:
        """Whether a sentence is a text, rather than a sequence of tokens."""
        return self._split is not None

    def flat(self, name: str, sentences: Iterable[Sentence]) -> Flat:
        """Return all sentences as numbers; `name` is what a message calls them."""
        read = [self._read(name, i, sentence) for i, sentence in enumerate(sentences)]
        begins = np.zeros(len(read) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in read], out=begins[1:])
        return Flat(np.array([number for one in read for number in one], dtype=np.int32), begins)

    def _read(self, name: str, index: int, sentence: Sentence) -> list[int]:
        if self._split is None:
            return self._numbers_of(_checked_tokens(name, index, sentence))
        if not isinstance(sentence, str):
            raise InvalidType(
                f"{name}[{index}] must be a string, got {shown(sentence)}; "
                "pass tokenize=None where sentences are sequences of tokens"
            )
        known = self._known.get(sentence)
        if known is None:
            text = (sentence.lower() if self._lowercase else sentence).rstrip()
            known = self._known[sentence] = [self._numbers[token] for token in self._split(text)]
        return known

    def _numbers_of(self, tokens: Sequence[str]) -> list[int]:
        return [self._numbers[token.lower() if self._lowercase else token] for token in tokens]


def reference_lists(references: References, takes_text: bool, segments: int, name: str) -> list[Sequence[Sentence]]:
    """Return the references of each of `segments` segments, which are called by `name`; each has one at least."""
    if isinstance(references, str) or not isinstance(references, Sequence | np.ndarray):
        raise InvalidType(f"references must be a sequence, one entry for each of {name}, got {shown(references)}")
    if len(references) != segments:
        hint = ""
        if segments > 1 and len(references) and all(_many(entry) == segments for entry in references):
            hint = "; it looks as if they were given stream by stream: pass list(zip(*references))"
        raise InvalidInput(
            f"references must have one entry for each of {name}: {segments}, but there are {len(references)}{hint}"
        )
    return [_entry(i, entry, takes_text) for i, entry in enumerate(references)]


def _many(entry: object) -> int:
    return len(entry) if isinstance(entry, list | tuple) else -1


def _entry(index: int, entry: Sentence | Sequence[Sentence], takes_text: bool) -> Sequence[Sentence]:
    if isinstance(entry, str):
        return [entry]
    if not isinstance(entry, Sequence | np.ndarray):
        kind = "a string" if takes_text else "a sequence of tokens"
        raise InvalidType(f"references[{index}] must be {kind} or several of them, got {shown(entry)}")
    if not takes_text and all(isinstance(token, str) for token in entry):
        return [entry]  # type: ignore[list-item]  # one reference, of tokens
    if not len(entry):
        raise InvalidInput(f"references[{index}] is empty; there must be one reference at least")
    return entry


def _checked_tokens(name: str, index: int, sentence: Sentence) -> Sequence[str]:
    if isinstance(sentence, str):
        raise InvalidType(f"{name}[{index}] is a string, but with tokenize=None sentences are sequences of tokens")
    if not isinstance(sentence, Sequence | np.ndarray) or not all(isinstance(token, str) for token in sentence):
        raise InvalidType(f"{name}[{index}] must be a sequence of tokens, which are strings, got {shown(sentence)}")
    return sentence


def _splitter(tokenize: Tokenizer) -> Split | None:
    if tokenize is None or callable(tokenize):
        return tokenize
    if tokenize == "13a":
        return split_13a
    if tokenize == "none":
        return str.split
    raise unknown_name("tokeniser", tokenize, list(TOKENIZERS))
