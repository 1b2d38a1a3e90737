"""A progress bar with the time left and the failures, on standard error, where that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zoopt.compare._coordinator import Progress
from zoopt.compare._experiment import Experiment


@contextmanager
def bar(experiment: Experiment, *, shown: bool) -> Iterator[Callable[[Progress], None]]:
    """Show a bar while the block runs, and hand out the function to tell of progress.

    Parameters
    ----------
    experiment : Experiment
        What is about to run.
    shown : bool
        False for no bar at all; there is none either where standard error is no terminal.
    """
    from rich import progress
    from rich.console import Console

    console = Console(stderr=True)
    columns = (
        progress.TextColumn("comparing"),
        progress.BarColumn(),
        progress.TextColumn("{task.fields[runs]} of {task.fields[all_runs]} runs"),
        progress.TextColumn("{task.fields[failures]}", style="red"),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left {task.fields[left]}"),
    )
    hidden = not (shown and console.is_terminal)
    with progress.Progress(*columns, console=console, disable=hidden, transient=True) as display:
        task = display.add_task("comparing", total=None, runs=0, all_runs=experiment.runs, failures="", left="-:--:--")

        def update(state: Progress) -> None:
            display.update(
                task,
                completed=state.work_done,
                total=state.work,
                runs=state.runs_done,
                failures=f"{state.failures} failed" if state.failures else "",
                left=clock(state.seconds_left),
            )

        yield update


def clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds.

    Examples
    --------
    >>> clock(3725.4)
    '1:02:05'
    """
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
