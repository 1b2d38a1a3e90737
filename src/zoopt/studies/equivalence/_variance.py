"""How far zeroth-order estimates scatter: on a quadratic, along a slope, and what a step gains (S1.E3 to S1.E5)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import zoopt
from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.equivalence._estimates import (
    Measured,
    Values,
    estimates,
    estimator,
    mean_of,
    shares,
    squared_errors,
)

MARGIN = 0.02
"""Share of a variance that is allowed beside it; a hundred thousand draws leave a standard error of a quarter."""
_KERNEL = "zoopt.optimizer, cell {}"
_DIRECTIONS = 20  # of a generation, where the variance of one is asked for
_GAINS = (1, 3, 10)


@dataclass(frozen=True)
class Quadratic:
    """f0 + gᵀx + ½xᵀHx with given ‖g‖², tr H and tr H², which are all that variances depend on."""

    dim: int
    value: float
    slope_square: float
    trace: float
    trace_square: float
    seed: int

    @property
    def slope(self) -> FloatArray:
        """The gradient at 0."""
        direction = np.random.default_rng(self.seed).normal(size=self.dim)
        return np.asarray(direction * np.sqrt(self.slope_square) / np.linalg.norm(direction))

    @property
    def curvature(self) -> FloatArray:
        """A matrix of these traces, its eigenvalues evenly spaced, turned at random."""
        even = np.linspace(-1.0, 1.0, self.dim)
        width = np.sqrt((self.trace_square - self.trace**2 / self.dim) / (even @ even))
        Q = np.linalg.qr(np.random.default_rng(self.seed + 1).normal(size=(self.dim, self.dim)))[0]
        return np.asarray((Q * (self.trace / self.dim + width * even)) @ Q.T)

    def values(self, *, less: float = 0.0, curved: bool = True) -> Values:
        """Return it as a function of rows, a constant taken off."""
        slope, curvature, constant = self.slope, self.curvature, self.value - less

        def quadratic(X: FloatArray) -> FloatArray:
            return np.asarray(constant + X @ slope + 0.5 * ((X @ curvature) * X).sum(axis=1))

        def linear(X: FloatArray) -> FloatArray:
            return np.asarray(constant + X @ slope)

        return quadratic if curved else linear

    def best_baseline(self, radius: float) -> float:
        """Return b* = f0 + (ε²/2)(1 + 2/d)t."""
        return self.value + radius**2 / 2 * (1 + 2 / self.dim) * self.trace

    def variances(self, radius: float) -> dict[str, float]:
        """Return the trace variances of one Gaussian direction, by baseline."""
        d, t, s, f0 = self.dim, self.trace, self.trace_square, self.value
        sloped, curved = (d + 1) * self.slope_square, radius**2 / 4 * (d + 4) * (t**2 + 2 * s)
        return {
            "none": sloped + f0**2 * d / radius**2 + curved + f0 * (d + 2) * t,
            "f(x)": sloped + curved,
            "b*": sloped + radius**2 / 4 * (2 * (d + 4) * s - 4 * t**2 / d),
            "central": sloped,
        }


def on_a_quadratic(f: Quadratic, radius: float, draws: int, seed: int) -> Iterator[Item]:
    """Yield the trace variances of one direction, and the baseline of least variance."""
    import pandas as pd

    best, generations = f.best_baseline(radius), max(2, draws // _DIRECTIONS)
    cases = {
        "none": (estimator("raw", _DIRECTIONS), f.values()),
        "f(x)": (estimator("centre-baseline", _DIRECTIONS), f.values()),
        "b*": (estimator("raw", _DIRECTIONS), f.values(less=best)),
        "central": (estimator("raw", _DIRECTIONS, antithetic=True), f.values()),
    }
    forms = {
        "none": "(d+1)G + f0²d/ε² + Q + f0(d+2)t",
        "f(x)": "(d+1)G + Q",
        "b*": "(d+1)G + (ε²/4)(2(d+4)s − 4t²/d)",
        "central": "(d+1)G",
    }
    rows = []
    for baseline, predicted in f.variances(radius).items():
        cell, values = cases[baseline]
        found = estimates(cell, values, generations, f.dim, scale=radius, seed=seed)
        told = mean_of(_DIRECTIONS * squared_errors(found, f.slope))
        rows.append((baseline, predicted, told["measured"], *told["interval"]))
        yield Claim(
            source="S1.E3",
            statement=f"a direction of a quadratic, baseline {baseline}: the trace variance is {forms[baseline]}",
            prediction=predicted,
            **told,
            tolerance=MARGIN * predicted,
            kernel=_KERNEL.format(f"isotropic × {cell.shaping} × vanilla"),
            note=f"d = {f.dim}, ε = {radius:g}, {_DIRECTIONS} directions a generation, times {_DIRECTIONS}.",
        )
    frame = pd.DataFrame(rows, columns=["baseline", "predicted", "measured", "low", "high"])
    yield Table("quadratic_variances", frame, "Trace variance of one Gaussian direction on a quadratic")
    yield _best_baseline(f, radius, draws, seed)


def _best_baseline(f: Quadratic, radius: float, draws: int, seed: int) -> Claim:
    """Return b* from the engine's own directions: a ratio of means, its interval by parts."""
    parts = []
    for part in range(20):
        u = np.asarray(zoopt.noise(seed, part, 0, f.dim * max(2, draws // 20)), dtype=np.float64).reshape(-1, f.dim)
        lengths = np.square(u).sum(axis=1)
        parts.append((f.values()(radius * u) @ lengths) / lengths.sum())
    return Claim(
        source="S1.5",
        statement="the best baseline E[f(x + εu)‖u‖²]/E‖u‖² is f(x) + (ε²/2)(1 + 2/d)tr H",
        prediction=f.best_baseline(radius),
        **mean_of(np.array(parts)),
        tolerance=0.01,
        kernel="zoopt.noise",
    )


def along_a_slope(f: Quadratic, directions: int, draws: int, seed: int) -> Iterator[Item]:
    """Yield what a linear function tells of directions, of their number, and of baselines made of the others."""
    G, d, q = f.slope_square, f.dim, directions
    for distribution, name in (("sphere", "the sphere"), ("rademacher", "random signs"), ("coordinate", "√d e_i")):
        found = _linear(f, "raw", q, draws, seed, distribution=distribution, antithetic=True)
        yield _variance_claim(
            f"directions of {name}: the variance of one is (d−1)G", (d - 1) * G,
            mean_of(q * squared_errors(found, f.slope)), f"{distribution} × raw pairs × vanilla",
        )  # fmt: skip
    found = _linear(f, "centre-baseline", q, draws, seed)
    yield _variance_claim(
        f"the mean of q Gaussian directions has variance (d+1)G/q (q = {q})", (d + 1) * G / q,
        mean_of(squared_errors(found, f.slope)), "isotropic × centre-baseline × vanilla",
    )  # fmt: skip
    others = _linear(f, "leave-one-out", q, draws, seed)
    yield _variance_claim(
        f"the mean of the others as baseline costs one direction: (d+1)G/(q−1) (q = {q})", (d + 1) * G / (q - 1),
        mean_of(squared_errors(others, f.slope)), "isotropic × leave-one-out × vanilla",
    )  # fmt: skip
    forward = _linear(f, "centre-baseline", q - 1, draws, seed + 1)
    yield _variance_claim(
        "that is what forward differences cost at as many evaluations", float(np.mean(squared_errors(others, f.slope))),
        mean_of(squared_errors(forward, f.slope)), "isotropic × centre-baseline × vanilla", margin=2 * MARGIN,
    )  # fmt: skip
    yield from _group_mean(f, q, draws, seed)
    yield from _orthogonal(f, min(q, d - 1), draws, seed)


def _linear(
    f: Quadratic, shaping: str, q: int, draws: int, seed: int, *, distribution: str = "isotropic",
    antithetic: bool = False,
) -> FloatArray:  # fmt: skip
    cell = estimator(shaping, q, distribution=distribution, antithetic=antithetic)
    return estimates(cell, f.values(curved=False), max(2, draws // (2 * q)), f.dim, scale=1.0, seed=seed)


def _variance_claim(
    statement: str, predicted: float, told: Measured, cell: str, *, margin: float = MARGIN, source: str = "S1.E4"
) -> Claim:
    return Claim(
        source=source,
        statement=statement,
        prediction=predicted,
        **told,
        tolerance=margin * predicted,
        kernel=_KERNEL.format(cell),
    )


def _group_mean(f: Quadratic, q: int, draws: int, seed: int) -> Iterator[Claim]:
    told = mean_of(shares(_linear(f, "mean-baseline", q, draws, seed), f.slope))
    for prediction, statement, wrong in (
        (1.0, f"the mean of all q values as baseline leaves the estimate unbiased (q = {q})", True),
        (1 - 1 / q, f"without the factor q/(q−1) its mean is (1 − 1/q)g (q = {q})", False),
    ):
        yield Claim(
            source="S1.E4",
            statement=statement,
            prediction=prediction,
            **told,
            tolerance=MARGIN,
            kernel=_KERNEL.format("isotropic × mean-baseline × vanilla"),
            erratum=wrong,
            note="Share of g that estimates have along it.",
        )


def _orthogonal(f: Quadratic, q: int, draws: int, seed: int) -> Iterator[Claim]:
    d, cell = f.dim, "orthogonal × raw pairs × vanilla"
    found = _linear(f, "raw", q, draws, seed, distribution="orthogonal", antithetic=True)
    yield _variance_claim(
        f"q orthogonal directions have variance (d/q − 1)G (q = {q})",
        flows.GradientEstimate("orthogonal", q).variance(f.slope), mean_of(squared_errors(found, f.slope)), cell,
    )  # fmt: skip
    yield _variance_claim(
        f"E cos² of the estimate and g is q/d for q orthogonal directions (q = {q})", q / d,
        mean_of(_squared_cosines(found, f.slope)), cell,
    )  # fmt: skip
    one = _linear(f, "raw", 1, draws // 4, seed, antithetic=True)
    yield _variance_claim(
        "and 1/d for one direction", 1 / d, mean_of(_squared_cosines(one, f.slope)), "isotropic × raw pairs × vanilla",
        margin=2 * MARGIN,
    )  # fmt: skip


def _squared_cosines(found: FloatArray, slope: FloatArray) -> FloatArray:
    return np.asarray((found @ slope) ** 2 / (np.square(found).sum(axis=1) * (slope @ slope)))


def best_steps(dim: int, draws: int, seed: int) -> Iterator[Item]:
    """Yield by how much a step shrinks ½‖x‖², and how many directions are worth their evaluations."""
    start = np.full(dim, 1 / np.sqrt(dim))

    def sphere(X: FloatArray) -> FloatArray:
        return np.asarray(0.5 * np.square(X + start).sum(axis=1))

    rates = []
    for q in _GAINS:
        cell = estimator("raw", q, antithetic=True)
        found = estimates(cell, sphere, max(20, draws // (4 * q)), dim, scale=0.1, seed=seed)
        best = q / (q + dim + 1)
        told = mean_of(np.square(start - best * found).sum(axis=1))
        rates.append(np.log(told["measured"]) / (2 * q))
        yield Claim(
            source="S1.E5",
            statement=f"at the best step ½‖x‖² falls by the factor 1 − q/(q+d+1) (q = {q})",
            prediction=1 - best,
            **told,
            tolerance=MARGIN,
            kernel=_KERNEL.format("isotropic × raw pairs × vanilla"),
        )
        parts = np.array_split(found, 20)
        steps = [float(np.mean(part @ start) / np.mean(np.square(part).sum(axis=1))) for part in parts]
        yield Claim(
            source="S1.E5",
            statement=f"the best step is q/(q+d+1) (q = {q})",
            prediction=best,
            **mean_of(np.array(steps)),
            tolerance=2 * MARGIN * best,
            kernel=_KERNEL.format("isotropic × raw pairs × vanilla"),
            note="Where the mean of ‖x − hĝ‖² is least over h; intervals over 20 parts of the estimates.",
        )
    yield Claim(
        source="S1.E5",
        statement="one direction a step is best per evaluation: the best q",
        prediction=1.0,
        measured=float(_GAINS[int(np.argmin(rates))]),
        kernel=_KERNEL.format("isotropic × raw pairs × vanilla"),
        note=f"Of q = {', '.join(map(str, _GAINS))}: least logarithm of the factor over 2q.",
    )
