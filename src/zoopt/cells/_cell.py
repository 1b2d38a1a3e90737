"""An algorithm as data: which stages, and which numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from itertools import chain
from numbers import Integral, Real
from typing import Any, Literal

import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import as_float, flag, shown, whole
from zoopt.cells._advice import unknown_option
from zoopt.errors import InvalidOption, UnknownName

Population = int | Callable[[int], int]
Preset = Callable[[int, int], Mapping[str, float]]

_WHOLE = {
    "population",
    "directions",
    "decomposition_gap",
    "block",
    "path_offset",
    "plateau",
    "stagnation",
    "restarts",
    "reevaluate",
    "epoch",
}


@dataclass(frozen=True)
class Option:
    """One numeric option of an algorithm.

    Attributes
    ----------
    name : str
    default : float or None
        ``None``: chosen from the dimension and the population, as `doc` tells.
    low, high : float
        The range allowed, both ends included.
    doc : str
        What it is, with its unit.
    """

    name: str
    default: float | None
    low: float
    high: float
    doc: str


@dataclass(frozen=True)
class Cell:
    """A point in the space of algorithms: distribution, shaping, metric, update, schedule, driver.

    Attributes
    ----------
    name, summary, reference : str
    numbers : str
        Where the default numbers come from: the equation or table, the program, or that they are ours and why.
    distribution, shaping, update, schedule, driver : str
        Registered stages. The schedule changes step sizes with the generation; the driver goes round the generations.
    metric : {"vanilla", "natural"}
        Whether the mean moves along the gradient itself or along the natural gradient.
    population : int or callable
        Candidates a generation, without the mean; a callable takes the dimension.
    antithetic : bool
        Whether candidates come in pairs mean ± scale·A z.
    defaults : mapping
        Options whose default differs from the stage's own.
    presets : mapping
        What the option ``preset`` may name: functions of the dimension and the population that return options, which
        given ones override.
    translate : callable or None
        Turns options by the names of another package into those of this one.

    Examples
    --------
    >>> import zoopt
    >>> cell = zoopt.algorithm("openai-es")
    >>> cell.distribution, cell.shaping, cell.metric, cell.update
    ('isotropic', 'centred-rank', 'vanilla', 'adam')
    """

    name: str
    summary: str
    reference: str
    distribution: str
    shaping: str
    metric: Literal["vanilla", "natural"]
    update: str
    population: Population
    schedule: str = "constant"
    driver: str = "plain"
    antithetic: bool = False
    defaults: Mapping[str, float] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    translate: Callable[[Mapping[str, object]], dict[str, object]] | None = None
    numbers: str = ""

    def __post_init__(self) -> None:
        _check_choice("metric", self.metric, ["vanilla", "natural"])
        for kind, (name, catalog) in self._stages().items():
            _check_choice(kind, name, list(catalog))
        flag("antithetic", self.antithetic)
        if not callable(self.population):
            self.default_population(1)
        known = self._options_with({})
        for name, value in self.defaults.items():
            if name not in known:
                raise InvalidOption(unknown_option(self.name, name, list(known)))
            _checked(self.name, known[name], value)

    def __call__(self, fun: Callable[..., object], x0: npt.ArrayLike, **keywords: Any) -> Any:
        """Optimise as SciPy calls a minimiser of its user's: ``scipy.optimize.minimize(fun, x0, method=cell)``.

        What :func:`zoopt.minimize` takes beside the objective goes into SciPy's ``options``: ``budget`` (or
        ``maxfev``), ``target``, ``seed``, ``scale``, ``threads``, ``workers``, ``on_error``, ``on_invalid`` and the
        options of the algorithm.

        Raises
        ------
        InvalidType
            For derivatives and constraints, and whatever else :func:`zoopt.minimize` does not take.
        """
        minimiser = import_module("zoopt._scipy").minimise  # by name: it belongs to a layer above this one
        return minimiser(self, fun, x0, **keywords)

    @property
    def options(self) -> dict[str, Option]:
        """Options by name: ``population``, those of the stages, with this cell's defaults, and the stopping rules."""
        return self._options_with(self.defaults)

    def _options_with(self, defaults: Mapping[str, float]) -> dict[str, Option]:
        found = {"population": Option("population", None, 1, 2**31, "candidates a generation, without the mean")}
        listed = [catalog[name][1] for name, catalog in self._stages().values()]
        for key, value, low, high, doc in chain(*listed, _core.stopping_options()):
            default = defaults.get(key, value)
            found[key] = Option(key, None if math.isnan(default) else default, low, high, doc)
        return found

    @property
    def needs_mean(self) -> bool:
        """Whether each generation, or with an elitist driver the first one, also evaluates the mean."""
        return _core.needs_mean(self.shaping)

    @property
    def continuous(self) -> bool:
        """Whether candidates are real vectors round the mean, so that a scale and bounds make sense."""
        return self.distribution not in {"bernoulli", "categorical", "point"}

    @property
    def first_order(self) -> bool:
        """Whether gradients are told, not estimated."""
        return self.distribution == "point"

    def rows(self, dim: int) -> int:
        """Return the evaluations a generation takes with the default population in `dim` dimensions."""
        return self.default_population(dim) + self.needs_mean

    def default_population(self, dim: int) -> int:
        """Candidates a generation in `dim` dimensions where none is asked for."""
        size = whole("dim", dim, low=1, high=2**62)
        population = self.population(size) if callable(self.population) else self.population
        if isinstance(population, bool) or not isinstance(population, Integral) or population < 1:
            raise InvalidOption(f"{self.name}: population must be a whole number above 0, got {population!r}")
        return int(population)

    def resolve(self, dim: int, given: Mapping[str, object]) -> tuple[int, dict[str, float]]:
        """Return the population and the stages' options, with `given` checked against names and ranges.

        Raises
        ------
        InvalidOption
            For an option or preset this cell does not have, or a value that is no number or out of its range.
        """
        known = self.options
        values = {o.name: math.nan if o.default is None else o.default for o in known.values()}
        wanted = dict(given) if self.translate is None else self.translate(given)
        preset = wanted.pop("preset", None) if self.presets else None
        for name, value in wanted.items():
            if name not in known:
                raise InvalidOption(unknown_option(self.name, name, list(known)))
            values[name] = _checked(self.name, known[name], value)
        chosen = values.pop("population")
        population = self.default_population(dim) if math.isnan(chosen) else int(chosen)
        if preset is not None:
            values |= {k: v for k, v in self._preset(preset)(dim, population).items() if k not in wanted}
        return population, values

    def _preset(self, name: object) -> Preset:
        if not isinstance(name, str) or name not in self.presets:
            raise InvalidOption(f"{self.name} has no preset {name!r}; its presets are: {', '.join(self.presets)}")
        return self.presets[name]

    def _stages(
        self,
    ) -> dict[str, tuple[str, dict[str, tuple[str, list[tuple[str, float, float, float, str]]]]]]:
        return {
            "distribution": (self.distribution, _core.distributions()),
            "shaping": (self.shaping, _core.shapings()),
            "update": (self.update, _core.updates()),
            "schedule": (self.schedule, _core.schedules()),
            "driver": (self.driver, _core.drivers()),
        }


def _check_choice(kind: str, name: str, known: list[str]) -> None:
    if name not in known:
        close = get_close_matches(str(name).lower(), known, n=1)
        hint = f"did you mean {close[0]!r}? " if close else ""
        raise UnknownName(f"there is no {kind} named {shown(name)}; {hint}choose one of: {', '.join(known)}")


def _checked(algorithm: str, option: Option, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidOption(f"{algorithm}: {option.name} must be a number, got {shown(value)}")
    number = as_float(value)
    if not option.low <= number <= option.high or math.isinf(number):
        raise InvalidOption(f"{algorithm}: {option.name} must lie in [{option.low:g}, {option.high:g}], got {number:g}")
    if option.name in _WHOLE and number != int(number):
        raise InvalidOption(f"{algorithm}: {option.name} must be a whole number, got {number:g}")
    return number
