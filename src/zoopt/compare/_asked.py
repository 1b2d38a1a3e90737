"""What the options of ``zoopt compare`` ask for: an experiment, workers, gates, exports."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoopt.compare import _config
from zoopt.compare._experiment import Experiment
from zoopt.compare._gate_text import parse_gates
from zoopt.compare._results import Results
from zoopt.compare._spec import unknown
from zoopt.errors import InvalidInput, ZooptError

_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Exports:
    """Directories for results in the formats of others; None for none.

    Attributes
    ----------
    parquet, coco, ioh : Path or None
    """

    parquet: Path | None = None
    coco: Path | None = None
    ioh: Path | None = None

    @property
    def wanted(self) -> dict[str, Path]:
        """The formats that are wanted, and where."""
        named = {"parquet": self.parquet, "coco": self.coco, "ioh": self.ioh}
        return {name: path for name, path in named.items() if path is not None}

    def write(self, results: Results) -> dict[str, str]:
        """Write them, and return which objectives a format left out, and why."""
        from zoopt.compare import exchange

        writers = {"parquet": exchange.write_parquet, "coco": exchange.write_coco, "ioh": exchange.write_ioh}
        left_out: dict[str, str] = {}
        for name, path in self.wanted.items():
            left_out |= writers[name](results, path).left_out
        return left_out


@dataclass(frozen=True)
class Own:
    """The user's own data: a file, its column of labels and a metric, or none of them."""

    data: Path | None = None
    target: str | None = None
    metric: str | None = None

    def objectives(self) -> list[Any]:
        """Return the objective that they make, in a list; an empty one where none of them was given."""
        given = {"--data": self.data, "--target": self.target, "--metric": self.metric}
        absent = [option for option, value in given.items() if value is None]
        if len(absent) == len(given):
            return []
        if self.data is None or self.target is None or self.metric is None:
            hint = "; a value to stop at is --until" if absent == ["--data", "--metric"] else ""
            raise InvalidInput(f"--data, --target and --metric go together; {' and '.join(absent)} is missing{hint}")
        from zoopt.compare._data import read_csv
        from zoopt.compare.objectives.classification import Classification

        return [Classification(read_csv(self.data, self.target), self.metric)]


@dataclass(frozen=True)
class Asked:
    """Arguments of an experiment as far as options give them; what they leave out a file may have.

    Attributes
    ----------
    config : Path or None
        TOML file; options go before it.
    own : Own
    arguments : dict
        Those of :class:`Experiment`, None for not given.
    """

    config: Path | None = None
    own: Own = field(default_factory=Own)
    arguments: dict[str, Any] = field(default_factory=dict)

    def experiment(self) -> Experiment:
        """Return the experiment that is asked for."""
        from_file = {} if self.config is None else _config.read(self.config)
        given = {name: value for name, value in self.arguments.items() if value not in (None, [])}
        own = self.own.objectives()
        if own:
            given["objectives"] = [*given.get("objectives", []), *own]
        try:
            return Experiment(**{**from_file, **given})
        except ZooptError as error:
            blamable = {name: value for name, value in from_file.items() if name not in given}
            if self.config is None or not blamable:
                raise
            raise _config.blamed(self.config, error, blamable) from error


def size(text: str) -> int:
    """Return a number of bytes that is written such as ``512M`` or ``2 GB``.

    Examples
    --------
    >>> size("2G"), size("1.5 MiB"), size("4096")
    (2147483648, 1572864, 4096)
    """
    found = _SIZE.fullmatch(text)
    if found is None or float(found[1]) <= 0:
        raise InvalidInput(f"--memory-limit must be a size such as 512M or 2G, got {text!r}")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def check_names(gates: Sequence[str], experiment: Experiment) -> None:
    """Refuse gates about what the experiment does not have, before it is run.

    Raises
    ------
    UnknownName
        No optimiser has the label, or no objective the name; close matches are named.
    """
    labels = [entry.label for entry in experiment.entries]
    names = [objective.name for objective in experiment.objectives]
    for gate in (gate for text in gates for gate in parse_gates(text)):
        for label in (gate.first, gate.second):
            if label not in labels:
                raise unknown("optimiser of a gate", label, labels)
        if not gate.overall and not any(map(gate.matches, names)):
            raise unknown("objective of a gate", gate.where, names)
