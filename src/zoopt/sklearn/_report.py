"""What a fit found, and what it may be believed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """The metric of one candidate.

    Attributes
    ----------
    name : str
    train : float
        On the rows that it was fitted to. It says nothing about new rows.
    out_of_fold : float
        On rows that neither its model nor its choices had seen.
    """

    name: str
    train: float
    out_of_fold: float


@dataclass(frozen=True)
class Report:
    """What was compared, what was kept and why.

    Attributes
    ----------
    metric : str
    lines : tuple of Line
        The candidates, the ordinary one first; the last is the one that was trained or learned.
    kept : str
        The name of the line that predicts.
    why : str
    notes : tuple of str
        What a reader should know before believing it.
    """

    metric: str
    lines: tuple[Line, ...]
    kept: str
    why: str
    notes: tuple[str, ...] = ()

    def line(self, name: str) -> Line:
        """Return the line of that name."""
        return next(line for line in self.lines if line.name == name)

    @property
    def baseline(self) -> float:
        """Out-of-fold metric of the first line: what is done without any of this."""
        return self.lines[0].out_of_fold

    @property
    def train(self) -> float:
        """Training metric of what was kept."""
        return self.line(self.kept).train

    @property
    def out_of_fold(self) -> float:
        """Out-of-fold metric of what was kept."""
        return self.line(self.kept).out_of_fold

    @property
    def gain(self) -> float:
        """Out-of-fold metric of what was kept, less that of the baseline."""
        return self.out_of_fold - self.baseline

    def __str__(self) -> str:
        """Return a table."""
        width = max(len(line.name) for line in self.lines)
        rows = [f"{self.metric:{width + 2}s}{'train':>10s}{'out of fold':>14s}"]
        for line in self.lines:
            mark = " *" if line.name == self.kept else ""
            rows.append(f"{line.name:{width + 2}s}{line.train:10.4f}{line.out_of_fold:14.4f}{mark}")
        return "\n".join([*rows, f"* kept: {self.why}", *self.notes])
