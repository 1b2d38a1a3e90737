"""Variance against the dimension and the number of directions, for every distribution of them and every baseline."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.equivalence._estimates import Measured, estimates, estimator, squared_errors
from zoopt.studies.equivalence._variance import Quadratic

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

DISTRIBUTIONS = ("isotropic", "rademacher", "sphere", "coordinate", "orthogonal")
BASELINES = {
    "none": ("raw", False),
    "f(x)": ("centre-baseline", False),
    "mean": ("mean-baseline", False),
    "leave-one-out": ("leave-one-out", False),
    "b*": ("optimal-baseline", False),
    "central": ("raw", True),
}
"""Shaping, and whether directions come in pairs."""
_MOST = 5.0  # standard errors: of a hundred comparisons the largest is beyond it once in ten thousand studies
_RADIUS = 1.0
_OFFSET = 2.0  # f(x) over |g|


def predicted(distribution: str, baseline: str, slope: FloatArray, q: int, offset: float) -> tuple[FloatArray, float]:
    """Return mean and trace variance of the mean of q estimates along a slope; NaN where that does not close.

    E (uᵀg)² ‖u‖² = (d + k)‖g‖², where k is 2 for normal directions and 0 for those of length √d. Orthogonal directions
    are projections: onto q dimensions, and onto q − 1 of them where the mean of the values is taken off. Single
    coordinates have no sign: their mean is m = (1, …, 1)/√d, which only f(x) and pairs do not see.

    Parameters
    ----------
    distribution, baseline : str
    slope : ndarray of shape (d,)
    q : int
        Directions.
    offset : float
        f(x) over the radius.
    """
    d, G = slope.size, float(slope @ slope)
    if distribution == "coordinate" and baseline not in ("f(x)", "central"):
        return _of_coordinates(baseline, slope, q, offset)
    if distribution == "orthogonal":
        plain, others = (d / q - 1) * G, (d / (q - 1) - 1) * G
    else:
        plain = (d + (1 if distribution == "isotropic" else -1)) * G / q
        others = plain + (d + 1) * G / (q * (q - 1))
    shrunk = 1 - 1 / q
    variance = {
        "none": plain + offset**2 * d / q,
        "f(x)": plain,
        "mean": shrunk**2 * others,
        "leave-one-out": others,
        "b*": float("nan") if distribution == "isotropic" else others,
        "central": plain,
    }[baseline]
    return (shrunk if baseline == "mean" else 1.0) * slope, variance


def _of_coordinates(baseline: str, slope: FloatArray, q: int, offset: float) -> tuple[FloatArray, float]:
    """Return mean and variance where E u = m: leave-one-out is a U-statistic of ½(uᵢ − uⱼ)(uᵢ − uⱼ)ᵀg."""
    d = slope.size
    m = np.full(d, 1 / np.sqrt(d))
    along = float(slope @ m)
    if baseline == "none":
        return slope + offset * m, (d - 1) * (float(slope @ slope) + 2 * offset * along + offset**2) / q
    centred = slope - along * m
    pairs = ((q - 2) * (d - 2) + 2 * (d - 1)) / (q * (q - 1)) * float(centred @ centred)
    shrunk = 1 - 1 / q if baseline == "mean" else 1.0
    return shrunk * centred, shrunk**2 * pairs


def grid(dimensions: tuple[int, ...], directions: tuple[int, ...], generations: int, seed: int) -> Iterator[Item]:
    """Yield the table of predicted and measured variances, a claim a distribution, and the figure."""
    frame = _measured(dimensions, directions, generations, seed)
    for distribution in DISTRIBUTIONS:
        part = frame[(frame["directions u"] == distribution) & np.isfinite(frame["predicted"])]
        away = (part["measured"] - part["predicted"]).abs() / part["standard error"]
        yield Claim(
            source="S1.E4",
            statement=f"variances of {distribution} directions are the predicted ones for every d, q and baseline",
            relation="at most",
            prediction=_MOST,
            measured=float(away.max()),
            kernel=f"zoopt.optimizer, cells {distribution} × baselines × vanilla",
            note=f"Largest distance of {len(part)} variances from their predictions, in standard errors.",
        )
    low, high = min(dimensions), max(dimensions)
    yield Claim(
        source="S1.7",
        statement=f"variance grows with the number of parameters: from d = {low} to {high} by (d'+1)/(d+1)",
        prediction=(high + 1) / (low + 1),
        **_growth(frame, low, high, max(directions)),
        tolerance=0.1 * (high + 1) / (low + 1),
        kernel="zoopt.optimizer, cell isotropic × centre-baseline × vanilla",
        note="At one length of the gradient, forward differences along normal directions.",
    )
    yield Table("variances", frame, "Trace variance of zeroth-order estimates on a linear function, ‖g‖ = 1")
    yield Figure(
        "variance_of_dimension",
        lambda canvas: _draw(canvas, frame),
        "Variance against the dimension, by distribution and baseline: lines are predicted, dots measured.",
        height=4.6,
    )


def _measured(dimensions: tuple[int, ...], directions: tuple[int, ...], generations: int, seed: int) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for d in dimensions:
        f = Quadratic(d, _OFFSET, 1.0, 0.0, 0.0, seed)
        slope, values = f.slope, f.values(curved=False)
        for distribution in DISTRIBUTIONS:
            for q in directions:
                for baseline, (shaping, paired) in BASELINES.items():
                    cell = estimator(shaping, q, distribution=distribution, antithetic=paired)
                    found = estimates(cell, values, generations, d, scale=_RADIUS, seed=seed + d + q)
                    mean, variance = predicted(distribution, baseline, slope, q, _OFFSET / _RADIUS)
                    squares = squared_errors(found, mean)
                    error = squares.std(ddof=1) / np.sqrt(generations) + 1e-12  # rounding, where there is no variance
                    bias = float(np.linalg.norm(mean - slope))
                    rows.append((distribution, baseline, d, q, bias, variance, squares.mean(), error))
    names = ["directions u", "baseline", "d", "q", "bias", "predicted", "measured", "standard error"]
    return pd.DataFrame(rows, columns=names)


def _growth(frame: "pd.DataFrame", low: int, high: int, q: int) -> Measured:
    """Return the ratio of two variances, its interval by the relative errors of both."""
    part = frame[(frame["directions u"] == "isotropic") & (frame["baseline"] == "f(x)") & (frame["q"] == q)]
    by_dimension = part.set_index("d").loc[[low, high]]
    ratio = float(by_dimension["measured"][high] / by_dimension["measured"][low])
    half = 1.96 * ratio * float(np.linalg.norm(by_dimension["standard error"] / by_dimension["measured"]))
    return {"measured": ratio, "interval": (ratio - half, ratio + half)}


def _draw(canvas: "Canvas", frame: "pd.DataFrame") -> None:
    from zoopt._axes import PALETTE, few_ticks, prepared, titled

    axes = canvas.subplots(2, 3, sharex=True, sharey=True).ravel()
    counts = sorted(frame["q"].unique())
    q = counts[(len(counts) - 1) // 2]
    for ax, distribution in zip(axes, DISTRIBUTIONS, strict=False):
        prepared(ax)
        for place, (colour, baseline) in enumerate(zip(PALETTE, BASELINES, strict=False)):
            part = frame[
                (frame["directions u"] == distribution) & (frame["baseline"] == baseline) & (frame["q"] == q)
            ].sort_values("d")
            ax.plot(part["d"], part["predicted"], color=colour, linewidth=1.2)
            ax.plot(part["d"], part["measured"], "o", color=colour, markersize=7 - place, label=baseline)
        ax.set(xscale="log", yscale="log")
        few_ticks(ax)
        titled(
            ax,
            distribution,
            "d" if ax in (axes[2], axes[3], axes[4]) else "",
            "variance / ‖g‖²" if ax in (axes[0], axes[3]) else "",
        )
    axes[2].tick_params(labelbottom=True)
    axes[5].set_axis_off()
    handles, names = axes[0].get_legend_handles_labels()
    axes[5].legend(handles, names, title=f"baseline, q = {q}", frameon=False, fontsize=8, loc="center")
