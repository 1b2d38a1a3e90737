"""What results say of an objective and of a contender: plain data that a store and a report can hold."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from zoopt.compare._entry import Entry
from zoopt.compare._problem import ExperimentObjective

DISTANCE = "distance from the optimum"
"""The metric of objectives whose optimum is known."""
_OWN = ("metric", "sense", "dimensions", "targets", "follows", "test_train_ratio")
_DIMENSION = re.compile(r"(?<=[:,;])(?:d|dim|dimension|dimensions)=\d+(?:[,;]|$)")


@dataclass(frozen=True)
class Facts:
    """What results need to know of an objective.

    Attributes
    ----------
    metric : str
        Name of what is measured.
    sense : {"min", "max"}
        Direction in which measured values get better.
    dimensions : int
        Largest number of parameters; 0 where it is not known.
    targets : tuple of float
        Measured values, from easy to hard, that ``Runs.hits`` is about.
    follows : {"best", "recommendation"}
        What curves show.
    test_train_ratio : float
        n_test / n_train of the splits behind the seeds; 0 where seeds are independent.
    described : mapping
        What the objective says of itself: description, rows, hash of the data ….
    """

    metric: str = "value"
    sense: Literal["min", "max"] = "min"
    dimensions: int = 0
    targets: tuple[float, ...] = ()
    follows: Literal["best", "recommendation"] = "best"
    test_train_ratio: float = 0.0
    described: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, objective: ExperimentObjective) -> Self:
        """Return the facts of an objective."""
        own: dict[str, Any] = {name: getattr(objective, name) for name in _OWN}
        return cls(**own, described=objective.describe())

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Self:
        """Return the facts that :meth:`as_dict` gave."""
        own = {name: content[name] for name in _OWN if name in content}
        own["targets"] = tuple(own.get("targets", ()))
        return cls(**own, described={key: value for key, value in content.items() if key not in _OWN})

    def as_dict(self) -> dict[str, Any]:
        """Return everything in one flat dict, as JSON can hold it."""
        return {**self.described, **{name: getattr(self, name) for name in _OWN}, "targets": list(self.targets)}

    @property
    def splits(self) -> bool:
        """Whether the seeds are splits of one data set, so that runs are not independent."""
        return self.test_train_ratio > 0

    @property
    def distance(self) -> bool:
        """Whether values are distances from a known optimum."""
        return self.metric == DISTANCE

    def family(self, name: str) -> str:
        """Return the name without its dimension: objectives of one family differ in that only.

        Examples
        --------
        >>> Facts().family("sphere:dim=10,rotation=1"), Facts().family("sphere:dim=10")
        ('sphere:rotation=1', 'sphere')
        """
        return _DIMENSION.sub("", name).rstrip(":,;")


@dataclass(frozen=True)
class Participant:
    """One line of the tables: an optimiser with its options, from one start.

    Attributes
    ----------
    label : str
        Unique within an experiment; the one that ``Runs.labels`` has.
    optimizer : str
        Name and what the user changed.
    start : str
        Empty where there is no choice.
    scale : float
        Initial scale of the search; NaN where the objective gives it.
    options : mapping
        All options that differ from the optimiser's own defaults.
    version : str
        Of the package that decides the results.
    """

    label: str
    optimizer: str
    start: str = ""
    scale: float = math.nan
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    version: str = ""

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return who an entry is."""
        tuning = {} if entry.tuning is None else {name: str(v) for name, v in entry.tuning.written().items()}
        return cls(
            label=entry.label,
            optimizer=entry.optimizer,
            start=entry.start,
            scale=math.nan if entry.scale is None else entry.scale,
            options={**entry.options, **tuning},
            version=entry.plugin.version(),
        )
