"""Skip-gram on a real corpus for a range of dimensions, which looks for the predicted dimension."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.embedding_dimension import _corpus, _skip_gram
from zoopt.studies.embedding_dimension._entropy import Model, required_dimension

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Doubles = NDArray[np.float64]
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0)
"""The dimensions that are tried, as shares of the predicted one."""
_HALF, _PREDICTED, _TWICE = 3, 4, 5
_HELD_OUT = 0.2
_TWICE_AS_MUCH = 2
_NEAR = 0.5
"""Binary logarithm of the factor within which two dimensions are taken for the same."""
_CORRELATION = 0.01
_KERNEL = "Numba kernel of skip-gram with negative sampling"


@dataclass(frozen=True)
class Setting:
    """What an experiment is about.

    Attributes
    ----------
    corpus : str
    tokens : int
        Words of text at most, whole documents.
    vocabularies : tuple of int
    repetitions : int
        Splits of the documents, and as many runs.
    margin : float
        Nats a pair that matter.
    threads : int
    plan : Plan
    """

    corpus: str
    tokens: int
    vocabularies: tuple[int, ...]
    repetitions: int
    margin: float
    threads: int
    plan: _skip_gram.Plan


@dataclass(frozen=True)
class Measured:
    """What came out for one vocabulary: arrays of shape (repetitions, dimensions).

    Attributes
    ----------
    vocabulary : int
    dimensions : tuple of int
    losses : ndarray
        Of held-out pairs, in nats.
    training_losses : ndarray
        Of the pairs trained on.
    similarities : ndarray
        Rank correlation with judgements of people; NaN where there are none.
    judged : int
        Pairs of words that were judged.
    """

    vocabulary: int
    dimensions: tuple[int, ...]
    losses: Doubles
    training_losses: Doubles
    similarities: Doubles
    judged: int

    def loss_change(self, to: int, since: int) -> tuple[float, float, float]:
        """Return the mean change of the loss between two dimensions and its 95 % interval over splits."""
        return _interval(self.losses[:, to] - self.losses[:, since])

    def similarity_change(self, to: int, since: int) -> tuple[float, float, float]:
        """Return the same of the rank correlation."""
        return _interval(self.similarities[:, to] - self.similarities[:, since])

    def knees(self, margin: float) -> Doubles:
        """Return for each split the binary logarithm of the n from which on the loss is within the margin of the least.

        Between two dimensions that were tried the loss is taken for a straight line in ln n.
        """
        steps = np.log2(self.dimensions)
        return np.array([_crossing(steps, losses, losses.min() + margin) for losses in self.losses])


def _crossing(steps: Doubles, losses: Doubles, level: float) -> float:
    """Return where losses come down to a level for the first time."""
    first = int((losses <= level).argmax())
    if first == 0:
        return float(steps[0])
    share = (losses[first - 1] - level) / (losses[first - 1] - losses[first])
    return float(steps[first - 1] + share * (steps[first] - steps[first - 1]))


def experiment(setting: Setting, seed: int) -> Iterator[Item]:
    """Yield the claims a vocabulary, then those over all of them."""
    documents = _corpus.texts(setting.corpus, setting.tokens)
    found = []
    for vocabulary in setting.vocabularies:
        found.append(measure(_corpus.reduced(documents, vocabulary), setting, seed))
        yield from _loss_claims(found[-1], setting)
    yield from _knee_claims(found, setting)
    smallest = _corpus.reduced(documents, setting.vocabularies[0])
    others = _changed(setting)
    again = [measure(smallest, other, seed) for other in others]
    yield from _stays_claims(found[0], again, setting)
    yield from _similarity_claims(found[-1], setting)
    yield _table([*((each, setting) for each in found), *zip(again, others, strict=True)])
    yield Figure(
        "held_out",
        lambda canvas: _draw(canvas, found, setting),
        f"Skip-gram on the corpus {setting.corpus}: held-out loss (dashed: of independent words), training loss and "
        "agreement with judged similarity against n. Dotted: the predicted dimensions of pairs.",
        width=10.0,
        height=3.6,
    )


def measure(corpus: _corpus.Corpus, setting: Setting, seed: int) -> Measured:
    """Train in every dimension on every split of the documents, and look at what was held out."""
    vocabulary = len(corpus.words)
    predicted = required_dimension(vocabulary)
    dimensions = tuple(max(2, round(share * predicted)) for share in SHARES)
    judged = _corpus.judgements(corpus.words)
    pool = ThreadPoolExecutor(setting.threads)
    try:
        rows = []
        for repetition in range(setting.repetitions):
            split = _Split.of(corpus, setting.plan, seed, repetition)
            runs: list[Future[tuple[float, float, float]]] = [
                pool.submit(split.run, n, setting.plan, judged, seed + repetition) for n in dimensions
            ]
            rows.append([run.result() for run in runs])
    finally:
        pool.shutdown(cancel_futures=True)
    losses, training_losses, similarities = np.moveaxis(np.array(rows), -1, 0)
    pairs = sum(each.ratings.size for each in judged)
    return Measured(vocabulary, dimensions, losses, training_losses, similarities, pairs)


@dataclass(frozen=True)
class _Split:
    """Text to train on and the pairs of the text that was held out."""

    tokens: NDArray[np.int32]
    table: NDArray[np.int32]
    seen: _skip_gram.Pairs
    held_out: _skip_gram.Pairs
    vocabulary: int

    @classmethod
    def of(cls, corpus: _corpus.Corpus, plan: _skip_gram.Plan, seed: int, repetition: int) -> "_Split":
        vocabulary = len(corpus.words)
        order = np.random.default_rng([seed, repetition]).permutation(len(corpus.documents))
        kept = max(1, round(_HELD_OUT * order.size))
        train, test = (_skip_gram.stream([corpus.documents[i] for i in part]) for part in (order[kept:], order[:kept]))
        table = _skip_gram.noise_table(train, vocabulary)
        seen, held_out = (_skip_gram.pairs(part, table, vocabulary, plan.window) for part in (train, test))
        return cls(train, table, seen, held_out, vocabulary)

    def run(
        self, n: int, plan: _skip_gram.Plan, judged: Sequence[_corpus.Judgements], seed: int
    ) -> tuple[float, float, float]:
        """Return the loss of what was held out and of what was not, and the agreement with judgements."""
        left, right = _skip_gram.trained(self.tokens, self.table, self.vocabulary, n, plan, seed)
        held_out, seen = (_skip_gram.loss(left, right, of, plan.negatives) for of in (self.held_out, self.seen))
        return held_out, seen, agreement(left, judged)


def agreement(vectors: _skip_gram.Floats, judged: Sequence[_corpus.Judgements], fewest: int = 20) -> float:
    """Return the rank correlation of cosines with ratings, the mean over sources weighted by their pairs.

    Sources with fewer pairs than `fewest` are left out; NaN where all are.
    """
    from scipy.stats import spearmanr

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    enough = [each for each in judged if each.ratings.size >= fewest]
    if not enough:
        return math.nan
    cosines = [(unit[each.pairs[:, 0]] * unit[each.pairs[:, 1]]).sum(axis=1) for each in enough]
    ranks = [spearmanr(cosine, each.ratings).statistic for cosine, each in zip(cosines, enough, strict=True)]
    return float(np.average(ranks, weights=[each.ratings.size for each in enough]))


def _interval(values: Doubles) -> tuple[float, float, float]:
    """Return mean and interval, corrected for splits that share documents; NaN where the values are."""
    from zoopt.compare.statistics import mean_interval

    if not np.isfinite(values).all():
        return math.nan, math.nan, math.nan
    return mean_interval(values, _HELD_OUT / (1 - _HELD_OUT))


def _loss_claims(found: Measured, setting: Setting) -> Iterator[Claim]:
    n = found.dimensions[_PREDICTED]
    measured, *ends = found.loss_change(_HALF, _PREDICTED)
    yield Claim(
        source="S3.4",
        statement=f"skip-gram, N = {found.vocabulary}: half the predicted n = {n} costs held-out loss",
        relation="at least",
        prediction=setting.margin,
        measured=measured,
        interval=(ends[0], ends[1]),
        kernel=_KERNEL,
        open=True,
        note=f"Nats a pair, in n = {found.dimensions[_HALF]}; 95 % interval over splits. Less than {setting.margin:g} "
        "does not matter.",
    )
    measured, *ends = found.loss_change(_TWICE, _PREDICTED)
    yield Claim(
        source="S3.4",
        statement=f"skip-gram, N = {found.vocabulary}: twice the predicted n = {n} gains no held-out loss",
        relation="at least",
        prediction=-setting.margin,
        measured=measured,
        interval=(ends[0], ends[1]),
        kernel=_KERNEL,
        open=True,
    )


def _changed(setting: Setting) -> tuple[Setting, Setting]:
    """Return the setting with twice the training, and that with twice the window."""
    plan = setting.plan
    longer, wider = (
        replace(plan, epochs=_TWICE_AS_MUCH * plan.epochs),
        replace(plan, window=_TWICE_AS_MUCH * plan.window),
    )
    return replace(setting, plan=longer), replace(setting, plan=wider)


def _knee_claims(found: Sequence[Measured], setting: Setting) -> Iterator[Claim]:
    """Yield whether held-out loss ends falling at a predicted dimension: the answer to whether that is to be seen."""
    models: tuple[tuple[Model, str], ...] = (("joint", "pairs"), ("conditional", "a word given another"))
    for model, words in models:
        steps = [each.knees(setting.margin) - math.log2(required_dimension(each.vocabulary, model)) for each in found]
        measured, low, high = _interval(np.mean(steps, axis=0))
        yield Claim(
            source="S3.4",
            statement=f"held-out loss falls no more from the n on that is predicted for {words}",
            prediction=0.0,
            tolerance=_NEAR,
            measured=measured,
            interval=(low, high),
            kernel=_KERNEL,
            open=True,
            note="Binary logarithm of n over the predicted one, n being where the loss comes within "
            f"{setting.margin:g} of the least, mean over vocabularies; a factor of √2 is allowed.",
        )


def _stays_claims(found: Measured, again: Sequence[Measured], setting: Setting) -> Iterator[Claim]:
    """Yield whether that dimension belongs to the words: one that moves with text or training does not."""
    for each, words in zip(again, ("twice the training", "twice the window"), strict=True):
        measured, low, high = _interval(each.knees(setting.margin) - found.knees(setting.margin))
        yield Claim(
            source="S3.4",
            statement=f"and {words} does not move that n (N = {found.vocabulary})",
            prediction=0.0,
            tolerance=_NEAR,
            measured=measured,
            interval=(low, high),
            kernel=_KERNEL,
            open=True,
            note="Binary logarithm of the one n over the other; the theory knows nothing but the number of words.",
        )


def _similarity_claims(found: Measured, setting: Setting) -> Iterator[Claim]:
    note = f"Rank correlation with {found.judged} judged pairs of words; less than {_CORRELATION:g} does not matter."
    if not _corpus.has_gensim():
        note = "Judged pairs of words come with gensim: pip install 'zoopt-engine[data]'."
    for there, statement in ((_HALF, "half of it costs"), (_TWICE, "twice as much does not gain")):
        to, since = (_PREDICTED, there) if there == _HALF else (there, _PREDICTED)
        measured, low, high = found.similarity_change(to, since)
        yield Claim(
            source="S3.4",
            statement=f"and {statement} agreement with judged similarity (N = {found.vocabulary})",
            relation="at least" if there == _HALF else "at most",
            prediction=_CORRELATION,
            measured=measured,
            interval=(low, high),
            kernel=_KERNEL,
            open=True,
            note=note,
        )


def _table(found: Sequence[tuple[Measured, Setting]]) -> Table:
    import pandas as pd

    lines = [
        {
            "words": each.vocabulary,
            "epochs": setting.plan.epochs,
            "window": setting.plan.window,
            "n": n,
            "of the predicted": share,
            "held-out loss": each.losses[:, place].mean(),
            "deviation": each.losses[:, place].std(ddof=1),
            "training loss": each.training_losses[:, place].mean(),
            "similarity": each.similarities[:, place].mean(),
        }
        for each, setting in found
        for place, (n, share) in enumerate(zip(each.dimensions, SHARES, strict=True))
    ]
    setting = found[0][1]
    independent = _skip_gram.independent_loss(setting.plan.negatives)
    caption = f"Skip-gram on the corpus {setting.corpus}; the loss of independent words is {independent:.4f} nats"
    return Table("skip_gram", pd.DataFrame(lines), caption)


def _draw(canvas: "Canvas", found: Sequence[Measured], setting: Setting) -> None:
    from zoopt._axes import PALETTE, few_ticks, prepared, titled

    axes = [prepared(ax) for ax in canvas.subplots(1, 3)]
    for colour, each in zip(PALETTE, found, strict=False):
        shown = (each.losses, each.training_losses, each.similarities)
        for ax, values in zip(axes, shown, strict=True):
            ax.errorbar(each.dimensions, values.mean(axis=0), values.std(axis=0, ddof=1), marker="o", markersize=4,
                        capsize=2, color=colour, label=f"{each.vocabulary:,} words")  # fmt: skip
            ax.axvline(required_dimension(each.vocabulary), color=colour, linestyle=":", linewidth=1)
    axes[0].axhline(_skip_gram.independent_loss(setting.plan.negatives), color="#333333", linestyle="--", linewidth=1)
    for ax in axes:
        ax.set_xscale("log")
        few_ticks(ax)
    axes[0].legend(frameon=False, fontsize=8, loc="lower left")
    titled(axes[0], "Held-out loss", "n", "nats a pair")
    titled(axes[1], "Training loss", "n", "nats a pair")
    titled(axes[2], "Agreement with judged similarity", "n", "rank correlation")
