"""Policy gradient is zeroth order sample by sample, and what smoothing estimates (S1.5, S1.E1, S1.E2)."""

import math
from collections.abc import Iterator

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item
from zoopt.studies.equivalence._estimates import estimates, estimator, gap, mean_of

_CELL = "zoopt.optimizer, cell isotropic × {} × vanilla"
_SQUARE = 0.2
"""ε² of the cubic x³/3, whose bias at 0 it is."""
_ROWS = 1000


def identity(dim: int, radius: float, draws: int, seed: int) -> Iterator[Item]:
    """Yield the identity of both estimates, and what they are unbiased for."""
    for shaping, b in (("raw", "0"), ("centre-baseline", "f(θ)")):
        yield Claim(
            source="S1.E1",
            statement=f"(f(a) − b)∇log π(a) = (f(θ + εu) − b)u/ε sample by sample, b = {b}",
            prediction=0.0,
            measured=max(_gap_of_scores(shaping, dim, radius, seed + k) for k in range(200)),
            tolerance=1e-14,
            kernel=_CELL.format(shaping),
            note="Largest relative difference of 200 samples: rounding.",
        )
    yield from _smoothing(draws, seed)


def bumpy(X: FloatArray) -> FloatArray:
    """Return values with all orders of derivatives, of rows."""
    k = np.arange(1, X.shape[1] + 1)
    Y = X + np.linspace(-1.3, 1.7, X.shape[1])
    return np.asarray(1.5 + Y @ np.cos(k) + np.square(Y) @ (0.3 + 0.1 * k) + np.sin(2 * Y).sum(axis=1) + Y[:, 0] ** 3)


def _gap_of_scores(shaping: str, dim: int, radius: float, seed: int) -> float:
    """Return the relative difference of a step at θ = 0 from the score function of N(0, ε²I)."""
    search = zoopt.optimizer(estimator(shaping, 1), np.zeros(dim), scale=radius, seed=seed, learning_rate=1.0)
    rows = search.ask()
    values = bumpy(rows)
    search.tell(values)
    baseline = values[1] if shaping == "centre-baseline" else 0.0
    return gap(-search.mean, (values[0] - baseline) * rows[0] / radius**2)


def _smoothing(draws: int, seed: int) -> Iterator[Claim]:
    """Yield claims about x³/3 at 0: f is flat there, its smoothing has the slope (ε²/2) f''' = ε²."""
    radius, generations = math.sqrt(_SQUARE), max(2, draws // _ROWS)

    def cubic(X: FloatArray) -> FloatArray:
        return np.asarray(X[:, 0] ** 3 / 3)

    found = {
        distribution: estimates(
            estimator("raw", _ROWS, distribution=distribution, antithetic=True),
            cubic, generations, 1, scale=radius, seed=seed,
        )[:, 0]
        for distribution in ("isotropic", "rademacher")
    }  # fmt: skip
    yield Claim(
        source="S1.E2",
        statement="Gaussian u: E[f(x + εu)u]/ε is ∇E f(x + εu), so the bias is (ε²/2)∇Δf (x³/3 at 0, ε² = .2)",
        prediction=_SQUARE,
        **mean_of(found["isotropic"]),
        tolerance=0.02 * _SQUARE,
        kernel=_CELL.format("raw pairs"),
    )
    yield Claim(
        source="S1.E2",
        statement="the same for every u of mean 0 and covariance I (random signs)",
        prediction=_SQUARE,
        **mean_of(found["rademacher"]),
        tolerance=0.02 * _SQUARE,
        kernel="zoopt.optimizer, cell rademacher × raw pairs × vanilla",
        erratum=True,
        note="The smoothed function has the slope ε² under signs too; the estimate is ε²/3.",
    )
    yield _logistic(2 * draws, seed)


def _logistic(draws: int, seed: int) -> Claim:
    """Return the claim about x³ at 0, where the slope of the smoothing is 3 ε² Var u."""
    radius = 0.5
    uniform = zoopt.noise(seed, 0, 0, draws, kind="uniform", stream=4)
    u = np.log(uniform / (1 - uniform))
    found = (radius * u) ** 3 * np.tanh(u / 2) / radius
    expected = 3 * radius**2 * math.pi**2 / 3
    return Claim(
        source="S1.E2",
        statement="another density takes −∇log p(u) in place of u (logistic u, x³ at 0)",
        prediction=expected,
        **mean_of(found),
        tolerance=0.03 * expected,
        kernel="zoopt.noise",
    )


def vanishing_bias(draws: int, seed: int) -> Claim:
    """Return how the bias shrinks with ε: by how much a halved ε divides it."""
    generations = max(2, draws // _ROWS)
    cell = estimator("centre-baseline", _ROWS)

    def cubic(X: FloatArray) -> FloatArray:
        return np.asarray(X[:, 0] ** 3 / 3)

    wide, narrow = (estimates(cell, cubic, generations, 1, scale=radius, seed=seed)[:, 0] for radius in (0.4, 0.2))
    return Claim(
        source="S1.5",
        statement="E[(f(x + εu) − f(x))u/ε] → ∇f as ε → 0: the bias falls by 4 where ε is halved",
        prediction=4.0,
        measured=float(wide.mean() / narrow.mean()),
        tolerance=1e-9,
        kernel=_CELL.format("centre-baseline"),
        note="x³/3 at 0 by the same directions, so that nothing of the ratio is noise.",
    )
