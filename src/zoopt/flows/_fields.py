"""Constructors of fields: of functions, of objectives that tell their gradient, and of what is compiled here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown, whole
from zoopt.errors import InvalidInput, InvalidType
from zoopt.flows._foreign import FunctionField
from zoopt.flows._objectives import of_objective
from zoopt.flows._points import DIM_LIMIT, Field
from zoopt.objectives._compiled import unknown_name

_FUNCTIONS = ("ellipsoid", "rastrigin", "rosenbrock", "sphere")


class CompiledField(Field):
    """A field that is compiled here.

    Attributes
    ----------
    name : str
        What it is.
    widths : list of int or None
        Of a network, units of every layer.
    """

    def __init__(self, name: str, make: Callable[..., _core.Field], arguments: dict[str, Any]) -> None:
        self.name = name
        self._made = (name, make, arguments)
        super().__init__(make(**arguments))

    def __repr__(self) -> str:
        """Return what it is."""
        return f"{self.name}(dim={self.dim})"

    def __reduce__(self) -> tuple[object, ...]:
        """By how it was made."""
        return CompiledField, self._made

    @property
    def widths(self) -> list[int] | None:
        """Units of every layer, where it is a network."""
        return self._made[2].get("widths")


def field(
    value: Callable[..., Any],
    gradient: Callable[..., Any] | None = None,
    dim: int | None = None,
    hvp: Callable[..., Any] | None = None,
) -> Field:
    """Make a field of a function and its gradient.

    Where all functions are of ``numba.njit`` the core calls them by address, without Python and without the GIL; else
    Python calls them. What they raise comes as :class:`zoopt.errors.ObjectiveError` with its cause.

    Parameters
    ----------
    value : function or object
        ``value(x) -> float`` for x of shape (dim,). Or an objective with a method ``value_and_gradient(x)``, such as
        :class:`zoopt.objectives.LossObjective`; then `gradient` is left out, and an objective that is to be maximised
        is negated. Those of this package are called without Python, but for rewards that are functions of yours.
    gradient : function
        ``gradient(x) -> vector`` of shape (dim,), or ``gradient(x, out)``, which writes it into `out` and spares an
        allocation. It need not be the gradient of `value`: the flow follows the gradient, and the value is looked at.
        :meth:`Field.check` tells whether it is.
    dim : int
        Coordinates of a point; of an objective by default its own.
    hvp : function, optional
        ``hvp(x, v) -> vector``, the Hessian at x times v, or ``hvp(x, v, out)``. By default central differences of
        gradients.

    Returns
    -------
    Field

    Raises
    ------
    InvalidType
        What should be a function is none, or Numba cannot compile it.
    InvalidInput
        `dim` is missing or below 1, or a function takes other arguments.

    Examples
    --------
    >>> import numba
    >>> from zoopt import flows
    >>> @numba.njit
    ... def value(x):
    ...     return 0.5 * (x[0] ** 2 + 9.0 * x[1] ** 2)
    >>> @numba.njit
    ... def gradient(x, out):
    ...     out[0] = x[0]
    ...     out[1] = 9.0 * x[1]
    >>> bowl = flows.field(value, gradient, 2)
    >>> bowl.check([1.0, 2.0])
    >>> bowl.hessian_vector([1.0, 2.0], [0.0, 1.0]).round(6).tolist()
    [0.0, 9.0]
    """
    if gradient is None:
        return of_objective(value, dim)
    functions: dict[str, Any] = {"value": value, "gradient": gradient}
    if hvp is not None:
        functions["hvp"] = hvp
    for name, function in functions.items():
        if not callable(function):
            raise InvalidType(f"{name} must be a function, got {shown(function)}")
    if dim is None:
        raise InvalidInput("dim is missing: field(value, gradient, dim) needs to know the coordinates of a point")
    return FunctionField(functions, whole("dim", dim, low=1, high=DIM_LIMIT))


def quadratic(curvature: npt.ArrayLike, centre: npt.ArrayLike = 0.0) -> Field:
    """Return ½ (x − centre)ᵀ H (x − centre).

    Parameters
    ----------
    curvature : array_like, shape (dim, dim) or (dim,)
        H, symmetric, or its diagonal. It may be indefinite.
    centre : array_like, shape (dim,), or float
        Where the gradient is zero.

    Raises
    ------
    InvalidInput
        The shapes do not fit, a number is not finite, or H is not symmetric.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.quadratic([1.0, 4.0], centre=1.0).gradient([0.0, 0.0]).tolist()
    [-1.0, -4.0]
    """
    H = curvature_of(curvature)
    at = _finite("centre", centre)
    if at.shape not in ((), (H.shape[0],)):
        raise InvalidInput(f"centre must be a number or have shape ({H.shape[0]},), got {at.shape}")
    middle = np.ascontiguousarray(np.broadcast_to(at, H.shape[:1]))
    return CompiledField("quadratic", _core.quadratic_field, {"curvature": H.ravel(), "centre": middle})


def curvature_of(curvature: npt.ArrayLike) -> FloatArray:
    """Return a symmetric matrix, or the diagonal of one, that is finite."""
    H = _finite("curvature", curvature)
    if H.ndim not in (1, 2) or H.size == 0 or H.shape[0] != H.shape[-1]:
        raise InvalidInput(f"curvature must have shape (dim, dim), or (dim,) for a diagonal, got {H.shape}")
    if H.ndim == 2 and not np.allclose(H, H.T, rtol=1e-12, atol=0):
        raise InvalidInput("curvature must be symmetric; use (H + H.T) / 2")
    return H


def function(name: str, dim: int, *, shift: npt.ArrayLike | None = None) -> Field:
    """Return a test function of :func:`zoopt.objectives.function` as a field, with its derivatives in closed form.

    Parameters
    ----------
    name : {"ellipsoid", "rastrigin", "rosenbrock", "sphere"}
    dim : int
        Coordinates of a point.
    shift : array_like, shape (dim,), optional
        The function is taken at x − shift.

    Raises
    ------
    UnknownName
        There is no such function.
    InvalidInput
        `dim` is too small, or `shift` does not fit.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.function("sphere", 2).gradient([1.0, -2.0]).tolist()
    [2.0, -4.0]
    """
    if name not in _FUNCTIONS:
        raise unknown_name("test function with a gradient", name, list(_FUNCTIONS))
    size = _dim(dim, low=2 if name == "rosenbrock" else 1)
    moved = np.empty(0) if shift is None else _finite("shift", shift)
    if shift is not None and moved.shape != (size,):
        raise InvalidInput(f"shift must have shape ({size},), got {moved.shape}")
    return CompiledField(name, _core.function_field, {"name": name, "dim": size, "shift": moved})


def rosenbrock(dim: int = 2) -> Field:
    """Return Σ 100 (x[i+1] − x[i]²)² + (1 − x[i])², whose minimum is 0 at 1, in a curved valley.

    Parameters
    ----------
    dim : int
        Coordinates of a point, 2 at least.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.rosenbrock(2).gradient([-1.2, 1.0]).round(6).tolist()
    [-215.6, -88.0]
    """
    return function("rosenbrock", dim)


def product(y: npt.ArrayLike) -> Field:
    """Return ½ Σ (yᵢ − aᵢ bᵢ)² at x = (a, b): the simplest loss with minima of different flatness.

    All points with a b = y are minima; a² + b² is how sharp one is.

    Parameters
    ----------
    y : float, or array_like of shape (k,)
        Targets; the field has 2 k coordinates, a before b.

    Raises
    ------
    InvalidInput
        `y` is empty, not finite, or of more dimensions.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.product(0.6).gradient([2.0, 0.5]).tolist()
    [0.2, 0.8]
    """
    targets = np.atleast_1d(_finite("y", y))
    if targets.ndim != 1 or targets.size == 0:
        raise InvalidInput(f"y must be a number or a vector, got shape {targets.shape}")
    return CompiledField("product", _core.product_field, {"y": targets})


def deep_linear(
    widths: Sequence[int],
    target: npt.ArrayLike | None = None,
    *,
    X: npt.ArrayLike | None = None,
    Y: npt.ArrayLike | None = None,
) -> Field:
    """Return the loss of a deep linear network, a product of matrices W_L … W₁.

    ½ ‖W_L … W₁ − target‖² (Frobenius), or of data ½ mean over samples of ‖W_L … W₁ x − y‖². A point holds W₁, …, W_L
    one after the other, each by rows and of shape (widths[l], widths[l − 1]).

    Parameters
    ----------
    widths : sequence of int
        Units of every layer, inputs and outputs included: two at least.
    target : array_like, shape (widths[-1], widths[0])
        The matrix to reach; or else data:
    X : array_like, shape (samples, widths[0])
    Y : array_like, shape (samples, widths[-1])

    Raises
    ------
    InvalidInput
        The shapes do not fit, or it is not either a target or data.

    Notes
    -----
    Samples are reduced by a QR decomposition to as many as there are inputs and outputs, which changes no loss but by a
    constant that is kept. ``deep_linear((1, k, 1), [[y]])`` is ½ (y − Σ aᵢ bᵢ)².

    Examples
    --------
    >>> from zoopt import flows
    >>> net = flows.deep_linear((2, 1, 2), target=[[1.0, 0.0], [0.0, 0.0]])
    >>> net.dim, net.value([1.0, 0.0, 1.0, 0.0])
    (4, 0.0)
    """
    sizes = [whole(f"widths[{i}]", width, low=1, high=DIM_LIMIT) for i, width in enumerate(widths)]
    if len(sizes) < 2:
        raise InvalidInput(f"widths must name inputs and outputs at least, got {sizes}")
    if (target is None) == (X is None and Y is None) or (X is None) != (Y is None):
        raise InvalidInput("give either target, or both X and Y")
    if target is not None:
        inputs, targets = np.eye(sizes[0]), _shaped("target", target, (sizes[-1], sizes[0]))
    else:
        inputs, targets = _reduced(_finite("X", X), _finite("Y", Y), sizes)
    arguments = {"widths": sizes, "columns": inputs.shape[1], "inputs": inputs.ravel(), "targets": targets.ravel()}
    return CompiledField("deep_linear", _core.deep_linear_field, arguments)


def _reduced(X: FloatArray, Y: FloatArray, sizes: list[int]) -> tuple[FloatArray, FloatArray]:
    """Return the data as columns, as few as there are inputs and outputs, and scaled for a mean."""
    samples = X.shape[0] if X.ndim else 0
    if samples == 0:
        raise InvalidInput(f"X must have shape (samples, {sizes[0]}) with a sample at least, got {X.shape}")
    both = np.hstack([_shaped("X", X, (samples, sizes[0])), _shaped("Y", Y, (samples, sizes[-1]))]) / np.sqrt(samples)
    if samples > both.shape[1]:
        both = np.linalg.qr(both, mode="r")
    return np.ascontiguousarray(both[:, : sizes[0]].T), np.ascontiguousarray(both[:, sizes[0] :].T)


def _shaped(name: str, values: npt.ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    array = _finite(name, values)
    if array.shape != shape:
        raise InvalidInput(f"{name} must have shape {shape}, got {array.shape}")
    return array


def _finite(name: str, values: npt.ArrayLike | None) -> FloatArray:
    numbers = real_numbers(values)
    if numbers is None:
        raise InvalidInput(f"{name} must hold real numbers, got {shown(values)}")
    if not np.isfinite(numbers).all():
        raise InvalidInput(f"{name} must be finite, but has {numbers[~np.isfinite(numbers)].flat[0]}")
    return np.ascontiguousarray(numbers).reshape(numbers.shape)


def _dim(dim: object, low: int = 1) -> int:
    return whole("dim", dim, low=low, high=DIM_LIMIT)
