"""Who takes part: an optimiser with options, entered once for each start of an objective."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from zoopt.compare import _key, _plugins, _spec
from zoopt.compare._plugin import OptimizerPlugin, Option, Value
from zoopt.compare._problem import ExperimentObjective
from zoopt.compare._tuning import OPTIONS as TUNING_OPTIONS
from zoopt.compare._tuning import Tuning, is_several, tuning_of
from zoopt.errors import InvalidInput, InvalidOption, InvalidType

_SCALE = Option(None, "float", summary="initial scale of the search, instead of the objective's")
_START = Option(None, "str", summary="the one start to run from, instead of all")


@dataclass(frozen=True)
class Entry:
    """One optimiser with its options from one start of an objective.

    Attributes
    ----------
    plugin : OptimizerPlugin
    start : str
        Name of a start of the objective, such as ``"warm"``; empty where there is no choice.
    scale : float or None
        Initial scale of the search, > 0; None for the objective's own.
    options : mapping of str to value
        All options that differ from the optimiser's own defaults.
    given : str
        What the user wrote beyond the name, such as ``"population=32"``; empty for the defaults.
    tuning : Tuning or None
        What is to be tuned at the cost of the budget before the run.
    """

    plugin: OptimizerPlugin
    start: str = ""
    scale: float | None = None
    options: Mapping[str, Value] = field(default_factory=dict)
    given: str = ""
    tuning: Tuning | None = None

    @property
    def optimizer(self) -> str:
        """The name in tables: the optimiser and what the user changed."""
        return f"{self.plugin.name}:{self.given}" if self.given else self.plugin.name

    @property
    def label(self) -> str:
        """The name in verdicts, unique within an objective."""
        return f"{self.optimizer} ({self.start})" if self.start else self.optimizer

    @property
    def settings(self) -> list[str]:
        """What differs from the defaults of the optimiser and the objective, as it is written."""
        scale = {} if self.scale is None else {"scale": self.scale}
        tuning = {} if self.tuning is None else self.tuning.written()
        return [_spec.options_written({key: value}) for key, value in {**scale, **self.options, **tuning}.items()]

    def describe(self) -> dict[str, Any]:
        """Return what the record of an experiment says of it."""
        return {
            "optimizer": self.optimizer,
            "label": self.label,
            "algorithm": self.plugin.name,
            "version": self.plugin.version(),
            "start": self.start,
            "scale": self.scale,
            "options": dict(self.options),
            "given": self.given,
            "tuning": None if self.tuning is None else self.tuning.describe(),
        }

    @cached_property
    def digest(self) -> str:
        """Hash of all of it that decides a run, with the defaults of the options left out."""
        defaults = {name: option.default for name, option in self.plugin.options().items()}
        return _key.digest(self.describe() | {"options": defaults | dict(self.options)})


@dataclass(frozen=True)
class Contender:
    """An optimiser with the options of the user, before it is known what it is to run on.

    Attributes
    ----------
    plugin : OptimizerPlugin
    options : mapping of str to value
    start : str or None
        The one start; None for all that an objective has.
    scale : float or None
    tuning : Tuning or None
    """

    plugin: OptimizerPlugin
    options: Mapping[str, Value] = field(default_factory=dict)
    start: str | None = None
    scale: float | None = None
    tuning: Tuning | None = None

    @property
    def given(self) -> str:
        """What the user changed, as it is written; the start has its own place in a label."""
        shown: dict[str, object] = dict(self.options)
        if self.tuning is not None:
            shown |= self.tuning.written()
        if self.scale is not None:
            shown["scale"] = self.scale
        return _spec.options_written(shown)

    def entries(self, objective: ExperimentObjective) -> tuple[Entry, ...]:
        """Return the entries on an objective, one for each start, also for one that the objective does not have."""
        starts = objective.starts if self.start is None else (self.start,)
        return tuple(
            Entry(
                plugin=self.plugin,
                start=start,
                scale=self.scale,
                options={**objective.suited(self.plugin.name, start), **self.options},
                given=self.given,
                tuning=self.tuning,
            )
            for start in starts
        )


def contender(what: str | OptimizerPlugin | Contender) -> Contender:
    """Return the contender that ``name:option=value,option=value`` or an optimiser object stands for.

    Beside the optimiser's own options, ``scale`` sets the initial scale, ``start`` picks one start, and ``tuning`` with
    ``trials``, ``tuning_share`` and ``charge`` says how options of several values are chosen.

    Parameters
    ----------
    what : str, Contender or OptimizerPlugin
        Such as ``"snes"``, ``"snes:population=32,scale=0.3,start=warm"`` or
        ``"openai-es:learning_rate=0.01|0.1,tuning=grid"``.

    Raises
    ------
    UnknownName
        There is no such optimiser.
    InvalidOption, InvalidInput
        It has no such option, or the value is out of its range.

    Examples
    --------
    >>> contender("snes:scale=0.30,population=32").given
    'population=32,scale=0.3'
    """
    if isinstance(what, Contender):
        return what
    if isinstance(what, str):
        return _parsed(what)
    if not _plugins.is_optimizer(what):
        raise InvalidType(f"an optimiser is a name, a FunctionOptimizer or a plug-in, got {type(what).__name__}")
    return Contender(what)


def _parsed(text: str) -> Contender:
    name, _, tail = text.strip().partition(":")
    if tail and "=" not in tail and name not in _plugins.optimizers():
        return Contender(_plugins.optimizer(text.strip()))
    plugin = _plugins.optimizer(name.strip())
    return with_options(plugin, _spec.options_in(plugin.name, tail))


def configured(optimizer: str | OptimizerPlugin, **given: object) -> Contender:
    """Return an optimiser with options, for experiments; the same as ``name:option=value``, from Python.

    Parameters
    ----------
    optimizer : str or OptimizerPlugin
        Registered name, or an object such as :class:`FunctionOptimizer`.
    **given
        Options of the optimiser, and ``scale``, ``start``, ``tuning``, ``trials``, ``tuning_share`` and ``charge``. An
        option to be tuned is a list of values or, for ``tuning="random"``, a pair (low, high).

    Returns
    -------
    Contender

    Raises
    ------
    UnknownName, InvalidOption, InvalidInput
        As :class:`Experiment` does.

    Examples
    --------
    >>> from zoopt.compare import configured
    >>> configured("openai-es", learning_rate=[0.01, 0.1, 1.0], tuning="grid").given
    'learning_rate=0.01|0.1|1,tuning=grid'
    """
    if isinstance(optimizer, str):
        return with_options(_plugins.optimizer(optimizer), given)
    if not _plugins.is_optimizer(optimizer):
        raise InvalidType(f"an optimiser is a name, a FunctionOptimizer or a plug-in, got {type(optimizer).__name__}")
    return with_options(optimizer, given)


def with_options(plugin: OptimizerPlugin, given: Mapping[str, object]) -> Contender:
    """Return an optimiser with options, as text or values, among them those of scale, start and tuning."""
    known = {**plugin.options(), "scale": _SCALE, "start": _START, **TUNING_OPTIONS}
    several = {key: value for key, value in given.items() if is_several(value)}
    single = _spec.typed(plugin.name, known, {k: v for k, v in given.items() if k not in several})
    tuned = {key: single.pop(key) for key in list(single) if key in TUNING_OPTIONS}
    scale, start = single.pop("scale", None), single.pop("start", None)
    if scale is not None and not float(scale) > 0:
        raise InvalidOption(f"{plugin.name}: scale must be > 0, got {scale:g}")
    for key in several:
        if key not in plugin.options():
            raise InvalidInput(f"{plugin.name}: {key} cannot be tuned; only options of {plugin.name} itself can")
    return Contender(
        plugin=plugin,
        options=single,
        start=None if start is None else str(start),
        scale=None if scale is None else float(scale),
        tuning=tuning_of(plugin, several, tuned),
    )
