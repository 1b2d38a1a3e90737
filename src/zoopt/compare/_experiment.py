"""An experiment: optimisers × objectives × seeds, each run within one budget, all paired by seed."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zoopt.compare import _defaults, _manifest, _objective
from zoopt.compare._entry import Entry, parse_entries
from zoopt.compare._facts import Facts, Participant
from zoopt.compare._objective import ExperimentObjective
from zoopt.compare._record import Run, columns
from zoopt.compare._results import Results
from zoopt.compare._run import Run as OldRun
from zoopt.compare._run import obstacle
from zoopt.compare._runner import Group, run_groups
from zoopt.compare._verdict import Rules
from zoopt.errors import InvalidInput, InvalidType

DEFAULT_BUDGET = 20_000
DEFAULT_SEEDS = 15


@dataclass(frozen=True)
class Progress:
    """How far an experiment is.

    Attributes
    ----------
    runs_done, runs : int
    work_done, work : float
        The same in units of estimated cost, which is what the time left follows.
    doing : str
        The objective finished last.
    """

    runs_done: int
    runs: int
    work_done: float
    work: float
    doing: str


class Experiment:
    """Compare optimisers on objectives over paired seeds.

    For one seed all optimisers share the split of the data, the starting points and the baselines; the noise
    of the search is each optimiser's own. All evaluations count against the budget, those for the convergence
    curve too. The outcome of a run is the mean of the search distribution at its end (the best point for
    random-search); the hold-out is evaluated for it once, then.

    Parameters
    ----------
    optimizers : sequence of str, optional
        Such as ``"snes"`` or ``"snes:population=32,scale=0.3,start=warm"``; every one is run from each start
        that is not excluded. Default: the seven algorithms of ``zoopt compare``.
    objectives : sequence of str or objective, optional
        Names such as ``"breast_cancer:f1"``, or objects such as :class:`Classification`. Default: the five of
        ``zoopt compare``.
    seeds : int or sequence of int
        Number of seeds, or the seeds themselves, ≥ 0 and different.
    budget : int
        Evaluations a run, ≥ 1.
    margin : float
        Differences of the metric smaller than this do not matter, in (0, 1).
    alpha : float
        Level of all claims, in (0, 1).

    Raises
    ------
    UnknownName, InvalidOption, InvalidInput, InvalidType
        The argument that cannot be used is named.

    Examples
    --------
    >>> from zoopt.compare import Experiment
    >>> experiment = Experiment(["snes", "random-search"], ["diabetes:f1"], seeds=2, budget=200)
    >>> results = experiment.run()
    >>> sorted(results.table()["optimizer"].unique())[-2:]
    ['random-search', 'snes']
    """

    def __init__(
        self,
        optimizers: Sequence[str] | None = None,
        objectives: Sequence[str | ExperimentObjective] | None = None,
        *,
        seeds: int | Iterable[int] = DEFAULT_SEEDS,
        budget: int = DEFAULT_BUDGET,
        margin: float = 0.005,
        alpha: float = 0.05,
    ) -> None:
        self.budget = _whole("budget", budget)
        self.seeds = _seeds(seeds)
        self.rules = Rules(alpha=_between_0_and_1("alpha", alpha), margin=_between_0_and_1("margin", margin))
        self.entries = _entries(_defaults.OPTIMIZERS if optimizers is None else optimizers)
        self.objectives = _objectives(_objective.DEFAULTS if objectives is None else objectives)
        self.not_applicable = {
            (objective.name, entry.label): reason
            for objective in self.objectives
            for entry in self.entries
            if (reason := obstacle(entry, objective.dimensions, self.budget))
        }

    @property
    def runs(self) -> int:
        """Number of runs, the baselines not counted."""
        return sum(len(group.entries) for group in self.groups())

    def groups(self) -> list[Group]:
        """Return what is to be run, one group for each objective and seed."""
        return [
            Group(objective, seed, self._applicable(objective), self.budget)
            for objective in self.objectives
            for seed in self.seeds
        ]

    def run(self, jobs: int = 1, *, progress: Callable[[Progress], None] | None = None) -> Results:
        """Run everything.

        Parameters
        ----------
        jobs : int
            Processes, ≥ 1; more than one needs ``if __name__ == "__main__":`` in a script. Results do not
            depend on it.
        progress : callable, optional
            Told after every group of runs.

        Returns
        -------
        Results
        """
        jobs = _whole("jobs", jobs)
        groups = self.groups()
        runs, work = self.runs, sum(group.work for group in groups)
        state = Progress(0, runs, 0.0, work, "")

        def done(group: Group) -> None:
            nonlocal state
            state = Progress(
                state.runs_done + len(group.entries),
                runs,
                state.work_done + group.work,
                work,
                group.objective.name,
            )
            if progress is not None:
                progress(state)

        finished = run_groups(groups, jobs, done)
        return Results(
            runs=columns([_recorded(run, self.budget) for run in finished]),
            objectives={objective.name: Facts.of(objective) for objective in self.objectives},
            participants=tuple(
                Participant(e.label, e.optimizer, e.start, e.scale, dict(e.options)) for e in self.entries
            ),
            not_applicable=self.not_applicable,
            rules=self.rules,
            seeds=self.seeds,
            budget=self.budget,
            environment=_manifest.environment(),
        )

    def _applicable(self, objective: ExperimentObjective) -> tuple[Entry, ...]:
        return tuple(e for e in self.entries if (objective.name, e.label) not in self.not_applicable)


def _recorded(run: OldRun, budget: int) -> Run:
    spent, values = np.asarray(run.curve, np.float64).reshape(-1, 2).T
    return Run(
        key="",
        objective=run.objective,
        optimizer=run.optimizer,
        start=run.start,
        seed=run.seed,
        budget=budget,
        message=run.message,
        baseline=not run.start,
        evaluations=run.evaluations,
        search=run.search,
        holdout=run.holdout,
        seconds=run.seconds,
        curve_evaluations=spent.astype(np.int64),
        curve_values=values,
    )


def default_jobs() -> int:
    """Return the number of CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _entries(texts: Sequence[str]) -> tuple[Entry, ...]:
    if isinstance(texts, str):
        raise InvalidType(f"optimizers must be a list of names, got the text {texts!r}; write [{texts!r}]")
    entries = [entry for text in texts for entry in parse_entries(text)]
    _refuse_repeats("optimiser", [entry.label for entry in entries])
    return tuple(entries)


