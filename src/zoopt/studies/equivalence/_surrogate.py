"""The reward of argmax, its surrogate, the policy gradient and its baselines (S1.1 to S1.4, S1.E6)."""

import itertools
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.objectives import MetricObjective, PolicyObjective, SoftmaxPolicy
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.equivalence._data import Data
from zoopt.studies.equivalence._estimates import gap, mean_of, shares

_POLICY = "zoopt.objectives.PolicyObjective"
_ON_SCORES = "zoopt.objectives.SoftmaxPolicy"
_BASELINES = ("none", "mean", "optimal")
_LABELS = 4
_ROW = np.array([[0.8, -1.3, 0.4]])
_ATTEMPTS = 100_000  # generations until every choice was drawn once


def surrogate(data: Data, draws: int, seed: int) -> Iterator[Item]:
    """Yield what is said of the reward, of J and of its gradient, on data of two classes."""
    theta = np.random.default_rng(seed).normal(size=data.X.shape[1] + 1)
    yield _piecewise_constant(data, theta, seed)
    yield _sorted_alike(seed)
    policy = PolicyObjective(data.X, data.y)
    exact = policy.value_and_gradient(0.1 * theta)[1]
    steps = 1e-5 * np.eye(policy.dim)
    numeric = (np.asarray(policy(0.1 * theta + steps)) - np.asarray(policy(0.1 * theta - steps))) / 2e-5
    yield Claim(
        source="S1.3",
        statement="∇J = E Σ_y r ∇p: the policy gradient by enumeration is the derivative of J",
        prediction=0.0,
        measured=gap(exact, numeric),
        tolerance=1e-8,
        kernel=_POLICY,
        note=f"Largest difference from central differences over the largest coordinate, on {data.name}.",
    )
    sampled = PolicyObjective(data.X, data.y, samples=1, baseline="none", seed=seed)
    found = np.array([sampled.value_and_gradient(0.1 * theta, generation=g)[1] for g in range(draws)])
    yield Claim(
        source="S1.3",
        statement="∇J = E r ∇log p for labels drawn from p: share of ∇J that sampled gradients have along it",
        prediction=1.0,
        **mean_of(shares(found, exact)),
        tolerance=0.02,
        kernel=_POLICY,
    )
    yield from _baselines()


def _piecewise_constant(data: Data, theta: FloatArray, seed: int) -> Claim:
    accuracy = MetricObjective(data.X, data.y)
    near = theta + 1e-9 * np.random.default_rng(seed + 1).normal(size=(1000, theta.size))
    return Claim(
        source="S1.1",
        statement="the reward of argmax is piecewise constant: what small steps change of it",
        prediction=0.0,
        measured=float(np.abs(np.asarray(accuracy(near)) - accuracy(theta)).max()),
        kernel="zoopt.objectives.MetricObjective",
        note=f"Accuracy on {data.name}, 1000 steps of 10⁻⁹ a coordinate.",
    )


def _sorted_alike(seed: int) -> Claim:
    """Of all ways to hand out the same probabilities the sorted one earns most: the rearrangement inequality."""
    rng = np.random.default_rng(seed)
    rewards, scores = np.sort(rng.normal(size=(200, _LABELS))), np.sort(rng.normal(size=(200, _LABELS)))
    each = [SoftmaxPolicy((1, _LABELS), row[None]) for row in rewards]
    orders = list(itertools.permutations(range(_LABELS)))
    earned = np.array(
        [[p.value_and_slopes(s[None, list(o)])[0] for o in orders] for p, s in zip(each, scores, strict=True)]
    )
    return Claim(
        source="S1.2",
        statement="J is largest where p and r are sorted alike: what another order earns more",
        relation="at most",
        prediction=0.0,
        measured=float((earned.max(axis=1) - earned[:, 0]).max()),
        tolerance=1e-14,
        kernel=_ON_SCORES,
        note=f"All orders of {_LABELS} probabilities, 200 policies.",
    )


def _baselines() -> Iterator[Item]:
    import pandas as pd

    rewards, scores = np.array([[0.4, -1.0, 2.0, 0.1]]), np.array([[0.3, 1.1, -0.4, 0.0]])
    exact = SoftmaxPolicy((1, _LABELS), rewards).value_and_slopes(scores)[1][0]
    rows = []
    for baseline in _BASELINES:
        policy = SoftmaxPolicy((1, _LABELS), rewards, samples=1, baseline=baseline)
        p = policy.probabilities(scores)[0]
        found = _slopes_of_choices(policy, scores)
        rows.append((baseline, gap(p @ found, exact), _variance(p, found)))
    frame = pd.DataFrame(rows, columns=["baseline", "bias", "variance"])
    yield Table("policy_baselines", frame, "Sampled policy gradients of four labels, every choice enumerated")
    yield Claim(
        source="S1.4",
        statement="(r − b)∇log p is unbiased for every b that does not depend on y: largest bias of the baselines",
        prediction=0.0,
        measured=float(frame["bias"].max()),
        tolerance=1e-13,
        kernel=_ON_SCORES,
        note="Every choice is enumerated, so nothing of it is an estimate.",
    )
    p = SoftmaxPolicy((1, _LABELS), rewards).probabilities(scores)[0]
    yield Claim(
        source="S1.4",
        statement="E[r‖∇log p‖²]/E‖∇log p‖² is the baseline of least variance: its variance",
        prediction=_least_variance(p, rewards[0]),
        measured=float(frame["variance"].iloc[-1]),
        tolerance=1e-12,
        kernel=_ON_SCORES,
        note="The prediction is the minimum of the parabola through the variances of three constants.",
    )


