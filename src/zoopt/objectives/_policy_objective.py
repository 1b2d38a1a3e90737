"""The expected reward of a softmax policy over the labels of a classifier, as an objective with a gradient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, Seed, seed_of, whole
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import (
    THREADS_LIMIT,
    Sense,
    candidate_rows,
    generation_number,
    one_candidate,
    unknown_name,
)
from zoopt.objectives._labels import Labels, label_numbers
from zoopt.objectives._metrics import CompiledMetric, of_counts
from zoopt.objectives._mini_batches import MiniBatched, check_batches
from zoopt.objectives._models import layout_of, precision
from zoopt.objectives._policy_labels import LabelPolicy
from zoopt.objectives._policy_task import (
    Estimation,
    Expectation,
    IntArray,
    Judge,
    JudgedExpectation,
    Kind,
    core_task,
    estimation,
    reward_table,
    temperatures_of,
    weights_of,
)
from zoopt.objectives._scoring import sample_matrix
from zoopt.objectives._targets import Classes
from zoopt.objectives._words import WORDS

Reward = npt.ArrayLike | Callable[[Labels, Labels], object]
MEANING = "a row a true class and a column a chosen one"


class PolicyObjective(MiniBatched, LabelPolicy):
    """The expected reward of a classifier that draws its labels at random, with its policy gradient; to be maximised.

    The policy chooses label y of sample x with probability p(y | x) = softmax(scores / temperature). Its expected
    reward J is smooth in the parameters, even where the reward is a 0-1 accuracy or an F1, so that first-order
    algorithms climb it: ``zoopt.minimize(objective, x0, method="adam")``. Other algorithms can climb it too.

    Rewards are of each sample (a matrix, accuracy by default), and J is their weighted mean; or of the whole corpus (a
    named metric, or any function of all labels), and J is its mean over labelings.

    Parameters
    ----------
    X : array_like of float, shape (n, p)
        Samples; finite. The data are copied.
    y : array_like, shape (n,)
        Labels: text, whole numbers or booleans.
    model : {"linear", "mlp"}, optional
        The classifier; :class:`Layout` says how its parameters stand in θ.
    hidden, activation
        Of an "mlp", as in :class:`LossObjective`.
    reward : str, array_like of float of shape (C, C), or callable, optional
        "accuracy", the default: 1 for the true label, else 0. A matrix: what ``reward[true, chosen]`` earns, classes in
        the order of ``classes_``; of costs, pass ``-costs``. The name of another metric, such as "f1" or "f1_macro":
        that of the whole corpus. A function ``reward(y_true, y_pred) -> float`` of all labels.
    temperature : float or array_like of float, shape (n,), optional
        Above 0; one for all, or one a sample, such as :func:`matched_temperature` gives.
    estimator : {"enumeration", "score-function", "difference", "expected-counts"}, optional
        How the gradient is found; see Notes. By default exactly where it can be, and "difference" for named metrics.
    samples : int, optional
        Labels drawn a sample and generation; given for rewards of each sample, it asks for "score-function".
    baseline : {"none", "mean", "optimal", "leave-one-out"}, optional
        What rewards are compared with by the score function. None, the expected reward of the sample, the one of least
        variance (the default), or the mean of the other draws, which is the default for the whole corpus.
    score : {"softmax", "gumbel"}, optional
        By which noise labels are drawn and scored.
    batch_size : int, optional
        Samples of a mini-batch, in [1, n]: every generation has one batch for all its candidates, and the reward is
        that of the batch. By default all samples are used, as they are in generation 2**64 - 1 with batches too.
    seed : int or None, optional
        Of the draws and of the mini-batches, which are functions of seed and generation.
    sample_weight : array_like of float, shape (n,), optional
        Weights of the samples in the mean reward; not for rewards of the whole corpus.
    dtype, pos_label, classes, threads
        As in :class:`MetricObjective`.

    Attributes
    ----------
    dim : int
        Coordinates of a candidate.
    sense : str
        ``"max"``.
    classes_ : numpy.ndarray, shape (C,)
        The classes, sorted.
    layout : Layout
        Where weights and intercepts stand.
    batches_an_epoch : int
        Generations after which every sample has been used once; 1 without mini-batches.

    Raises
    ------
    InvalidInput
        Shapes that do not fit, temperatures not above 0, rewards that are not finite, choices that cannot be had
        together; the message says what can.
    UnknownName
        There is no such reward, estimator, baseline, score or model; close matches are named.

    Notes
    -----
    With t the temperature, e_y the unit vector of label y, and r(y) the reward:

    enumeration
        The derivative by the scores is exactly p(y) (r(y) - E r) / t.
    score-function
        An unbiased estimate, the mean over draws of (r(y) - b) (e_y - p) / t. Every baseline b is free to depend on the
        sample, not on the draw. The optimal one is E[r ‖e_y - p‖²] / E‖e_y - p‖²: that of least variance in the
        parameters where the model is linear, and in the scores else. For two labels and accuracy, the mean E r is a
        worse baseline than none once p of the true label is above 2/3. Of Gumbel noise G on scores / t the score is
        1 - exp(-G), in place of e_y - p, which is its mean given the choice: with one baseline, the softmax score
        never has the greater variance.
    difference
        For named metrics of the whole corpus: the others' labels are drawn, and of every sample all labels are
        enumerated, which gives its reward by the counts with that one label changed. Unbiased, with much less variance
        than the score function, and exact where `samples` goes to infinity.
    expected-counts
        The metric of the expected counts in place of the expected metric ("f1" and "f1_macro", of the classes that y
        has): no noise, but another objective. It differs from J by O(1/n).

    The value is J itself for rewards of each sample, whatever the estimator; the mean over the draws for those of the
    corpus; the metric of expected counts for "expected-counts".

    References
    ----------
    | Williams (1992), Simple statistical gradient-following algorithms, Machine Learning 8.
    | Greensmith, Bartlett and Baxter (2004), Variance reduction techniques for gradient estimates in reinforcement
      learning, JMLR 5.
    | Kool, van Hoof and Welling (2019), Buy 4 REINFORCE samples, get a baseline for free, ICLR workshop.
    | Titsias and Lázaro-Gredilla (2015), Local expectation gradients for black box variational inference, NeurIPS.

    Examples
    --------
    >>> import numpy as np
    >>> import zoopt
    >>> from zoopt.objectives import PolicyObjective
    >>> X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> policy = PolicyObjective(X, ["no", "yes", "yes", "yes"])
    >>> value, gradient = policy.value_and_gradient([0.0, 0.0])
    >>> value, gradient.tolist()
    (0.5, [0.25, 0.125])
    >>> result = zoopt.minimize(policy, [0.0, 0.0], method="adam", budget=300, options={"learning_rate": 0.1})
    >>> policy.predict(result.mean).tolist()
    ['no', 'yes', 'yes', 'yes']
    """

    sense: Sense = "max"
    zoopt_batch = True
    zoopt_generation = True

    def __init__(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        model: Literal["linear", "mlp"] = "linear",
        hidden: int | Sequence[int] = (),
        activation: Literal["relu", "tanh", "gelu"] = "relu",
        reward: Reward = "accuracy",
        temperature: npt.ArrayLike = 1.0,
        estimator: str | None = None,
        samples: int | None = None,
        baseline: str | None = None,
        score: Literal["softmax", "gumbel"] = "softmax",
        batch_size: int | None = None,
        seed: Seed = 0,
        sample_weight: npt.ArrayLike | None = None,
        dtype: npt.DTypeLike = np.float64,
        pos_label: object = None,
        classes: npt.ArrayLike | None = None,
        threads: int = 1,
    ) -> None:
        self.dtype = precision(dtype)
        self.threads = whole("threads", threads, low=1, high=THREADS_LIMIT)
        self.reward = reward
        self._features = sample_matrix(X, self.dtype)
        self._truth = Classes(y, None, classes, pos_label)
        count = len(self._features)
        if len(self._truth.y) != count:
            raise InvalidInput(f"X has {count} samples, y has {len(self._truth.y)} labels; they must be as many")
        self.layout = layout_of(
            model, features=self._features.shape[1], outputs=self._truth.outputs, hidden=hidden, activation=activation
        )
        self.dim = self.layout.dim
        kind = _kind(reward)
        self.seed = seed_of(seed)
        self._cut(count, batch_size, self.seed)
        how = estimation(kind, estimator, samples, baseline, score, self.seed)
        temperatures, weights = temperatures_of(temperature, count), weights_of(sample_weight, count, kind)
        check_batches(self.batch_size, weights)
        task = self._task(how, kind, temperatures, weights)
        core = _core.policy_on_model(
            task, self.layout.core, self._features, self.dtype == np.float32, self.batch_size or 0, self.seed
        )
        self._expectation = (
            JudgedExpectation(core, how, self.threads, lambda generation: self._judge(reward, generation))
            if callable(reward)
            else Expectation(core, how, self.threads)
        )
        self._drawn = kind != "example" and how.estimator in ("difference", "score-function")
        self._settings = {
            "model": model,
            "hidden": self.layout.hidden,
            "activation": activation,
            "reward": reward,
            "temperature": temperatures,
            "estimator": how.estimator,
            "samples": samples,
            "baseline": baseline,
            "score": score,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "sample_weight": None if sample_weight is None else weights,
            "dtype": self.dtype,
            "pos_label": self.pos_label,
            "classes": self.classes_,
            "threads": self.threads,
        }

    @property
    def zoopt_mini_batches(self) -> bool:
        """Whether a generation's values are those of a part of the samples, or of what it draws."""
        return self._drawn or super().zoopt_mini_batches

    def __call__(self, candidates: npt.ArrayLike, *, generation: int = 0) -> FloatArray | float:
        """Return the expected reward of every candidate.

        Parameters
        ----------
        candidates : array_like of float, shape (rows, dim) or (dim,)
            Candidates, or a single one.
        generation : int
            Chooses the mini-batch, and what is drawn, where labelings of the corpus are.

        Returns
        -------
        numpy.ndarray of float64, shape (rows,), or float
            NaN where a candidate is not finite or a score could overflow.

        Raises
        ------
        InvalidInput
            The shape does not fit.
        InvalidType
            The candidates are not real numbers.
        zoopt.errors.ObjectiveError
            A reward function returned no finite number.
        """
        rows = candidate_rows(candidates, self.dim)
        values = self._expectation.values(np.atleast_2d(rows), generation_number(generation))
        return values if rows.ndim == 2 else float(values[0])

    def value_and_gradient(self, theta: npt.ArrayLike, *, generation: int = 0) -> tuple[float, FloatArray]:
        """Return the expected reward of one candidate and its policy gradient, exact or estimated.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            A candidate; finite.
        generation : int
            Chooses the mini-batch and what is drawn; ``zoopt.minimize`` gives the number of the generation.

        Returns
        -------
        value : float
        gradient : numpy.ndarray, shape (dim,)

        Raises
        ------
        InvalidInput
            The shape does not fit, or a number is not finite.
        zoopt.errors.ObjectiveError
            A reward function returned no finite number.
        """
        return self._expectation.value_and_gradient(one_candidate(theta, self.dim), generation_number(generation))

    def zoopt_field(self) -> _core.Field | None:
        """Return what :func:`zoopt.flows.field` makes a field of; None where a function of the user's rewards."""
        if isinstance(self._expectation, JudgedExpectation):
            return None
        return _core.policy_field(self._expectation.core, self.threads)

    def __reduce__(self) -> tuple[object, ...]:
        """By what it was made of."""
        return _rebuilt, (type(self), self._features, self._truth.y, self._settings)

    def __repr__(self) -> str:
        """Sizes, reward and how its gradient is found."""
        reward = self.reward if isinstance(self.reward, str) else getattr(self.reward, "__name__", "matrix")
        n, p = self._features.shape
        return (
            f"PolicyObjective({n} samples, {p} features, {len(self.classes_)} classes, reward={reward!r}, "
            f"estimator={self._expectation.how.estimator!r})"
        )

    def _task(self, how: Estimation, kind: Kind, temperatures: FloatArray, weights: FloatArray) -> _core.PolicyTask:
        outputs = self.layout.outputs
        if kind == "function":
            return core_task(how, outputs, temperatures, weights)
        truth = self._numbers[label_numbers(self._truth.y, self.classes_)]
        if kind == "metric":
            metric = _metric_of(str(self.reward), how, len(self.classes_))
            named = metric.name, metric.measure(self._truth)
            return core_task(how, outputs, temperatures, weights, truth=truth, metric=named)
        return core_task(how, outputs, temperatures, weights, table=self._table(), rows=truth)

    def _table(self) -> FloatArray:
        classes = len(self.classes_)
        if isinstance(self.reward, str):
            return np.eye(classes)
        table = reward_table(self.reward, (classes, classes), MEANING)  # type: ignore[arg-type]
        return self._truth.in_core_order(table)

    def _judge(self, reward: Callable[[Labels, Labels], object], generation: int) -> Judge:
        truth = self._truth.y if self.batch_size is None else self._truth.y[self.batch(generation)]

        def judge(choices: IntArray) -> object:
            return reward(truth, self._labels_of(choices))

        return judge


def _rebuilt(kind: type[PolicyObjective], X: FloatArray, y: Labels, settings: dict[str, Any]) -> PolicyObjective:
    return kind(X, y, **settings)


def _kind(reward: object) -> Kind:
    if callable(reward):
        return "function"
    if not isinstance(reward, str):
        return "example"
    known = of_counts()
    if reward not in known:
        raise unknown_name("reward", reward, known)
    return "example" if reward == "accuracy" else "metric"


def _metric_of(reward: str, how: Estimation, classes: int) -> CompiledMetric:
    metric = CompiledMetric(reward, {})
    if metric.options.get("average") == "binary" and classes != 2:
        macro = f"{reward}_macro" if f"{reward}_macro" in WORDS else "f1_macro"
        raise InvalidInput(f"reward={reward!r} needs two classes, there are {classes}; use reward={macro!r}")
    if how.estimator == "expected-counts" and not _core.has_expected_counts(reward):
        raise InvalidInput(
            f"estimator='expected-counts' is for reward='f1' and 'f1_macro', not for {reward!r}; use 'difference'"
        )
    return metric
