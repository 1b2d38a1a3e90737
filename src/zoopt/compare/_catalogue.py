"""Lists for the terminal: the optimisers and objectives that can be named, and the options of one."""

import math
from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zoopt.compare import _data, _plugins
from zoopt.compare._plugin import OptimizerPlugin, Option
from zoopt.errors import MissingDependency, UnknownName


def print_optimizers(console: Console | None = None) -> None:
    """Print the names of all optimisers with their versions, or how to install them, and a sentence on each."""
    table = Table("algorithm", "version", "what it does")
    table.columns[0].no_wrap = True
    table.columns[1].max_width = 24
    for name, plugin in _plugins.optimizers().items():
        table.add_row(escape(name), escape(_version(plugin)), escape(plugin.summary))
    (console or Console()).print(table)


def print_optimizer(name: str, console: Console | None = None) -> None:
    """Print the options of one optimiser with their ranges; of zoopt's own also the cell and its reference."""
    import zoopt

    console = console or Console()
    plugin = _plugins.optimizer(name)
    console.print(f"[bold]{escape(plugin.name)}[/]: {escape(plugin.summary)}", highlight=False)
    if name in zoopt.algorithms():
        cell = zoopt.algorithm(name)
        stages = f"{cell.distribution} → {cell.shaping} → {cell.metric} → {cell.update}"
        console.print(f"Cell: {escape(stages)}{' (antithetic)' if cell.antithetic else ''}", highlight=False)
        console.print(f"Reference: {escape(cell.reference)}", highlight=False)
    else:
        console.print(f"Version: {escape(_version(plugin))}", highlight=False)
    _print_options(plugin.options(), console)


def print_objectives(console: Console | None = None) -> None:
    """Print the families of functions and the data sets that can be named."""
    table = Table("objective", "what it is")
    table.columns[0].no_wrap = True
    for name, plugin in _plugins.objectives().items():
        table.add_row(escape(f"{name}:…"), escape(plugin.summary))
    for name in _data.NAMES:
        table.add_row(escape(f"{name}:METRIC"), "a linear classifier on a data set; f1, accuracy, roc_auc, ...")
    (console or Console()).print(table)


def print_objective(name: str, console: Console | None = None) -> None:
    """Print the options of one family of objectives with their ranges."""
    console = console or Console()
    families = _plugins.objectives()
    if name not in families:
        raise UnknownName(f"{name!r} is no family of objectives; there are {', '.join(families)}")
    console.print(f"[bold]{escape(name)}[/]: {escape(families[name].summary)}", highlight=False)
    _print_options(families[name].options(), console)


def _print_options(options: Mapping[str, Option], console: Console) -> None:
    table = Table("option", "default", "range", "what it is")
    for name, option in options.items():
        default = "automatic" if option.default is None else _written(option.default)
        table.add_row(escape(name), escape(default), escape(_range(option)), escape(option.summary))
    console.print(table)


def _range(option: Option) -> str:
    if option.kind == "bool":
        return "yes, no"
    if option.choices:
        return ", ".join(option.choices)
    if option.kind == "str" or (math.isinf(option.low) and math.isinf(option.high)):
        return ""
    return f"{option.low:g} … {option.high:g}"


def _written(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def _version(plugin: OptimizerPlugin) -> str:
    try:
        return plugin.version()
    except MissingDependency as error:
        return str(error)
