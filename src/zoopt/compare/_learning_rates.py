"""What ``zoopt lr`` can be asked about: functions, data with a model, and attributes of modules, by name."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoopt import flows
from zoopt.compare import _data, _plugins, _spec
from zoopt.compare._plugin import Option, Value
from zoopt.compare.objectives.classification import standardised
from zoopt.compare.objectives.functions import drawn
from zoopt.errors import InvalidInput

FloatArray = NDArray[np.float64]

_STARTS = 2  # the generation that draws starts for comparisons too
_DIM = Option(10, "int", 1, 2**20, summary="variables")


@dataclass(frozen=True)
class Asked:
    """A problem with a start.

    Attributes
    ----------
    name : str
    field : Field
    start : ndarray, shape (dim,)
    metric : callable or None
        Of the hold-out.
    """

    name: str
    field: flows.Field
    start: FloatArray
    metric: Callable[[FloatArray], Any] | None = None


@dataclass(frozen=True)
class _Family:
    """Problems of one name: their options, and what makes a problem and its start of options and a seed."""

    summary: str
    options: Mapping[str, Option]
    make: Callable[[Mapping[str, Any], int], tuple[flows.Field, FloatArray]]


def _function(name: str, least: int = 1) -> _Family:
    def make(options: Mapping[str, Any], seed: int) -> tuple[flows.Field, FloatArray]:
        return flows.function(name, options["dim"]), drawn(seed, _STARTS, options["dim"])

    dim = Option(10, "int", least, 2**20, summary="variables")
    return _Family(f"the test function {name}", {"dim": dim}, make)


def _quadratic(options: Mapping[str, Any], seed: int) -> tuple[flows.Field, FloatArray]:
    return flows.quadratic(np.geomspace(1.0, options["condition"], options["dim"])), np.ones(options["dim"])


def _product(options: Mapping[str, Any], seed: int) -> tuple[flows.Field, FloatArray]:
    return flows.product(options["y"]), np.array([2.8, 3.5])


_CONDITION = Option(10.0, "float", 1.0, 1e300, summary="largest eigenvalue; the smallest one is 1")
_Y = Option(0.6, "float", -1e6, 1e6, summary="the product to reach")
_FAMILIES = {
    **{name: _function(name) for name in ("ellipsoid", "rastrigin", "sphere")},
    "rosenbrock": _function("rosenbrock", 2),
    "quadratic": _Family("half of a sum of squares, from 1", {"dim": _DIM, "condition": _CONDITION}, _quadratic),
    "product": _Family("half of (y - a b) squared, from (2.8, 3.5)", {"y": _Y}, _product),
}
_DATA_OPTIONS = {
    "hidden": Option(0, "int", 0, 4096, summary="units of a hidden layer; 0 is a linear model"),
    "activation": Option("relu", "str", choices=("relu", "tanh", "gelu"), summary="of the hidden units"),
    "loss": Option("cross-entropy", "str", choices=("cross-entropy", "squared-error"), summary="what is descended"),
    "metric": Option("accuracy", "str", summary="of the hold-out"),
    "l2": Option(0.0, "float", 0.0, 1e6, summary="coefficient of a penalty"),
}
HELP = (
    "FUNCTION:option=value such as rosenbrock:dim=10, quadratic:dim=20,condition=100 or product:y=0.6; DATA or "
    "DATA:option=value such as digits:hidden=32,metric=accuracy; or MODULE:ATTRIBUTE, a field or an objective with "
    "value_and_gradient."
)


def asked(text: str, start: str | None, seed: int) -> Asked:
    """Return the problem of a name, from a start that is written or drawn.

    Raises
    ------
    UnknownName
        There is no such problem.
    InvalidInput
        An option or the start cannot be used.
    """
    name, _, tail = text.strip().partition(":")
    if name in _FAMILIES:
        family = _FAMILIES[name]
        options = _with_defaults(name, family.options, tail)
        field, point = family.make(options, seed)
        found = Asked(_spec.written(name, options), field, point)
    elif name in _data.NAMES:
        found = _on_data(name, _with_defaults(name, _DATA_OPTIONS, tail), seed)
    else:
        attribute = _of_module(text.strip())
        if attribute is None:
            raise _spec.unknown("problem", name, [*_FAMILIES, *_data.NAMES])
        found = attribute
    return found if start is None else Asked(found.name, found.field, _point(start, found.field.dim), found.metric)


def _with_defaults(name: str, known: Mapping[str, Option], tail: str) -> dict[str, Any]:
    given: Mapping[str, Value] = _spec.typed(name, known, _spec.options_in(name, tail))
    return {key: given.get(key, option.default) for key, option in known.items()}


def _on_data(name: str, options: Mapping[str, Any], seed: int) -> Asked:
    from zoopt.objectives import LossObjective, MetricObjective

    data = _data.dataset(name)
    train, test = data.split(seed)
    features, others = standardised(data.features[train], data.features[test])
    labels, classes = data.labels[train], np.arange(len(data.classes))
    hidden = (options["hidden"],) if options["hidden"] else ()
    model: dict[str, Any] = {
        "model": "mlp" if hidden else "linear",
        "hidden": hidden,
        "activation": options["activation"],
    }
    if options["loss"] == "cross-entropy":
        loss = LossObjective(features, labels, classes=classes, **model)
    else:
        loss = LossObjective(features, _wanted(labels, len(classes)), loss="squared-error", **model)
    metric = MetricObjective(others, data.labels[test], metric=options["metric"], classes=classes, **model)
    field = flows.field(loss)
    if options["l2"]:
        field = flows.L2(options["l2"])(field)
    written = _spec.written(name, {key: value for key, value in options.items() if value != _DATA_OPTIONS[key].default})
    return Asked(written, field, loss.layout.initial(seed=seed), metric)


def _wanted(labels: NDArray[np.int64], classes: int) -> FloatArray:
    """Return scores whose decisions are the labels: ±1 of two classes, else one for the class among zeros."""
    wanted = 2.0 * labels[:, None] - 1.0 if classes == 2 else np.eye(classes)[labels]
    return np.asarray(wanted, dtype=np.float64)


def _of_module(text: str) -> Asked | None:
    found = _plugins.attribute(text)
    if found is None:
        return None
    field = found if isinstance(found, flows.Field) else flows.field(found)
    return Asked(text, field, np.ones(field.dim))


def _point(text: str, dim: int) -> FloatArray:
    try:
        numbers = np.array([float(part) for part in text.split(",")])
    except ValueError:
        raise InvalidInput(f"start must be numbers with commas between them, got {text!r}") from None
    return np.full(dim, numbers[0]) if numbers.size == 1 else numbers


def rates_in(text: str | None) -> FloatArray | None:
    """Return the rates in ``0.01,0.1`` or ``LOW:HIGH:COUNT``, evenly spread as logarithms; None where nothing is said.

    Raises
    ------
    InvalidInput
        It cannot be read.

    Examples
    --------
    >>> rates_in("0.01:1:3").round(3).tolist()
    [0.01, 0.1, 1.0]
    """
    if text is None:
        return None
    try:
        if ":" not in text:
            return np.array([float(part) for part in text.split(",") if part.strip()])
        low, high, *count = text.split(":")
        ends, number = (float(low), float(high)), int(count[0]) if count else 13
        if len(count) > 1 or not 0 < ends[0] < ends[1] < np.inf or not 2 <= number <= 10_000:
            raise ValueError
        return np.geomspace(*ends, number)
    except ValueError:
        raise InvalidInput(
            f"cannot read rates {text!r}; write 0.01,0.1 or LOW:HIGH:COUNT such as 0.001:1:13, with 0 < LOW < HIGH"
        ) from None


def method_in(text: str) -> tuple[str, dict[str, Any]]:
    """Return the method and the options in ``momentum:momentum=0.5``.

    Raises
    ------
    InvalidInput
        It cannot be read, or an option is no number.
    """
    name, options = _spec.split(text)
    try:
        numbers = {key: float(value) for key, value in options.items()}
    except ValueError:
        raise InvalidInput(f"{name}: options of a method are numbers, got {text!r}") from None
    return name, {key: int(value) if value.is_integer() else value for key, value in numbers.items()}


def report(found: flows.LearningRateAnalysis, expected: float | None) -> str:
    """Return what is printed: the table, the verdict, the reasons, and the answer to what was expected."""
    lines = [found.table(), "", f"{found.verdict}.", *(f"  {reason}" for reason in found.reasons)]
    if expected is not None:
        answer = "lies" if found.contains(expected) else "does not lie"
        lines.append(f"Expected: {expected:g} {answer} between {found.useful:.3g} and {found.stable:.3g}.")
    return "\n".join(lines)


def passed(found: flows.LearningRateAnalysis, expected: float | None) -> bool:
    """Return whether there is an interval, and what was expected lies in it."""
    return not math.isnan(found.useful) and (expected is None or found.contains(expected))
