"""What an experiment found: runs, table, verdicts; written as JSON, csv and a report."""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _files, _json
from zoopt.compare._facts import Facts, Participant
from zoopt.compare._gate import GateResult
from zoopt.compare._record import STATUSES, Run, Runs
from zoopt.compare._row import Row, summarise
from zoopt.compare._tables import contests_of
from zoopt.compare._verdict import (
    BaselineVerdict,
    Contest,
    OverallVerdict,
    Rules,
    Verdict,
    judge,
    judge_baselines,
    judge_overall,
)
from zoopt.compare._verdict._order import Order
from zoopt.compare.objectives.classification import PLAIN, TUNED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Results:
    """The outcome of an :class:`Experiment`, or of what a store holds.

    Attributes
    ----------
    runs : Runs
        All runs as columns, the baselines among them.
    objectives : mapping of str to Facts
        What each objective is, in the order of the report.
    participants : tuple of Participant
        Who took part, in the order of the report; baselines are not among them.
    not_applicable : mapping of (objective, label) to str
        Which optimiser could not run where, and why.
    rules : Rules
        Level and margin of the verdicts.
    seeds : tuple of int
    budget : int
        Largest number of evaluations a run had.
    environment : mapping
        Versions, platform, CPU tier.
    settings : str
        The experiment as a TOML file, where it was made from one or can be written as one; else empty.
    """

    runs: Runs
    objectives: Mapping[str, Facts]
    participants: tuple[Participant, ...]
    not_applicable: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    seeds: tuple[int, ...] = ()
    budget: int = 0
    environment: Mapping[str, str | int] = field(default_factory=dict)
    settings: str = ""

    @classmethod
    def of(cls, runs: Runs, objectives: Mapping[str, Facts] | None = None, *, rules: Rules | None = None) -> Self:
        """Return results of runs alone, such as those of an exchange file.

        Parameters
        ----------
        runs : Runs
        objectives : mapping of str to Facts, optional
            Those left out are taken for functions to be minimised, without targets.
        rules : Rules, optional

        Examples
        --------
        >>> from zoopt.compare._record import Run, columns
        >>> runs = [Run("", "sphere", name, "", seed, 100, search=0.1) for name in "ab" for seed in range(3)]
        >>> Results.of(columns(runs)).table()["runs"].tolist()
        [3, 3]
        """
        known = objectives or {}
        taking_part = np.unique(runs.contender[~runs.baseline])
        return cls(
            runs=runs,
            objectives={name: known.get(name, Facts()) for name in runs.objectives},
            participants=tuple(Participant(runs.labels[code], runs.labels[code]) for code in taking_part),
            rules=rules or Rules(),
            seeds=tuple(int(seed) for seed in np.unique(runs.seed)),
            budget=int(runs.budget.max(initial=0)),
        )

    def verdicts(self) -> list[Verdict]:
        """Return which optimiser is best on each objective: winner, tie or cannot tell."""
        return self._verdicts

    def baseline_verdicts(self) -> list[BaselineVerdict]:
        """Return for each objective whether any optimiser beat cross-entropy with a tuned decision."""
        return self._baseline_verdicts

    def overall(self) -> OverallVerdict:
        """Return which optimiser is best over all objectives: winner, tie or cannot tell."""
        return self._overall

    def order(self, objective: str) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Return the runs of one objective from best to worst.

        Returns
        -------
        labels : tuple of str
            The contenders that ran on it.
        places : ndarray of shape (labels, seeds)
            The smaller the better, equal for runs that are alike: by value, then by the evaluations to the hardest
            target; a failed run is last. Only seeds on which all of them ran.
        """
        contest = self._contest_of[objective]
        if not contest.optimisers:
            return (), np.empty((0, 0))
        return tuple(contest.optimisers), Order(contest).places.astype(np.float64)

    def table(self) -> "pd.DataFrame":
        """Return one line for each objective and optimiser: means over the seeds with their intervals.

        Of distances from a known optimum they are medians, which one bad run does not decide.

        Returns
        -------
        pandas.DataFrame
            Columns objective, optimizer, start, baseline, search, search_low, search_high, holdout,
            holdout_low, holdout_high, evaluations, seconds, runs, note, failures. Baselines come first, then
            optimisers from the best to the worst.
        """
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(row) for row in self.rows()])

    def running_times(self) -> "pd.DataFrame":
        """Return one line for each objective with targets, contender and target: the expected running time (ERT).

        Returns
        -------
        pandas.DataFrame
            Columns objective, optimizer, start, target, expected, low, high (evaluations; infinite where no run reached
            the target; the interval is bootstrapped, 95 %), success_rate, runs.
        """
        import pandas as pd

        from zoopt.compare import shown

        lines = [
            (name, *self._named(line.label), *numbers, line.runs)
            for name, facts in self.objectives.items()
            if facts.targets
            for line in shown.running_times(self, name)
            for numbers in zip(line.x, line.expected, line.low, line.high, line.success_rate, strict=True)
        ]
        header = ["objective", "optimizer", "start", "target", "expected", "low", "high", "success_rate", "runs"]
        return pd.DataFrame(lines, columns=header)

    def _named(self, label: str) -> tuple[str, str]:
        participant = self.participant(label)
        return participant.optimizer, participant.start

    def rows(self) -> list[Row]:
        """Return the lines of :meth:`table`."""
        return [row for objective in self.objectives for row in self.rows_of(objective)]

    def rows_of(self, objective: str) -> list[Row]:
        """Return the lines of one objective."""
        return self._rows[objective]

    def each(self) -> Iterator[Run]:
        """Return the runs one by one, in the order in which they are held."""
        runs = self.runs
        for row in range(len(runs)):
            participant = self.participant(runs.labels[runs.contender[row]])
            yield Run(
                key=runs.key[row],
                objective=runs.objectives[runs.objective[row]],
                optimizer=participant.optimizer,
                start=participant.start,
                seed=int(runs.seed[row]),
                budget=int(runs.budget[row]),
                status=STATUSES[runs.status[row]],
                message=runs.message[row],
                baseline=bool(runs.baseline[row]),
                evaluations=int(runs.evaluations[row]),
                search=float(runs.search[row]),
                holdout=float(runs.holdout[row]),
                seconds=float(runs.seconds[row]),
                objective_seconds=float(runs.objective_seconds[row]),
                curve_evaluations=np.asarray(runs.curve_evaluations[row], np.int64),
                curve_values=np.asarray(runs.curve_values[row], np.float64),
                hits=np.asarray(runs.hits[row], np.int64),
            )

    def participant(self, label: str) -> Participant:
        """Return who has a label; a baseline is its own optimiser."""
        return self._by_label.get(label) or Participant(label, label)

    def to_dict(self, *, gates: Sequence[GateResult] = ()) -> dict[str, Any]:
        """Return everything as plain dicts, lists, texts and numbers; what is not finite becomes None."""
        return _json.content(self, gates)

    def to_json(self, *, gates: Sequence[GateResult] = ()) -> str:
        """Return :meth:`to_dict` as JSON text."""
        return _json.text(self, gates)

    def to_csv(self) -> str:
        """Return one line for each run. Text that a spreadsheet would take for a formula is quoted."""
        return _files.csv_text([_json.CSV_HEADER, *_json.csv_lines(self)])

    def report(self, path: str | Path, *, command: str | None = None, gates: Sequence[GateResult] = ()) -> Path:
        """Write the self-contained HTML report; it appears at once or not at all.

        Parameters
        ----------
        path : str or path
            Of the file to write.
        command : str, optional
            The command line that did this, for "how to run it again".
        gates : sequence of GateResult
            What :func:`check_gates` said of these results.

        Returns
        -------
        Path
        """
        from zoopt.compare.report import render

        return _files.write_aside(Path(path), render(self, command, gates))

    def save(
        self, directory: str | Path, *, command: str | None = None, gates: Sequence[GateResult] = ()
    ) -> list[Path]:
        """Write report.html, results.json and results.csv into a directory, all aside first, then in place.

        Parameters
        ----------
        directory : str or path
            Made if it is not there.
        command, gates
            As in :meth:`report`.

        Returns
        -------
        list of Path
        """
        from zoopt.compare.report import render

        contents = {
            "report.html": render(self, command, gates),
            "results.json": self.to_json(gates=gates),
            "results.csv": self.to_csv(),
        }
        return _files.write_all_aside(Path(directory), contents)

    def plot_convergence(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.convergence` of these results."""
        from zoopt.compare import plots

        return plots.convergence(self, *arguments, **options)

    def plot_final_values(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.final_values` of these results."""
        from zoopt.compare import plots

        return plots.final_values(self, *arguments, **options)

    def plot_running_times(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.running_times` of these results."""
        from zoopt.compare import plots

        return plots.running_times(self, *arguments, **options)

    def plot_runtime_ecdf(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.runtime_ecdf` of these results."""
        from zoopt.compare import plots

        return plots.runtime_ecdf(self, *arguments, **options)

    def plot_data_profile(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.data_profile` of these results."""
        from zoopt.compare import plots

        return plots.data_profile(self, *arguments, **options)

    def plot_performance_profile(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.performance_profile` of these results."""
        from zoopt.compare import plots

        return plots.performance_profile(self, *arguments, **options)

    def plot_scaling(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.scaling` of these results."""
        from zoopt.compare import plots

        return plots.scaling(self, *arguments, **options)

    def plot_ranks(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.ranks` of these results."""
        from zoopt.compare import plots

        return plots.ranks(self, *arguments, **options)

    def plot_wins(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.wins` of these results."""
        from zoopt.compare import plots

        return plots.wins(self, *arguments, **options)

    def plot_critical_difference(self, *arguments: Any, **options: Any) -> "Axes":
        """Draw :func:`zoopt.compare.plots.critical_difference` of these results."""
        from zoopt.compare import plots

        return plots.critical_difference(self, *arguments, **options)

    @cached_property
    def _by_label(self) -> dict[str, Participant]:
        return {contender.label: contender for contender in self.participants}

    @cached_property
    def _verdicts(self) -> list[Verdict]:
        return judge(self._contests, self.rules)

    @cached_property
    def _overall(self) -> OverallVerdict:
        return judge_overall(self._contests, self._verdicts, self.rules)

    @cached_property
    def _contest_of(self) -> dict[str, Contest]:
        return {contest.objective: contest for contest in self._contests}

    @cached_property
    def _baseline_verdicts(self) -> list[BaselineVerdict]:
        return judge_baselines(self._contests, self.rules)

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        return {name: self._rows_of(name, facts) for name, facts in self.objectives.items()}

    def _rows_of(self, objective: str, facts: Facts) -> list[Row]:
        rows = self.runs.rows(objective)
        codes = self.runs.contender[rows]
        lines = [
            summarise(self.runs, rows[codes == code], self.participant(self.runs.labels[code]), facts)
            for code in np.unique(codes)
        ]
        sign = -1.0 if facts.sense == "max" else 1.0
        optimisers = sorted(
            (line for line in lines if not line.baseline),
            key=lambda line: (math.isnan(line.score), sign * line.score),
        )
        missing = [
            Row(objective, each.optimizer, each.start, baseline=False, note=f"not applicable: {reason}")
            for each in self.participants
            if (reason := self.not_applicable.get((objective, each.label)))
        ]
        return [*(line for line in lines if line.baseline), *optimisers, *missing]

    @cached_property
    def _contests(self) -> list[Contest]:
        return contests_of(self.runs, self.objectives, plain=PLAIN, tuned=TUNED)
