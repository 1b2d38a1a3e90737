"""Linear siamese networks a mode at a time: the predictor's p and the encoder's s along one common direction.

    dp/dt = α s [τ − (1 + σ²) p] − η p,   ds/dt = 2 p s [τ − (1 + σ²) p] − 2 η s

After Tian, Chen and Ganguli (2021), arXiv:2102.06810; σ² is the variance that augmentation adds to inputs of variance
1, α the relative learning rate of the predictor, η the weight decay, and τ the share that a moving average has reached.
"""

import numpy as np
import numpy.typing as npt

from zoopt import flows
from zoopt._arguments import FloatArray


def modes(count: int, *, sigma2: float, decay: npt.ArrayLike, alpha: float = 1.0, tau: float = 1.0) -> flows.Field:
    """Return the field of independent modes: a point holds all p, then all s.

    It is the gradient of nothing; its value, ½ Σ s [(τ − p)² + σ² p²], is the error that is left.
    """
    decays = np.asarray(decay, dtype=np.float64)

    def value(x: FloatArray) -> float:
        p, s = x.reshape(2, -1)
        return float(0.5 * np.sum(s * ((tau - p) ** 2 + sigma2 * p**2)))

    def gradient(x: FloatArray) -> FloatArray:
        p, s = x.reshape(2, -1)
        pull = tau - (1 + sigma2) * p
        return np.concatenate([decays * p - alpha * s * pull, 2 * s * (decays - p * pull)])

    return flows.field(value, gradient, 2 * count)


def threshold(sigma2: float, tau: float = 1.0) -> float:
    """Return the weight decay above which everything collapses."""
    return tau**2 / (4 * (1 + sigma2))


def rest(sigma2: float, decay: npt.ArrayLike, tau: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Return p₋ and p₊, the rest points of p besides 0; NaN above the threshold."""
    c, decay = 1 + sigma2, np.asarray(decay, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        root = np.sqrt(tau**2 - 4 * decay * c)
    return (tau - root) / (2 * c), (tau + root) / (2 * c)


def followed(
    p: npt.ArrayLike, *, sigma2: float, decay: npt.ArrayLike, time: float, alpha: float = 1.0, tau: float = 1.0
) -> FloatArray:
    """Return p after a time, of many starts p at once, each with s = p²/α, as weight decay makes it anyway."""
    start = np.atleast_1d(np.asarray(p, dtype=np.float64))
    field = modes(start.size, sigma2=sigma2, decay=decay, alpha=alpha, tau=tau)
    run = flows.gradient_flow(
        field, np.concatenate([start, start**2 / alpha]), time, rtol=1e-9, atol=1e-12, save_every=10**9
    )
    return run.x[-1, : start.size]


def time_to_stay(sigma2: float, tau: float = 1.0) -> float:
    """Return how long a start takes past the ghost of two rest points at 1.002 times the threshold, and fourfold."""
    c = 1 + sigma2
    slow = tau / (2 * c) * np.sqrt(c * 0.002 * threshold(sigma2, tau))
    return float(4 * np.pi / slow)


def direct_time(p: float, *, sigma2: float, tau: float = 1.0) -> float:
    """Return −1/(τp) + c/τ² ln(p / (τ − cp)), c = 1 + σ²: when p is reached with DirectPred, but for a constant."""
    c = 1 + sigma2
    return float(-1 / (tau * p) + c / tau**2 * np.log(p / (tau - c * p)))
