"""A corpus metric of what log-linear weights pick out of n-best lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, flag, shown, whole
from zoopt._core import Objective
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.objectives._bleu import WIDTH, smoothing_of
from zoopt.objectives._bleu_tokens import Reader, References, Sentence, Tokenizer
from zoopt.objectives._compiled import THREADS_LIMIT, OwnObjective, Sense, real_array, unknown_name
from zoopt.objectives._failure import CallFailed
from zoopt.objectives._rerank_data import (
    Ragged,
    Stacked,
    hypothesis_lists,
    list_statistics,
    own_statistics,
    stacked,
)
from zoopt.objectives._rerank_value import BleuValue, Metric, OwnValue

Picks = npt.NDArray[np.int32]
METRICS = ["bleu"]
_PASSES_LIMIT = 10_000


class Oracle(NamedTuple):
    """Picks found by hill-climbing that know the references, and the metric of them."""

    value: float
    picks: Picks


class RerankObjective(OwnObjective):
    """A corpus metric of the hypotheses that weights pick out of n-best lists, as a function of the weights.

    A candidate is k weights. Of each list it picks the hypothesis with the highest score, the weighted sum of its k
    features; of equal ones the first. The value is the metric of all picks together, as of one corpus. What the metric
    needs to know of a hypothesis is computed once; a call only scores, picks and adds up. It is compiled, takes many
    candidates at once, and the value of one depends neither on the others nor on threads.

    A candidate multiplied by a positive number picks the same, so only directions differ: no value tells an optimiser
    how large the weights are to be. Start where the weights have the size of `scale`, not at 0, where all hypotheses
    tie and the first of every list is picked.

    Parameters
    ----------
    features : sequence of array_like of float, shape (n_i, k)
        Of every list the features of its hypotheses; finite. The data are copied.
    hypotheses : sequence of sequences of str, optional
        Of every list the hypotheses themselves, n_i of them; sequences of tokens where `tokenize` is None. Needed for
        BLEU, unless there are `statistics`.
    references : sequence of str, or of sequences of str, optional
        For every list one reference or several.
    metric : "bleu" or callable, optional
        BLEU in [0, 100]; or a function of added-up statistics, shape (rows, s) -> (rows,).
    statistics : sequence of array_like of float, shape (n_i, s), optional
        What the metric needs to know of every hypothesis, to be added up over the picks: for a metric of your own;
        for BLEU rows of :func:`bleu_statistics`, in place of hypotheses and references.
    sense : {"max", "min"}, optional
        Whether higher or lower values of a metric of your own are better.
    tokenize, lowercase, smooth_method, smooth_value, effective_order
        As of :func:`corpus_bleu`.
    threads : int, optional
        Threads that a call may use.

    Attributes
    ----------
    dim : int
        The number of features k.
    sense : str
        ``"max"`` for BLEU.
    lists : int
        The number of lists.
    sizes : numpy.ndarray of int64, shape (lists,)
        Hypotheses of each.
    metric : "bleu" or callable
        As given.

    Raises
    ------
    InvalidInput
        No lists, an empty one, lists of different widths, numbers that are not finite, or hypotheses, references or
        statistics that are not as many as the features.
    InvalidType
        Something else than numbers or sentences.
    UnknownName
        There is no such metric, tokeniser or smoothing method.

    Examples
    --------
    >>> from zoopt.objectives import RerankObjective
    >>> hypotheses = [["the cat sat down there", "a cat sits there now"], ["yes it is so", "yes he is", "it is"]]
    >>> features = [[[-1.0, 0.0], [-0.5, 1.0]], [[-2.0, 1.0], [-1.5, 0.0], [-1.0, 0.0]]]
    >>> references = ["a cat sits there", "yes it is so"]
    >>> bleu = RerankObjective(features, hypotheses, references)
    >>> bleu([[1.0, 0.0], [1.0, 2.0]]).round(2).tolist()
    [59.94, 79.84]
    >>> bleu.picks([1.0, 2.0]).tolist()
    [1, 0]
    """

    _core: _core.Rerank

    def __init__(
        self,
        features: Ragged,
        hypotheses: Sequence[Sequence[Sentence]] | None = None,
        references: References | None = None,
        *,
        metric: str | Metric = "bleu",
        statistics: Ragged | None = None,
        sense: Sense = "max",
        tokenize: Tokenizer = "13a",
        lowercase: bool = False,
        smooth_method: str = "exp",
        smooth_value: float | None = None,
        effective_order: bool = False,
        threads: int = 1,
    ) -> None:
        if not callable(metric) and metric not in METRICS:
            raise unknown_name("metric", metric, METRICS)
        if sense not in ("max", "min") or (sense == "min" and not callable(metric)):
            raise InvalidInput(f"sense must be 'max', or 'min' for a metric of your own, got {sense!r}")
        self.metric = metric
        self.sense = sense
        self._options: dict[str, Any] = {
            "metric": metric,
            "sense": sense,
            "tokenize": tokenize,
            "lowercase": lowercase,
            "smooth_method": smooth_method,
            "smooth_value": smooth_value,
            "effective_order": effective_order,
        }
        smoothing = smoothing_of(smooth_method, smooth_value)
        effective = flag("effective_order", effective_order)
        self._value = OwnValue(metric) if callable(metric) else BleuValue(*smoothing, effective)
        data = stacked("features", features)
        self.hypotheses = None if hypotheses is None else hypothesis_lists(hypotheses, data.begins)
        counts = self._statistics(data, references, statistics, Reader(tokenize, lowercase), threads)
        self._begins = data.begins
        value = self._value.core(counts.shape[1])
        super().__init__(_core.Rerank(*data, counts, value, sense == "max"), threads)

    @property
    def lists(self) -> int:
        """The number of lists."""
        return len(self._begins) - 1

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Hypotheses of each list."""
        return np.diff(self._begins)

    def bound(self, dim: int, *, maximise: bool = False, invalid: bool = False) -> Objective:
        """Return what the core calls; a metric that fails is NaN where `invalid`."""
        return self._core.answering(invalid)

    def picks(self, theta: npt.ArrayLike) -> Picks:
        """Return which hypothesis of each list one candidate picks.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.

        Returns
        -------
        numpy.ndarray of int32, shape (lists,)
            Numbers of hypotheses, from 0 in each list.

        Raises
        ------
        InvalidInput
            The shape does not fit, a number is not finite, or scores overflow.
        """
        return self._core.picks(self.candidate("theta", theta))

    def picked(self, theta: npt.ArrayLike) -> list[Sentence]:
        """Return the hypotheses that one candidate picks.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.

        Returns
        -------
        list
            A hypothesis a list, as given.

        Raises
        ------
        InvalidInput
            The objective was made without hypotheses, or as :meth:`picks`.
        """
        if self.hypotheses is None:
            raise InvalidInput("the objective was made from statistics, without hypotheses; use picks()")
        return [one[pick] for one, pick in zip(self.hypotheses, self.picks(theta).tolist(), strict=True)]

    def value_of(self, picks: npt.ArrayLike) -> float:
        """Return the metric of given picks.

        Parameters
        ----------
        picks : array_like of int, shape (lists,)
            The number of a hypothesis of each list.

        Returns
        -------
        float

        Raises
        ------
        InvalidInput
            Not one pick a list, or a number that its list does not have.
        """
        return float(self.metric_of(self._core.totals(self._checked_picks(picks))[None])[0])

    def statistics_of(self, picks: npt.ArrayLike) -> FloatArray:
        """Return the statistics of given picks, a row a list: what a bootstrap over lists draws from.

        Parameters
        ----------
        picks : array_like of int, shape (lists,)
            The number of a hypothesis of each list.

        Returns
        -------
        numpy.ndarray of float64, shape (lists, s)
            For BLEU, s is 10; see :func:`bleu_statistics`.

        Raises
        ------
        InvalidInput
            As :meth:`value_of`.
        """
        _, _, statistics = self._core.data()
        rows: FloatArray = statistics[self._begins[:-1] + self._checked_picks(picks)]
        return rows

    def first_best(self) -> float:
        """Return the metric of the first hypotheses: what whoever made the lists thinks best, where they are sorted."""
        return self.value_of(np.zeros(self.lists, dtype=np.int32))

    def oracle(self, *, passes: int = 20) -> Oracle:
        """Return picks that are as good as hill-climbing finds them, knowing the references.

        It begins with the first hypotheses and goes through the lists in order; each takes the hypothesis with which
        the metric of all picks is best, until none changes. The best of all picks may be better still.

        Parameters
        ----------
        passes : int, optional
            How often it goes through all lists at most.

        Returns
        -------
        Oracle
            ``value`` and ``picks``.
        """
        limit = whole("passes", passes, low=1, high=_PASSES_LIMIT)
        found = self._core.climb(np.zeros(self.lists, dtype=np.int32), limit)
        if found is None:
            raise ObjectiveError("the metric failed on statistics of picks; it must take any that may be picked")
        return Oracle(self.value_of(found), found)

    def with_data(
        self,
        features: Ragged,
        hypotheses: Sequence[Sequence[Sentence]] | None = None,
        references: References | None = None,
        *,
        statistics: Ragged | None = None,
    ) -> RerankObjective:
        """Return the same metric on other lists, such as a hold-out.

        Parameters
        ----------
        features, hypotheses, references, statistics
            As of the constructor; the features are as many.

        Returns
        -------
        RerankObjective
            It takes the same candidates.

        Raises
        ------
        InvalidInput
            As the constructor; also another number of features.
        """
        stacked("features", features, self.dim)
        return type(self)(
            features, hypotheses, references, statistics=statistics, threads=self.threads, **self._options
        )

    def metric_of(self, totals: FloatArray) -> FloatArray:
        """Return the metric of added-up statistics, shape (rows, s) -> (rows,)."""
        return self._value(totals)

    def line(self, x: npt.ArrayLike, direction: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return where picks change along ``x + t direction``, and the metric between.

        Parameters
        ----------
        x, direction : array_like of float, shape (dim,)
            Finite.

        Returns
        -------
        breakpoints : numpy.ndarray of float64, shape (m,)
            The t at which the pick of a list changes, ascending.
        values : numpy.ndarray of float64, shape (m + 1,)
            The metric below the first, between them, and above the last.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        start, along = self.candidate("x", x), self.candidate("direction", direction)
        breakpoints, totals = self._core.line(start, along, self.threads)
        return breakpoints, self.metric_of(totals)

    def candidate(self, name: str, theta: npt.ArrayLike) -> FloatArray:
        """Return one candidate whose scores are finite."""
        weights = real_array(name, theta)
        if weights.shape != (self.dim,):
            raise InvalidInput(f"{name} must be one candidate of shape ({self.dim},), got {weights.shape}")
        bad = np.flatnonzero(~np.isfinite(weights))
        if bad.size:
            raise InvalidInput(f"{name} must be finite, but {name}[{bad[0]}] is {weights[bad[0]]}")
        if np.abs(weights).max() > 1e150:
            raise InvalidInput(f"{name} is so large that scores overflow; only its direction counts, so divide it")
        return weights

    def __reduce__(self) -> tuple[object, ...]:
        """By features and statistics, which the core gives back."""
        begins, features, statistics = self._core.data()
        cuts = begins[1:-1]
        options = {**self._options, "threads": self.threads}
        lists = np.split(features, cuts), self.hypotheses, np.split(statistics, cuts)
        return _rebuilt, (type(self), lists, options)

    def __repr__(self) -> str:
        """Sizes and metric."""
        metric = repr(self.metric) if isinstance(self.metric, str) else getattr(self.metric, "__name__", "callable")
        return (
            f"RerankObjective({self.lists} lists, {self._begins[-1]} hypotheses, {self.dim} features, metric={metric})"
        )

    def _values(self, rows: FloatArray, generation: int) -> FloatArray:
        try:
            return self._core.evaluate(rows, generation, self.threads)
        except CallFailed as failed:
            sums = [self._core.totals(self._core.picks(row)) for row in failed.rows]
            return self.metric_of(np.array(sums))

    def _statistics(
        self,
        data: Stacked,
        references: References | None,
        statistics: Ragged | None,
        reader: Reader,
        threads: int,
    ) -> FloatArray:
        if statistics is not None:
            if references is not None:
                raise InvalidInput("give either references or statistics, not both")
            return own_statistics(statistics, data.begins, None if callable(self.metric) else WIDTH)
        if callable(self.metric):
            raise InvalidInput("a metric of your own needs statistics, an array of shape (hypotheses, s) a list")
        if self.hypotheses is None or references is None:
            raise InvalidInput("BLEU needs hypotheses and references, or statistics in place of them")
        used = whole("threads", threads, low=1, high=THREADS_LIMIT)
        return list_statistics(self.hypotheses, data.begins, references, reader, used)

    def _checked_picks(self, picks: npt.ArrayLike) -> Picks:
        chosen = np.asarray(picks)
        if chosen.dtype.kind not in "iu":
            raise InvalidType(f"picks must be integers, got {shown(picks)}")
        if chosen.shape != (self.lists,):
            raise InvalidInput(f"picks must have shape ({self.lists},), one a list, got {chosen.shape}")
        bad = np.flatnonzero((chosen < 0) | (chosen >= self.sizes))
        if bad.size:
            i = int(bad[0])
            raise InvalidInput(f"picks[{i}] is {chosen[i]}, but list {i} has {self.sizes[i]} hypotheses")
        return chosen.astype(np.int32)


def _rebuilt(
    kind: type[RerankObjective],
    lists: tuple[list[FloatArray], list[Sequence[Sentence]] | None, list[FloatArray]],
    options: dict[str, Any],
) -> RerankObjective:
    features, hypotheses, statistics = lists
    return kind(features, hypotheses, statistics=statistics, **options)