def _objectives(given: Sequence[str | ExperimentObjective]) -> tuple[ExperimentObjective, ...]:
    if isinstance(given, str):
        raise InvalidType(f"objectives must be a list of names, got the text {given!r}; write [{given!r}]")
    found = [_objective.named_objective(each) if isinstance(each, str) else each for each in given]
    _refuse_repeats("objective", [objective.name for objective in found])
    return tuple(found)


def _refuse_repeats(kind: str, names: list[str]) -> None:
    if not names:
        raise InvalidInput(f"an experiment needs at least one {kind}")
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise InvalidInput(f"{kind} {repeated[0]} is given twice")


def _seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    if isinstance(seeds, int):
        return tuple(range(_whole("seeds", seeds)))
    listed = tuple(seeds)
    if not listed:
        raise InvalidInput("seeds must name at least one seed, got none")
    for seed in listed:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
            raise InvalidInput(f"a seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    if len(set(listed)) < len(listed):
        raise InvalidInput("the seeds must differ from each other")
    return listed


def _whole(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidType(f"{name} must be a whole number, got {value!r}")
    if value < 1:
        raise InvalidInput(f"{name} must be at least 1, got {value}")
    return value


def _between_0_and_1(name: str, value: float) -> float:
    if not 0.0 < value < 1.0:
        raise InvalidInput(f"{name} must lie between 0 and 1, got {value!r}")
    return float(value)
