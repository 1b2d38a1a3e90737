"""Gates: conditions on the outcome of a comparison that a build can fail by."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from zoopt.compare import statistics
from zoopt.compare._facts import Facts
from zoopt.compare._gate_text import Gate, parse_gates
from zoopt.compare._record import Runs
from zoopt.compare._tables import contests_of
from zoopt.compare._verdict import MINIMUM_OBJECTIVES, MINIMUM_RUNS, Contest, Rules
from zoopt.compare._verdict._independent import margin_of
from zoopt.compare._verdict._order import Order
from zoopt.compare._verdict._overall import block_ranks, shared_labels
from zoopt.errors import UnknownName

Outcome = Literal["passed", "failed", "cannot tell"]
_OVERALL = "all objectives"


@dataclass(frozen=True, slots=True)
class Check:
    """A gate on one objective, or on the ranks over all of them.

    Attributes
    ----------
    objective : str
    outcome : {"passed", "failed", "cannot tell"}
    difference, low, high : float
        How much better the first optimiser is, with its interval, in the unit of ``measure``; over all objectives by
        how much its average rank is better, without an interval.
    p_value : float
        One-sided: of being worse for ``>=``, of being better for ``>``, of being equal for ``==``; adjusted by Holm.
    margin : float
    measure : str
        See :class:`Verdict`; ``"rank"`` over all objectives.
    runs : int
        Paired runs, or objectives.
    reason : str
        Why nothing can be told; else empty.
    """

    objective: str
    outcome: Outcome
    difference: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    margin: float = 0.0
    measure: str = "value"
    runs: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What became of a gate.

    Attributes
    ----------
    gate : str
        As it was written.
    outcome : {"passed", "failed", "cannot tell"}
        ``failed`` where any objective fails, ``passed`` where all pass.
    checks : tuple of Check
        One for each objective that the gate names.
    """

    gate: str
    outcome: Outcome
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the gate is open; "cannot tell" is not."""
        return self.outcome == "passed"


class Compared(Protocol):
    """What gates ask of results: runs, what the objectives are, and the rules."""

    @property
    def runs(self) -> Runs:
        """All runs."""

    @property
    def objectives(self) -> Mapping[str, Facts]:
        """Facts of each objective."""

    @property
    def rules(self) -> Rules:
        """Level and margins."""


def check_gates(results: Compared, gates: str | Iterable[str]) -> list[GateResult]:
    """Return what becomes of gates.

    Parameters
    ----------
    results : Results
    gates : str or iterable of str
        Such as ``"cma-es >= snes on rosenbrock"``; several are joined by ``and``.

    Returns
    -------
    list of GateResult

    Raises
    ------
    InvalidInput
        A gate that cannot be read; the message points at the column.
    UnknownName
        An optimiser or objective that was not run.
    """
    texts = [gates] if isinstance(gates, str) else list(gates)
    parsed = [gate for text in texts for gate in parse_gates(text)]
    return judge_gates(parsed, contests_of(results.runs, results.objectives), results.rules)


def judge_gates(gates: Sequence[Gate], contests: Sequence[Contest], rules: Rules) -> list[GateResult]:
    """Return what becomes of gates on given scores.

    Notes
    -----
    ``>=`` fails when its first optimiser is worse, significantly, and passes otherwise; ``>`` and ``==`` pass when they
    are shown, and fail otherwise. Tests are one-sided. Holm runs over all checks that can fail by significance, so that
    a build fails wrongly with chance α at most, and separately over all that claim something.
    """
    raised = [_checks(gate, contests, rules) for gate in gates]
    for refusing in (True, False):
        family = [
            (line, at)
            for line, gate in zip(raised, gates, strict=True)
            for at, check in enumerate(line)
            if (gate.operator == ">=") is refusing and not check.reason
        ]
        adjusted = statistics.holm([line[at].p_value for line, at in family])
        for (line, at), p_value in zip(family, adjusted, strict=True):
            line[at] = _decided(line[at], p_value, (p_value < rules.alpha) is not refusing)
    return [GateResult(gate.text, _together(line), tuple(line)) for gate, line in zip(gates, raised, strict=True)]


def _decided(check: Check, p_value: float, passed: bool) -> Check:
    return replace(check, p_value=p_value, outcome="passed" if passed else "failed")


def _together(checks: Sequence[Check]) -> Outcome:
    outcomes = {check.outcome for check in checks}
    return "failed" if "failed" in outcomes else "cannot tell" if "cannot tell" in outcomes else "passed"


def _checks(gate: Gate, contests: Sequence[Contest], rules: Rules) -> list[Check]:
    """Return the checks of one gate, with raw p-values and no outcome yet."""
    labels = list(dict.fromkeys(label for contest in contests for label in contest.optimisers))
    for label in (gate.first, gate.second):
        if label not in labels:
            raise _unknown("optimiser", label, labels)
    if gate.overall:
        return [_overall_check(gate, contests)]
    named = [contest for contest in contests if gate.matches(contest.objective)]
    if not named:
        raise _unknown("objective", gate.where, [contest.objective for contest in contests])
    return [_check(gate, contest, rules) for contest in named]


def _unknown(kind: str, name: str, known: list[str]) -> UnknownName:
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}" if near else ""
    return UnknownName(f"a gate names the {kind} {name!r}, which was not run{hint}. There are {', '.join(known)}")


def _check(gate: Gate, contest: Contest, rules: Rules) -> Check:
    missing = [label for label in (gate.first, gate.second) if label not in contest.optimisers]
    if missing:
        return Check(contest.objective, "cannot tell", reason=f"{missing[0]} did not run on it")
    if contest.runs < MINIMUM_RUNS:
        reason = f"a gate needs at least {MINIMUM_RUNS} seeds, there are {contest.runs}"
        return Check(contest.objective, "cannot tell", runs=contest.runs, reason=reason)
    if all(contest.failures.get(label) == contest.runs for label in (gate.first, gate.second)):
        return Check(contest.objective, "cannot tell", runs=contest.runs, reason="every run of both failed")
    return _check_runs(gate, contest, rules) if contest.independent else _check_splits(gate, contest, rules)


def _check_runs(gate: Gate, contest: Contest, rules: Rules) -> Check:
    found = Order(contest).advantage(gate.first, gate.second)
    default = margin_of(found, rules) if gate.operator == "==" else 0.0
    margin = default if gate.margin is None else gate.margin
    if gate.operator == ">=":
        p_value = statistics.signed_rank_test(found.differences + margin).p_less
    elif gate.operator == ">":
        p_value = statistics.signed_rank_test(found.differences - margin).p_greater
    else:
        p_value = statistics.equivalence_test(found.differences, margin)
    interval = statistics.hodges_lehmann(found.differences)
    return Check(contest.objective, "cannot tell", *interval, p_value, margin, found.measure, contest.runs)


def _check_splits(gate: Gate, contest: Contest, rules: Rules) -> Check:
    merits = contest.merits
    first, second = merits[gate.first], merits[gate.second]
    margin = (rules.margin if gate.operator == "==" else 0.0) if gate.margin is None else gate.margin
    shift = {">=": margin, ">": -margin, "==": 0.0}[gate.operator]
    plain = statistics.corrected_t_test(first, second, contest.ratio, margin=margin or rules.margin)
    moved = statistics.corrected_t_test(first + shift, second, contest.ratio, margin=rules.margin)
    above = moved.p_value / 2.0 if moved.difference > 0 else 1.0 - moved.p_value / 2.0
    p_value = {">=": 1.0 - above, ">": above, "==": plain.p_equivalent}[gate.operator]
    return Check(
        contest.objective, "cannot tell", plain.difference, plain.low, plain.high, p_value, margin, "value", plain.runs
    )


def _overall_check(gate: Gate, contests: Sequence[Contest]) -> Check:
    labels = shared_labels(contests)
    missing = [label for label in (gate.first, gate.second) if label not in labels]
    count = len(contests)
    if missing:
        return Check(_OVERALL, "cannot tell", runs=count, reason=f"{missing[0]} did not run on all of them")
    if count < MINIMUM_OBJECTIVES or not all(contest.runs for contest in contests):
        reason = f"a gate over all needs at least {MINIMUM_OBJECTIVES} objectives with runs, there are {count}"
        return Check(_OVERALL, "cannot tell", runs=count, reason=reason)
    table = block_ranks(contests, labels)
    first, second = labels.index(gate.first), labels.index(gate.second)
    better, worse = (first, second) if gate.operator == ">" else (second, first)
    p_value = statistics.rank_difference_test(table, better, worse)
    gain = float((table[:, second] - table[:, first]).mean())
    return Check(_OVERALL, "cannot tell", gain, p_value=p_value, measure="rank", runs=count)
