"""Modified flows: those that pass through the points of a descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, whole
from zoopt.cells import Cell
from zoopt.errors import InvalidInput, UnknownName
from zoopt.flows._derived import DerivedField, checked_field
from zoopt.flows._finite_sum import InTurn
from zoopt.flows._methods import Method, method_of
from zoopt.flows._points import Field

_METHODS = {"sgd": "gd", "momentum": "momentum", "nesterov": "nesterov", "adam": "adam"}


class ModifiedFlow(DerivedField):
    """The field whose flow a descent follows; :func:`modified_flow` makes one.

    Attributes
    ----------
    method : str
        Of the descent.
    learning_rate : float
    order : int
        The flow errs as the learning rate to the power of one more.
    """

    def __init__(
        self, method: Method, order: int, make: Callable[..., _core.Field], part: Field, arguments: dict[str, Any]
    ) -> None:
        super().__init__("modified_flow", make, part.parts if isinstance(part, InTurn) else [part], arguments)
        self._descent, self._of = method, part
        self.method = method.name
        self.learning_rate = method.learning_rate
        self.order = order

    def __repr__(self) -> str:
        """Return of what it is the flow."""
        return f"modified_flow({self._of!r}, {self.learning_rate:g}, {self.order}, method={self.method!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """By how it was made."""
        return ModifiedFlow, (self._descent, self.order, self._make, self._of, self._arguments)

    @property
    def whole(self) -> Field:
        """The same of all that the field samples; that of parts in turn is of all of them."""
        whole = self._of.whole
        if isinstance(self._of, InTurn) or whole is self._of:
            return self
        return ModifiedFlow(self._descent, self.order, self._make, whole, self._arguments)

    def start(self, x0: npt.ArrayLike) -> FloatArray:
        """Return where the flow is to start so that it meets a descent that starts at rest in `x0`.

        Without momentum that is `x0` itself. With it the first steps are shorter than those that follow; the flow of
        first order starts behind by as much as they lack, h μ / (1 − μ)² times the gradient for the heavy ball, and
        μ times that for Nesterov's.

        Parameters
        ----------
        x0 : array_like, shape (dim,)

        Returns
        -------
        ndarray, shape (dim,)
        """
        at = self.point("x0", x0)
        lag = _lag(self._descent) if self.order > 0 else 0.0
        return at + lag * self.parts[0].gradient(at) if lag else at


def modified_flow(
    field: Field, learning_rate: float, order: int = 1, *, method: str | Cell = "gd", **options: float
) -> ModifiedFlow:
    """Return the field whose flow passes through the points of a descent, up to an order in the learning rate.

    A descent leaves the flow of its field by as much as the learning rate h; from this flow it strays by the power
    ``order + 1`` of h at a given time, and without momentum by one power more in a step.

    - Gradient descent: g + (h/2) H g, the gradient of L + (h/4) ‖g‖², to first order; h² (H² g / 3 + T[g, g] / 12) more
      to second, which is a field only, without a loss.
    - Momentum μ: the gradient of L / (1 − μ) + k ‖g‖², with k = h (1 + μ) / (4 (1 − μ)³) for the heavy ball, and
      k = h (1 − μ + 2μ²) / (4 (1 − μ)³) for Nesterov's gradient; first order. See :meth:`ModifiedFlow.start`.
    - SGD, where `field` is :func:`shuffled`: C + (h/4m) Σ ‖∇Cₖ‖², in the mean over orders; where it is :func:`cyclic`,
      the flow of that order, which is a field only. First order, for whole epochs.
    - Adam: g / (‖g‖ + ε) by coordinate, and what the lags of both moments and the step add to first order, a field
      only. The learning rate must be small against 1 − β₂.

    Parameters
    ----------
    field : Field
        What is descended.
    learning_rate : float
        h, above 0.
    order : int
        0 (the flow itself), 1, or for gradient descent 2.
    method : str or Cell
        ``"gd"``, ``"momentum"``, ``"nesterov"`` or ``"adam"``, or a cell with such an update.
    **options : float
        Of the method: ``momentum``, ``beta_1``, ``beta_2``, ``epsilon``.

    Returns
    -------
    ModifiedFlow
        Its value is the modified loss, of first order where there is none of the second.

    Raises
    ------
    UnknownName
        No modified flow of the method is known here.
    InvalidInput
        It is not known to this order, or for these options.
    InvalidType
        `field` is none.

    Notes
    -----
    A sampled field is taken as it is at the time, which is whole as long as no step is selected.

    Hessian-vector products and third derivatives of `field` come into it: where they are differences
    (:attr:`Field.exact_hvp`) about 10 digits of the first are left, and 7 of the second.

    Momentum: x(t + h) − x(t) = μ (x(t) − x(t − h)) − h g is expanded in h, which gives
    (1 − μ) ẋ + (h/2)(1 + μ) ẍ = −g, where ẍ = H g / (1 − μ)² at leading order. In Nesterov's the right side is
    −g − μ (g(t) − g(t − h)) = −g + μ h H g / (1 − μ).

    References
    ----------
    Barrett and Dherin (2021), arXiv:2009.11162; Smith et al. (2021), arXiv:2101.12176; Kovachki and Stuart (2021),
    JMLR 22(17); Cattaneo et al. (2023), arXiv:2309.00079.

    Examples
    --------
    >>> from zoopt import flows
    >>> loss, h = flows.product(0.6), 0.01
    >>> for order in (0, 1, 2):
    ...     flow = flows.modified_flow(loss, h, order)
    ...     end = flows.gradient_flow(flow, [2.8, 3.5], 20.0, rtol=1e-10, atol=1e-12).x[-1]
    ...     print(order, (end**2).sum().round(4))
    0 4.5704
    1 4.4428
    2 4.4287
    >>> (flows.descend(loss, [2.8, 3.5], learning_rate=h, steps=2000).x[-1] ** 2).sum().round(4)
    np.float64(4.4256)
    """
    checked = checked_field(field)
    chosen = method_of(method, "constant", learning_rate, checked.dim, options)
    _check(chosen, checked)
    degree = whole("order", order, low=0, high=_highest(chosen, checked))
    if isinstance(checked, InTurn):
        if degree == 0:
            return ModifiedFlow(chosen, 0, _core.modified_flow, checked.whole, _terms(chosen, 0))
        arguments = {"learning_rate": chosen.learning_rate, "in_order": checked.in_order}
        return ModifiedFlow(chosen, 1, _core.epoch_flow, checked, arguments)
    if chosen.update == "adam":
        adam = {name: chosen.options[name] for name in ("beta_1", "beta_2", "epsilon")}
        adam["learning_rate"] = degree * chosen.learning_rate
        return ModifiedFlow(chosen, degree, _core.adam_flow, checked, adam)
    return ModifiedFlow(chosen, degree, _core.modified_flow, checked, _terms(chosen, degree))


def _check(method: Method, field: Field) -> None:
    if method.update not in _METHODS:
        raise UnknownName(
            f"no modified flow of {method.name!r} is known here; there are those of {', '.join(_METHODS.values())}"
        )
    if method.options["weight_decay"] > 0:
        raise InvalidInput("weight_decay has no place in a modified flow; add it to the field as an L2 penalty")
    if isinstance(field, InTurn) and method.update != "sgd":
        raise InvalidInput(
            f"of parts in turn the modified flow is known for method='gd' only, got {method.name!r}; use the mean of "
            "the parts, field.whole"
        )


def _highest(method: Method, field: Field) -> int:
    """Return the order up to which the flow is known."""
    return 2 if method.update == "sgd" and not isinstance(field, InTurn) else 1


def _terms(method: Method, order: int) -> dict[str, float]:
    """Return what stands before g, H g and 4 H² g + T[g, g]."""
    h = method.learning_rate
    if method.update == "sgd":
        return {"plain": 1.0, "first": h / 2 if order > 0 else 0.0, "second": h * h / 12 if order > 1 else 0.0}
    share = method.options["momentum"]
    bend = 1.0 + share if method.update == "momentum" else 1.0 - share + 2.0 * share**2
    first = h * bend / (2.0 * (1.0 - share) ** 3)
    return {"plain": 1.0 / (1.0 - share), "first": first if order > 0 else 0.0, "second": 0.0}


def _lag(method: Method) -> float:
    """Return by how much of the gradient a descent from rest falls behind, while its velocity settles."""
    share = method.options.get("momentum", 0.0)
    behind = method.learning_rate * share / (1.0 - share) ** 2
    return behind * share if method.update == "nesterov" else behind
