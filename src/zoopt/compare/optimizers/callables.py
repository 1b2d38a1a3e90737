"""Functions of one's own as optimisers."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zoopt._arguments import real_numbers
from zoopt.compare._plugin import OptimizerPlugin, Option, Outcome, Task, Value
from zoopt.errors import InvalidInput, InvalidType

PLUGINS: tuple[OptimizerPlugin, ...] = ()
"""None: these are objects, named by ``module:attribute``."""

_KINDS: Mapping[type, str] = {bool: "bool", int: "int", float: "float", str: "str"}


class FunctionOptimizer:
    """A function of one's own as an optimiser of experiments.

    Parameters
    ----------
    function : callable
        ``function(task)``. It evaluates by ``task.meter.cost(x)`` for x of shape (d,), or ``task.meter.costs(rows)``
        for many, which are costs to be made small, and lets the exception pass by which these end the run. Beside it
        ``task`` has ``start``, ``scale``, ``bounds``, ``seed``, ``budget`` and ``options``. It returns the point that
        it recommends, or None for the best one it has seen. For several processes it must be picklable.
    name : str
        In tables.
    version : str
        Whatever changes when the function does: finished runs of one name and version are not repeated.
    options : mapping of str to value, optional
        Defaults of the options it takes, which ``task.options`` holds unless the experiment names others.

    Raises
    ------
    InvalidInput, InvalidType
        The argument that cannot be used is named.

    Examples
    --------
    >>> import numpy as np
    >>> from zoopt.compare import Experiment, FunctionOptimizer
    >>> def walk(task):
    ...     rng = np.random.default_rng(task.seed)
    ...     best, least = task.start, task.meter.cost(task.start)
    ...     while True:
    ...         x = best + task.scale * task.options["step"] * rng.normal(size=best.size)
    ...         cost = task.meter.cost(x)
    ...         if cost < least:
    ...             best, least = x, cost
    >>> mine = FunctionOptimizer(walk, name="walk", version="1", options={"step": 0.2})
    >>> experiment = Experiment([mine], ["sphere:dim=3"], seeds=1, budget=500)
    >>> (run,) = experiment.jobs()[0].run()
    >>> run.evaluations, run.score < 0.1
    (500, True)
    """

    def __init__(
        self,
        function: Callable[[Task], Any],
        *,
        name: str,
        version: str,
        options: Mapping[str, Value] | None = None,
    ) -> None:
        if not callable(function):
            raise InvalidType(f"function must be callable, got {type(function).__name__}")
        for label, text in (("name", name), ("version", version)):
            if not isinstance(text, str) or not text.strip():
                raise InvalidInput(f"{label} must be text, got {text!r}")
        self._function = function
        self._name, self._version = name, version
        self._options = {key: _option(name, key, value) for key, value in (options or {}).items()}

    def __repr__(self) -> str:
        return f"FunctionOptimizer({self._name!r}, version={self._version!r})"

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def summary(self) -> str:
        """The first line of the function's own documentation."""
        return (self._function.__doc__ or "A function of one's own.").strip().splitlines()[0]

    def version(self) -> str:
        """Return it as given."""
        return self._version

    def options(self) -> Mapping[str, Option]:
        """Return its options, of any range."""
        return self._options

    def obstacle(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        """Return an empty text: it may run everywhere."""
        return ""

    def run(self, task: Task) -> Outcome:
        """Call the function."""
        defaults = {key: option.default for key, option in self._options.items() if option.default is not None}
        found = self._function(dataclasses.replace(task, options={**defaults, **task.options}))
        if found is None or isinstance(found, Outcome):
            return found or Outcome()
        point = real_numbers(found)
        if point is None or point.shape != task.start.shape:
            raise InvalidInput(f"{self._name} must return a point of shape {task.start.shape}, or None")
        return Outcome(np.asarray(point))


def _option(name: str, key: str, value: Value) -> Option:
    if type(value) not in _KINDS:
        raise InvalidType(f"{name}: the default of {key} must be a truth value, number or text, got {value!r}")
    return Option(value, _KINDS[type(value)])
