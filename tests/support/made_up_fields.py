"""Fields whose gradients are written down once more, by hand and by Numba."""

import numba
import numpy as np


@numba.njit
def bowl(x):
    """Half the sum of (i + 1) x[i]^2."""
    total = 0.0
    for i in range(x.size):
        total += 0.5 * (i + 1) * x[i] * x[i]
    return total


@numba.njit
def bowl_gradient(x, out):
    """Write it."""
    for i in range(x.size):
        out[i] = (i + 1) * x[i]


@numba.njit
def bowl_returned(x):
    """Return it."""
    return np.arange(1, x.size + 1) * x


@numba.njit
def bowl_product(x, v, out):
    """Write the Hessian times v."""
    for i in range(x.size):
        out[i] = (i + 1) * v[i]


@numba.njit
def twin(x):
    """Half of (phi theta - theta)^2 at x = (phi, theta): the loss of a predictor phi and an encoder theta."""
    return 0.5 * ((x[0] - 1.0) * x[1]) ** 2


@numba.njit
def twin_stopped(x, out):
    """Write the gradient where the target theta is held: no gradient of that loss."""
    out[0] = -(1.0 - x[0]) * x[1] ** 2
    out[1] = -(1.0 - x[0]) * x[0] * x[1]


def plain_bowl(x):
    """Do the same by Python."""
    return 0.5 * float(np.arange(1, x.size + 1) @ (x * x))


def plain_bowl_gradient(x):
    """Do the same by Python."""
    return np.arange(1, x.size + 1) * x
