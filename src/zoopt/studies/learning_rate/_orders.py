"""By which power of the learning rate a descent leaves its flow and its modified flows."""

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies._measures import flow_end, slope

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_TOLERANCE = 0.05
_NAMES = ("flow", "first order", "second order")
_SHORT = (0.008, 0.004, 0.002)  # learning rates of single steps
_LONG = (1 / 320, 1 / 640, 1 / 1280)  # those that divide a time of 1
_LAGGING = (1 / 1280, 1 / 2560, 1 / 5120)  # of updates with a memory, which must be short against the time
_KERNEL = "zoopt.flows.modified_flow"
Errors = list[float]


def orders(target: float, momentum: float, parts: int, seed: int) -> Iterator[Item]:
    """Yield the claims about slopes, on the toy and on a deep linear net."""
    import pandas as pd

    toy = (flows.product(target), np.array([1.3, -0.9]))
    rng = np.random.default_rng([seed, 2])
    net = (flows.deep_linear((2, 2, 2), [[1.5, -0.3], [0.2, 0.7]]), 0.8 * rng.uniform(-1, 1, size=8))
    found: dict[str, Errors] = {}
    for name, (loss, x0) in {"the toy": toy, "a deep linear net": net}.items():
        yield from _of_descent(name, loss, x0, found)
    yield from _of_memory(*net, momentum)
    yield from _antisymmetric(*net)
    yield from _of_shuffles(parts, rng)
    columns = {"learning rate": _LONG, **found}
    yield Table("distances", pd.DataFrame(columns), "Distance from the flow and the modified flows at t = 1")
    yield Figure("orders", lambda canvas: _draw(canvas, found), "Distances of descent from its flows at t = 1.")


def distances(
    field: flows.Field, x0: FloatArray, order: int, rates: Sequence[float], time: float | None = None, **options: Any
) -> Errors:
    """Return how far a descent is from its modified flow at a time, or after one step; options of the method too."""
    found = []
    for h in rates:
        flow = flows.modified_flow(field, h, order, **options)
        steps = 1 if time is None else round(time / h)
        end = flows.descend(field, x0, learning_rate=h, steps=steps, **options).x[-1]
        found.append(float(np.linalg.norm(end - flow_end(flow, flow.start(x0), steps * h))))
    return found


def _of_descent(name: str, loss: flows.Field, x0: FloatArray, found: dict[str, Errors]) -> Iterator[Claim]:
    for order, flow in enumerate(_NAMES):
        source = "S2.2" if order < 2 else "S2.3"
        errors = distances(loss, x0, order, _LONG, 1.0)
        found[f"{name}, {flow}"] = errors
        for what, rates, values, power in (
            ("at t = 1", _LONG, errors, order + 1),
            ("in one step", _SHORT, distances(loss, x0, order, _SHORT), order + 2),
        ):
            yield Claim(
                source=source,
                statement=f"{name}: descent leaves its {flow} {what} as h^{power}",
                prediction=power,
                measured=slope(rates, values),
                tolerance=_TOLERANCE,
                kernel=_KERNEL,
            )


def _of_memory(loss: flows.Field, x0: FloatArray, momentum: float) -> Iterator[Claim]:
    adam = {"method": "adam", "beta_1": 0.6, "beta_2": 0.7, "epsilon": 0.4}
    plans = {
        f"the heavy ball with μ = {momentum:g}": {"method": "momentum", "momentum": momentum},
        f"Nesterov's gradient with μ = {momentum:g}": {"method": "nesterov", "momentum": momentum},
        "Adam with β = (.6, .7), ε = .4": adam,
    }
    for name, plan in plans.items():
        for order in (0, 1):
            errors = distances(loss, x0, order, _LAGGING, 0.5, **plan)
            yield Claim(
                source="S2.8",
                statement=f"{name} leaves its {_NAMES[order]} as h^{order + 1}",
                prediction=order + 1,
                measured=slope(_LAGGING, errors),
                tolerance=_TOLERANCE,
                kernel=_KERNEL,
            )


