"""The derivative-free methods of NLopt."""

from collections.abc import Mapping
from typing import Any

from zoopt.compare._plugin import Option, Outcome, SearchOver, Task
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


def search(task: Task) -> Outcome:
    """Search with a first step of one scale; global methods in the box, or one of 5 scales round the start."""
    import nlopt

    method = METHODS[str(task.options["algorithm"])]
    nlopt.srand(seed32(task))
    optimizer = nlopt.opt(getattr(nlopt, method), task.start.size)
    optimizer.set_min_objective(lambda x, _gradient: task.meter.cost(x.copy()))
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
    except nlopt.RoundoffLimited:
        return Outcome(message="rounding errors keep it from going on")
    except RuntimeError as error:
        if task.meter.left == 0:
            raise SearchOver from error
        return Outcome(message=f"it gave up: {error}")
    return Outcome(message=_ENDS.get(optimizer.last_optimize_result(), "it ended"))


def refuses(dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
    """Return why it cannot run there: methods that build on two variables, or know no bounds."""
    method = str(options["algorithm"])
    if dimensions < 2 and method in {"bobyqa", "newuoa", "praxis"}:
        return f"NLopt's {method} needs at least two variables"
    return "NLopt's praxis knows no bounds" if bounded and method == "praxis" else ""


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
