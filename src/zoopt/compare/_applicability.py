"""Which optimiser runs on which objective, and why others do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zoopt.compare import _spec
from zoopt.compare._entry import Contender, Entry
from zoopt.compare._problem import ExperimentObjective, surrogate_of
from zoopt.errors import InvalidInput


@dataclass(frozen=True)
class Applicability:
    """Who is entered where.

    Attributes
    ----------
    entries : mapping of str to tuple of Entry
        By the name of the objective.
    not_applicable : mapping of (objective, label) to str
        Why an entry cannot be run.
    """

    entries: Mapping[str, tuple[Entry, ...]]
    not_applicable: Mapping[tuple[str, str], str]

    def runnable(self, objective: str) -> tuple[Entry, ...]:
        """Return the entries that can be run on an objective."""
        return tuple(entry for entry in self.entries[objective] if (objective, entry.label) not in self.not_applicable)


def enter(contenders: Sequence[Contender], objectives: Sequence[ExperimentObjective], budget: int) -> Applicability:
    """Enter every contender on every objective.

    Raises
    ------
    UnknownName
        A start that no objective has.
    InvalidInput
        Two entries of one label, or a budget that is too small for one optimiser everywhere.
    """
    _check_starts(contenders, objectives)
    entries: dict[str, tuple[Entry, ...]] = {}
    reasons: dict[tuple[str, str], str] = {}
    for objective in objectives:
        entered = tuple(entry for contender in contenders for entry in contender.entries(objective))
        refuse_repeats("optimiser", [entry.label for entry in entered])
        entries[objective.name] = entered
        found = {entry.label: obstacle(entry, objective, budget) for entry in entered}
        reasons |= {(objective.name, label): reason for label, reason in found.items() if reason}
    if all((name, entry.label) in reasons for name, entered in entries.items() for entry in entered):
        (_, label), reason = next(iter(reasons.items()))
        raise InvalidInput(f"no optimiser can run on any objective; {label}: {reason}")
    return Applicability(entries, reasons)


def obstacle(entry: Entry, objective: ExperimentObjective, budget: int) -> str:
    """Return why an entry cannot run on an objective, or an empty text."""
    if entry.start not in objective.starts:
        return f"{objective.name} has no start {entry.start!r}; it has {_listed(objective.starts)}"
    refused = objective.refuses(entry.plugin.name)
    if refused:
        return refused
    if getattr(entry.plugin, "needs_surrogate", False) and not surrogate_of(objective):
        return "it follows gradients, which this objective does not tell"
    least = budget
    if entry.tuning is not None:
        trial, rest = entry.tuning.parts(budget)
        least = min(trial, rest)
        if least < 1:
            return f"{entry.tuning.count} trials are too many for a budget of {budget}"
    options = dict(entry.options)
    return entry.plugin.obstacle(objective.dimensions, least, objective.bounded, options)


def _check_starts(contenders: Sequence[Contender], objectives: Sequence[ExperimentObjective]) -> None:
    known = list(dict.fromkeys(start for objective in objectives for start in objective.starts))
    for contender in contenders:
        if contender.start is not None and contender.start not in known:
            error = _spec.unknown("start", contender.start, [start for start in known if start] or ["none"])
            raise type(error)(f"{contender.plugin.name}: {error}")


def _listed(starts: Sequence[str]) -> str:
    return ", ".join(start for start in starts if start) or "no choice of starts"


def refuse_repeats(kind: str, names: Sequence[str]) -> None:
    """Raise InvalidInput where a name is there twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InvalidInput(f"{kind} {name} is given twice")
        seen.add(name)
