"""A fixture for pytest that fails when an optimiser is significantly worse.

It is there as soon as zoopt is installed; nothing of zoopt is imported before a test uses it.
"""

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from zoopt.compare._gate import Check, Compared, GateResult


class ZooptCompare(Protocol):
    """What the fixture ``zoopt_compare`` gives."""

    def __call__(
        self, gate: str, results: "Compared | None" = None, *, jobs: int = 1, **experiment: Any
    ) -> "list[GateResult]":
        """Fail the test unless the gates pass.

        Parameters
        ----------
        gate : str
            Such as ``"mine >= cma-es on sphere:dim=10"``.
        results : Results, optional
            Of a comparison that has been run; else one is run now.
        jobs : int
            Processes, if one is run.
        **experiment
            Arguments of :class:`zoopt.compare.Experiment`, if one is run.

        Returns
        -------
        list of GateResult
            With the numbers, where all pass.
        """


@pytest.fixture
def zoopt_compare() -> ZooptCompare:
    """Compare optimisers and fail when a gate does, such as ``zoopt_compare("mine >= cma-es on sphere", results)``."""
    return _compare


def _compare(gate: str, results: "Compared | None" = None, *, jobs: int = 1, **experiment: Any) -> "list[GateResult]":
    __tracebackhide__ = True
    from zoopt.compare._gate import check_gates
    from zoopt.compare._gate_text import parse_gates
    from zoopt.errors import InvalidInput

    parse_gates(gate)  # before anything is run
    if results is not None and experiment:
        raise InvalidInput(
            f"results and arguments of an experiment exclude each other, got {', '.join(experiment)} too"
        )
    found = check_gates(_run(jobs, experiment) if results is None else results, gate)
    if not all(each.passed for each in found):
        pytest.fail("\n".join(line for each in found for line in _lines(each)), pytrace=False)
    return found


def _run(jobs: int, experiment: dict[str, Any]) -> Any:
    from zoopt.compare import Experiment

    return Experiment(**experiment).run(jobs)


def _lines(result: "GateResult") -> list[str]:
    return [f"{result.gate}: {result.outcome}", *(f"  {_line(check)}" for check in result.checks)]


def _line(check: "Check") -> str:
    if check.reason:
        return f"{check.objective}: {check.outcome}, {check.reason}"
    unit = {"value": "", "rank": " ranks"}.get(check.measure, f" powers of ten of {check.measure}")
    interval = f" [{check.low:+.3g}, {check.high:+.3g}]" if check.low == check.low else ""
    margin = f", margin {check.margin:g}" if check.margin else ""
    return (
        f"{check.objective}: {check.outcome}, the first is better by {check.difference:+.3g}{interval}{unit}{margin}; "
        f"adjusted p = {check.p_value:.3g}, {check.runs} {'objectives' if check.measure == 'rank' else 'seeds'}"
    )
