"""What an experiment found: runs, table, verdicts; written as JSON, csv and a report."""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt.compare import _files, _words
from zoopt.compare._entry import Entry
from zoopt.compare._record import Run
from zoopt.compare._row import Row, summarise
from zoopt.compare._verdict import BaselineVerdict, Contest, Rules, Verdict, judge, judge_baselines
from zoopt.compare.objectives.classification import PLAIN, TUNED

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1
"""Version of the JSON layout."""


@dataclass(frozen=True)
class Results:
    """The outcome of an :class:`Experiment`.

    Attributes
    ----------
    runs : list of Run
        Baselines first, for each objective and seed.
    objectives : mapping of str to dict
        What each objective is: description, rows, hash of the data ….
    entries : tuple of Entry
        Who took part.
    not_applicable : mapping of (objective, label) to str
        Which optimiser could not run where, and why.
    rules : Rules
        Level and margin of the verdicts.
    seeds : tuple of int
    budget : int
    environment : dict
        Versions, platform, CPU tier.
    """

    runs: list[Run]
    objectives: Mapping[str, dict[str, Any]]
    entries: tuple[Entry, ...]
    not_applicable: Mapping[tuple[str, str], str]
    rules: Rules
    seeds: tuple[int, ...]
    budget: int
    environment: Mapping[str, str | int]

    def verdicts(self) -> list[Verdict]:
        """Return which optimiser is best on each objective: winner, tie or cannot tell."""
        return judge(self._contests, self.rules)

    def baseline_verdicts(self) -> list[BaselineVerdict]:
        """Return for each objective whether any optimiser beat cross-entropy with a tuned decision."""
        return judge_baselines(self._contests, self.rules)

    def table(self) -> "pd.DataFrame":
        """Return one line for each objective and optimiser: means over the seeds with their intervals.

        Returns
        -------
        pandas.DataFrame
            Columns objective, optimizer, start, baseline, search, search_low, search_high, holdout,
            holdout_low, holdout_high, evaluations, seconds, runs, note. Baselines come first, then optimisers
            by hold-out metric.
        """
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows()])

    def rows(self) -> list[Row]:
        """Return the lines of :meth:`table`."""
        return [row for objective in self.objectives for row in self.rows_of(objective)]

    def rows_of(self, objective: str) -> list[Row]:
        """Return the lines of one objective."""
        ratio = float(self.objectives[objective].get("test_train_ratio", 0.0))
        by_label: dict[str, list[Run]] = {}
        for run in self.runs:
            if run.objective == objective:
                by_label.setdefault(run.label, []).append(run)
        rows = [summarise(runs, ratio) for runs in by_label.values()]
        baselines = [row for row in rows if row.baseline]
        optimisers = sorted((row for row in rows if not row.baseline), key=lambda row: -row.holdout)
        missing = [
            Row(objective, entry.optimizer, entry.start, baseline=False, note=f"not applicable: {reason}")
            for entry in self.entries
            if (reason := self.not_applicable.get((objective, entry.label)))
        ]
        return [*baselines, *optimisers, *missing]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain dicts, lists, texts and numbers; what is not finite becomes None."""
        verdicts, baseline_verdicts = self.verdicts(), self.baseline_verdicts()
        content = {
            "format": FORMAT,
            "overall": _words.overall(baseline_verdicts),
            "verdicts": [{**dataclasses.asdict(v), "text": _words.explain(v, self.rules)} for v in verdicts],
            "baseline_verdicts": [
                {**dataclasses.asdict(v), "text": _words.explain_baseline(v, self.rules)} for v in baseline_verdicts
            ],
            "table": [dataclasses.asdict(row) for row in self.rows()],
            "budget": self.budget,
            "seeds": list(self.seeds),
            "rules": dataclasses.asdict(self.rules),
            "environment": dict(self.environment),
            "objectives": dict(self.objectives),
            "entries": [entry.describe() for entry in self.entries],
            "not_applicable": [
                {"objective": name, "optimizer": label, "reason": reason}
                for (name, label), reason in self.not_applicable.items()
            ],
            "runs": [_plain(run) for run in self.runs],
        }
        cleaned: dict[str, Any] = _finite(content)
        return cleaned

    def to_json(self) -> str:
        """Return :meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    def to_csv(self) -> str:
        """Return one line for each run. Text that a spreadsheet would take for a formula is quoted."""
        header = [
            "objective",
            "optimizer",
            "start",
            "seed",
            "search",
            "holdout",
            "evaluations",
            "seconds",
            "message",
        ]
        lines = [[getattr(run, column) for column in header] for run in self.runs]
        return _files.csv_text([header, *lines])

    def report(self, path: str | Path, *, command: str | None = None) -> Path:
        """Write the self-contained HTML report; it appears at once or not at all.

        Parameters
        ----------
        path : str or path
            Of the file to write.
        command : str, optional
            The command line that did this, for "how to run it again".

        Returns
        -------
        Path
        """
        from zoopt.compare._report import render

        return _files.write_aside(Path(path), render(self, command))

    def save(self, directory: str | Path, *, command: str | None = None) -> list[Path]:
        """Write report.html, results.json and results.csv into a directory, all aside first, then in place.

        Parameters
        ----------
        directory : str or path
            Made if it is not there.
        command : str, optional
            As in :meth:`report`.

        Returns
        -------
        list of Path
        """
        from zoopt.compare._report import render

        contents = {
            "report.html": render(self, command),
            "results.json": self.to_json(),
            "results.csv": self.to_csv(),
        }
        return _files.write_all_aside(Path(directory), contents)

    @cached_property
    def _contests(self) -> list[Contest]:
        return [self._contest(name, facts) for name, facts in self.objectives.items()]

    def _contest(self, name: str, facts: dict[str, Any]) -> Contest:
        scores: dict[str, list[float]] = {}
        for run in self.runs:
            if run.objective == name:
                scores.setdefault(run.label, []).append(run.search if math.isnan(run.holdout) else run.holdout)
        series = {label: np.asarray(values) for label, values in scores.items()}
        plain, tuned = series.pop(PLAIN, None), series.pop(TUNED, None)
        ratio = float(facts.get("test_train_ratio", 0.0))
        return Contest(name, series, ratio, plain=plain, tuned=tuned, tuned_name=TUNED)


def _plain(run: Run) -> dict[str, Any]:
    fields = dataclasses.asdict(run)
    return {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in fields.items()}


def _finite(content: Any) -> Any:
    """Replace floats that JSON cannot hold by None, all the way down."""
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
