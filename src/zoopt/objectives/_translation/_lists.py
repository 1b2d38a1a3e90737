"""The whole way: from the catalogues of installed packages to n-best lists that can be tuned and reported on."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoopt._arguments import FloatArray, whole
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import THREADS_LIMIT
from zoopt.objectives._rerank import RerankObjective
from zoopt.objectives._translation._catalogues import PACKAGES, messages
from zoopt.objectives._translation._corpus import Pair, pairs, split
from zoopt.objectives._translation._system import FEATURES, WEIGHTS, System

_COUNT_LIMIT = 10**6


@dataclass(frozen=True)
class CatalogueLists:
    """N-best lists of translated messages, their weights to be tuned.

    Attributes
    ----------
    tune : RerankObjective
        Corpus BLEU on the lists to tune on.
    held_out : RerankObjective
        The same on others, of which nothing was used.
    features : tuple of str
        What the weights are of: log p(target | source) and log p(source | target) of the phrases; the same by their
        words; the logarithm of the sentence's probability by the language model; words; phrases; and, negative, source
        words jumped over.
    weights : numpy.ndarray of float64, shape (8,)
        The uniform ones, by which the lists were decoded and are sorted.
    pairs, train, phrases : int
        Pairs of sentences found, those of them learnt from, and phrase pairs learnt.
    packages : tuple of str
        Where the messages are from, with versions.
    """

    tune: RerankObjective
    held_out: RerankObjective
    features: tuple[str, ...]
    weights: FloatArray
    pairs: int
    train: int
    phrases: int
    packages: tuple[str, ...]


def catalogue_lists(
    language: str = "es",
    *,
    tune: int = 700,
    held_out: int = 700,
    size: int = 100,
    beam: int = 50,
    distortion_limit: int = 3,
    packages: Sequence[str] = PACKAGES,
    seed: int = 0,
    threads: int = 1,
) -> CatalogueLists:
    """Return n-best lists of translations, made on the spot from the gettext catalogues of installed packages.

    The messages of all catalogues are read, cut into tokens in small letters, and split by the seed: no message is in
    two parts. From those to learn from come IBM model 1 in both directions, a phrase table with four scores, and a
    trigram language model; a beam search with limited jumps then translates the others with uniform weights.

    It is a toy: short texts of user interfaces, the more alike the more of them are of one package, some thousand pairs
    to learn from, and a decoder as of 2003. It is there to tune weights on real lists without a download.

    Parameters
    ----------
    language : str, optional
        What English is translated to, as the catalogues' folders call it: "es", "fr", "de", "nl", ...
    tune, held_out : int, optional
        Sentences of either part, with 4 to 25 source tokens.
    size : int, optional
        Different translations a sentence at most.
    beam : int, optional
        Partial translations kept that cover as many source words.
    distortion_limit : int, optional
        Source words that may be jumped over; 0 translates in order.
    packages : sequence of str, optional
        Distributions whose catalogues are read; those of the extra ``data`` by default.
    seed : int, optional
        Decides the split; nothing else is random.
    threads : int, optional
        Threads for decoding, and of the objectives; they change nothing else.

    Returns
    -------
    CatalogueLists

    Raises
    ------
    MissingDependency
        A package is not installed.
    InvalidInput
        There are no catalogues of the language, or too few messages, or a number is out of range.

    Examples
    --------
    >>> from zoopt.objectives import catalogue_lists
    >>> lists = catalogue_lists(tune=60, held_out=60, size=20, packages=["plone.app.locales"])
    >>> lists.tune.dim, lists.tune.lists
    (8, 60)
    >>> lists.tune(lists.weights) < lists.tune.oracle().value
    True
    """
    sizes = {"tune": tune, "held_out": held_out, "size": size, "beam": beam}
    for name, number in sizes.items():
        whole(name, number, low=1, high=_COUNT_LIMIT)
    limit = whole("distortion_limit", distortion_limit, low=0, high=60)
    used = whole("threads", threads, low=1, high=THREADS_LIMIT)
    number = whole("seed", seed, low=0, high=2**64 - 1)
    if isinstance(packages, str) or not packages:
        raise InvalidType(f"packages must be a sequence of names of distributions, got {packages!r}")
    if not isinstance(language, str) or not language.replace("_", "").isalnum():
        raise InvalidInput(
            f"language must be the name of a catalogue's folder, such as 'es' or 'pt_BR', got {language!r}"
        )
    found = pairs(messages(language, packages))
    corpus = split(found, tune, held_out, number)
    system = System(corpus.train)

    def objective(part: Sequence[Pair]) -> RerankObjective:
        sources = [pair.source for pair in part]
        lists = system.n_best(sources, size=size, beam=beam, distortion_limit=limit, threads=used)
        return RerankObjective(
            [one.features for one in lists],
            [one.hypotheses for one in lists],
            [pair.target for pair in part],
            tokenize=None,
            threads=used,
        )

    return CatalogueLists(
        tune=objective(corpus.tune),
        held_out=objective(corpus.held_out),
        features=FEATURES,
        weights=np.array(WEIGHTS),
        pairs=len(found),
        train=len(corpus.train),
        phrases=len(system.table),
        packages=tuple(f"{name} {importlib.metadata.version(name)}" for name in packages),
    )
