"""Finding optimisers and objectives by name: files of this package, entry points of others, ``module:attribute``."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from typing import Any

from zoopt.compare import _data, _spec
from zoopt.compare._plugin import ObjectivePlugin, OptimizerPlugin
from zoopt.compare._problem import ExperimentObjective
from zoopt.errors import InvalidInput, InvalidType, UnknownName

OPTIMIZERS, OBJECTIVES = "zoopt.optimizers", "zoopt.objectives"
"""Groups of entry points. One holds a plug-in or a tuple of plug-ins."""


def optimizer(name: str) -> OptimizerPlugin:
    """Return the optimiser of a registered name, or that stands under ``module:attribute``.

    Raises
    ------
    UnknownName
        There is none; close matches are named.
    """
    known = optimizers()
    if name in known:
        return known[name]
    found = attribute(name)
    if found is None:
        raise _spec.unknown("optimiser", name, known)
    if not is_optimizer(found):
        raise InvalidType(f"{name} is no optimiser; wrap a function as zoopt.compare.FunctionOptimizer")
    plugin: OptimizerPlugin = found
    return plugin


def objective(text: str) -> ExperimentObjective:
    """Return the objective of a text: ``sphere:dim=10``, ``breast_cancer:f1`` or ``module:attribute``.

    Raises
    ------
    UnknownName, InvalidOption, InvalidInput, InvalidType
        What cannot be read is named, with close matches.
    """
    from zoopt.compare.objectives.classification import named_objective

    name, _, tail = (part.strip() for part in text.strip().partition(":"))
    families = objectives()
    if name in families:
        given = _spec.options_in(name, tail)
        return families[name].make(_spec.typed(name, families[name].options(), given))
    if name in _data.NAMES:
        return named_objective(text.strip())
    found = attribute(text.strip())
    if found is None:
        raise _no_objective(text.strip(), name, families)
    if not is_objective(found):
        raise InvalidType(f"{text} is no objective; wrap a function as zoopt.compare.FunctionObjective")
    made: ExperimentObjective = found
    return made


def _no_objective(text: str, name: str, families: Mapping[str, ObjectivePlugin]) -> UnknownName:
    from zoopt.compare.objectives.classification import metric_names

    if text.partition(":")[2] in metric_names():
        return _spec.unknown("data set", name, _data.NAMES)
    error = _spec.unknown("objective", name, [*families, *_data.NAMES])
    return UnknownName(f"{error}; an objective is DATA:METRIC, FUNCTION:option=value or module:attribute")


@cache
def optimizers() -> Mapping[str, OptimizerPlugin]:
    """Return every optimiser by name, those of zoopt first."""
    import zoopt.compare.optimizers as package

    return dict(_collect(package, OPTIMIZERS))


@cache
def objectives() -> Mapping[str, ObjectivePlugin]:
    """Return every family of objectives by name."""
    import zoopt.compare.objectives as package

    return dict(_collect(package, OBJECTIVES))


def _collect(package: Any, group: str) -> Iterator[tuple[str, Any]]:
    """Go through our own plug-ins, then those of other packages, which cannot take the name of one of ours."""
    own = [
        plugin
        for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__))
        if not module.startswith("_")
        for plugin in importlib.import_module(f"{package.__name__}.{module}").PLUGINS
    ]
    ours = {plugin.name for plugin in own}
    yield from ((plugin.name, plugin) for plugin in own)
    for point in metadata.entry_points(group=group):
        for plugin in _loaded(point):
            if plugin.name in ours:
                raise InvalidInput(f"the entry point {point.name} ({point.value}) takes the name {plugin.name!r}")
            yield plugin.name, plugin


def _loaded(point: metadata.EntryPoint) -> tuple[Any, ...]:
    try:
        found = point.load()
    except Exception as error:
        raise InvalidInput(f"the entry point {point.name} ({point.value}) cannot be loaded: {error}") from error
    return found if isinstance(found, tuple) else (found,)


def attribute(text: str) -> Any | None:
    """Return what stands under ``module:attribute``; None where there is no such module.

    Raises
    ------
    UnknownName
        The module has no such attribute.
    InvalidInput
        The module cannot be imported.
    """
    module, separator, path = text.partition(":")
    names = path.split(".")
    if not separator or not all(name.isidentifier() for name in [*module.split("."), *names]):
        return None
    try:
        if importlib.util.find_spec(module) is None:
            return None
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and module.startswith(error.name):
            return None
        raise InvalidInput(f"{text}: {module} cannot be imported: {error}") from error
    except Exception as error:
        raise InvalidInput(f"{text}: {module} cannot be imported: {error}") from error
    for name in names:
        if not hasattr(found, name):
            raise UnknownName(f"{text}: {module} has no attribute {path!r}")
        found = getattr(found, name)
    return found


def is_objective(found: object) -> bool:
    """Whether an object has what an experiment asks of an objective."""
    return all(hasattr(found, name) for name in ("name", "metric", "sense", "dimensions", "identity", "prepare"))


def is_optimizer(found: object) -> bool:
    """Whether an object has what an experiment asks of an optimiser."""
    return all(hasattr(found, name) for name in ("name", "version", "options", "obstacle", "run"))
