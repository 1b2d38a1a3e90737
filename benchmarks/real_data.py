"""Real data: does training or tuning on the metric help, and by how much? The table of docs/sklearn_data.rst.

    python benchmarks/real_data.py run results.csv
    python benchmarks/real_data.py table results.csv > docs/_measured/real_data.inc

`run` goes on where the file ends: first a few splits of everything, then the showcases, then more. Each split takes
60 % of the rows, stratified, to fit and choose, and the rest to test. `--only TEXT` takes the tasks that contain it.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedShuffleSplit
from threadpoolctl import threadpool_limits

from _measured import list_table, made_by
from real_data_methods import METRICS, PREDICTORS, REFERENCE, Split, score
from real_data_sets import TASKS, Task, rows_of
from zoopt.compare.statistics import Comparison, corrected_t_test, holm

BLOCKS = (range(3), range(3, 5), range(5, 10), range(10, 20))
# Task, method and what it is to be compared with.
SHOWCASES = (
    ("phoneme: F1", "es", "tuned"),
    ("page-blocks0: F1", "es", "tuned"),
    ("letter O: F1", "es", "tuned"),
    ("Caravan: F1", "decision", "plain"),
    ("marketing: QWK", "boosting-decision", "boosting"),
)
RATIO = 0.4 / 0.6
MARGIN = 0.005
ALPHA = 0.05
Scores = dict[tuple[str, int, str], float]


def known(path: Path) -> Scores:
    """Return the scores in a file, by task, split and method."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {(task, int(split), method): float(value) for task, split, method, value, _ in csv.reader(file)}


def carry_out(path: Path, only: str) -> None:
    """Do what the file does not have, a line each as it ends."""
    done = known(path)
    tasks = sorted((task for task in TASKS if only in task.name), key=lambda task: len(rows_of(task)[0]))
    with path.open("a", newline="") as file, threadpool_limits(1):
        writer = csv.writer(file)
        for task, number in ordered(tasks):
            missing = [m for m in PREDICTORS if (task.name, number, m) not in done]
            if missing:
                for method, value, seconds in measured(task, number, missing):
                    done[task.name, number, method] = value
                    writer.writerow([task.name, number, method, repr(value), f"{seconds:.3f}"])
                    file.flush()


def ordered(tasks: list[Task]) -> Iterator[tuple[Task, int]]:
    """Yield tasks and splits: a few splits of all tasks, then all splits of the showcases, then the rest."""
    first, *later = BLOCKS
    names = [name for name, *_ in SHOWCASES]
    shown = [task for task in tasks if task.name in names]
    yield from ((task, number) for task in tasks for number in first)
    yield from ((task, number) for task in shown for block in later for number in block)
    yield from ((task, number) for block in later for task in tasks for number in block)


def measured(task: Task, number: int, methods: list[str]) -> Iterator[tuple[str, float, float]]:
    """Yield the score of each method on one split, and how long it took."""
    X, y = rows_of(task)
    splits = StratifiedShuffleSplit(20, train_size=0.6, test_size=0.4, random_state=0).split(X, y)
    train, test = next(split for k, split in enumerate(splits) if k == number)
    split = Split(task.metric, X[train], y[train], X[test], number)
    for method in methods:
        start = time.perf_counter()
        value = score(split, method, y[test])
        yield method, value, time.perf_counter() - start


def complete(task: Task, scores: Scores) -> list[int]:
    """Return the splits that all methods have."""
    return [n for block in BLOCKS for n in block if all((task.name, n, m) in scores for m in PREDICTORS)]


def series(task: Task, method: str, scores: Scores) -> np.ndarray:
    """Return the scores of a method over the splits that are complete."""
    return np.array([scores[task.name, n, method] for n in complete(task, scores)])


def compared(task: Task, method: str, scores: Scores, with_what: str = REFERENCE) -> Comparison:
    """Return the comparison of two methods by the corrected resampled t-test."""
    first, second = (series(task, m, scores) for m in (method, with_what))
    return corrected_t_test(first, second, RATIO, margin=MARGIN, confidence=1 - ALPHA)


def verdicts(tasks: list[Task], method: str, scores: Scores) -> dict[str, str]:
    """Return +, −, = or ? of a method on every task: better, worse, equal within the margin, cannot tell.

    Holm's correction over the tasks; equality by two one-sided tests at the same level, corrected alike.
    """
    found = {task.name: compared(task, method, scores) for task in tasks}
    names = list(found)
    different = holm([found[name].p_value for name in names])
    equal = holm([found[name].p_equivalent for name in names])
    return {
        name: ("+" if found[name].difference > 0 else "−") if p <= ALPHA else "=" if q <= ALPHA else "?"
        for name, p, q in zip(names, different, equal, strict=True)
    }


