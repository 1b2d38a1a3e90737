"""Zeroth order on argmax is a policy gradient: probit exactly, softmax where temperatures match (S1.6, S1.E7)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.objectives import (
    LossObjective,
    MetricObjective,
    PolicyObjective,
    SoftmaxPolicy,
    matched_temperature,
)
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.equivalence._data import Data
from zoopt.studies.equivalence._estimates import cosine, estimates, estimator, mean_of, shares

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

AGREE = 0.96
"""The cosine that the matched temperature keeps, and a fixed one does not."""
_PAIRS = 50
_KERNEL = "zoopt.optimizer, cell isotropic × raw pairs × vanilla"
_LOGITS = np.array([0.3, -0.5, 0.6])
_SAMPLE = np.array([1.0, -0.7])
_REWARDS = np.array([1.0, -0.5, 0.2])


def probit_gradient(theta: FloatArray, X: FloatArray, y: FloatArray, radius: float) -> FloatArray:
    """Return the mean over samples of φ(z/s) y x/s with z = y θᵀx and s = ε‖x‖, intercepts among x."""
    rows = np.column_stack([X, np.ones(len(X))])
    spread = radius * np.linalg.norm(rows, axis=1)
    z = rows @ theta / spread
    return np.asarray((y / spread * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)) @ rows / len(rows))


def _signs(data: Data) -> FloatArray:
    return np.where(data.y == 1, 1.0, -1.0)


def fitted(data: Data) -> FloatArray:
    """Return the solution of logistic regression, C = 1: the mean cross-entropy with ‖θ‖²/2n."""
    from scipy.optimize import minimize

    loss = flows.L2(1 / len(data.X))(LossObjective(data.X, data.y))
    found = minimize(
        loss.value_and_gradient, np.zeros(loss.dim), jac=True, hess=loss.hessian, method="trust-exact",
        options={"gtol": 1e-9},
    )  # fmt: skip
    return np.asarray(found.x)


def argmax(data: Data, radii: tuple[float, ...], radius: float, draws: int, seed: int) -> Iterator[Item]:
    """Yield what zeroth order estimates on argmax, and when that is the softmax policy gradient."""
    yield _cells_of_labels(radius, draws, seed)
    theta = fitted(data)
    yield _on_data(data, theta, radius, draws, seed)
    yield _gumbel(draws, seed)
    yield from _matching()
    yield from _cosines(data, theta, radii)


def _cells_of_labels(radius: float, draws: int, seed: int) -> Claim:
    """Three labels, linear scores of one sample, any rewards: cells integrated by quadrature."""
    row = np.append(_SAMPLE, 1.0)
    theta = np.outer(_LOGITS / (row @ row), row)
    spread = radius * float(np.linalg.norm(row))
    expected = np.outer(_REWARDS @ _slopes_of_cells(theta @ row / spread) / spread, row).ravel()

    def reward(moved: FloatArray) -> FloatArray:
        scores = (moved.reshape(-1, *theta.shape) + theta) @ row
        return np.asarray(_REWARDS[scores.argmax(axis=1)])

    generations = max(2, draws // _PAIRS)
    cell = estimator("raw", _PAIRS, antithetic=True)
    found = estimates(cell, reward, generations, theta.size, scale=radius, seed=seed)
    return Claim(
        source="S1.6",
        statement="zeroth order on r(argmax) integrates over the cells {u : argmax = y}: share of Σ r(y)∇P(y)",
        prediction=1.0,
        **mean_of(shares(found, expected)),
        tolerance=0.02,
        kernel=_KERNEL,
        note=f"Three labels, ε = {radius:g}; the probabilities of the cells by quadrature.",
    )


def _slopes_of_cells(scores: FloatArray) -> FloatArray:
    """Return ∂P(argmax = y)/∂score_k of scores with independent noise of deviation 1, shape (labels, labels)."""
    from scipy.special import ndtr

    v, weights = np.polynomial.hermite_e.hermegauss(100)
    weights = weights / np.sqrt(2 * np.pi)
    found = np.zeros((scores.size, scores.size))
    for y in range(scores.size):
        for k in range(scores.size):
            if k == y:
                continue
            rest = [ndtr(scores[y] - scores[j] + v) for j in range(scores.size) if j not in (y, k)]
            density = np.exp(-((scores[y] - scores[k] + v) ** 2) / 2) / np.sqrt(2 * np.pi)
            found[y, k] = -weights @ (density * np.prod(rest, axis=0))
        found[y, y] = -found[y].sum()
    return found


def _on_data(data: Data, theta: FloatArray, radius: float, draws: int, seed: int) -> Claim:
    accuracy = MetricObjective(data.X, data.y)
    expected = probit_gradient(theta, data.X, _signs(data), radius)
    cell, generations = estimator("raw", _PAIRS, antithetic=True), max(2, draws // (5 * _PAIRS))
    found = estimates(
        cell, lambda rows: np.asarray(accuracy(theta + rows)), generations, theta.size, scale=radius, seed=seed
    )
    return Claim(
        source="S1.E7",
        statement="zeroth order on 0-1 rewards is the probit policy gradient φ(z/s)yx/s, s = ε‖x‖: share of it",
        prediction=1.0,
        **mean_of(shares(found, expected)),
        tolerance=0.04,
        kernel=_KERNEL,
        note=f"Accuracy on {data.name} at the solution of logistic regression, ε = {radius:g}.",
    )


def _gumbel(draws: int, seed: int) -> Claim:
    scores, rewards = _LOGITS[None], _REWARDS[None]
    exact = SoftmaxPolicy((1, 3), rewards).value_and_slopes(scores)[1][0]
    noisy = SoftmaxPolicy((1, 3), rewards, samples=1000, score="gumbel", baseline="none", seed=seed)
    generations = max(2, draws // 1000)
    found = np.array([noisy.value_and_slopes(scores, generation=g)[1][0] for g in range(generations)])
    return Claim(
        source="S1.E7",
        statement="Gumbel noise on the logits with the score (1 − e^{−G})/τ gives the softmax policy gradient: share",
        prediction=1.0,
        **mean_of(shares(found, exact)),
        tolerance=0.02,
        kernel="zoopt.objectives.SoftmaxPolicy",
    )


def _matching() -> Iterator[Claim]:
    from scipy.optimize import minimize_scalar
    from scipy.special import expit, ndtr

    z = np.linspace(0.0, 12.0, 100_001)

    def distance(ratio: float) -> float:
        return float(np.abs(ndtr(z / ratio) - expit(z)).max())

    best = minimize_scalar(distance, bounds=(1.5, 2.0), method="bounded", options={"xatol": 1e-8})
    temperature = float(matched_temperature([[0.0]], 1.0)[0])
    yield Claim(
        source="S1.E7",
        statement="matching rule ε‖x‖ = 1.7017 τ: the ratio at which probit and softmax are nearest",
        prediction=float(best.x),
        measured=1 / temperature,
        tolerance=5e-5,
        kernel="zoopt.objectives.matched_temperature",
    )
    scores = np.column_stack([np.zeros_like(z), z])
    policy = SoftmaxPolicy(scores.shape, np.zeros(scores.shape), temperature=temperature)
    yield Claim(
        source="S1.E7",
        statement="probabilities of the two differ by .009457 at most",
        prediction=float(best.fun),
        measured=float(np.abs(policy.probabilities(scores)[:, 1] - ndtr(z)).max()),
        tolerance=5e-6,
        kernel="zoopt.objectives.SoftmaxPolicy",
        note="The prediction is at the best ratio, the kernel's has four digits.",
    )


def cosines(data: Data, theta: FloatArray, radii: tuple[float, ...]) -> "pd.DataFrame":
    """Return cos(ZO, PG) at θ, by ε, at τ = 1 and at the matched τ."""
    import pandas as pd

    rows = []
    fixed = PolicyObjective(data.X, data.y).value_and_gradient(theta)[1]
    for radius in radii:
        zeroth = probit_gradient(theta, data.X, _signs(data), radius)
        temperature = matched_temperature(data.X, radius)
        matched = PolicyObjective(data.X, data.y, temperature=temperature).value_and_gradient(theta)[1]
        rows.append((radius, cosine(zeroth, fixed), cosine(zeroth, matched)))
    return pd.DataFrame(rows, columns=["ε", "τ = 1", "τ matched"])


def _cosines(data: Data, theta: FloatArray, radii: tuple[float, ...]) -> Iterator[Item]:
    frame = cosines(data, theta, radii)
    least = float(frame["ε"].min())
    yield Claim(
        source="S1.6",
        statement=f"as ε → 0 zeroth order becomes the policy gradient at τ = 1: their cosine (ε = {least:g})",
        relation="at least",
        prediction=AGREE,
        measured=float(frame.loc[frame["ε"] == least, "τ = 1"].iloc[0]),
        kernel="zoopt.objectives.PolicyObjective",
        erratum=True,
        note=f"On {data.name}. ε → 0 learns from samples next to the boundary only, τ = 1 from all of them.",
    )
    yield Claim(
        source="S1.E7",
        statement=f"with the matched temperatures cos(ZO, PG) ≥ {AGREE:g} for every ε",
        relation="at least",
        prediction=AGREE,
        measured=float(frame["τ matched"].min()),
        kernel="zoopt.objectives.PolicyObjective",
        note=f"On {data.name}, the least of ε = {', '.join(f'{radius:g}' for radius in radii)}.",
    )
    yield Table("cosines", frame, f"cos(ZO, PG) on {data.name}, at the solution of logistic regression")
    fine = tuple(np.geomspace(min(radii), max(radii), 41))
    yield Figure(
        "cosine_of_radius",
        lambda canvas: _draw(canvas, frame, cosines(data, theta, fine)),
        "Cosine of the zeroth-order gradient of the accuracy and the softmax policy gradient, by ε.",
    )


def _draw(canvas: "Canvas", frame: "pd.DataFrame", fine: "pd.DataFrame") -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax = prepared(canvas.subplots())
    for colour, name in zip(PALETTE, ("τ matched", "τ = 1"), strict=False):
        ax.plot(fine["ε"], fine[name], color=colour, label=name)
        ax.plot(frame["ε"], frame[name], "o", color=colour, markersize=4)
    ax.axhline(AGREE, color="#5c6370", linewidth=0.8, linestyle=":")
    ax.set_xscale("log")
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "Zeroth order and policy gradient point the same way where temperatures match", "ε", "cos(ZO, PG)")
