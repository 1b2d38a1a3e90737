"""The derivative-free methods of NLopt."""

import math
from collections.abc import Mapping
from typing import Any

from zoopt.compare._plugin import Option, Outcome, SearchOver, Task
from zoopt.compare._problem import FloatArray
from zoopt.compare.optimizers._peer import Peer, box, seed32

METHODS: Mapping[str, str] = {
    "bobyqa": "LN_BOBYQA",
    "newuoa": "LN_NEWUOA",
    "praxis": "LN_PRAXIS",
    "nelder-mead": "LN_NELDERMEAD",
    "sbplx": "LN_SBPLX",
    "cobyla": "LN_COBYLA",
    "crs2": "GN_CRS2_LM",
    "esch": "GN_ESCH",
    "isres": "GN_ISRES",
    "direct-l": "GN_DIRECT_L",
}
_ENDS = {1: "success", 3: "ftol reached", 4: "xtol reached", 5: "budget used", 6: "time used"}


class _Call:
    """The cost for its compiled loops, some of which call on after an error and lose it: it is kept, and they stop."""

    def __init__(self, task: Task, optimizer: Any) -> None:
        self._task, self._optimizer = task, optimizer
        self.error: Exception | None = None

    def __call__(self, x: FloatArray, _gradient: FloatArray) -> float:
        if self.error is None:
            try:
                return self._task.meter.cost(x.copy())
            except Exception as error:
                self.error = error
                self._optimizer.force_stop()
        return math.inf


def search(task: Task) -> Outcome:
    """Search with a first step of one scale; global methods in the box, or one of 5 scales round the start."""
    import nlopt

    method = METHODS[str(task.options["algorithm"])]
    nlopt.srand(seed32(task))
    optimizer = nlopt.opt(getattr(nlopt, method), task.start.size)
    call = _Call(task, optimizer)
    optimizer.set_min_objective(call)
    optimizer.set_maxeval(task.budget)
    optimizer.set_xtol_rel(0.0)
    optimizer.set_xtol_abs(float(task.options["xtol_abs"]))
    optimizer.set_initial_step(task.scale)
    if task.bounds is not None or method.startswith("GN_"):
        low, high = box(task)
        optimizer.set_lower_bounds(low)
        optimizer.set_upper_bounds(high)
    try:
        optimizer.optimize(task.start)
    except nlopt.ForcedStop as stop:
        raise call.error or SearchOver from stop
    except nlopt.RoundoffLimited:
        return Outcome(message="rounding errors keep it from going on")
    except RuntimeError as error:
        return Outcome(message=f"it gave up: {error}")
    if call.error is not None:
        raise call.error
    return Outcome(message=_ENDS.get(optimizer.last_optimize_result(), "it ended"))


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: methods that build on two variables, or know no bounds."""
    method = str(options["algorithm"])
    if dimensions < 2 and method in {"bobyqa", "newuoa", "praxis"}:
        return f"NLopt's {method} needs at least two variables"
    return f"NLopt's {method} knows no bounds" if bounded and method in {"newuoa", "praxis"} else ""


PLUGINS = (
    Peer(
        name="nlopt",
        summary="Derivative-free methods of NLopt, by default BOBYQA.",
        package="nlopt",
        module="nlopt",
        extra="peers",
        search=search,
        given={
            "algorithm": Option("bobyqa", "str", choices=tuple(METHODS), summary="which one"),
            "xtol_abs": Option(1e-12, "float", 0.0, 1.0, summary="step at which it stops"),
        },
        refuses=refuses,
    ),
)
