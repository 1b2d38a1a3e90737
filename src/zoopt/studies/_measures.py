"""What several studies measure alike."""

from collections.abc import Sequence

import numpy as np

from zoopt import flows
from zoopt._arguments import FloatArray


def slope(lengths: Sequence[float], errors: Sequence[float]) -> float:
    """Return the exponent in error = constant · length^exponent, by least squares of logarithms.

    Examples
    --------
    >>> round(slope([0.1, 0.2, 0.4], [0.03, 0.12, 0.48]), 12)
    2.0
    """
    return float(np.polyfit(np.log(lengths), np.log(errors), 1)[0])


def flow_end(field: flows.Field, x0: FloatArray, time: float) -> FloatArray:
    """Return where the flow is after a time, to about 13 digits.

    Examples
    --------
    >>> flow_end(flows.quadratic([2.0]), np.ones(1), 0.5).round(13) == np.exp(-1.0).round(13)
    array([ True])
    """
    end: FloatArray = flows.gradient_flow(field, x0, time, method="dop853", rtol=3e-13, atol=1e-15).x[-1]
    return end
