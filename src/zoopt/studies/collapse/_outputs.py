"""What can be seen of a collapse in the outputs of an encoder."""

from dataclasses import dataclass

import numpy as np

from zoopt._arguments import FloatArray


@dataclass(frozen=True)
class Seen:
    """Outputs of an encoder on many samples, as statistics.

    Attributes
    ----------
    spectrum : ndarray, shape (units,)
        Eigenvalues of their covariance, descending.
    normalised_std : float
        The mean standard deviation of a coordinate of z/‖z‖ times √units: 1 where outputs point everywhere alike.
    """

    spectrum: FloatArray
    normalised_std: float

    @property
    def variance(self) -> float:
        """Sum of the variances of all units."""
        return float(self.spectrum.sum())

    @property
    def effective_units(self) -> float:
        """How many units a spectrum as even as this amounts to: the exponential of its entropy."""
        shares = self.spectrum[self.spectrum > 0] / self.variance
        return float(np.exp(-(shares * np.log(shares)).sum()))


def seen(outputs: FloatArray) -> Seen:
    """Return the statistics of outputs, shape (samples, units)."""
    spectrum = np.maximum(np.linalg.eigvalsh(np.cov(outputs.T))[::-1], 0)
    with np.errstate(invalid="ignore"):
        directions = outputs / np.linalg.norm(outputs, axis=1, keepdims=True)
    return Seen(spectrum, float(directions.std(axis=0).mean() * np.sqrt(outputs.shape[1])))
