"""Variances of policy gradient and zeroth order near the start of training, on digits (S1.E3, S1.7)."""

from collections.abc import Iterator

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.objectives import PolicyObjective
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.equivalence._data import Data
from zoopt.studies.equivalence._estimates import estimates, estimator, mean_of, squared_errors

_BASELINES = ("none", "mean", "optimal")
_NAMES = {"none": "none", "mean": "E r", "optimal": "b*"}
_SPREAD = 0.1
_RADIUS = 0.01
_DIRECTIONS = 16
_MARGIN = 0.06


def near_the_start(data: Data, generations: int, seed: int) -> Iterator[Item]:
    """Yield trace variances over ‖∇J‖², predicted and measured."""
    import pandas as pd

    policy = PolicyObjective(data.X, data.y)
    theta = _SPREAD * np.random.default_rng(seed).normal(size=policy.dim)
    gradient = policy.value_and_gradient(theta)[1]
    rows = []
    for baseline in _BASELINES:
        sampled = PolicyObjective(data.X, data.y, samples=1, baseline=baseline, seed=seed)
        found = np.array([sampled.value_and_gradient(theta, generation=g)[1] for g in range(generations)])
        told = mean_of(squared_errors(found, gradient) / (gradient @ gradient))
        predicted = policy_variance(policy, data, theta, baseline)
        rows.append(("policy gradient", _NAMES[baseline], predicted, told["measured"]))
        yield Claim(
            source="S1.4",
            statement=f"relative variance of a sampled policy gradient, baseline {_NAMES[baseline]} ({data.name})",
            prediction=predicted,
            **told,
            tolerance=_MARGIN * predicted,
            kernel="zoopt.objectives.PolicyObjective",
            note=f"A label a sample; normal weights of deviation {_SPREAD:g}. Predicted by enumeration of the labels.",
        )
    for baseline, predicted in _zeroth(policy, theta, gradient).items():
        shaping = {"none": "raw", "f(x)": "centre-baseline", "central": "raw"}[baseline]
        cell = estimator(shaping, _DIRECTIONS, antithetic=baseline == "central")
        found = estimates(
            cell, lambda X: np.asarray(policy(theta + X)), generations, policy.dim, scale=_RADIUS, seed=seed
        )
        told = mean_of(_DIRECTIONS * squared_errors(found, gradient) / (gradient @ gradient))
        rows.append(("zeroth order", baseline, predicted, told["measured"]))
        yield Claim(
            source="S1.E3",
            statement=f"relative variance of a zeroth-order direction on J, baseline {baseline} ({data.name})",
            prediction=predicted,
            **told,
            tolerance=_MARGIN * predicted,
            kernel="zoopt.optimizer, zoopt.flows.field",
            note=f"{policy.dim} parameters, ε = {_RADIUS:g}; predicted from gradient and Hessian.",
        )
    frame = pd.DataFrame(rows, columns=["estimate", "baseline", "predicted", "measured"])
    yield Claim(
        source="S1.7",
        statement=f"a ZO direction scatters over 1000 times as much as a sampled policy gradient ({data.name})",
        relation="at least",
        prediction=1000.0,
        measured=float(frame["measured"].iloc[-1] / frame["measured"].iloc[2]),
        kernel="zoopt.optimizer, zoopt.objectives.PolicyObjective",
        note="Central differences against b*, each the best of its kind.",
    )
    yield Table("relative_variances", frame, "Trace variance over ‖∇J‖² near the start")


def policy_variance(policy: PolicyObjective, data: Data, theta: FloatArray, baseline: str) -> float:
    """Return tr Cov / ‖∇J‖² of the gradient with a label drawn a sample, all labels enumerated."""
    p, r = policy.probabilities(theta), np.eye(len(policy.classes_))[data.y]
    squares = 1 - 2 * p + np.square(p).sum(axis=1, keepdims=True)
    mean = (p * r).sum(axis=1)
    b = {"none": 0 * mean, "mean": mean, "optimal": (p * r * squares).sum(axis=1) / (p * squares).sum(axis=1)}[baseline]
    slopes = p * (r - mean[:, None])
    second = (p * np.square(r - b[:, None]) * squares).sum(axis=1)
    rows = np.column_stack([data.X, np.ones(len(data.X))])
    total = np.square(slopes.T @ rows).sum()
    return float(((second - np.square(slopes).sum(axis=1)) * np.square(rows).sum(axis=1)).sum() / total)


def _zeroth(policy: PolicyObjective, theta: FloatArray, gradient: FloatArray) -> dict[str, float]:
    """Return what E3 says of J near θ, over ‖∇J‖²."""
    H = -flows.field(policy).hessian(theta)  # a field is of what falls, J rises
    d, G, t, s = policy.dim, float(gradient @ gradient), float(np.trace(H)), float(np.square(H).sum())
    value = float(np.asarray(policy(theta)))
    curved = _RADIUS**2 / 4 * (d + 4) * (t**2 + 2 * s)
    sloped = (d + 1) * G
    return {
        "none": (sloped + value**2 * d / _RADIUS**2 + curved + value * (d + 2) * t) / G,
        "f(x)": (sloped + curved) / G,
        "central": sloped / G,
    }
