"""Linear siamese networks as fields of matrices, for any data and augmentation by their second moments.

The loss is ½ E‖P W x₁ − W′ x₂‖² over two views of a sample: P the predictor, W the encoder, W′ the target, which is τ W
or a moving average of W. A linear network sees of its data no more than Σ = E x₁x₁ᵀ and Σ̄ = E x₁x₂ᵀ.
"""

from dataclasses import dataclass, replace

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray


@dataclass(frozen=True)
class Siamese:
    """A linear siamese network: what it is trained on, and how.

    Parameters
    ----------
    view : ndarray, shape (d, d)
        Σ, the second moments of a view.
    common : ndarray, shape (d, d)
        Σ̄, those of two views of one sample, one against the other.
    units : int
        Outputs of the encoder.
    predictor, stop_gradient : bool
        Whether there is a predictor, and whether the target is left out of the derivative.
    average : float or None
        β of dW′/dt = β (W − W′): a moving average, as BYOL has it, which is never derived.
    learned : bool
        Whether the predictor follows its derivative; else it is set to (W W ᵀ)^½ at every moment, which is DirectPred.
    alpha, tau, decay : float
        Relative rate of the predictor, factor of the target, weight decay.
    """

    view: FloatArray
    common: FloatArray
    units: int
    predictor: bool = True
    stop_gradient: bool = True
    average: float | None = None
    learned: bool = True
    alpha: float = 1.0
    tau: float = 1.0
    decay: float = 0.0

    @property
    def inputs(self) -> int:
        """Coordinates of a sample."""
        return len(self.view)

    @property
    def dim(self) -> int:
        """Coordinates of a point: W by rows, then P, then W′, where there are such."""
        return self.units * (self.inputs * (1 + (self.average is not None)) + self.units * self._trains_predictor)

    @property
    def _trains_predictor(self) -> bool:
        return self.predictor and self.learned

    def joined(self, W: FloatArray, P: FloatArray) -> FloatArray:
        """Return the point; a moving average begins at W."""
        parts = [W, P] if self._trains_predictor else [W]
        return np.concatenate([each.ravel() for each in (*parts, *([W] if self.average is not None else []))])

    def split(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return W, P and W′ at a point."""
        size, square = self.units * self.inputs, self.units**2 * self._trains_predictor
        W = x[:size].reshape(self.units, self.inputs)
        target = x[size + square :].reshape(W.shape) if self.average is not None else self.tau * W
        if self._trains_predictor:
            return W, x[size : size + square].reshape(self.units, self.units), target
        return W, root_of(W @ W.T) if self.predictor else np.eye(self.units), target

    def value(self, x: FloatArray) -> float:
        """Return the loss, weight decay left out."""
        W, P, target = self.split(x)
        Q = P @ W
        square = np.sum(Q @ self.view * Q) - 2 * np.sum(Q @ self.common * target) + np.sum(target @ self.view * target)
        return float(square / 2)

    def gradient(self, x: FloatArray) -> FloatArray:
        """Return what the flow goes against: derivatives of the loss, as far as they are taken, and weight decay."""
        W, P, target = self.split(x)
        residual = P @ W @ self.view - target @ self.common
        down = P.T @ residual + self.decay * W
        if not self.stop_gradient and self.average is None:
            down += self.tau * (target @ self.view - P @ W @ self.common)
        parts = [down]
        if self._trains_predictor:
            parts.append(self.alpha * residual @ W.T + self.decay * P)
        if self.average is not None:
            parts.append(self.average * (target - W))
        return np.concatenate([each.ravel() for each in parts])

    def field(self) -> flows.Field:
        """Return it as a field."""
        return flows.field(self.value, self.gradient, self.dim)

    def with_(self, **changed: object) -> "Siamese":
        """Return another, the rest alike."""
        return replace(self, **changed)  # type: ignore[arg-type]

    def late_rate(self, P: FloatArray | None = None) -> float:
        """Return the rate at which a W that is almost zero moves: its slowest mode with P held still.

        Above 0 it shrinks. With a moving average W and W′ shrink together.
        """
        Q = np.eye(1) if P is None or not self.predictor else P  # without a predictor units do not see each other
        pull, push = np.kron(Q.T @ Q, self.view), np.kron(Q.T, self.common)
        eye = np.eye(len(pull))
        if self.average is not None:
            whole = np.block([[pull + self.decay * eye, -push], [-self.average * eye, self.average * eye]])
            return float(np.linalg.eigvals(whole).real.min())
        whole = pull - self.tau * push + self.decay * eye
        if self.stop_gradient:
            return float(np.linalg.eigvals(whole).real.min())
        whole += self.tau**2 * np.kron(np.eye(len(Q)), self.view) - self.tau * np.kron(Q, self.common)
        return float(np.linalg.eigvalsh(whole)[0])


def root_of(M: FloatArray) -> FloatArray:
    """Return the square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(M)
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root


def imbalance(W: FloatArray, P: FloatArray, alpha: float = 1.0) -> FloatArray:
    """Return W Wᵀ − PᵀP/α, which falls as e^{−2ηt} along the flow whatever the data are."""
    found: FloatArray = W @ W.T - P.T @ P / alpha
    return found
