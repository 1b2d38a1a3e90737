"""An experiment: optimisers × objectives × seeds, each run within one budget, all paired by seed."""

import dataclasses
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from os import PathLike
from pathlib import Path
from typing import Any, Self

from zoopt.compare import _config, _defaults, _key, _manifest, _plugins
from zoopt.compare._applicability import enter, refuse_repeats
from zoopt.compare._coordinator import Progress, execute
from zoopt.compare._description import description
from zoopt.compare._entry import Contender, Entry, contender
from zoopt.compare._facts import Facts, Participant
from zoopt.compare._plugin import OptimizerPlugin
from zoopt.compare._problem import ExperimentObjective
from zoopt.compare._record import Runs, columns
from zoopt.compare._results import Results
from zoopt.compare._run import CHECKPOINTS, REPORTS, Job, checkpoints_to, reporting_checkpoints
from zoopt.compare._settings import toml
from zoopt.compare._store import Store
from zoopt.compare._verdict import Rules
from zoopt.compare.objectives import classification
from zoopt.errors import InvalidInput, InvalidType, ZooptError

DEFAULT_BUDGET = 20_000
DEFAULT_SEEDS = 15
MOST_CHECKPOINTS = 10_000


class Experiment:
    """Compare optimisers on objectives over paired seeds.

    For one seed all optimisers share the split of the data or the shift and rotation of the function, the starting
    points, the noise of the objective and the baselines; the noise of the search is each optimiser's own. All
    evaluations count against the budget, those for the convergence curve too. The outcome of a run is the point that
    the optimiser recommends at its end, such as the mean of the search distribution (the best point for
    random-search); the hold-out, or the function without its noise, is evaluated for it once, then.

    Parameters
    ----------
    optimizers : sequence of str or optimiser, optional
        Such as ``"snes"`` or ``"snes:population=32,scale=0.3,start=warm"``, a :class:`FunctionOptimizer`, or what
        :func:`configured` returns; every one is run from each start that is not excluded. Default: the seven
        algorithms of ``zoopt compare``.
    objectives : sequence of str or objective, optional
        Names such as ``"breast_cancer:f1"`` and ``"sphere:dim=10,shift=yes"``, or objects such as
        :class:`Classification` and :class:`FunctionObjective`. Default: the five of ``zoopt compare``.
    seeds : int or sequence of int
        Number of seeds, or the seeds themselves, ≥ 0 and different.
    budget : int
        Evaluations a run, ≥ 1.
    target : float, optional
        Measured value (a metric, or a distance from the optimum) that ends a run at its reach.
    targets : sequence of float, optional
        Measured values whose first reach is recorded, in place of the objectives' own.
    checkpoints : int or sequence of int, optional
        How many points a curve has, from 2, or at which evaluations. Default: at most 200, or 25 where every point
        costs an evaluation; evenly spaced on a logarithmic axis.
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
        optimizers: Sequence[str | OptimizerPlugin | Contender] | None = None,
        objectives: Sequence[str | ExperimentObjective] | None = None,
        *,
        seeds: int | Iterable[int] = DEFAULT_SEEDS,
        budget: int = DEFAULT_BUDGET,
        target: float | None = None,
        targets: Sequence[float] | None = None,
        checkpoints: int | Sequence[int] | None = None,
        margin: float = 0.005,
        alpha: float = 0.05,
    ) -> None:
        self.budget = _whole("budget", budget)
        self.seeds = _seeds(seeds)
        self.rules = Rules(alpha=_between_0_and_1("alpha", alpha), margin=_between_0_and_1("margin", margin))
        self.target = None if target is None else _number("target", target)
        self.targets = None if targets is None else _numbers("targets", targets)
        self.checkpoints = _checkpoints(checkpoints, self.budget)
        self.contenders = _contenders(_defaults.OPTIMIZERS if optimizers is None else optimizers)
        self.objectives = _objectives(classification.DEFAULTS if objectives is None else objectives)
        self._texts = _texts(optimizers, objectives)
        self._entered = enter(self.contenders, self.objectives, self.budget)

    @classmethod
    def from_toml(cls, path: str | Path) -> Self:
        """Return the experiment that a TOML file describes; nothing in it is evaluated.

        Parameters
        ----------
        path : str or path
            Of a file whose table ``[experiment]`` holds the arguments of this class.

        Raises
        ------
        InvalidInput, InvalidType, InvalidOption, UnknownName
            The message names the file, the key and, where it can be told, the line.
        """
        arguments = _config.read(path)
        try:
            return cls(**arguments)
        except ZooptError as error:
            raise _config.blamed(path, error, arguments) from error

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Who takes part, from which start, those that cannot run somewhere included; each label once."""
        found = {entry.label: entry for entries in self._entered.entries.values() for entry in entries}
        return tuple(found.values())

    @property
    def not_applicable(self) -> Mapping[tuple[str, str], str]:
        """Which (objective, label) cannot be run, and why."""
        return self._entered.not_applicable

    @property
    def runs(self) -> int:
        """Number of runs, the baselines not counted."""
        return len(self.seeds) * sum(len(self._entered.runnable(objective.name)) for objective in self.objectives)

    def jobs(self) -> list[Job]:
        """Return what is to be run: for each objective and seed the baselines, if it has any, and the entries."""
        return [job for objective in self.objectives for job in self._jobs_on(objective)]

    def _jobs_on(self, objective: ExperimentObjective) -> Iterator[Job]:
        identity = _key.digest(objective.identity())
        targets = self._targets_of(objective)
        checkpoints = self._checkpoints_of(objective)
        entries = [*([None] if objective.baselines else []), *self._entered.runnable(objective.name)]
        for seed in self.seeds:
            for entry in entries:
                yield Job(
                    objective=objective,
                    entry=entry,
                    seed=seed,
                    budget=self.budget,
                    identity=identity,
                    target=self.target,
                    targets=targets,
                    checkpoints=checkpoints,
                )

    def _targets_of(self, objective: ExperimentObjective) -> tuple[float, ...]:
        """Return what is to be reached, the value that ends a run among it, from easy to hard."""
        wanted = set(objective.targets if self.targets is None else self.targets)
        wanted |= set() if self.target is None else {self.target}
        return tuple(sorted(wanted, reverse=objective.sense == "min"))

    def _checkpoints_of(self, objective: ExperimentObjective) -> tuple[int, ...]:
        if isinstance(self.checkpoints, tuple):
            return self.checkpoints
        if objective.follows == "recommendation":
            return reporting_checkpoints(self.budget, self.checkpoints or REPORTS)
        return checkpoints_to(self.budget, self.checkpoints or CHECKPOINTS)

    @property
    def settings(self) -> str:
        """The experiment as the TOML file that gives it again; empty where parts of it have no name to write."""
        if self._texts is None:
            return ""
        optimizers, objectives = self._texts
        return toml(
            {
                "optimizers": optimizers,
                "objectives": objectives,
                "seeds": len(self.seeds) if self.seeds == tuple(range(len(self.seeds))) else self.seeds,
                "budget": self.budget,
                "target": self.target,
                "targets": self.targets,
                "checkpoints": self.checkpoints,
                "margin": self.rules.margin,
                "alpha": self.rules.alpha,
            }
        )

    def facts(self, objective: ExperimentObjective) -> Facts:
        """Return what results say of an objective, with the targets that this experiment has."""
        return dataclasses.replace(Facts.of(objective), targets=self._targets_of(objective))

    def run(
        self,
        jobs: int = 1,
        *,
        store: Store | str | PathLike[str] | None = None,
        executor: Any = None,
        time_limit: float | None = None,
        memory_limit: int | None = None,
        retry_failed: bool = False,
        keep_going: bool = True,
        progress: Callable[[Progress], None] | None = None,
    ) -> Results:
        """Run everything that the store does not have.

        Results depend on nothing of this: neither on who does the runs, nor on their order.

        Parameters
        ----------
        jobs : int
            Processes, ≥ 1; more than one needs ``if __name__ == "__main__":`` in a script. One without limits is this
            process. A worker that dies costs the run that it was doing, which has status ``"lost"`` then.
        store : Store or path, optional
            Finished runs are kept there at once and never repeated. Several experiments, and several processes with
            the same one, may use it at the same time; they share the runs. Default: memory.
        executor : executor of concurrent.futures, Client of dask.distributed, or address of a Dask scheduler, optional
            Does the runs instead of processes of ours. Jobs are pickled on the way there and back: use those that you
            trust. A run there that hangs is given up after its time limit, but cannot be stopped.
        time_limit : float, optional
            Seconds a run, > 0; it ends with what it has found by then, or is stopped a little later.
        memory_limit : int, optional
            Bytes a run beyond what its process has already, ≥ 1; not for executors.
        retry_failed : bool
            Whether runs that the store has as failed are done again.
        keep_going : bool
            False: the first run that fails ends the experiment.
        progress : callable, optional
            Told now and then of a :class:`Progress`.

        Returns
        -------
        Results

        Raises
        ------
        StoreError
            The store cannot be used, or not any more; what it has is kept.
        WorkerError
            There are no workers, or no more.
        ObjectiveError
            A run failed, without `keep_going`.
        KeyboardInterrupt
            Ctrl-C. Runs in hand have two seconds to end; the second Ctrl-C stops them at once. What is finished is in
            the store.
        """
        planned = self.jobs()
        workers = _whole("jobs", jobs)
        with _opened(store) as opened:
            if opened is not None:
                opened.add_experiment(description(self._results(columns([]))), [job.key for job in planned])
            runs = execute(
                planned,
                store=opened,
                executor=executor,
                processes=workers,
                time_limit=time_limit,
                memory_limit=memory_limit,
                progress=progress,
                keep_going=keep_going,
                retry_failed=retry_failed,
            )
        return self._results(runs)

    def _results(self, runs: Runs) -> Results:
        return Results(
            runs=runs,
            objectives={objective.name: self.facts(objective) for objective in self.objectives},
            participants=tuple(Participant.of(entry) for entry in self.entries),
            not_applicable=self.not_applicable,
            rules=self.rules,
            seeds=self.seeds,
            budget=self.budget,
            environment=_manifest.environment(),
            settings=self.settings,
        )


