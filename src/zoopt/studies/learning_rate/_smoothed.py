"""What a radius does in zeroth order: smoothing prefers flat minima, as a learning rate does."""

import math
from collections.abc import Iterator

import numpy as np

from zoopt import flows
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item

_NODES = 12
_STEPS = 20_000
_RATE = 0.02
_PARTS = 20
_KERNEL = "zoopt.flows.Smoothing"


def smoothed(target: float, radius: float, seed: int) -> Iterator[Item]:
    """Yield the claims about the smoothed toy ½[(y − a b)² + ε²(a² + b²) + ε⁴]."""
    loss, point = flows.product(target), np.array([1.3, -0.4])
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    offsets = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    shares = np.outer(weights, weights).ravel() / (2 * math.pi)
    residual = target - point[0] * point[1]
    yield Claim(
        source="S1-E9",
        statement="smoothed by ε the toy is ½[(y − a b)² + ε²(a² + b²) + ε⁴]",
        prediction=0.5 * (residual**2 + radius**2 * float(point @ point) + radius**4),
        measured=float(shares @ loss.values(point + radius * offsets)),
        tolerance=1e-12,
        kernel="zoopt.flows.product",
        note="The mean over ε u by Gauss and Hermite's rule, which is exact here.",
    )
    estimated = flows.Smoothing(radius, directions=8, seed=seed)(loss)
    start = [1.5 * math.sqrt(target), 0.5 * math.sqrt(target)]
    run = flows.descend(estimated, start, learning_rate=_RATE, steps=_STEPS, save_every=1)
    late = np.abs(run.x[_STEPS // 2 :])
    means = np.array([part.mean() for part in np.array_split(late, _PARTS)])
    error = means.std(ddof=1) / math.sqrt(_PARTS)
    yield Claim(
        source="S1-E9",
        statement="zeroth order with radius ε ends at a = b = √(y − ε²), the flattest point, from one that is not flat",
        prediction=math.sqrt(target - radius**2),
        measured=float(means.mean()),
        interval=(float(means.mean() - 3 * error), float(means.mean() + 3 * error)),
        tolerance=0.01,
        kernel=_KERNEL,
        note="Mean of a and b over the second half of a run with steps of .02; the interval is three standard errors "
        f"of {_PARTS} parts of it. The steps' own noise shifts the mean by what the tolerance allows.",
    )
