"""Metrics as values: a name, options, which way is better."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, number, shown, whole
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, UnknownName
from zoopt.objectives._compiled import Sense, real_array
from zoopt.objectives._targets import Classes, Task, Truth
from zoopt.objectives._words import WORDS, Word

Function = Callable[..., Any]
Of = Literal["predictions", "scores", "probabilities"]


class MetricOption(NamedTuple):
    """An option of a metric.

    Attributes
    ----------
    name, kind : str
        kind: "real", "whole", "choice" (one of `choices`) or "table" (a number for each pair of classes).
    default : float, int, str or None
    low, high : float
        The range allowed, both ends included.
    doc : str
    choices : tuple of str
    """

    name: str
    kind: str
    default: float | int | str | None
    low: float
    high: float
    doc: str
    choices: tuple[str, ...]


class Family(NamedTuple):
    """A metric of the core: what it is, which way is better, what it is made from for each kind of y, its options."""

    summary: str
    maximise: bool
    needs: Mapping[str, str]
    options: Mapping[str, MetricOption]


class Metric(ABC):
    """A metric with its options; :func:`metric` makes one. It does not change, and is equal to its like.

    Attributes
    ----------
    name : str
        As it was asked for.
    options : dict
        All its options.
    sense : {"min", "max"}
        Which way is better.
    summary : str
        What it is.
    compiled : bool
        Whether no Python takes part in its computation.
    targets : tuple of str
        Kinds of y that it takes: of "binary", "multiclass", "multilabel", "quantity".
    """

    name: str
    sense: Sense
    summary: str
    targets: tuple[str, ...]
    compiled: bool

    @property
    @abstractmethod
    def options(self) -> dict[str, Any]:
        """All options, with their values."""

    @property
    def task(self) -> Task:
        """Whether y is classes or labels, or a quantity."""
        return "regression" if self.targets == ("quantity",) else "classification"

    def __eq__(self, other: object) -> bool:
        """Whether the other one is the same metric with the same options."""
        return isinstance(other, Metric) and self._identity() == other._identity()

    def __hash__(self) -> int:
        """Of its name and options."""
        return hash(self._identity())

    @abstractmethod
    def _identity(self) -> tuple[object, ...]:
        """Return what equal metrics have in common."""


class CompiledMetric(Metric):
    """A metric of the core."""

    compiled = True

    def __init__(self, name: str, given: Mapping[str, object]) -> None:
        self.name = name
        self.word = WORDS.get(name, Word(name, {}))
        family = families()[self.word.metric]
        self._given = dict(given)
        self._settled = _settled(name, family, {**self.word.options, **given})
        self.sense = "max" if family.maximise != self.word.negated else "min"
        self.summary = f"minus the {family.summary}" if self.word.negated else family.summary
        self.targets = tuple(family.needs)

    @property
    def options(self) -> dict[str, Any]:
        """All options, with their values."""
        return {
            name: [list(row) for row in value] if isinstance(value, tuple) else value
            for name, value in self._settled.items()
        }

    def measure(self, truth: Truth) -> _core.Measure:
        """Return the metric as the core has it, checked against the samples it is to be taken of."""
        numbers: dict[str, float] = {}
        table: FloatArray | None = None
        for option in families()[self.word.metric].options.values():
            value = self._settled[option.name]
            if option.kind == "choice":
                numbers[option.name] = float(option.choices.index(value))
            elif option.kind != "table":
                numbers[option.name] = float(value)
            elif value is not None:
                table = np.array(value)
                if isinstance(truth, Classes) and table.shape == (len(truth.classes),) * 2:
                    table = np.ascontiguousarray(truth.in_core_order(table))
        made = _core.Measure(self.word.metric, numbers, table, self.word.negated)
        try:
            made.check(truth.core)
        except InvalidInput as error:
            raise InvalidInput(self._advice(str(error), truth)) from None
        return made

    def _advice(self, reason: str, truth: Truth) -> str:
        if isinstance(truth, Classes) and "average='binary'" in reason:
            macro = f"{self.name}_macro"
            use = f"metric={macro!r}" if macro in WORDS else "average='macro'"
            count = len(truth.classes)
            return f"metric {self.name!r} needs two classes, there are {count}; use {use}, the mean over classes"
        return f"metric {self.name!r}: {reason}"

    def _identity(self) -> tuple[object, ...]:
        return self.word.metric, self.word.negated, tuple(self._settled.items())

    def __reduce__(self) -> tuple[object, ...]:
        """By name and options."""
        return CompiledMetric, (self.name, self._given)

    def __repr__(self) -> str:
        """Return the call that makes it."""
        given = "".join(f", {name}={value!r}" for name, value in self._given.items())
        return f"metric({self.name!r}{given})"


class FunctionMetric(Metric):
    """A function of y and predictions, or a scorer of scikit-learn's, called by Python."""

    compiled = False

    def __init__(self, function: Function, name: str, sense: Sense, of: Of, task: Task) -> None:
        self.function = function
        self.name = name
        self.sense = sense
        self.of = of
        self.summary = f"the function {name} of y and {of}, called by Python"
        self.targets = ("quantity",) if task == "regression" else ("binary", "multiclass", "multilabel")

    @property
    def options(self) -> dict[str, Any]:
        """What the function is given, and which way is better."""
        return {"sense": self.sense, "of": self.of, "task": self.task}

    def check_weights(self) -> None:
        """Raise where the function has no parameter ``sample_weight``."""
        try:
            parameters = inspect.signature(self.weighed).parameters.values()
        except (TypeError, ValueError):  # a builtin that does not tell
            return
        if not any(p.name == "sample_weight" or p.kind is p.VAR_KEYWORD for p in parameters):
            raise InvalidInput(f"metric {self.name!r} takes no sample_weight; leave the weights out")

    @property
    def weighed(self) -> Function:
        """The function that takes the weights."""
        return getattr(self.function, "py_func", self.function)

    def value(self, y: npt.NDArray[Any], outputs: npt.NDArray[Any], weights: FloatArray | None) -> float:
        """Return the value of one candidate's predictions, scores or probabilities."""
        more = {} if weights is None else {"sample_weight": weights}
        return float(self.function(y, outputs, **more))

    def _identity(self) -> tuple[object, ...]:
        return self.function, self.sense, self.of, self.task

    def __repr__(self) -> str:
        """Return the call that makes it."""
        return f"metric({self.name}, sense={self.sense!r}, of={self.of!r}, task={self.task!r})"


