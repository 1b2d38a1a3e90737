"""What the methods of :func:`scipy.optimize.minimize` share."""

from typing import Any

import numpy as np

from zoopt.compare._plugin import Option, Outcome, Task

TOLERANCE = 1e-11


def tolerance(what: str) -> Option:
    """Return the option of a stopping tolerance; scipy's own of 1e-4 would end every run long before its budget."""
    return Option(TOLERANCE, "float", 0.0, 1.0, summary=f"tolerance of {what} at which it stops")


def search_by(method: str, task: Task, options: dict[str, Any]) -> Outcome:
    """Search by one method of scipy; its answer is the best point seen."""
    from scipy import optimize

    minimize: Any = optimize.minimize  # its types know no options by name
    bounds = None if task.bounds is None else optimize.Bounds(*task.bounds)
    with np.errstate(invalid="ignore"):  # it computes with the +inf that stands for a value that is no number
        found = minimize(task.meter.cost, task.start, method=method, bounds=bounds, options=options)
    return Outcome(message=str(found.message))
