"""What the optimisers of other packages have in common; each is data and one function that searches."""

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, SearchOver, Task
from zoopt.compare._problem import FloatArray
from zoopt.errors import MissingDependency

BOX = 5.0
"""Scales on either side of the start, where an optimiser needs a box and the objective has none."""


@dataclass(frozen=True)
class Peer:
    """An optimiser of another package.

    Attributes
    ----------
    name, summary : str
    package, module : str
        What is installed and what is imported.
    extra : str
        The extra of this package that installs it; empty where it is always there.
    search : callable
        ``search(task) -> Outcome``; it imports the package, and may let :class:`SearchOver` through, which means that
        the best point seen is the answer.
    given : mapping of str to Option
        Its options.
    refuses : callable, optional
        ``refuses(dimensions, budget, bounded, options)`` returns why it cannot run there, or an empty text.
    """

    name: str
    summary: str
    package: str
    module: str
    extra: str
    search: Callable[[Task], Outcome]
    given: Mapping[str, Option] = field(default_factory=dict)
    refuses: Callable[[int, int, bool, Mapping[str, Any]], str] | None = None

    def version(self) -> str:
        """Return the version of the package that decides the results.

        Raises
        ------
        MissingDependency
            It is not installed; the message says how to install it.
        """
        missing = self._missing()
        if missing:
            raise MissingDependency(missing)
        return f"{self.package} {metadata.version(self.package)}"

    def options(self) -> Mapping[str, Option]:
        """Return its options with their ranges."""
        return self.given

    def obstacle(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        """Return why it cannot run there: the package is missing, or refuses."""
        missing = self._missing()
        if missing or self.refuses is None:
            return missing
        return self.refuses(dimensions, budget, bounded, self._filled(options))

    def run(self, task: Task) -> Outcome:
        """Search until the meter or the optimiser is done."""
        filled = Task(
            task.meter, task.problem, task.start, task.scale, task.bounds, task.seed, task.budget,
            self._filled(task.options),
        )  # fmt: skip
        try:
            found = self.search(filled)
        except SearchOver:
            return Outcome()
        return found if task.meter.left else Outcome(found.point)

    def _filled(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options given and the defaults of the others; those without a default are left out."""
        defaults = {key: option.default for key, option in self.given.items() if option.default is not None}
        return {**defaults, **options}

    def _missing(self) -> str:
        if importlib.util.find_spec(self.module) is not None:
            return ""
        return (
            f"{self.name} needs {self.package}, which is not installed; run: pip install 'zoopt-engine[{self.extra}]'"
        )


def box(task: Task) -> tuple[FloatArray, FloatArray]:
    """Return the bounds, and where an end is open or absent ``BOX`` scales from the start."""
    low, high = task.start - BOX * task.scale, task.start + BOX * task.scale
    if task.bounds is None:
        return low, high
    given_low, given_high = task.bounds
    return np.where(np.isfinite(given_low), given_low, low), np.where(np.isfinite(given_high), given_high, high)


def seed32(task: Task) -> int:
    """Return a seed in [1, 2**31), for generators that take no larger one."""
    return 1 + task.seed % (2**31 - 1)
