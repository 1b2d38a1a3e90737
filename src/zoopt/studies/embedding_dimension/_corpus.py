"""Real text that a package carries, and judgements of how similar words are."""

import importlib.resources
import importlib.util
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoopt.errors import InvalidOption, MissingDependency

CORPORA = ("wikipedia", "python")
"""Articles of Wikipedia that gensim tests with, and the documentation that Python brings along."""

_WIKIPEDIA = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
_JUDGEMENTS = ("wordsim353.tsv", "simlex999.txt")
_WORD = re.compile(r"[a-z]+")
_DOCSTRING = re.compile(r'"""(.{40,}?)"""', re.DOTALL)
_ARTICLE = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)
_SHORTEST = 50


@dataclass(frozen=True)
class Judgements:
    """Pairs of words with what people said of their similarity, from one source.

    Attributes
    ----------
    pairs : ndarray of shape (m, 2)
        Indices of words.
    ratings : ndarray of shape (m,)
    """

    pairs: NDArray[np.int64]
    ratings: NDArray[np.float64]


@dataclass(frozen=True)
class Corpus:
    """Documents over the words that come most often; other words are left out.

    Attributes
    ----------
    words : tuple of str
        The most frequent first.
    documents : tuple of ndarray of int32
        Indices of words, in the order of the text.
    """

    words: tuple[str, ...]
    documents: tuple[NDArray[np.int32], ...]


def texts(corpus: str, tokens: int) -> list[list[str]]:
    """Return the first documents of a corpus as lists of words in small letters, until there are `tokens` words.

    Documents of under 50 words are left out.

    Raises
    ------
    MissingDependency
        The package that carries it is not installed.
    """
    found: list[list[str]] = []
    words = 0
    for text in _wikipedia() if corpus == "wikipedia" else _documentation():
        document = _WORD.findall(text.lower())
        if len(document) >= _SHORTEST:
            found.append(document)
            words += len(document)
        if words >= tokens:
            break
    return found


def reduced(documents: Sequence[Sequence[str]], vocabulary: int) -> Corpus:
    """Return the corpus over its `vocabulary` most frequent words.

    Raises
    ------
    InvalidOption
        The documents have fewer different words.
    """
    counts = Counter(word for document in documents for word in document)
    if len(counts) < vocabulary:
        raise InvalidOption(
            f"embedding_dimension: a vocabulary of {vocabulary} words is wanted, the text has {len(counts)}; "
            "give smaller trained_words, or more tokens"
        )
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[:vocabulary]
    index = {word: place for place, word in enumerate(ranked)}
    kept = ([index[word] for word in document if word in index] for document in documents)
    return Corpus(tuple(ranked), tuple(np.array(document, np.int32) for document in kept if document))


def judgements(words: Sequence[str]) -> list[Judgements]:
    """Return WordSim-353 and SimLex-999 as far as they are about these words; nothing where gensim is not installed."""
    if not has_gensim():
        return []
    index = {word: place for place, word in enumerate(words)}
    found = []
    for name in _JUDGEMENTS:
        rated = {
            (index[first], index[second]): float(rating)
            for first, second, rating in _ratings(name)
            if first in index and second in index and first != second
        }
        found.append(Judgements(np.array([*rated], np.int64).reshape(-1, 2), np.array([*rated.values()])))
    return found


def has_gensim() -> bool:
    """Tell whether gensim, whose tests carry the data, is installed."""
    return importlib.util.find_spec("gensim") is not None


def require(corpus: str) -> None:
    """Refuse a corpus whose package is not installed.

    Raises
    ------
    MissingDependency
    """
    if corpus == "wikipedia" and not has_gensim():
        raise MissingDependency(
            "embedding_dimension: the corpus wikipedia comes with gensim, which is not installed; run: "
            "pip install 'zoopt-engine[data]', or choose corpus=python"
        )


def _wikipedia() -> Iterator[str]:
    import bz2

    require("wikipedia")
    from gensim.corpora.wikicorpus import filter_wiki

    with bz2.open(_carried(_WIKIPEDIA), "rt", encoding="utf-8") as file:
        content = file.read()
    for article in _ARTICLE.findall(content):
        yield str(filter_wiki(article))


def _documentation() -> Iterator[str]:
    """Yield the language reference of ``help()`` and the docstrings of the standard library's modules and packages."""
    from pydoc_data import topics

    yield from (topics.topics[name] for name in sorted(topics.topics))
    library = Path(sysconfig.get_path("stdlib"))
    for path in sorted([*library.glob("*.py"), *library.glob("[a-z]*/*.py")]):
        if path.parent.name not in {"test", "site-packages", "pydoc_data", "idlelib"}:
            yield " ".join(_DOCSTRING.findall(path.read_text(encoding="utf-8", errors="replace")))


def _ratings(name: str) -> Iterator[tuple[str, str, str]]:
    for line in _carried(name).read_text(encoding="utf-8").splitlines():
        fields = line.lower().split()
        if len(fields) == 3 and not line.startswith("#"):
            yield fields[0], fields[1], fields[2]


def _carried(name: str) -> Path:
    return Path(str(importlib.resources.files("gensim"))) / "test" / "test_data" / name