def _opened(store: Store | str | PathLike[str] | None) -> AbstractContextManager[Store | None]:
    """Return a store that is closed after use, unless it was open before."""
    return nullcontext(store) if store is None or isinstance(store, Store) else Store(store)


def default_jobs() -> int:
    """Return the number of CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _texts(
    optimizers: Sequence[str | OptimizerPlugin | Contender] | None,
    objectives: Sequence[str | ExperimentObjective] | None,
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return optimisers and objectives as they were written; None where some were not."""
    given = tuple(_defaults.OPTIMIZERS if optimizers is None else optimizers)
    named = tuple(classification.DEFAULTS if objectives is None else objectives)
    texts = (
        tuple(each for each in given if isinstance(each, str)),
        tuple(each for each in named if isinstance(each, str)),
    )
    return texts if texts == (given, named) else None


def _contenders(given: Sequence[str | OptimizerPlugin | Contender]) -> tuple[Contender, ...]:
    if isinstance(given, str):
        raise InvalidType(f"optimizers must be a list of names, got the text {given!r}; write [{given!r}]")
    found = tuple(contender(each) for each in given)
    if not found:
        raise InvalidInput("an experiment needs at least one optimiser")
    return found


def _objectives(given: Sequence[str | ExperimentObjective]) -> tuple[ExperimentObjective, ...]:
    if isinstance(given, str):
        raise InvalidType(f"objectives must be a list of names, got the text {given!r}; write [{given!r}]")
    found = tuple(_plugins.objective(each) if isinstance(each, str) else _checked(each) for each in given)
    names = [objective.name for objective in found]
    if not names:
        raise InvalidInput("an experiment needs at least one objective")
    refuse_repeats("objective", names)
    return found


