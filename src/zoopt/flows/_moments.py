"""Moments of random directions u with E u uᵀ = I, in d dimensions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zoopt._arguments import FloatArray

# On the diagonal, E (uᵀg)² u uᵀ = A ‖g‖² I + B g gᵀ: A and B of d.
SPREADS: dict[str, Callable[[int], tuple[float, float]]] = {
    "isotropic": lambda d: (1.0, 2.0),
    "rademacher": lambda d: (1.0, 0.0),
    "sphere": lambda d: (d / (d + 2), 2 * d / (d + 2)),
    "coordinate": lambda d: (0.0, float(d)),
}


def fourth(distribution: str, M: FloatArray) -> FloatArray:
    """Return E (uᵀM u) u uᵀ for a symmetric M."""
    d = M.shape[0]
    alike, along = SPREADS[distribution](d)
    if distribution == "coordinate":
        alone: FloatArray = d * np.diag(np.diag(M))
        return alone
    found: FloatArray = alike * np.trace(M) * np.eye(d) + along * M
    if distribution == "rademacher":  # twice what is beside the diagonal
        found += 2 * (M - np.diag(np.diag(M)))
    return found


def sixth(distribution: str, H: FloatArray) -> FloatArray:
    """Return E (uᵀH u)² u uᵀ for a symmetric H; of normal, sign and sphere directions."""
    d, t = H.shape[0], float(np.trace(H))
    if distribution == "rademacher":
        beside = H - np.diag(np.diag(H))
        square = beside @ beside
        even = t * t + 2 * float(np.trace(square))
        return even * np.eye(d) + 4 * t * beside + 8 * (square - np.diag(np.diag(square)))
    found: FloatArray = (t * t + 2 * float(np.sum(H * H))) * np.eye(d) + 4 * t * H + 8 * H @ H
    return found * (d * d / ((d + 2) * (d + 4)) if distribution == "sphere" else 1.0)


def projection(d: int, q: int) -> tuple[float, float]:
    """Return A and B of E (d/q)² P g gᵀ P = A ‖g‖² I + B g gᵀ, P onto a uniform subspace of q dimensions.

    Of |P g|² / ‖g‖², which is Beta(q/2, (d − q)/2), and of the trace.
    """
    if d == 1:
        return 0.0, 1.0
    alike = q * (d - q) / (d * (d + 2) * (d - 1))
    return (d / q) ** 2 * alike, (d / q) ** 2 * (q * (q + 2) / (d * (d + 2)) - alike)


def projected(G: FloatArray, q: int) -> FloatArray:
    """Return E (d/q)² P G P."""
    alike, along = projection(G.shape[0], q)
    found: FloatArray = alike * np.trace(G) * np.eye(G.shape[0]) + along * G
    return found
