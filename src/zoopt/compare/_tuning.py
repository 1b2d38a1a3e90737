"""Choosing options by trial, within the budget of a run: by a grid, or at random."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoopt.compare import _spec
from zoopt.compare._plugin import OptimizerPlugin, Option, Value
from zoopt.errors import InvalidInput, InvalidOption

OPTIONS: Mapping[str, Option] = {
    "tuning": Option(None, "str", choices=("grid", "random"), summary="how options of several values are chosen"),
    "trials": Option(8, "int", 1, 10_000, summary="trials of random tuning"),
    "tuning_share": Option(0.5, "float", 0.001, 0.999, summary="share of the budget that the trials take together"),
    "charge": Option(True, "bool", summary="whether the trials are charged to the budget"),
}
"""What every optimiser takes beside its own options."""

_DEFAULTS = {name: option.default for name, option in OPTIONS.items()}


@dataclass(frozen=True)
class Range:
    """Numbers from low to high, ends included; drawn evenly, on a logarithmic scale where low > 0."""

    low: float
    high: float
    whole: bool = False

    def at(self, unit: float) -> Value:
        """Return the number that a part of the way, in (0, 1), leads to."""
        if self.low > 0:
            value = self.low * math.exp(unit * math.log(self.high / self.low))
        else:
            value = self.low + unit * (self.high - self.low)
        value = min(max(value, self.low), self.high)
        return round(value) if self.whole else value

    def __str__(self) -> str:
        return f"{_spec.value_written(self.low)}..{_spec.value_written(self.high)}"


@dataclass(frozen=True)
class Choices:
    """Some values."""

    values: tuple[Value, ...]

    def at(self, unit: float) -> Value:
        """Return the value that a part of the way, in (0, 1), leads to."""
        return self.values[min(int(unit * len(self.values)), len(self.values) - 1)]

    def __str__(self) -> str:
        return "|".join(map(_spec.value_written, self.values))


@dataclass(frozen=True)
class Tuning:
    """How options are chosen before a run.

    Each trial is a run on the same problem with an equal part of the share. The options of the trial with the best
    value are those of the run proper, which begins at the start with what is left.

    Attributes
    ----------
    kind : {"grid", "random"}
    space : mapping of str to Range or Choices
    trials : int
        Of random tuning; a grid has one for each combination.
    share : float
        Of the budget, in (0, 1).
    charge : bool
        Whether the budget and the curve include the trials; else they come beside it, and are reported.
    """

    kind: str
    space: Mapping[str, Range | Choices]
    trials: int
    share: float
    charge: bool

    def candidates(self, seed: int) -> list[dict[str, Value]]:
        """Return the options of each trial; random ones are drawn by a seed."""
        if self.kind == "grid":
            values = [choices.values for choices in self.space.values() if isinstance(choices, Choices)]
            return [dict(zip(self.space, combination, strict=True)) for combination in itertools.product(*values)]
        import zoopt

        return [
            {
                name: space.at(unit)
                for (name, space), unit in zip(
                    self.space.items(),
                    zoopt.noise(seed, trial, 0, len(self.space), kind="uniform").tolist(),
                    strict=True,
                )
            }
            for trial in range(self.trials)
        ]

    @property
    def count(self) -> int:
        """Number of trials."""
        if self.kind == "random":
            return self.trials
        return math.prod(len(space.values) for space in self.space.values() if isinstance(space, Choices))

    def parts(self, budget: int) -> tuple[int, int]:
        """Return the evaluations of a trial and those of the run proper."""
        trial = int(self.share * budget) // self.count
        return trial, budget - trial * self.count if self.charge else budget

    def written(self) -> dict[str, object]:
        """Return it as options of a text; those that are as by default are left out."""
        more = {"tuning": self.kind, "tuning_share": self.share, "charge": self.charge}
        if self.kind == "random":
            more["trials"] = self.trials
        changed = {key: value for key, value in more.items() if value != _DEFAULTS[key]}
        return {name: str(space) for name, space in self.space.items()} | changed

    def describe(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "kind": self.kind,
            "space": {name: str(space) for name, space in self.space.items()},
            "trials": self.count,
            "share": self.share,
            "charge": self.charge,
        }


def is_several(value: object) -> bool:
    """Whether it names several values, as ``0.1|1`` and ``0.1..1`` or a list and a pair do."""
    return isinstance(value, tuple | list) or (isinstance(value, str) and ("|" in value or ".." in value))


def tuning_of(plugin: OptimizerPlugin, several: Mapping[str, object], given: Mapping[str, Value]) -> Tuning | None:
    """Return the tuning of options of several values, or None where there are none.

    Raises
    ------
    InvalidInput
        Several values without tuning, or tuning without several values, or a range in a grid.
    """
    name = plugin.name
    if not several:
        if given:
            raise InvalidInput(f"{name}: {next(iter(given))} is of no use; no option has several values, as in 0.1|1")
        return None
    kind = str(given.get("tuning", ""))
    if not kind:
        example = f"{next(iter(several))}={_shown(next(iter(several.values())))}"
        raise InvalidInput(f"{name}: {example} has several values; add tuning=grid or tuning=random")
    known = plugin.options()
    space = {key: _space(name, key, known, value) for key, value in several.items()}
    ranges = [key for key, found in space.items() if isinstance(found, Range)]
    if kind == "grid" and ranges:
        raise InvalidInput(f"{name}: a grid needs single values of {ranges[0]}, as in 0.01|0.1|1, not a range")
    settings = _DEFAULTS | dict(given)
    if kind == "grid" and "trials" in given:
        raise InvalidInput(f"{name}: trials is of no use to a grid, which tries every combination")
    trials, share = settings["trials"], settings["tuning_share"]
    return Tuning(kind, space, int(str(trials)), float(str(share)), bool(settings["charge"]))


def _shown(value: object) -> str:
    return value if isinstance(value, str) else "|".join(map(_spec.value_written, value))  # type: ignore[call-overload]


def _space(name: str, key: str, known: Mapping[str, Option], value: object) -> Range | Choices:
    if isinstance(value, str) and ".." in value:
        low, _, high = value.partition("..")
        return _range(name, key, known, low, high)
    if isinstance(value, tuple) and len(value) == 2:
        return _range(name, key, known, *value)
    listed = value.split("|") if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise InvalidOption(f"{name}: {key} has no values to choose from")
    values = tuple(_spec.one_typed(name, key, known, one.strip() if isinstance(one, str) else one) for one in listed)
    if len(set(values)) < len(values):
        raise InvalidOption(f"{name}: {key} names a value twice")
    return Choices(values)


def _range(name: str, key: str, known: Mapping[str, Option], low: object, high: object) -> Range:
    ends = [_spec.one_typed(name, key, known, end.strip() if isinstance(end, str) else end) for end in (low, high)]
    if known[key].kind not in ("int", "float"):
        raise InvalidOption(f"{name}: {key} is no number, so it has no range; list its values, as in a|b")
    first, last = float(ends[0]), float(ends[1])
    if not first < last:
        raise InvalidOption(f"{name}: the range of {key} must go up, got {first:g}..{last:g}")
    return Range(first, last, known[key].kind == "int")