def _slopes_of_choices(policy: SoftmaxPolicy, scores: FloatArray) -> FloatArray:
    """Return the gradient that every choice gives, by going through generations until each was drawn."""
    found: dict[int, FloatArray] = {}
    for generation in range(_ATTEMPTS):
        choice = int(policy.choices(scores, generation=generation)[0, 0])
        if choice not in found:
            found[choice] = policy.value_and_slopes(scores, generation=generation)[1][0]
            if len(found) == _LABELS:
                break
    return np.array([found[label] for label in range(_LABELS)])


def _variance(p: FloatArray, found: FloatArray) -> float:
    mean = p @ found
    return float(p @ np.square(found).sum(axis=1) - mean @ mean)


def _least_variance(p: FloatArray, rewards: FloatArray) -> float:
    constants = np.array([-1.0, 0.0, 1.0])
    slopes = np.eye(_LABELS) - p
    curve = np.polyfit(constants, [_variance(p, (rewards - b)[:, None] * slopes) for b in constants], 2)
    return float(np.polyval(curve, -curve[1] / (2 * curve[0])))


# S1.E6: one action that is right or wrong.

CLOSED: dict[str, Callable[[float], float]] = {
    "none": lambda p: p * (1 - p) ** 3,
    "mean": lambda p: p * (1 - p) * (1 - 2 * p) ** 2,
    "optimal": lambda p: 0.0,
}
_NAMES = {"none": "no baseline", "mean": "b = E r", "optimal": "b* = 1 − p"}
_FORMS = {"none": "p(1−p)³", "mean": "p(1−p)(1−2p)²", "optimal": "0"}


def binary(probability: float) -> Iterator[Item]:
    """Yield the variances of a binary action, and where the usual baseline is worse than none."""
    import pandas as pd

    variances = {baseline: action_variance(probability, baseline) for baseline in _BASELINES}
    for baseline, found in variances.items():
        yield Claim(
            source="S1.E6",
            statement=f"a binary action with {_NAMES[baseline]} has variance {_FORMS[baseline]} (p = {probability:g})",
            prediction=CLOSED[baseline](probability),
            measured=found,
            tolerance=1e-12,
            kernel=_POLICY,
            note="A unit of ‖x‖²; both choices are enumerated.",
        )
    yield Claim(
        source="S1.E6",
        statement=f"the usual shortcut b = E r has no more variance than no baseline (p = {probability:g})",
        relation="at most",
        prediction=variances["none"],
        measured=variances["mean"],
        kernel=_POLICY,
        erratum=True,
    )
    yield Claim(
        source="S1.E6",
        statement="b = E r is worse than no baseline from p = 2/3 on",
        prediction=2 / 3,
        measured=_crossing(),
        tolerance=1e-6,
        kernel=_POLICY,
        note="Found by bisection of the enumerated variances.",
    )
    grid = np.linspace(0.05, 0.95, 19)
    frame = pd.DataFrame({"p": grid, **{b: [action_variance(p, b) for p in grid] for b in _BASELINES}})
    yield Table("binary_action", frame, "Variance of a binary action's gradient by baseline, a unit of ‖x‖²")


@cache
def action_variance(p: float, baseline: str) -> float:
    """Return the variance of the gradient of one sample whose label has probability p, a unit of ‖(x, 1)‖²."""
    policy = PolicyObjective(_ROW, [1], classes=[0, 1], samples=1, baseline=baseline)
    theta = np.append(np.zeros(_ROW.size), np.log(p / (1 - p)))
    found: dict[int, FloatArray] = {}
    for generation in range(_ATTEMPTS):
        choice = int(policy.draw(theta, generation=generation)[0, 0])
        if choice not in found:
            found[choice] = policy.value_and_gradient(theta, generation=generation)[1]
            if len(found) == 2:
                break
    return _variance(np.array([1 - p, p]), np.array([found[0], found[1]])) / float(np.square(_ROW).sum() + 1)


def _crossing() -> float:
    low, high = 0.55, 0.95
    while high - low > 1e-8:
        middle = (low + high) / 2
        worse = action_variance(middle, "mean") > action_variance(middle, "none")
        low, high = (low, middle) if worse else (middle, high)
    return (low + high) / 2
