"""Alternation: rounds of a differentiable loss by its gradient, each followed by the metric without one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt._algorithms import resolve_cell
from zoopt._arguments import FloatArray, Seed, point, positive, seed_of, whole
from zoopt._evaluate import sense_of
from zoopt._finish import WHOLE_SET, noisy
from zoopt._minimize import minimize
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError
from zoopt.objectives._compiled import unknown_name

_KEEPS = ["last", "metric", "validation"]
_EACH_ROUND = 2**32  # seeds of rounds are so far apart


@dataclass(frozen=True)
class Phase:
    """What a phase cost, and where it ended.

    Attributes
    ----------
    round : int
        Number of the round, from 0.
    kind : {"loss", "metric"}
        What was followed.
    nfev : int
        Evaluations of this phase: of the loss with its gradient, or of the metric.
    x : numpy.ndarray, shape (d,)
        Where it ended: the mean of its search distribution.
    loss, metric : float
        Their values there.
    validation : float or None
        That of the validation metric, if there is one.
    """

    round: int
    kind: Literal["loss", "metric"]
    nfev: int
    x: FloatArray
    loss: float
    metric: float
    validation: float | None


@dataclass(frozen=True)
class Alternation:
    """The outcome of :func:`zoopt.alternate`.

    Attributes
    ----------
    x : numpy.ndarray, shape (d,)
        What is kept.
    keep : str
        The rule by which it was.
    kept : Phase
        The phase that it is the end of.
    phases : tuple of Phase
        All of them, in order.
    nfev : int
        Evaluations in sum, those of the ends of phases among them.
    gradients : int
        How many of them were of the loss with its gradient.
    seed : int
        What to pass as `seed` to get the same again.
    """

    x: FloatArray
    keep: str
    kept: Phase
    phases: tuple[Phase, ...]
    nfev: int
    gradients: int
    seed: int


def alternate(
    loss: object,
    metric: Callable[..., object],
    x0: npt.ArrayLike,
    *,
    rounds: int = 3,
    steps: int = 200,
    evaluations: int = 1280,
    loss_method: str | Cell = "adam",
    loss_learning_rate: float = 0.05,
    loss_options: Mapping[str, object] | None = None,
    metric_method: str | Cell = "openai-es",
    metric_learning_rate: float | None = 0.01,
    metric_options: Mapping[str, object] | None = None,
    scale: float = 0.1,
    keep: Literal["last", "metric", "validation"] = "last",
    validation: Callable[..., object] | None = None,
    seed: Seed = None,
    threads: int = 1,
) -> Alternation:
    """Alternate a differentiable loss, in large steps, with the metric itself, in small ones.

    A round is `steps` steps of a first-order algorithm on the loss, then `evaluations` evaluations of the metric by an
    algorithm that needs no gradient; each phase begins where the one before it ended, with its own state begun anew.
    The loss leads to where the metric is good, which a search in many dimensions would not find; the metric corrects
    what the loss does not say. Whether that is worth it is to be measured: on four data sets of scikit-learn it cannot
    be told from the loss alone, nor from the metric alone (see the documentation).

    Parameters
    ----------
    loss : object with a method ``value_and_gradient(x) -> (value, gradient)``
        To be minimised, or maximised if its ``sense`` says so: :class:`~zoopt.objectives.LossObjective`, say, or
        :class:`~zoopt.objectives.PolicyObjective`.
    metric : callable
        What counts, as :func:`zoopt.minimize` takes it; its sense is its own, or "min".
    x0 : array_like, shape (d,)
        Where to begin.
    rounds : int
        How many rounds.
    steps : int
        Steps of the loss in a round, an evaluation each; 0 leaves these phases out.
    evaluations : int
        Evaluations of the metric in a round, at most; 0 leaves these phases out.
    loss_method, metric_method : str or Cell
        A first-order algorithm, and one that is none.
    loss_learning_rate, metric_learning_rate : float
        The large one and the small one. None leaves it to the algorithm, as those need that have none.
    loss_options, metric_options : dict, optional
        Further options of the algorithms.
    scale : float
        Standard deviation of the search on the metric.
    keep : {"last", "metric", "validation"}
        What is returned: the end of the last phase; or that end of a phase which is best by the metric, on the data
        that were searched, and so flatters itself; or the best by `validation`, whose value there is too good too,
        though less so: report what a further part of the data says. Of equal ones the first is kept.
    validation : callable, optional
        The metric on data that are not searched; evaluated once at every end of a phase.
    seed : int, numpy Generator or None
        The same seed gives the same run.
    threads : int
        Threads for compiled objectives.

    Returns
    -------
    Alternation
        With ``x``, and ``phases`` that say what each phase cost and brought. ``nfev`` is at most
        rounds · (steps + evaluations), and two more, or three with `validation`, for the end of every phase.

    Raises
    ------
    InvalidInput
        Arguments out of range; a first-order algorithm for the metric, or none for the loss; ``keep="validation"``
        without `validation`.
    UnknownName
        There is no such algorithm, or no such rule to keep by.
    zoopt.errors.ObjectiveError
        Loss or metric raised, or returned what cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import zoopt
    >>> from zoopt.objectives import LossObjective, MetricObjective
    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X = (X - X.mean(axis=0)) / X.std(axis=0)
    >>> loss, f1 = LossObjective(X, y), MetricObjective(X, y, metric="f1")
    >>> run = zoopt.alternate(loss, f1, np.zeros(loss.dim), rounds=2, steps=100, evaluations=320, seed=1)
    >>> [(phase.kind, phase.nfev) for phase in run.phases]
    [('loss', 100), ('metric', 320), ('loss', 100), ('metric', 320)]
    >>> run.kept.metric > 0.98
    True
    """
    first, second = resolve_cell(loss_method), resolve_cell(metric_method)
    _check_cells(first, second)
    _check_keep(keep, validation)
    counts = {"rounds": (rounds, 1), "steps": (steps, 0), "evaluations": (evaluations, 0)}
    turns, descents, tries = (whole(name, n, low=low, high=2**62) for name, (n, low) in counts.items())
    if descents + tries == 0:
        raise InvalidInput("steps and evaluations are both 0; there is nothing to do")
    origin = seed_of(seed)
    judge = _Judge(loss, metric, validation)
    large, small = _options(loss_learning_rate, loss_options), _options(metric_learning_rate, metric_options)
    searches = {
        "loss": _Search(loss, first, descents, large, None),
        "metric": _Search(metric, second, tries, small, positive("scale", scale)),
    }
    here, phases = point(x0), []
    for turn in range(turns):
        for kind, search in searches.items():
            if search.budget == 0:
                continue
            here, nfev = search.from_point(here, (origin + turn * _EACH_ROUND) % 2**64, threads)
            phases.append(judge.phase(turn, kind, nfev, here))
    kept = judge.best(phases, keep)
    ends = len(phases) * (2 if validation is None else 3)
    gradients = sum(phase.nfev for phase in phases if phase.kind == "loss") + len(phases)
    return Alternation(
        x=kept.x,
        keep=keep,
        kept=kept,
        phases=tuple(phases),
        nfev=sum(phase.nfev for phase in phases) + ends,
        gradients=gradients,
        seed=origin,
    )


@dataclass(frozen=True)
class _Search:
    fun: Any
    cell: Cell
    budget: int
    options: dict[str, object]
    scale: float | None

    def from_point(self, x: FloatArray, seed: int, threads: int) -> tuple[FloatArray, int]:
        """Return the mean where the search ends, and what it cost."""
        result = minimize(
            self.fun, x, method=self.cell, budget=self.budget, options=self.options, scale=self.scale, seed=seed,
            threads=threads,
        )  # fmt: skip
        return result.mean, result.nfev


@dataclass(frozen=True)
class _Judge:
    loss: Any
    metric: Callable[..., object]
    validation: Callable[..., object] | None

    def phase(self, turn: int, kind: Any, nfev: int, x: FloatArray) -> Phase:
        validation = None if self.validation is None else _value(self.validation, x)
        loss = float(self.loss.value_and_gradient(x.copy(), **_on_all(self.loss))[0])
        return Phase(turn, kind, nfev, x, loss, _value(self.metric, x), validation)

    def best(self, phases: list[Phase], keep: str) -> Phase:
        if keep == "last":
            return phases[-1]
        fun = self.metric if keep == "metric" else self.validation
        values = [phase.metric if keep == "metric" else phase.validation for phase in phases]
        sign = -1.0 if sense_of(fun, None) == "max" else 1.0
        costs = [math.inf if value is None or math.isnan(value) else sign * value for value in values]
        return phases[int(np.argmin(costs))]


def _on_all(fun: object) -> dict[str, int]:
    """Return what asks an objective with mini-batches for its value on all samples."""
    return {"generation": WHOLE_SET} if noisy(fun) else {}


def _value(fun: Callable[..., object], x: FloatArray) -> float:
    rows = x[None, :].copy() if getattr(fun, "zoopt_batch", False) else x.copy()
    try:
        return float(np.asarray(fun(rows, **_on_all(fun)), dtype=np.float64).reshape(()))
    except (TypeError, ValueError) as error:
        raise ObjectiveError(f"the metric must return one number for one point: {error}", x=x) from error


def _options(learning_rate: float | None, more: Mapping[str, object] | None) -> dict[str, object]:
    if more is not None and not isinstance(more, Mapping):
        raise InvalidType(f"options must map names to numbers, got {type(more).__name__}")
    rate = {} if learning_rate is None else {"learning_rate": positive("learning_rate", learning_rate)}
    return {**rate, **(more or {})}


def _check_cells(first: Cell, second: Cell) -> None:
    if not first.first_order:
        raise InvalidInput(
            f"loss_method must follow gradients, which {first.name!r} does not; use 'adam', 'gd', 'momentum' or "
            "'nesterov'"
        )
    if second.first_order:
        raise InvalidInput(
            f"metric_method must need no gradients, which {second.name!r} does; use 'openai-es', 'two-point' or 'snes'"
        )


def _check_keep(keep: str, validation: object) -> None:
    if keep not in _KEEPS:
        raise unknown_name("rule to keep by", keep, _KEEPS)
    if keep == "validation" and validation is None:
        raise InvalidInput("keep='validation' needs validation=, the metric on data that are not searched")