def _checked(objective: ExperimentObjective) -> ExperimentObjective:
    if not _plugins.is_objective(objective):
        raise InvalidType(
            f"an objective is a name, a FunctionObjective, a Classification or the like, got {type(objective).__name__}"
        )
    return objective


def _seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    if isinstance(seeds, int):
        return tuple(range(_whole("seeds", seeds)))
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise InvalidType(f"seeds must be a whole number or a list of them, got {seeds!r}")
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


def _positive(name: str, value: float) -> float:
    number = _number(name, value)
    if not number > 0:
        raise InvalidInput(f"{name} must be > 0, got {value!r}")
    return number


def _number(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidType(f"{name} must be a number, got {value!r}")
    if not math.isfinite(value):
        raise InvalidInput(f"{name} must be finite, got {value!r}")
    return float(value)


def _numbers(name: str, values: Sequence[float]) -> tuple[float, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidType(f"{name} must be a list of numbers, got {values!r}")
    return tuple(_number(f"each of {name}", value) for value in values)


def _checkpoints(given: int | Sequence[int] | None, budget: int) -> int | tuple[int, ...] | None:
    """Return how many checkpoints there are to be, or which; None for what suits the objective."""
    if given is None:
        return None
    if isinstance(given, int):
        if isinstance(given, bool) or not 2 <= given <= MOST_CHECKPOINTS:
            raise InvalidInput(f"checkpoints must be from 2 to {MOST_CHECKPOINTS}, or a list of them, got {given!r}")
        return given
    listed = tuple(_whole("each of checkpoints", count) for count in given)
    if list(listed) != sorted(set(listed)) or not listed or listed[-1] > budget:
        raise InvalidInput(f"checkpoints must ascend and end by the budget, {budget}")
    return listed if listed[-1] == budget else (*listed, budget)
