"""Claims about linear networks: modes, thresholds, what matrices keep, DirectPred, and the open question."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.collapse._linear import Siamese, imbalance
from zoopt.studies.collapse._modes import direct_time, followed, modes, rest, threshold, time_to_stay

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

UNITS, INPUTS = 3, 5
_FLOW = "zoopt.flows.gradient_flow"
_TIGHT = {"method": "dop853", "rtol": 1e-11, "atol": 1e-14}
_GRID = 201
_FALLEN = 1e-3


def linear_claims(
    sigma2: float, tau: float, alpha: float, decay: float, decays: tuple[float, ...], small: float, seed: int
) -> Iterator[Item]:
    """Yield what theory says of networks without a nonlinearity."""
    yield from _ends(sigma2, tau, alpha, decays)
    yield _threshold_claim(sigma2, tau, alpha)
    yield from _small_starts(sigma2, tau, alpha, decay, small)
    yield from _matrices(sigma2, tau, alpha, decay, seed)
    yield _direct_claim(sigma2, tau)
    yield from _open_question(sigma2, seed)


def _ends(sigma2: float, tau: float, alpha: float, decays: tuple[float, ...]) -> Iterator[Item]:
    import pandas as pd

    time = max(time_to_stay(sigma2, tau), 40 / min([each for each in decays if each > 0], default=1.0))
    ends = followed(np.full(len(decays), tau), sigma2=sigma2, decay=np.array(decays), time=time, alpha=alpha, tau=tau)
    lower, upper = rest(sigma2, decays, tau)
    for decay, reached, expected in zip(decays, ends, upper, strict=True):
        survives = np.isfinite(expected)
        yield Claim(
            source="S7.2",
            statement=f"weight decay {decay:g}: a mode that starts large ends at {'p₊' if survives else '0'}",
            prediction=float(expected) if survives else 0.0,
            measured=float(reached),
            tolerance=1e-6,
            kernel=_FLOW,
        )
    frame = pd.DataFrame({"weight decay": decays, "p₋": lower, "p₊": upper, "p at the end": ends})
    yield Table("rest_points", frame, "Rest points of a mode, and where the flow from p = τ ends")
    yield Figure(
        "weight_decay",
        lambda canvas: _draw_ends(canvas, sigma2, tau, alpha, time),
        "Rest points of a mode against weight decay in closed form (lines), and where flows end (dots): those that "
        "start large at p₊ until it vanishes, those that start small at 0 as soon as they lie under p₋.",
        height=3.6,
    )


def _threshold_claim(sigma2: float, tau: float, alpha: float) -> Claim:
    edge = threshold(sigma2, tau)
    decays = edge * np.linspace(0.8, 1.2, _GRID)
    ends = followed(
        np.full(_GRID, tau), sigma2=sigma2, decay=decays, time=time_to_stay(sigma2, tau), alpha=alpha, tau=tau
    )
    fallen = decays[ends < _FALLEN * tau]
    return Claim(
        source="S7.2",
        statement="every start collapses exactly where the weight decay exceeds τ²/(4(1 + σ²))",
        prediction=edge,
        measured=float(fallen.min()) if fallen.size else float("nan"),
        tolerance=0.0025 * edge,
        kernel=_FLOW,
        note=f"The least of {_GRID} weight decays from .8 to 1.2 times the threshold under which a large start falls; "
        "they are .002 apart in these terms, and the next one above is expected.",
    )


def _small_starts(sigma2: float, tau: float, alpha: float, decay: float, small: float) -> Iterator[Claim]:
    lower = float(rest(sigma2, decay, tau)[0])
    time = time_to_stay(sigma2, tau)
    starts = lower * np.linspace(0.8, 1.2, _GRID)
    ends = followed(starts, sigma2=sigma2, decay=decay, time=time, alpha=alpha, tau=tau)
    fallen = starts[ends < _FALLEN * tau]
    yield Claim(
        source="S7.2",
        statement=f"weight decay {decay:g}, below the threshold: starts under p₋ collapse and others do not",
        prediction=lower,
        measured=float(fallen.max()) if fallen.size else float("nan"),
        tolerance=0.0025 * lower,
        kernel=_FLOW,
        note=f"The greatest of {_GRID} starts from .8 p₋ to 1.2 p₋ that falls.",
    )
    yield Claim(
        source="S7.2",
        statement=f"weight decay {decay:g}: where the start p = {small:g} ends",
        prediction=0.0 if small < lower else float(rest(sigma2, decay, tau)[1]),
        measured=float(followed(small, sigma2=sigma2, decay=decay, time=time, alpha=alpha, tau=tau)[0]),
        tolerance=1e-6,
        kernel=_FLOW,
    )


def _white(sigma2: float, **more: object) -> Siamese:
    """Return a network whose inputs are white and whose augmentation is white noise."""
    return Siamese(view=(1 + sigma2) * np.eye(INPUTS), common=np.eye(INPUTS), units=UNITS).with_(**more)


def _matrices(sigma2: float, tau: float, alpha: float, decay: float, seed: int) -> Iterator[Claim]:
    rng = np.random.default_rng(seed)
    W, P = rng.normal(size=(UNITS, INPUTS)) / 2, rng.normal(size=(UNITS, UNITS)) / 2
    mixed = rng.normal(size=(2, INPUTS, 3 * INPUTS)) / np.sqrt(3 * INPUTS)
    common = mixed[0] @ mixed[0].T
    net = Siamese(
        view=common + sigma2 * mixed[1] @ mixed[1].T, common=common, units=UNITS, alpha=alpha, tau=tau, decay=decay
    )
    yield law_claim(net, W, P, time=10.0, data=f"made-up data with correlated inputs, α = {alpha:g}")

    left, right = np.linalg.qr(P)[0], np.linalg.qr(rng.normal(size=(INPUTS, UNITS)))[0]
    p, s = np.linspace(0.2, 1.0, UNITS), np.linspace(1.0, 0.3, UNITS)
    white = _white(sigma2, alpha=alpha, tau=tau, decay=decay)
    start = white.joined((left * np.sqrt(s)) @ right.T, (left * p) @ left.T)
    run = flows.gradient_flow(white.field(), start, 3.0, **_TIGHT)  # type: ignore[arg-type]
    _, predictor, _ = white.split(run.x[-1])
    single = flows.gradient_flow(
        modes(UNITS, sigma2=sigma2, decay=decay, alpha=alpha, tau=tau),
        np.concatenate([p, s]),
        3.0,
        **_TIGHT,  # type: ignore[arg-type]
    )
    told = (left * single.x[-1, :UNITS]) @ left.T
    yield Claim(
        source="S7.2",
        statement="on white inputs the matrices move as their modes do",
        prediction=0.0,
        measured=float(np.abs(predictor - told).max()),
        tolerance=1e-8,
        kernel=_FLOW,
        note="Largest difference of the predictor at time 3 from the one that three modes make.",
    )


def law_claim(net: Siamese, W: FloatArray, P: FloatArray, *, time: float, data: str) -> Claim:
    """Return the claim that W Wᵀ − PᵀP/α falls as e^{−2ηt}."""
    run = flows.gradient_flow(net.field(), net.joined(W, P), time, **_TIGHT)  # type: ignore[arg-type]
    apart = imbalance(W, P, net.alpha)
    worst = 0.0
    for t, x in zip(run.t, run.x, strict=True):
        now = imbalance(*net.split(x)[:2], net.alpha)
        worst = max(worst, float(np.abs(now - np.exp(-2 * net.decay * t) * apart).max()))
    return Claim(
        source="S7.2",
        statement=f"W Wᵀ − PᵀP/α = e^(−2ηt) C for matrices: {data}",
        prediction=0.0,
        measured=worst / float(np.abs(apart).max()),
        tolerance=1e-7,
        kernel=_FLOW,
        note=f"Largest difference of an entry at any step to time {time:g}, in units of the largest entry of C.",
    )


def _direct_claim(sigma2: float, tau: float) -> Claim:
    """Return the claim about DirectPred: matrices with P = (W Wᵀ)^½ against the closed form of their mode."""
    net = _white(sigma2, learned=False, tau=tau).with_(units=2)
    low = 0.1 * tau / (1 + sigma2)
    axes = np.linalg.qr(np.array([[2.0, 1.0], [1.0, -1.0]]))[0]
    start = (axes * low) @ np.eye(2, INPUTS)
    high = 0.9 * tau / (1 + sigma2)
    time = direct_time(high, sigma2=sigma2, tau=tau) - direct_time(low, sigma2=sigma2, tau=tau)
    run = flows.gradient_flow(net.field(), start.ravel(), time, **_TIGHT)  # type: ignore[arg-type]
    _, predictor, _ = net.split(run.x[-1])
    reached = float(np.linalg.eigvalsh(predictor)[0])
    return Claim(
        source="S7.2",
        statement="DirectPred, ε = η = 0: p is reached at t = −1/(τp) + (c/τ²) ln(p/(τ − cp)) + const, c = 1 + σ²",
        prediction=time,
        measured=direct_time(reached, sigma2=sigma2, tau=tau) - direct_time(low, sigma2=sigma2, tau=tau),
        tolerance=1e-6 * time,
        kernel=_FLOW,
        note="Matrices with P = (W Wᵀ)^½ go from a tenth of their rest point to nine tenths.",
    )


def _open_question(sigma2: float, seed: int) -> Iterator[Item]:
    """Yield the rates at which W falls where two views, or a view and the clean sample, are compared directly."""
    import pandas as pd

    views = _white(sigma2, predictor=False)
    cases = {
        "a view against the clean sample, E‖F(Tx) − F(x̄)‖²": (clean(views), sigma2),
        "two views, stop-gradient but no predictor": (views, sigma2),
        "two views, neither stop-gradient nor predictor": (views.with_(stop_gradient=False), 2 * sigma2),
    }
    W = np.random.default_rng(seed).normal(size=(UNITS, INPUTS))
    rows = []
    for name, (net, expected) in cases.items():
        measured = _rate(net, W, 10.0)
        yield Claim(
            source="S7.3",
            statement=f"linear encoder collapses, {name}: rate",
            prediction=expected,
            measured=measured,
            tolerance=1e-6,
            kernel=_FLOW,
        )
        rows.append({"loss": name, "rate": measured, "in closed form": expected})
    yield _sampled_claim(sigma2, W, seed)
    yield Table("direct_comparisons", pd.DataFrame(rows), "Rates at which linear encoders without a predictor collapse")


def clean(net: Siamese) -> Siamese:
    """Return the network whose target is the clean sample, all derived: E‖W(Tx − x̄)‖² needs E(Tx − x̄)(Tx − x̄)ᵀ only.

    With x̄ the mean of all views that is Σ − Σ̄ whether or not the target is derived, as with a stop-gradient.
    """
    return net.with_(view=net.view - net.common, common=np.zeros_like(net.common), predictor=False, stop_gradient=True)


def _rate(net: Siamese, W: FloatArray, time: float) -> float:
    run = flows.gradient_flow(net.field(), W.ravel(), time, **_TIGHT)  # type: ignore[arg-type]
    return float(-np.log(np.linalg.norm(run.x[-1]) / np.linalg.norm(W)) / time)


def _sampled_claim(sigma2: float, W: FloatArray, seed: int) -> Claim:
    """Return the rate on samples rather than on expectations: that of the least direction of their noise."""
    count = 2000
    noise = np.sqrt(sigma2) * np.random.default_rng([seed, 1]).normal(size=(count, INPUTS))
    covariance = noise.T @ noise / count
    net = Siamese(view=covariance, common=np.zeros((INPUTS, INPUTS)), units=UNITS, predictor=False)
    late, more = 250.0 / sigma2, 10.0 / sigma2
    run = flows.gradient_flow(net.field(), W.ravel(), late, method="rk4", step=0.5 / sigma2, save_every=10**9)
    left = run.x[-1] / np.abs(run.x[-1]).max()
    return Claim(
        source="S7.3",
        statement=f"a view against the clean sample, {count} samples: the late rate is the least variance of noise",
        prediction=float(np.linalg.eigvalsh(covariance)[0]),
        measured=_rate(net, left.reshape(W.shape), more),
        tolerance=0.01 * sigma2,
        kernel=_FLOW,
    )


def _draw_ends(canvas: "Canvas", sigma2: float, tau: float, alpha: float, time: float) -> None:
    from zoopt._axes import PALETTE, prepared, titled

    ax = prepared(canvas.subplots())
    edge = threshold(sigma2, tau)
    lines = np.linspace(0, edge, 400)
    lower, upper = rest(sigma2, lines, tau)
    ax.plot(lines, upper, color=PALETTE[0], label="p₊")
    ax.plot(lines, lower, color=PALETTE[1], linestyle="--", label="p₋")
    ax.axvline(edge, color="#5c6370", linewidth=0.8, linestyle=":")
    decays = np.concatenate([edge * np.linspace(0, 0.96, 13), edge * np.linspace(1.04, 1.3, 4)])
    large = followed(np.full(decays.size, tau), sigma2=sigma2, decay=decays, time=time, alpha=alpha, tau=tau)
    small = np.full(decays.size, 0.18 * tau / (1 + sigma2))
    ax.plot(decays, large, "o", color=PALETTE[0], markersize=4, label="end, p = τ at the start")
    ends = followed(small, sigma2=sigma2, decay=decays, time=time, alpha=alpha, tau=tau)
    ax.plot(decays, ends, "^", color=PALETTE[2], markersize=4, label=f"end, p = {small[0]:.2g} at the start")
    ax.legend(frameon=False, fontsize=8)
    titled(ax, f"A mode under weight decay, σ² = {sigma2:g}, τ = {tau:g}", "weight decay η", "predictor p")
