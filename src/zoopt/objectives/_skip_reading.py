"""A classifier that decides which of its inputs to read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, Seed, number, seed_of, whole
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import (
    GENERATION_LIMIT,
    THREADS_LIMIT,
    Sense,
    candidate_rows,
    generation_number,
    one_candidate,
    unknown_name,
)
from zoopt.objectives._labels import Labels, classes_of, label_numbers, label_vector
from zoopt.objectives._reading_groups import groups_of
from zoopt.objectives._scoring import sample_matrix

REWARDS = ["accuracy", "log-likelihood"]
LEARNED = ["all", "classifier"]
_SURE = 40.0  # a logit whose gate is always open; uniform numbers are at least 2^-24 away from 0 and 1
_MOST_DRAWS = 10**4


class Reading(NamedTuple):
    """What a classifier read of samples, and what it predicts from it.

    Attributes
    ----------
    labels : numpy.ndarray, shape (n,)
        Predicted labels.
    opened : numpy.ndarray of bool, shape (n, groups)
        Which groups were read.
    share : float
        Mean share of the features that was read.
    """

    labels: Labels
    opened: npt.NDArray[np.bool_]
    share: float


class SkipReading:
    """A linear classifier that skips inputs: accuracy less the cost of what is read, to be maximised.

    The features come in groups, which are read in their order, as words of a text are. Before every group a gate is
    opened at random, with a probability that depends on all that was read before; what is not read has no part in the
    prediction, but that it is missing. The objective is

        J = E[p(true label | what was read)] - cost · E[share of the features that was read]

    over samples and gates. The gates have no gradient, so they learn by their score function, with the mean reward of
    the sample's other draws as baseline; the classifier learns by the exact gradient of its expected accuracy. Both are
    estimated without bias, and any first-order algorithm climbs J: see :func:`zoopt.reading_curve`, which begins with
    the differentiable part.

    Features are centred and scaled by what X says, so that a group that is not read counts as average.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite.
    y : array_like, shape (n,)
        Labels: text, whole numbers or booleans.
    groups : sequence of sequences of int, optional
        The features of every group, in the order of reading; each feature in one group. By default each is its own.
        :func:`patches` makes them for images.
    cost : float, optional
        What reading everything costs, in units of the reward; at least 0.
    reward : {"accuracy", "log-likelihood"}, optional
        Of the true label: its probability, or the logarithm of it, which is a loss that is differentiable for
        deterministic predictions too.
    learn : {"all", "classifier"}, optional
        Whether the gates learn too, or their gradient is 0.
    samples : int, optional
        Readings drawn of a sample in a generation; with a single one there is no baseline.
    batch_size : int, optional
        Samples of a generation; by default all. Batches are those of :meth:`MetricObjective.batch`.
    seed : int or None, optional
        Of the draws and batches, which are a function of seed and generation.
    classes : array_like, shape (C,), optional
        All classes, where y may lack some.
    threads : int, optional
        Threads that a call may use; they change no bit.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate. First the gates: a logit for each, then for every group i and each of its features
        the weights for the gates i + 1, i + 2, ..., and those of its having been read. Then the classifier: for every
        score the weights of the features in their order of reading, those of the groups having been read, and the
        intercept; one score for two classes, else one a class.
    gates : int
        How many of the coordinates, the first ones, are the gates'.
    groups : tuple of tuples of int
        The groups.
    classes_ : numpy.ndarray, shape (C,)
        The classes, sorted.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, groups that share or lack a feature, a negative cost.
    UnknownName
        There is no such reward, or nothing of that name to learn.

    References
    ----------
    | Yu, Lee and Le (2017), Learning to skim text, ACL.
    | Campos et al. (2018), Skip RNN, ICLR.

    Examples
    --------
    Of four features only the second one says anything; reading costs, so the others are skipped:

    >>> import numpy as np
    >>> import zoopt
    >>> from zoopt.objectives import SkipReading
    >>> X = np.random.default_rng(0).normal(size=(300, 4))
    >>> reader = SkipReading(X, X[:, 1] > 0, cost=0.5)
    >>> result = zoopt.minimize(reader, reader.start(), method="adam", budget=500, options={"learning_rate": 0.1})
    >>> reader.read(result.mean, X).opened.mean(axis=0).round(2).tolist()
    [0.0, 1.0, 0.0, 0.0]
    """

    sense: Sense = "max"
    zoopt_batch = True
    zoopt_generation = True
    zoopt_mini_batches = True  # values differ from generation to generation: the best of them is the luckiest

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        groups: Sequence[Sequence[int]] | None = None,
        cost: float = 0.1,
        reward: Literal["accuracy", "log-likelihood"] = "accuracy",
        learn: Literal["all", "classifier"] = "all",
        samples: int = 2,
        batch_size: int | None = None,
        seed: Seed = 0,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        if reward not in REWARDS:
            raise unknown_name("reward", reward, REWARDS)
        if learn not in LEARNED:
            raise unknown_name("part to learn", learn, LEARNED)
        features = sample_matrix(X, np.dtype(np.float64))
        labels = label_vector(y)
        if len(labels) != len(features):
            raise InvalidInput(f"X has {len(features)} samples, y has {len(labels)} labels; they must be as many")
        count, width = features.shape
        self.classes_ = classes_of(labels, classes)
        self.groups = groups_of(groups, width)
        self.cost = _cost(cost)
        self.reward, self.learn = reward, learn
        self.samples = whole("samples", samples, low=1, high=_MOST_DRAWS)
        self.batch_size = count if batch_size is None else whole("batch_size", batch_size, low=1, high=count)
        self.seed = seed_of(seed)
        self.threads = whole("threads", threads, low=1, high=THREADS_LIMIT)
        self._order = np.concatenate([np.array(group) for group in self.groups])
        self._centre = features.mean(axis=0)
        spread = features.std(axis=0)
        self._spread = np.where(spread > 1e-12 * np.abs(features).max(axis=0), spread, np.inf)
        self._given = features, labels
        self._batches = _core.MiniBatches(count, self.batch_size, self.seed)
        self._core = _core.SkipReading(
            begin=np.cumsum([0, *map(len, self.groups)]).tolist(),
            outputs=1 if len(self.classes_) == 2 else len(self.classes_),
            X=self._as_read(features),
            truth=label_numbers(labels, self.classes_),
            cost=self.cost,
            likelihood=reward == "log-likelihood",
            learn_gates=learn == "all",
            draws=self.samples,
            seed=self.seed,
        )
        self.dim: int = self._core.dim
        self.gates: int = self._core.classifier

    def __call__(self, candidates: npt.ArrayLike, *, generation: int = 0) -> FloatArray | float:
        """Return J of every candidate, estimated from the draws of a generation.

        Parameters
        ----------
        candidates : array_like of float, shape (rows, dim) or (dim,)
            Candidates, or a single one.
        generation : int
            Chooses batch and draws.

        Returns
        -------
        numpy.ndarray of float64, shape (rows,), or float
            NaN where a candidate is not finite.

        Raises
        ------
        InvalidInput
            The shape does not fit.
        InvalidType
            The candidates are not real numbers.
        """
        rows = candidate_rows(candidates, self.dim)
        place = generation_number(generation)
        chosen = self._batch(place)
        values = np.array([self._core.value(row, chosen, place, self.threads) for row in np.atleast_2d(rows)])
        return values if rows.ndim == 2 else float(values[0])

    def value_and_gradient(self, theta: npt.ArrayLike, *, generation: int = 0) -> tuple[float, FloatArray]:
        """Return J of one candidate and its gradient, both estimated from the draws of a generation.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        generation : int
            Chooses batch and draws.

        Returns
        -------
        value : float
        gradient : numpy.ndarray, shape (dim,)

        Raises
        ------
        InvalidInput
            The shape does not fit, or a number is not finite.
        """
        candidate = one_candidate(theta, self.dim)
        place = generation_number(generation)
        return self._core.value_and_gradient(candidate, self._batch(place), place, self.threads)

    def start(self, probability: float = 0.75, *, only: Iterable[int] | None = None) -> FloatArray:
        """Return parameters to start from: a classifier that knows nothing, and gates that see nothing.

        Parameters
        ----------
        probability : float
            Of every gate to be open, within (0, 1).
        only : iterable of int, optional
            Numbers of the groups that are always read, while the others never are; then `probability` is not used.

        Returns
        -------
        numpy.ndarray, shape (dim,)

        Raises
        ------
        InvalidInput
            A probability outside (0, 1), or a group that there is not.
        """
        theta = np.zeros(self.dim)
        count = len(self.groups)
        if only is None:
            chance = number("probability", probability)
            if not 0 < chance < 1:
                raise InvalidInput(f"probability must lie strictly between 0 and 1, got {chance}")
            theta[:count] = math.log(chance / (1 - chance))
            return theta
        theta[:count] = -_SURE
        theta[[whole("only", group, low=0, high=count - 1) for group in only]] = _SURE
        return theta

    def read(self, theta: npt.ArrayLike, X: npt.ArrayLike) -> Reading:
        """Read samples with every gate open where that is the likelier, and predict the likeliest labels.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        X : array_like of float, shape (m, p)
            Samples.

        Returns
        -------
        Reading
            With labels, the groups read, and their share of the features.

        Raises
        ------
        InvalidInput
            A shape does not fit, or a number is not finite.
        """
        features = sample_matrix(X, np.dtype(np.float64))
        if features.shape[1] != len(self._order):
            raise InvalidInput(f"X has {features.shape[1]} features, the model has {len(self._order)}")
        opened, scores = self._core.read(one_candidate(theta, self.dim), self._as_read(features))
        winners = (scores[:, 0] > 0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)
        sizes = np.array([len(group) for group in self.groups])
        share = float((opened @ sizes).mean() / sizes.sum())
        return Reading(self.classes_[winners], opened.astype(bool), share)

    def changed(
        self,
        *,
        cost: float | None = None,
        reward: Literal["accuracy", "log-likelihood"] | None = None,
        learn: Literal["all", "classifier"] | None = None,
        samples: int | None = None,
    ) -> SkipReading:
        """Return the same classifier on the same samples with another objective.

        Parameters
        ----------
        cost, reward, learn, samples
            As in :class:`SkipReading`; by default as they are here.

        Returns
        -------
        SkipReading
            It takes the same candidates.

        Raises
        ------
        InvalidInput
            As in :class:`SkipReading`.
        """
        return SkipReading(
            *self._given,
            groups=self.groups,
            cost=self.cost if cost is None else cost,
            reward=reward or self.reward,
            learn=learn or self.learn,
            samples=self.samples if samples is None else samples,
            batch_size=self.batch_size,
            seed=self.seed,
            classes=self.classes_,
            threads=self.threads,
        )

    def __reduce__(self) -> tuple[object, ...]:
        """By what it was made of."""
        fixed = (self.groups, self.cost, self.reward, self.learn, self.samples, self.batch_size, self.seed)
        return _rebuilt, (*self._given, *fixed, self.classes_, self.threads)

    def __repr__(self) -> str:
        """Sizes and objective."""
        n, p = self._given[0].shape
        return (
            f"SkipReading({n} samples, {p} features in {len(self.groups)} groups, {len(self.classes_)} classes, "
            f"reward={self.reward!r}, cost={self.cost:g})"
        )

    def _as_read(self, features: FloatArray) -> FloatArray:
        """Return features centred and scaled, in the order of reading."""
        return np.ascontiguousarray(((features - self._centre) / self._spread)[:, self._order])

    def _batch(self, generation: int) -> npt.NDArray[np.uint32]:
        """Return the samples of a generation: all, or its mini-batch."""
        count = len(self._given[1])
        if self.batch_size == count or generation == GENERATION_LIMIT:
            return np.arange(count, dtype=np.uint32)
        return self._batches.of(generation)


def _rebuilt(
    X: FloatArray,
    y: Labels,
    groups: Sequence[Sequence[int]],
    cost: float,
    reward: Literal["accuracy", "log-likelihood"],
    learn: Literal["all", "classifier"],
    samples: int,
    batch_size: int,
    seed: int,
    classes: Labels,
    threads: int,
) -> SkipReading:
    return SkipReading(
        X, y, groups=groups, cost=cost, reward=reward, learn=learn, samples=samples, batch_size=batch_size, seed=seed,
        classes=classes, threads=threads,
    )  # fmt: skip


def _cost(cost: float) -> float:
    price = number("cost", cost)
    if not 0 <= price < math.inf:
        raise InvalidInput(f"cost must be finite and at least 0, got {price}; a negative one would reward reading")
    return price
