"""Claims that closed forms settle: h_n, its expansion, the coefficient, and the dimensions that follow."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.embedding_dimension._entropy import (
    CONSTANT,
    GOLDEN,
    INVERSE,
    MODELS,
    SLOPE,
    Model,
    entropy,
    entropy_change,
    required_dimension,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

RULE = 8.33
"""The coefficient that the article gives; it has rounded ln φ / 2 to .24."""
_FAR = 1e6
_HUGE = 1e100
_NODES = 400
_KERNEL = "zoopt.studies.required_dimension"
_ENTROPY = "log-Bessel h_n"


def theory(vocabulary: int, dimensions: tuple[int, ...], vocabularies: tuple[int, ...]) -> Iterator[Item]:
    """Yield what needs no data."""
    yield from _entropies(dimensions)
    yield from _expansion()
    yield from _coefficients(vocabulary)
    yield _dimensions_table(vocabularies)
    yield Figure(
        "dimension_of_vocabulary",
        lambda canvas: _draw_dimensions(canvas, vocabularies),
        "The dimension at which the theory leaves no entropy, for pairs and for a word given another.",
    )


def by_quadrature(n: float) -> float:
    """Return h_n from its integrals over θ, density ∝ sin^{n−2} θ: nothing of it is a Bessel function."""
    plain, base, _ = _tilted(n, 0.0)
    tilted, shift, cosine = _tilted(n, 1.0)
    return math.log(tilted / plain) + shift - base - n * cosine


def _tilted(n: float, weight: float) -> tuple[float, float, float]:
    """Return the integral of exp(weight n cos θ) sin^{n−2} θ, the logarithm taken out of it, and the mean of cos θ.

    Gauss and Legendre's rule over twelve widths of the peak to either side.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    peak = math.acos(2 * weight * n / (math.hypot(n - 2, 2 * weight * n) + n - 2))
    low, high = max(0.0, peak - 12 / math.sqrt(n)), min(math.pi, peak + 12 / math.sqrt(n))
    angles = (low + high) / 2 + (high - low) / 2 * nodes
    exponents = weight * n * np.cos(angles) + (n - 2) * np.log(np.sin(angles))
    densities = weights * np.exp(exponents - exponents.max())
    total = float(densities.sum())
    return total * (high - low) / 2, float(exponents.max()), float(densities @ np.cos(angles)) / total


def _entropies(dimensions: tuple[int, ...]) -> Iterator[Item]:
    import pandas as pd

    closed = entropy_change(dimensions)
    integrals = np.array([by_quadrature(n) for n in dimensions])
    yield Claim(
        source="S3.3",
        statement="h_n is ln[Γ(n/2)(2/n)^ν I_ν(n)] − n I_{ν+1}(n)/I_ν(n) with ν = n/2 − 1",
        prediction=0.0,
        measured=float(np.abs(closed / integrals - 1).max()),
        tolerance=1e-11,
        kernel=_ENTROPY,
        note=f"Largest relative difference from the integrals over θ, n = {', '.join(map(str, dimensions))}.",
    )
    frame = pd.DataFrame(
        {"n": dimensions, "h_n": closed, "by quadrature": integrals, "expansion": _expanded(np.array(dimensions))}
    )
    yield Table("entropy_change", frame, "What n dimensions add to the entropy")


def _expanded(n: np.ndarray) -> np.ndarray:
    expanded: np.ndarray = SLOPE * n + CONSTANT + INVERSE / n
    return expanded


def _expansion() -> Iterator[Claim]:
    near, far = entropy_change([_FAR, 2 * _FAR])
    yield Claim(
        source="S3.3",
        statement="h_n falls by ln φ / 2 a dimension",
        prediction=SLOPE,
        measured=float((far - near) / _FAR),
        tolerance=1e-10,
        kernel=_ENTROPY,
    )
    n = 1e4
    yield Claim(
        source="S3.3",
        statement="its constant is ln φ − (ln 5)/4 − 2/(5 φ²)",
        prediction=CONSTANT,
        measured=float(2 * (entropy_change(2 * n) - SLOPE * 2 * n) - (entropy_change(n) - SLOPE * n)),
        tolerance=1e-8,
        kernel=_ENTROPY,
        note="Extrapolated from n = 10⁴ and 2·10⁴, so that the term in 1/n drops out.",
    )
    n = 1e3
    yield Claim(
        source="S3.3",
        statement="the next term is −.0438/n",
        prediction=INVERSE,
        measured=float(n * (entropy_change(n) - SLOPE * n - CONSTANT)),
        tolerance=1e-4,
        kernel=_ENTROPY,
        note="The coefficient in closed form comes from the Riccati equation of I_{ν+1}/I_ν.",
    )