def metric(metric: str | Function, /, **options: Any) -> Metric:
    """Return a metric with options, for :class:`MetricObjective`.

    Parameters
    ----------
    metric : str or callable
        A compiled metric or a scoring word of scikit-learn's, both as :func:`metrics` lists them; the name of any other
        scorer of scikit-learn's; or a function ``f(y, predictions) -> float``, of Numba's too, which gets
        ``sample_weight=`` where there are weights.
    **options
        Of a compiled metric: its own options. Of a function: ``sense`` ("max" by default, or "min"), ``of``
        ("predictions" by default, "scores" or "probabilities"), ``task`` ("classification" by default, or
        "regression").

    Returns
    -------
    Metric

    Raises
    ------
    UnknownName
        There is no such metric; close matches are named.
    InvalidOption
        The metric has no such option, or the value is out of range.
    MissingDependency
        The name is none of ours and scikit-learn is not installed.

    Examples
    --------
    >>> from zoopt.objectives import metric
    >>> f2 = metric("fbeta", beta=2.0, average="macro")
    >>> f2, f2.sense, f2.options
    (metric('fbeta', beta=2.0, average='macro'), 'max', {'beta': 2.0, 'average': 'macro'})
    >>> metric("neg_log_loss").sense, metric("log_loss").sense
    ('max', 'min')
    """
    if isinstance(metric, str):
        if metric in families() or metric in WORDS:
            return CompiledMetric(metric, options)
        return _scorer(metric, options)
    if not callable(metric):
        raise UnknownName(f"there is no metric named {shown(metric)}; pass a name or a function of y and predictions")
    return function_metric(metric, **options)


def metric_of(given: object) -> Metric:
    """Return what `metric=` of an objective stands for."""
    return given if isinstance(given, Metric) else metric(given)  # type: ignore[arg-type]


def metrics() -> dict[str, Metric]:
    """Return all compiled metrics and scoring words, with their default options, by name.

    Returns
    -------
    dict of str to Metric

    Examples
    --------
    >>> from zoopt.objectives import metrics
    >>> metrics()["top_k_accuracy"].options
    {'k': 2}
    """
    return dict(_all())


def _all() -> dict[str, CompiledMetric]:
    return {name: CompiledMetric(name, {}) for name in sorted({*families(), *WORDS})}


def metric_options(name: str) -> tuple[MetricOption, ...]:
    """Return the options of a compiled metric or scoring word, with ranges and defaults."""
    return tuple(families()[WORDS.get(name, Word(name, {})).metric].options.values())


