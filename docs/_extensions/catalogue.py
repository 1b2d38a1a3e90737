"""Directives that write what the package knows of itself: its algorithms, its stages, why its runs end."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import zoopt
from zoopt import _core
from zoopt._status import ADVICE
from zoopt.cells import Option
from zoopt.objectives import metric_options, metrics
from zoopt.objectives._metrics import MetricOption, families
from zoopt.objectives._words import WORDS

DIMENSIONS = (10, 100)
STAGES = {
    "Distributions": _core.distributions,
    "Shapings": _core.shapings,
    "Updates": _core.updates,
    "Schedules": _core.schedules,
    "Drivers": _core.drivers,
}
KINDS_OF_Y = {
    ("binary",): "two classes",
    ("multiclass",): "more classes",
    ("binary", "multiclass"): "classes",
    ("binary", "multiclass", "multilabel"): "classes, labels",
    ("quantity",): "a quantity",
}
STOPPING = {key for key, *_ in _core.stopping_options()}


class Generated(SphinxDirective):
    """A directive without arguments whose content is reStructuredText made at build time."""

    has_content = False

    def lines(self) -> Iterable[str]:
        """Return the reStructuredText."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Parse it where the directive stands."""
        return self.parse_text_to_nodes("\n".join(self.lines()), allow_section_headings=True)


class CellGrid(Generated):
    """All named algorithms, a row each."""

    def lines(self) -> Iterable[str]:
        """Return a table of coordinates."""
        sizes = " / ".join(map(str, DIMENSIONS))
        stages = ["Distribution", "Antithetic", "Shaping", "Metric", "Update", "Schedule", "Driver"]
        cells = (_coordinates(zoopt.algorithm(name)) for name in zoopt.algorithms())
        return table(["Name", *stages, f"Rows, d = {sizes}"], cells)


class CellDetails(Generated):
    """A section for each algorithm: what it is, where it comes from, its options."""

    def lines(self) -> Iterable[str]:
        """Return the sections."""
        for name in zoopt.algorithms():
            cell = zoopt.algorithm(name)
            reference = f"*Reference:* {_plain(cell.reference)}."
            yield from [name, "-" * len(name), "", _plain(cell.summary), "", reference, ""]
            yield from [f"*Defaults:* {_plain(cell.numbers)}", ""]
            options = ([*_option(option, cell)] for option in cell.options.values() if option.name not in STOPPING)
            yield from table(["Option", "Default", "Range", "What it is"], options)


class StageCatalogue(Generated):
    """All registered stages: the building blocks of cells."""

    def lines(self) -> Iterable[str]:
        """Return a table for each kind of stage."""
        for title, catalogue in STAGES.items():
            yield from [title, "~" * len(title), ""]
            rows = ([f"``{name}``", _plain(entry[0])] for name, entry in catalogue().items())
            yield from table(["Name", "What it does"], rows)


class StoppingOptions(Generated):
    """The options that every algorithm has: when a run ends by itself."""

    def lines(self) -> Iterable[str]:
        """Return a table of options with their defaults for an algorithm that says nothing else."""
        options = zoopt.algorithm("cma-es").options
        rows = (_option(options[key], zoopt.algorithm("cma-es")) for key, *_ in _core.stopping_options())
        return table(["Option", "Default", "Range", "What it is"], rows)


class Statuses(Generated):
    """Why runs end, with the advice that results carry."""

    def lines(self) -> Iterable[str]:
        """Return the table."""
        rows = ([f"``{int(status)}``", f"``{status.name}``", advice] for status, advice in ADVICE.items())
        return table(["Status", "Name", "Message"], rows)


class MetricCatalogue(Generated):
    """All compiled metrics: what each is, which way is better, the kinds of y it takes, its options."""

    def lines(self) -> Iterable[str]:
        """Return the table."""
        rows = (
            [f"``{name}``", _plain(metric.summary), KINDS_OF_Y[metric.targets], metric.sense, _options(name)]
            for name, metric in metrics().items()
            if name in families()
        )
        return table(["Name", "What it is", "y", "Better", "Options"], rows)


class ScoringWords(Generated):
    """The scoring words, and what each stands for."""

    def lines(self) -> Iterable[str]:
        """Return the table."""
        rows = (
            [f"``{name}``", f"``{word.metric}``", ", ".join(f"``{k}={v!r}``" for k, v in word.options.items()) or "-",
             metrics()[name].sense]
            for name, word in WORDS.items()
        )  # fmt: skip
        return table(["Word", "Metric", "Options", "Better"], rows)


def _options(metric: str) -> str:
    return "; ".join(_metric_option(option) for option in metric_options(metric)) or "-"


def _metric_option(option: MetricOption) -> str:
    if option.kind == "choice":
        return f"``{option.name}``: " + ", ".join(f"``{choice!r}``" for choice in option.choices)
    if option.kind == "table":
        return f"``{option.name}``: a matrix"
    return f"``{option.name}`` in [{option.low:g}, {option.high:g}], by default {option.default}"


def table(head: list[str], rows: Iterable[list[str]]) -> Iterable[str]:
    """Return a list-table."""
    yield from [".. list-table::", "   :header-rows: 1", "   :width: 100%", ""]
    for first, *others in [head, *rows]:
        yield f"   * - {first}"
        yield from (f"     - {other}" for other in others)
    yield ""


def _coordinates(cell: zoopt.Cell) -> list[str]:
    rows = " / ".join(str(cell.rows(dim)) for dim in DIMENSIONS)
    stages = [f"``{cell.distribution}``", "yes" if cell.antithetic else "no", f"``{cell.shaping}``", cell.metric]
    return [f"`{cell.name}`_", *stages, f"``{cell.update}``", f"``{cell.schedule}``", f"``{cell.driver}``", rows]


def _option(option: Option, cell: zoopt.Cell) -> list[str]:
    return [f"``{option.name}``", _default(option, cell), _range(option), _plain(option.doc)]


def _plain(text: str) -> str:
    """Return `text` with what reStructuredText would take for markup escaped."""
    return re.sub(r"([*|`\\]|_(?!\w))", r"\\\1", text)


def _default(option: Option, cell: zoopt.Cell) -> str:
    if option.name == "population":
        few, many = (cell.default_population(dim) for dim in DIMENSIONS)
        return str(few) if few == many else f"{few} for d = {DIMENSIONS[0]}, {many} for d = {DIMENSIONS[1]}"
    return "automatic" if option.default is None else f"{option.default:g}"


def _range(option: Option) -> str:
    if math.isinf(option.high):
        return f"{option.low:g} or more"
    if 1 - 1e-12 < option.high < 1:
        return f"{option.low:g} to 1, without 1"
    return f"{option.low:g} to {_large(option.high)}"


def _large(value: float) -> str:
    for base in (2, 10):
        power = round(math.log(value, base))
        if power > 3 and value == base**power:
            return rf"{base}\ :sup:`{power}`"
    return f"{value:g}"


def setup(app: Sphinx) -> dict[str, object]:
    """Register the directives."""
    app.add_directive("cell-grid", CellGrid)
    app.add_directive("cell-details", CellDetails)
    app.add_directive("stage-catalogue", StageCatalogue)
    app.add_directive("stopping-options", StoppingOptions)
    app.add_directive("statuses", Statuses)
    app.add_directive("metric-catalogue", MetricCatalogue)
    app.add_directive("scoring-words", ScoringWords)
    return {"version": zoopt.__version__, "parallel_read_safe": True}