def _coefficient(model: Model) -> float:
    """Return how many dimensions a unit of ln N costs, for vocabularies that are huge."""
    more = required_dimension(_HUGE**2, model) - required_dimension(_HUGE, model)
    return more / math.log(_HUGE)


def _coefficients(vocabulary: int) -> Iterator[Claim]:
    joint, conditional = _coefficient("joint"), _coefficient("conditional")
    yield Claim(
        source="S3.2",
        statement="capacity suffices from n = 8.33 ln N on: the coefficient",
        prediction=RULE,
        tolerance=0.005,
        measured=joint,
        kernel=_KERNEL,
        erratum=True,
        note="The article has rounded ln φ / 2 = .2406 to .24.",
    )
    yield Claim(
        source="S3.3",
        statement="the coefficient is 4/ln φ",
        prediction=4 / math.log(GOLDEN),
        tolerance=1e-5,
        measured=joint,
        kernel=_KERNEL,
    )
    yield Claim(
        source="S3.2",
        statement=f"as a rule of thumb 8.33 ln N is enough (N = {vocabulary})",
        relation="at least",
        prediction=required_dimension(vocabulary),
        measured=RULE * math.log(vocabulary),
        kernel=_KERNEL,
    )
    yield Claim(
        source="S3.4",
        statement="the model of a word given another needs half as much: 2/ln φ",
        prediction=2 / math.log(GOLDEN),
        tolerance=1e-5,
        measured=conditional,
        kernel=_KERNEL,
    )
    yield Claim(
        source="S3.3",
        statement=f"two terms of the expansion give the dimension (N = {vocabulary})",
        prediction=(2 * math.log(vocabulary) + CONSTANT) / -SLOPE,
        tolerance=1.2 * INVERSE / (SLOPE * required_dimension(vocabulary)),
        measured=required_dimension(vocabulary),
        kernel=_KERNEL,
        note="The tolerance is what the next term makes of it, and a fifth more.",
    )


def _dimensions_table(vocabularies: tuple[int, ...]) -> Table:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "words": vocabularies,
            **{model: [required_dimension(n, model) for n in vocabularies] for model in MODELS},  # type: ignore[arg-type]
            "8.33 ln N": [RULE * math.log(n) for n in vocabularies],
        }
    )
    return Table("required_dimension", frame, "Dimensions at which no entropy is left")


def _draw_dimensions(canvas: "Canvas", vocabularies: tuple[int, ...]) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    left, right = canvas.subplots(1, 2)
    ax, words = prepared(left), np.geomspace(2, max(vocabularies), 60)
    for colour, model in zip(PALETTE, MODELS, strict=False):
        ax.plot(words, [required_dimension(n, model) for n in words], color=colour, label=model)  # type: ignore[arg-type]
    ax.plot(words, RULE * np.log(words), color="#333333", linestyle=":", label="8.33 ln N")
    ax.set_xscale("log")
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "Dimension at which no entropy is left", "words", "n")
    ax = prepared(right)
    for colour, size in zip(PALETTE, vocabularies, strict=False):
        n = np.linspace(2, 1.3 * required_dimension(size), 80)
        ax.plot(n, entropy(n, size), color=colour, label=f"{size:,} words")
        ax.plot(required_dimension(size), 0, "o", color=colour, markersize=4)
    ax.axhline(0, color="#5c6370", linewidth=0.8)
    ax.legend(frameon=False, fontsize=8)
    titled(ax, "Entropy 2 ln N + h_n", "n", "nats")