def _antisymmetric(loss: flows.Field, x0: FloatArray) -> Iterator[Claim]:
    """Compare the Jacobian of the second-order flow with the commutator of H and T·g, both by differences."""
    h = 0.1
    jacobian = _differences(flows.modified_flow(loss, h, 2).gradient, x0)
    hessian, slope_of = loss.hessian(x0), loss.gradient(x0)
    along = _differences(lambda x: loss.hessian_vector(x, slope_of), x0)  # T contracted with g, which is held
    commutator = -(h * h / 6) * (hessian @ along - along @ hessian)
    # descent goes against the field, so that its Jacobian is the negative one
    difference = -(jacobian - jacobian.T)
    yield Claim(
        source="S2.4",
        statement="the Jacobian J of the second-order term has J − Jᵀ = −(h²/6) [H, T·g]: it is no gradient",
        prediction=0.0,
        measured=float(np.abs(difference - commutator).max() / np.abs(commutator).max()),
        tolerance=1e-5,
        kernel=_KERNEL,
        note="Relative to the largest entry of the right side, on a deep linear net.",
    )


def _differences(function: Callable[[FloatArray], FloatArray], x: FloatArray, step: float = 1e-4) -> FloatArray:
    """Return the Jacobian by central differences of the fourth order."""
    columns = []
    for unit in np.eye(x.size):
        near = function(x + step * unit) - function(x - step * unit)
        far = function(x + 2 * step * unit) - function(x - 2 * step * unit)
        columns.append((8 * near - far) / (12 * step))
    return np.stack(columns, axis=1)


def _of_shuffles(count: int, rng: np.random.Generator) -> Iterator[Claim]:
    """Compare the mean over all orders of one epoch with the flow of the article and with that of the mean."""
    inputs, outputs = rng.normal(size=(count, 2)), rng.normal(size=(count, 1))
    parts = [flows.deep_linear((2, 2, 1), X=inputs[k : k + 1], Y=outputs[k : k + 1]) for k in range(count)]
    x0 = np.array([0.5, -0.3, 0.2, 0.8, -0.6, 0.4])
    whole = flows.average(parts)
    plans: dict[str, tuple[int, Callable[[float], flows.Field]]] = {
        "C + (h/4m) Σ ‖∇Cₖ‖²": (3, lambda h: flows.modified_flow(flows.shuffled(parts, seed=0), h)),
        "C + (h/4) ‖∇C‖², the penalty of the mean": (2, lambda h: flows.modified_flow(whole, h)),
    }
    for name, (power, flow_of) in plans.items():
        errors = []
        for h in _SHORT:
            end = np.mean([_epoch(parts, order, x0, h) for order in permutations(range(count))], axis=0)
            errors.append(float(np.linalg.norm(end - flow_end(flow_of(h), x0, count * h))))
        yield Claim(
            source="S2.7",
            statement=f"the mean of SGD over shuffles leaves {name}, as h^{power} in an epoch",
            prediction=power,
            measured=slope(_SHORT, errors),
            tolerance=_TOLERANCE,
            kernel=_KERNEL,
        )


def _epoch(parts: Sequence[flows.Field], order: Sequence[int], x0: FloatArray, h: float) -> FloatArray:
    run = flows.descend(flows.cyclic([parts[k] for k in order]), x0, learning_rate=h, steps=len(parts))
    end: FloatArray = run.x[-1]
    return end


def _draw(canvas: "Canvas", found: dict[str, Errors]) -> None:
    from zoopt._axes import PALETTE, few_ticks, prepared, titled

    ax = prepared(canvas.subplots())
    for number, (name, errors) in enumerate(found.items()):
        colour, line = PALETTE[number % len(_NAMES)], "-" if number < len(_NAMES) else "--"
        label = f"{name}: {slope(_LONG, errors):.2f}"
        ax.loglog(_LONG, errors, line, marker="o", markersize=3, color=colour, label=label)
    few_ticks(ax)
    ax.legend(frameon=False, fontsize=8, title="slope", title_fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    titled(ax, "Distance of gradient descent from its flows", "learning rate", "")
