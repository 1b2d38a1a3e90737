"""What scaling the layers of a network does to its output and to penalties."""

import math
from collections.abc import Iterator

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.objectives import LossObjective
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table

_INPUTS, _OUTPUTS, _SAMPLES = 6, 4, 40
Layers = list[tuple[FloatArray, FloatArray]]


def network(hidden: tuple[int, ...], seed: int) -> tuple[LossObjective, Layers, FloatArray]:
    """Return the loss of a ReLU network on drawn data, layers with intercepts, and the samples."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(_SAMPLES, _INPUTS))
    loss = LossObjective(X, np.arange(_SAMPLES) % _OUTPUTS, model="mlp", hidden=hidden)
    layers = [
        (weights, rng.normal(size=intercepts.shape))
        for weights, intercepts in loss.layout.layers(loss.layout.initial("he-normal", seed=seed))
    ]
    return loss, layers, X


def scaled(layers: Layers, factors: FloatArray, intercepts: FloatArray) -> Layers:
    """Return the layers with weights and intercepts of each multiplied by a factor."""
    return [(w * weights, b * shift) for (weights, shift), w, b in zip(layers, factors, intercepts, strict=True)]


def invariance(scales: tuple[float, ...], decay: float, seed: int) -> Iterator[Item]:
    """Yield the claims for factors of all layers but the last, whose factor makes the product 1."""
    import pandas as pd

    factors = np.array([*scales, 1 / math.prod(scales)])
    loss, layers, X = network((8,) * len(scales), seed)
    bare = scaled(layers, np.ones(len(layers)), np.zeros(len(layers)))
    output = "zoopt.objectives.LossObjective.scores"
    moved = {
        "no bias": _moved(loss, bare, scaled(bare, factors, factors), X),
        "b_l = γ_l b̃_l": _moved(loss, layers, scaled(layers, factors, factors), X),
        "b_l = (Π_k≤l γ_k) b̃_l": _moved(loss, layers, scaled(layers, factors, np.cumprod(factors)), X),
    }
    yield Claim(
        source="S5.2",
        statement="W_l = γ_l W̃_l with Πγ_l = 1 leaves the output of a ReLU network without biases unchanged",
        prediction=0.0,
        measured=moved["no bias"],
        tolerance=1e-12,
        kernel=output,
        note="Root mean square of the change over that of the output; also in the next two claims.",
    )
    yield Claim(
        source="S5.2",
        statement="with biases, b_l = γ_l b̃_l leaves it unchanged",
        prediction=0.0,
        measured=moved["b_l = γ_l b̃_l"],
        tolerance=1e-12,
        kernel=output,
        erratum=True,
        note="The article's rule. Units of layer l are scaled by all factors up to l, and so must its biases be.",
    )
    yield Claim(
        source="S5.2",
        statement="with biases, b_l = (Π_k≤l γ_k) b̃_l leaves it unchanged",
        prediction=0.0,
        measured=moved["b_l = (Π_k≤l γ_k) b̃_l"],
        tolerance=1e-12,
        kernel=output,
    )
    yield Table("biases", pd.DataFrame(moved.items(), columns=["rule", "change"]), "What a rule does to the output")
    yield from _least_penalty(bare)
    yield from _penalties(loss, bare, factors, decay)


def _moved(loss: LossObjective, before: Layers, after: Layers, X: FloatArray) -> float:
    one, two = (loss.scores(loss.layout.theta(layers), X) for layers in (before, after))
    return float(np.linalg.norm(two - one) / np.linalg.norm(one))


class Rescaled:
    """The L2 norm ½ Σ ‖γ_l W_l‖² over the logarithms s of the factors of all layers but the last, with product 1."""

    def __init__(self, norms: FloatArray) -> None:
        self.squares = norms**2
        self.dim = norms.size - 1

    def factors(self, s: FloatArray) -> FloatArray:
        """Return all factors."""
        factors: FloatArray = np.exp(np.append(s, -s.sum()))
        return factors

    def value(self, s: FloatArray) -> float:
        """Return half the sum of squares."""
        return 0.5 * float(self.squares @ self.factors(s) ** 2)

    def gradient(self, s: FloatArray) -> FloatArray:
        """Return its slope: what a layer has above the last one."""
        grown: FloatArray = self.squares * self.factors(s) ** 2
        slope: FloatArray = grown[:-1] - grown[-1]
        return slope


def least_penalty(norms: FloatArray) -> tuple[float, FloatArray]:
    """Return the least Σ ‖γ_l W_l‖² over factors of product 1, and the norms there, by following the flow."""
    problem = Rescaled(norms)
    field = flows.field(problem.value, problem.gradient, problem.dim)
    time = 40 / float(np.exp(2 * np.log(norms).mean()))
    end = flows.gradient_flow(field, np.zeros(problem.dim), time, method="lsoda", rtol=1e-10, atol=1e-13).x[-1]
    return 2 * problem.value(end), norms * problem.factors(end)


def _least_penalty(layers: Layers) -> Iterator[Claim]:
    norms = np.array([float(np.linalg.norm(weights)) for weights, _ in layers])
    least, at_least = least_penalty(norms)
    count = len(layers)
    yield Claim(
        source="S5.2",
        statement=f"the least Σ‖γ_l W_l‖² over Πγ_l = 1 is L (Π‖W_l‖)^(2/L), L = {count}",
        prediction=count * float(np.prod(norms)) ** (2 / count),
        measured=least,
        tolerance=1e-8 * least,
        kernel="zoopt.flows.gradient_flow",
    )
    yield Claim(
        source="S5.2",
        statement="there the norms of all layers are equal",
        prediction=1.0,
        measured=float(at_least.max() / at_least.min()),
        tolerance=1e-5,
        kernel="zoopt.flows.gradient_flow",
        note="Largest over smallest.",
    )


def _penalties(loss: LossObjective, layers: Layers, factors: FloatArray, decay: float) -> Iterator[Claim]:
    weissi_kernel = "zoopt.flows.WeightScaleInvariant"
    x, y = (loss.layout.theta(each) for each in (layers, scaled(layers, factors, factors)))
    l2 = flows.L2(decay)(loss)
    weissi = flows.WeightScaleInvariant(decay, decay)(loss)
    squares = np.array([float((weights**2).sum()) for weights, _ in layers])
    yield Claim(
        source="S5.2",
        statement="L2 is not invariant: it changes by (λ/2) Σ (γ_l² − 1)‖W_l‖²",
        prediction=0.5 * decay * float(squares @ (factors**2 - 1)),
        measured=l2.value(y) - l2.value(x),
        tolerance=1e-12 * (1 + l2.value(x) + l2.value(y)),
        kernel="zoopt.flows.L2",
    )
    yield Claim(
        source="S5.3",
        statement="λ₁ Σ log‖W_l‖ + λ₂ Σ ‖W_l/‖W_l‖₂‖₁ is invariant",
        prediction=0.0,
        measured=weissi.value(y) - weissi.value(x),
        tolerance=1e-12 * (1 + abs(weissi.value(x))),
        kernel=weissi_kernel,
    )
    places = [slice(0, 5)]
    still = flows.quadratic(np.zeros(5))
    point = np.array([0.3, -0.4, 1.2, 0.1, -2.0])
    for name, field, exponent, kernel in (
        ("log: φ′(γx)γ = φ′(x)", flows.WeightScaleInvariant(decay, layers=places)(still), -1.0, weissi_kernel),
        ("‖W/‖W‖₂‖₁ as well", flows.WeightScaleInvariant(0.0, decay, layers=places)(still), -1.0, weissi_kernel),
        ("½‖W‖² instead has φ′(γx) = γ φ′(x)", flows.L2(decay)(still), 1.0, "zoopt.flows.L2"),
    ):
        gamma = float(factors[0])
        ratio = field.gradient(gamma * point) / field.gradient(point)
        yield Claim(
            source="S5.3",
            statement=f"{name}, γ = {gamma:g}",
            prediction=gamma**exponent,
            measured=float(max(ratio, key=lambda found: abs(found - gamma**exponent))),
            tolerance=1e-12 * gamma**exponent,
            kernel=kernel,
            note="The gradient at γW over that at W, the worst over coordinates.",
        )
