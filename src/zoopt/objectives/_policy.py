"""Softmax policies over choices, on scores that come from anywhere."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, Seed, whole
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import GENERATION_LIMIT, THREADS_LIMIT, real_array
from zoopt.objectives._policy_task import (
    Expectation,
    IntArray,
    Judge,
    JudgedExpectation,
    core_task,
    estimation,
    reward_table,
    temperatures_of,
    weights_of,
)


class SoftmaxPolicy:
    """A random choice for each of n samples, with probability softmax(scores / temperature), and what it earns.

    It takes scores and gives the expected reward and its slopes, the derivatives by the scores; whoever makes the
    scores carries the slopes on to its parameters. :class:`PolicyObjective` does that for the compiled models. Choices
    may be labels, or the hypotheses of n-best lists; where a sample has fewer choices than others, its scores for the
    rest are minus infinity.

    Parameters
    ----------
    shape : tuple of int
        (n, choices); at least two choices.
    reward : array_like of float, shape (n, choices), or callable
        What every choice of every sample earns, or ``reward(choices) -> float`` of all choices at once, an integer
        array of shape (n,): BLEU of a whole corpus, say.
    temperature : float or array_like of float, shape (n,), optional
        Above 0; one for all, or one a sample.
    estimator, samples, baseline, score, seed
        As in :class:`PolicyObjective`. A function of all choices has the score-function estimator only.
    sample_weight : array_like of float, shape (n,), optional
        Weights of the samples in the mean reward; for rewards of each sample.
    threads : int, optional
        Threads that a call may use; they change no bit.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, rewards or temperatures that cannot be used, choices that cannot be had together.
    UnknownName
        There is no such estimator, baseline or score; close matches are named.

    Examples
    --------
    Two sentences with three translations each, rewarded one by one:

    >>> from zoopt.objectives import SoftmaxPolicy
    >>> policy = SoftmaxPolicy((2, 3), reward=[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    >>> value, slopes = policy.value_and_slopes([[0.0, 0.0, 0.0], [0.0, 0.0, -float("inf")]])
    >>> round(value, 4), slopes.round(4).tolist()
    (0.1667, [[0.1111, -0.0556, -0.0556], [0.0, 0.0, 0.0]])
    """

    def __init__(
        self,
        shape: tuple[int, int],
        reward: npt.ArrayLike | Judge,
        *,
        temperature: npt.ArrayLike = 1.0,
        estimator: str | None = None,
        samples: int | None = None,
        baseline: str | None = None,
        score: Literal["softmax", "gumbel"] = "softmax",
        seed: Seed = 0,
        sample_weight: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        self.shape = _shape(shape)
        count, choices = self.shape
        judge = reward if callable(reward) else None
        how = estimation("function" if judge else "example", estimator, samples, baseline, score, seed)
        table = None if callable(reward) else reward_table(reward, self.shape, "a row a sample and a column a choice")
        task = core_task(
            how,
            choices,
            temperatures_of(temperature, count),
            weights_of(sample_weight, count, "function" if judge else "example"),
            table=table,
            rows=None if table is None else np.arange(count),
        )
        self.threads = whole("threads", threads, low=1, high=THREADS_LIMIT)
        core = _core.policy_on_scores(task)
        self._expectation = (
            Expectation(core, how, self.threads)
            if judge is None
            else JudgedExpectation(core, how, self.threads, lambda generation: judge)
        )

    def __repr__(self) -> str:
        return f"SoftmaxPolicy({self.shape[0]} samples, {self.shape[1]} choices, {self._expectation.how})"

    def probabilities(self, scores: npt.ArrayLike) -> FloatArray:
        """Return the probability of every choice.

        Parameters
        ----------
        scores : array_like of float, shape (n, choices)
            Not NaN or plus infinity, and one at least of every sample finite.

        Returns
        -------
        numpy.ndarray, shape (n, choices)

        Raises
        ------
        InvalidInput
            The shape does not fit, or a score cannot be used.
        """
        return self._expectation.core.probabilities(self._by_choice(scores), self.threads)

    def choices(self, scores: npt.ArrayLike, *, generation: int = 0) -> IntArray:
        """Return what is drawn: the same for the same scores and generation.

        Parameters
        ----------
        scores : array_like of float, shape (n, choices)
        generation : int
            Number of the generation.

        Returns
        -------
        numpy.ndarray of int32, shape (samples, n)
            Numbers of the choices, a row a draw.

        Raises
        ------
        InvalidInput
            The shape does not fit, or a score cannot be used.
        """
        number = whole("generation", generation, low=0, high=GENERATION_LIMIT)
        return self._expectation.core.choices(self._by_choice(scores), number, self.threads)

    def value_and_slopes(self, scores: npt.ArrayLike, *, generation: int = 0) -> tuple[float, FloatArray]:
        """Return the expected reward and its derivatives by the scores, exact or estimated.

        Parameters
        ----------
        scores : array_like of float, shape (n, choices)
        generation : int
            Chooses what is drawn where something is.

        Returns
        -------
        value : float
            Exact where samples have rewards of their own; for a function, its mean over the draws.
        slopes : numpy.ndarray, shape (n, choices)

        Raises
        ------
        InvalidInput
            The shape does not fit, or a score cannot be used.
        zoopt.errors.ObjectiveError
            The function returned no finite number.
        """
        number = whole("generation", generation, low=0, high=GENERATION_LIMIT)
        value, slopes = self._expectation.value_and_gradient(self._by_choice(scores), number)
        return value, np.ascontiguousarray(slopes.reshape(self.shape[::-1]).T)

    def _by_choice(self, scores: npt.ArrayLike) -> FloatArray:
        """Return the scores as the core wants them: all samples of a choice side by side."""
        given = real_array("scores", scores)
        if given.shape != self.shape:
            raise InvalidInput(f"scores must have shape {self.shape}, got {given.shape}")
        top = given.max(axis=1)
        bad = np.flatnonzero(~np.isfinite(top))
        if bad.size:
            raise InvalidInput(
                f"scores[{bad[0]}] is {given[bad[0]].tolist()!r:.80}: scores must not be NaN or infinite, but for "
                "minus infinity where there is no such choice, and every sample needs one"
            )
        return np.ascontiguousarray(given.T).ravel()


def _shape(shape: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise InvalidType(f"shape must be two integers, (samples, choices), got {shape!r:.60}")
    return whole("shape[0]", shape[0], low=1, high=2**31), whole("shape[1]", shape[1], low=2, high=2**31)
