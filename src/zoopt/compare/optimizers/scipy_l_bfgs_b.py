"""L-BFGS-B on gradients by finite differences, by scipy: what first-order practice does without a gradient."""

from zoopt.compare._plugin import Option, Outcome, Task
from zoopt.compare.optimizers._peer import Peer
from zoopt.compare.optimizers._scipy import TOLERANCE, search_by


def search(task: Task) -> Outcome:
    """Search along gradients that cost d evaluations each, all of them counted."""
    limits = {"maxfun": task.budget, "maxiter": task.budget, "gtol": 0.0}
    return search_by("L-BFGS-B", task, {**limits, **task.options})


PLUGINS = (
    Peer(
        name="scipy-l-bfgs-b",
        summary="Quasi-Newton steps along gradients by finite differences, whose evaluations count (scipy).",
        package="scipy",
        module="scipy",
        extra="",
        search=search,
        given={
            "eps": Option(1e-8, "float", 1e-300, 1.0, summary="step of the differences"),
            "ftol": Option(TOLERANCE, "float", 0.0, 1.0, summary="relative decrease at which it stops"),
            "maxcor": Option(10, "int", 1, 1000, summary="corrections that it remembers"),
        },
    ),
)