def cell(task: Task, method: str, scores: Scores, mark: str) -> str:
    """Return the mean of the reference, or the difference from it with its verdict."""
    if method == REFERENCE:
        return f"{series(task, REFERENCE, scores).mean():.3f}"
    difference = compared(task, method, scores).difference
    text = f"{difference:+.3f}".replace("-", "−")
    return f"**{text}** {mark}" if mark in "+−" else f"{text} {mark}"


def tables(path: Path) -> Iterator[str]:
    """Yield a table for each metric, and one that sums up, as reStructuredText."""
    scores = known(path)
    yield from made_by("python benchmarks/real_data.py")
    summary = []
    for metric in METRICS:
        tasks = [task for task in TASKS if task.metric == metric and len(complete(task, scores)) >= 2]
        if not tasks:
            continue
        marks = {method: verdicts(tasks, method, scores) for method in PREDICTORS if method != REFERENCE}
        yield from (f"**{metric}**", "")
        rows = [
            [
                task.data,
                *sizes(task),
                len(complete(task, scores)),
                *(cell(task, m, scores, marks.get(m, {}).get(task.name, "")) for m in PREDICTORS),
            ]
            for task in tasks
        ]
        yield from chain(
            list_table(["Data", "Rows", "Features", "Rarest class", "Splits", *PREDICTORS.values()], rows), [""]
        )
        summary += [summed(metric, method, tasks, scores, marks[method]) for method in marks]
    yield from ("**Five of them, with 95 % intervals, not corrected for being chosen**", "")
    found = {task.name: task for task in TASKS if len(complete(task, scores)) >= 2}
    head = ["Task", "Splits", "Method", "Compared with", "From", "To", "Difference", "Interval"]
    shown = [shown_case(found[name], *methods, scores) for name, *methods in SHOWCASES if name in found]
    yield from chain(list_table(head, shown), [""])
    yield from ("**All of it**", "")
    head = [
        "Metric",
        "Method",
        "Data sets",
        "Mean difference",
        "Worst",
        "Best",
        "Better",
        "Equal",
        "Cannot tell",
        "Worse",
    ]
    yield from chain(list_table(head, summary), [""])


def shown_case(task: Task, method: str, with_what: str, scores: Scores) -> list[object]:
    """Return the row of one comparison."""
    c = compared(task, method, scores, with_what)
    before, after = (f"{series(task, m, scores).mean():.3f}" for m in (with_what, method))
    interval = f"[{c.low:+.3f}, {c.high:+.3f}]".replace("-", "−")
    difference = f"{c.difference:+.3f}".replace("-", "−")
    names = PREDICTORS[method], PREDICTORS[with_what]
    return [task.name, len(complete(task, scores)), *names, before, after, difference, interval]


def sizes(task: Task) -> tuple[int, int, int]:
    """Return rows, features and rows of the rarest class."""
    X, y = rows_of(task)
    return len(X), X.shape[1], int(np.bincount(y).min())


def summed(metric: str, method: str, tasks: list[Task], scores: Scores, marks: dict[str, str]) -> list[str]:
    """Return the row of a method over the data sets of a metric."""
    differences = [compared(task, method, scores).difference for task in tasks]
    numbers = [f"{x:+.3f}".replace("-", "−") for x in (float(np.mean(differences)), min(differences), max(differences))]
    counts = [str(sum(mark == kind for mark in marks.values())) for kind in "+=?−"]
    return [metric, PREDICTORS[method], str(len(tasks)), *numbers, *counts]


def show(path: Path) -> Iterator[str]:
    """Yield means, intervals and seconds of every task as text."""
    scores = known(path)
    for task in TASKS:
        splits = len(complete(task, scores))
        if splits < 2:
            continue
        yield f"{task.name}  ({splits} splits)"
        for method in PREDICTORS:
            mean = series(task, method, scores).mean()
            c = compared(task, method, scores)
            interval = (
                "" if method == REFERENCE or math.isnan(c.low) else f"{c.difference:+.4f} [{c.low:+.4f}, {c.high:+.4f}]"
            )
            yield f"    {method:18s} {mean:.4f}  {interval}"


def main() -> int:
    """Run, tabulate or show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["run", "table", "show"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="", help="tasks whose name contains this")
    arguments = parser.parse_args()
    if arguments.command == "run":
        carry_out(arguments.file, arguments.only)
    else:
        lines = tables(arguments.file) if arguments.command == "table" else show(arguments.file)
        sys.stdout.writelines(line + "\n" for line in lines)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