class _Families:
    @cached_property
    def all(self) -> dict[str, Family]:
        return {
            name: Family(summary, maximise, needs, {option[0]: _option(*option) for option in options})
            for name, (summary, maximise, needs, options) in _core.metrics().items()
        }


_FAMILIES = _Families()


def of_counts() -> list[str]:
    """Return the names of all that are made from confusion counts of classes and are to be maximised."""
    better = {
        name: one for name, one in _all().items() if one.sense == "max" and one.options.get("average") != "samples"
    }
    return [name for name, one in better.items() if families()[one.word.metric].needs.get("binary") == "counts"]


def families() -> dict[str, Family]:
    """Return the metrics of the core, by name."""
    return _FAMILIES.all


def function_metric(
    function: Function, *, sense: Sense = "max", of: Of = "predictions", task: Task = "classification"
) -> FunctionMetric:
    """Return a function of y and predictions as a metric."""
    for name, value, known in (
        ("sense", sense, ("max", "min")),
        ("of", of, ("predictions", "scores", "probabilities")),
        ("task", task, ("classification", "regression")),
    ):
        if value not in known:
            raise InvalidOption(f"{name} must be one of {', '.join(map(repr, known))}, got {shown(value)}")
    if of == "probabilities" and task == "regression":
        raise InvalidOption("there are no probabilities of a quantity; use of='predictions'")
    return FunctionMetric(function, named(function), sense, of, task)


def named(function: Function) -> str:
    """Return the name of a function, or of the type of what can be called."""
    return str(getattr(function, "__name__", type(function).__name__))


def _scorer(name: str, options: Mapping[str, object]) -> Metric:
    """Return a scorer of scikit-learn's, or say that there is no metric of that name."""
    from zoopt.objectives._scorers import scorer_metric, scorer_names

    known = sorted({*families(), *WORDS})
    others = scorer_names(name)
    if name not in others:
        close = get_close_matches(name.lower(), [*known, *others], n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UnknownName(f"there is no metric named {name!r}; {hint}there are: {', '.join(known)}")
    if options:
        raise InvalidOption(
            f"{name!r} is a scorer of scikit-learn's, whose options are its own; pass a function of y and predictions"
        )
    return scorer_metric(name)


def _option(
    name: str, kind: str, default: float, low: float, high: float, doc: str, choices: list[str]
) -> MetricOption:
    value: float | int | str | None = default
    if kind == "choice":
        value = choices[int(default)]
    elif kind == "whole":
        value = int(default)
    elif kind == "table":
        value = None
    return MetricOption(name, kind, value, low, high, doc, tuple(choices))


def _settled(name: str, family: Family, given: Mapping[str, object]) -> dict[str, Any]:
    for key in given:
        if key not in family.options:
            close = get_close_matches(key, family.options, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            there = ", ".join(family.options) or "none"
            raise InvalidOption(f"metric {name!r} has no option {key!r}; {hint}there are: {there}")
    return {
        key: _value(name, option, given[key]) if key in given else option.default
        for key, option in family.options.items()
    }


def _value(metric: str, option: MetricOption, value: object) -> Any:
    name = f"{option.name} of metric {metric!r}"
    try:
        if option.kind == "choice":
            return _choice(name, option, value)
        if option.kind == "table":
            return None if value is None else _table(name, option, value)
        if option.kind == "whole":
            return whole(name, value, low=int(option.low), high=int(option.high))
        found = number(name, value)
    except (InvalidInput, InvalidType) as error:
        raise InvalidOption(str(error)) from None
    if not option.low <= found <= option.high:
        raise InvalidOption(f"{name} must lie in [{option.low:g}, {option.high:g}], got {found:g}")
    return found


def _choice(name: str, option: MetricOption, value: object) -> str:
    if value is None and "none" in option.choices:
        return "none"
    if isinstance(value, str) and value in option.choices:
        return value
    raise InvalidOption(f"{name} must be one of {', '.join(map(repr, option.choices))}, got {shown(value)}")


def _table(name: str, option: MetricOption, value: object) -> tuple[tuple[float, ...], ...]:
    table = real_array(name, value)  # type: ignore[arg-type]
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise InvalidOption(f"{name} must have a row and a column for each class, got shape {table.shape}")
    if not (np.isfinite(table) & (np.abs(table) <= option.high)).all():
        raise InvalidOption(f"{name} must be finite")
    return tuple(tuple(float(entry) for entry in row) for row in table)
