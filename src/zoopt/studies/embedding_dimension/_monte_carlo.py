"""Claims about the entropy that vectors drawn at random really have, and where the formula ends."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.embedding_dimension._entropy import Model, entropy, required_dimension

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FloatArray = NDArray[np.float64]
_SURE = 2.576
"""Standard errors to either side of a 99 % interval."""
_CLOSE = 0.1
_SHARES = (0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0)
_KERNEL = "zoopt.noise, softmax over all pairs"


@dataclass(frozen=True)
class Sample:
    """What draws of the vectors gave in one dimension: an array of one value a draw each.

    Attributes
    ----------
    joint : ndarray
        Entropy of pairs.
    conditional : ndarray
        Mean entropy of a word given another.
    concentration : ndarray
        Σp² over pairs: the chance that two pairs drawn are the same.
    """

    joint: FloatArray
    conditional: FloatArray
    concentration: FloatArray


def sample(words: int, n: int, draws: int, seed: int) -> Sample:
    """Return entropies of `words` words in n dimensions, for `draws` draws of all vectors."""
    found = np.array([_drawn(words, n, seed, draw) for draw in range(draws)])
    return Sample(*found.T)


def monte_carlo(words: int, draws: int, seed: int) -> Iterator[Item]:
    """Yield the claims below and above the threshold, and the curve through it."""
    joint, conditional = required_dimension(words), required_dimension(words, "conditional")
    yield _below(words, max(2, round(joint / 4)), draws, seed)
    yield _below_conditional(words, max(2, round(conditional / 4)), draws, seed)
    yield from _above(words, round(1.12 * joint), draws, seed)
    yield from _frozen(words, round(4 * joint), draws, seed)
    table = _curve(words, joint, max(5, draws // 10), seed)
    yield table
    yield Figure(
        "freezing",
        lambda canvas: _draw(canvas, table, words),
        f"Entropy of {words} words whose vectors are drawn at random. The formula (lines) holds below its zero; above "
        "it the measured entropy (dots, two standard errors) stays positive and follows the frozen phase (dashed).",
    )


def frozen_exponent(words: int, n: int) -> float:
    """Return m < 1 of the Poisson-Dirichlet weights that remain above the threshold.

    Of words² independent cosines the density near the highest one grows like exp(m ⟨u, v⟩) downwards; m is taken where
    one cosine is expected above.
    """
    from scipy.optimize import brentq
    from scipy.stats import beta

    cosine = beta((n - 1) / 2, (n - 1) / 2, loc=-1, scale=2)
    top = brentq(lambda c: 2 * math.log(words) + cosine.logsf(c), 0.0, 1 - 1e-12)
    return float(words**2 * cosine.pdf(top) / n)


def frozen_entropy(exponent: float) -> float:
    """Return the mean entropy of Poisson-Dirichlet weights, ψ(1) − ψ(1 − m)."""
    from scipy.special import digamma

    return float(digamma(1) - digamma(1 - exponent))


def _drawn(words: int, n: int, seed: int, draw: int) -> tuple[float, float, float]:
    """Return entropies and concentration of one draw; a row of pairs at a time is in memory."""
    import zoopt

    left, right = (_on_the_sphere(zoopt.noise(seed, draw, side, words * n), n) for side in (0, 1))
    exponents = n * (left @ right.T)
    tops = exponents.max(axis=1)
    exponents -= tops[:, None]
    weights = np.exp(exponents)
    sums, energies, squares = weights.sum(axis=1), (weights * exponents).sum(axis=1), (weights**2).sum(axis=1)
    conditional = np.log(sums) - energies / sums
    top = tops.max()
    scales = np.exp(tops - top)
    total = float(scales @ sums)
    energy = float(scales @ (energies + (tops - top) * sums)) / total
    return math.log(total) - energy, float(conditional.mean()), float(scales**2 @ squares) / total**2


def _on_the_sphere(normals: NDArray[np.floating[Any]], n: int) -> FloatArray:
    """Return points of the unit sphere in n dimensions, spread evenly, one a row."""
    rows = np.asarray(normals, np.float64).reshape(-1, n)
    unit: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _estimate(values: FloatArray) -> tuple[float, tuple[float, float]]:
    """Return the mean and its 99 % interval."""
    mean = float(values.mean())
    spread = _SURE * float(values.std(ddof=1)) / math.sqrt(values.size)
    return mean, (mean - spread, mean + spread)


def _below(words: int, n: int, draws: int, seed: int) -> Claim:
    measured, interval = _estimate(sample(words, n, draws, seed).joint)
    return Claim(
        source="S3.1",
        statement=f"the entropy of pairs is 2 ln N + h_n, well below the threshold (N = {words}, n = {n})",
        prediction=float(entropy(n, words)),
        tolerance=_CLOSE,
        measured=measured,
        interval=interval,
        kernel=_KERNEL,
        note=f"99 % interval over {draws} draws; the tolerance is for a vocabulary that is not infinite.",
    )


def _below_conditional(words: int, n: int, draws: int, seed: int) -> Claim:
    measured, interval = _estimate(sample(words, n, draws, seed).conditional)
    return Claim(
        source="S3.4",
        statement=f"that of a word given another is ln N + h_n, well below its own (N = {words}, n = {n})",
        prediction=float(entropy(n, words, "conditional")),
        tolerance=_CLOSE,
        measured=measured,
        interval=interval,
        kernel=_KERNEL,
    )


def _above(words: int, n: int, draws: int, seed: int) -> Iterator[Claim]:
    measured, interval = _estimate(sample(words, n, draws, seed).joint)
    yield Claim(
        source="S3.4",
        statement=f"2 ln N + h_n is the entropy above the threshold too (N = {words}, n = {n})",
        prediction=float(entropy(n, words)),
        tolerance=_CLOSE,
        measured=measured,
        interval=interval,
        kernel=_KERNEL,
        erratum=True,
        note="An entropy is never negative: where the formula has its zero, single pairs take over.",
    )


def _frozen(words: int, n: int, draws: int, seed: int) -> Iterator[Claim]:
    found, exponent = sample(words, n, draws, seed), frozen_exponent(words, n)
    measured, interval = _estimate(found.joint)
    yield Claim(
        source="S3.4",
        statement=f"H = 0 is a freezing point: above it the entropy is ψ(1) − ψ(1 − m) (N = {words}, n = {n})",
        prediction=frozen_entropy(exponent),
        tolerance=0.3,
        measured=measured,
        interval=interval,
        kernel=_KERNEL,
        note=f"m = {exponent:.3f}: pairs as independent energies, whose weights are Poisson-Dirichlet there.",
    )
    measured, interval = _estimate(found.concentration)
    yield Claim(
        source="S3.4",
        statement=f"and two pairs drawn are the same with the chance 1 − m (N = {words}, n = {n})",
        prediction=1 - exponent,
        tolerance=0.12,
        measured=measured,
        interval=interval,
        kernel=_KERNEL,
    )


def _curve(words: int, threshold: float, draws: int, seed: int) -> Table:
    import pandas as pd

    lines = []
    for n in sorted({max(2, round(share * threshold)) for share in _SHARES}):
        found = sample(words, n, draws, seed)
        frozen = frozen_entropy(frozen_exponent(words, n)) if n >= 1.2 * threshold else math.nan
        lines.append(
            {
                "n": n,
                "joint": found.joint.mean(),
                "joint error": found.joint.std(ddof=1) / math.sqrt(draws),
                "2 ln N + h_n": float(entropy(n, words)),
                "frozen": frozen,
                "conditional": found.conditional.mean(),
                "conditional error": found.conditional.std(ddof=1) / math.sqrt(draws),
                "ln N + h_n": float(entropy(n, words, "conditional")),
                "concentration": found.concentration.mean(),
            }
        )
    return Table("freezing_curve", pd.DataFrame(lines), f"Entropy of {words} words drawn at random, in nats")


def _draw(canvas: "Canvas", table: Table, words: int) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax, frame = prepared(canvas.subplots()), table.frame
    n = np.geomspace(2, frame["n"].max(), 200)
    shown: tuple[tuple[Model, str], ...] = (("joint", "2 ln N + h_n"), ("conditional", "ln N + h_n"))
    for colour, (model, formula) in zip(PALETTE, shown, strict=False):
        ax.plot(n, entropy(n, words, model), color=colour, label=formula)
        ax.errorbar(frame["n"], frame[model], 2 * frame[f"{model} error"], fmt="o", color=colour, markersize=4)
        ax.axvline(required_dimension(words, model), color=colour, linestyle=":", linewidth=1)
    ax.plot(frame["n"], frame["frozen"], "--", color="#333333", label="ψ(1) − ψ(1 − m)")
    ax.axhline(0, color="#5c6370", linewidth=0.8)
    ax.set_xscale("log")
    ax.set_ylim(-4, 2 * math.log(words))
    ax.legend(frameon=False, fontsize=8)
    titled(ax, f"Entropy of {words} words", "n", "nats")
