"""Transformations: fields that are made of another one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import flag, number, positive, whole
from zoopt.errors import InvalidInput
from zoopt.flows._failure import FieldFailed
from zoopt.flows._layers import layers_of
from zoopt.flows._objectives import of_objective, of_values
from zoopt.flows._points import Field
from zoopt.objectives._compiled import unknown_name


class TransformedField(Field):
    """A field made of another one by a :class:`Transformation`.

    It asks the other one, which counts what it is asked, and `select` chooses the step of both.

    Attributes
    ----------
    inner : Field
        The other one.
    transformation : Transformation
    """

    def __init__(self, transformation: Transformation, inner: Field) -> None:
        self.transformation = transformation
        self.inner = inner
        super().__init__(transformation.core_of(inner))

    @property
    def whole(self) -> Field:
        """The same of all that the other one samples; a smoothed one still has directions, those of step 0."""
        whole = self.inner.whole
        sampled = whole is not self.inner or isinstance(self.transformation, Smoothing)
        return TransformedField(self.transformation, whole) if sampled else self

    def __repr__(self) -> str:
        """Return what it is made of."""
        return f"{self.transformation!r}({self.inner!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """By what it is made of."""
        return TransformedField, (self.transformation, self.inner)

    def explain(self, failed: FieldFailed) -> Exception:
        """Return the exception for a failure in the inner field."""
        return self.inner.explain(failed)


class Transformation(ABC):
    """What makes a field of a field: called with one, or with an objective that tells its gradient."""

    def __call__(self, problem: Any) -> Field:
        """Return the transformed field.

        Parameters
        ----------
        problem : Field or object
            A field, or an objective that :func:`zoopt.flows.field` makes one of.
        """
        return TransformedField(self, problem if isinstance(problem, Field) else of_objective(problem, None))

    @abstractmethod
    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""


@dataclass(frozen=True)
class L2(Transformation):
    """The penalty coefficient/2 ‖x‖², which shrinks all coordinates.

    Parameters
    ----------
    coefficient : float
        What stands before ½ ‖x‖², 0 at least.

    Raises
    ------
    InvalidInput
        The coefficient is negative or not finite.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.L2(0.5)(flows.quadratic([1.0, 4.0])).gradient([1.0, 2.0]).tolist()
    [1.5, 9.0]
    """

    coefficient: float

    def __post_init__(self) -> None:
        """Check the coefficient."""
        _not_negative("coefficient", self.coefficient)

    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""
        return _core.l2_field(inner.core, float(self.coefficient))


@dataclass(frozen=True)
class Flooding(Transformation):
    """``|f − level| + level``: descent above the level, ascent below it [1]_.

    Its derivatives are those of f with the sign of f − level, and 0 where f is the level. The flow stops at the level;
    a discretisation goes to and fro across it and so slides along it, by ε²/2 ∇‖∇f‖² a step, to where f is flat.

    Parameters
    ----------
    level : float
        The loss that is held, in the units of the field.

    Raises
    ------
    InvalidInput
        The level is not finite.

    References
    ----------
    .. [1] Ishida, T., Yamane, I., Sakai, T., Niu, G. and Sugiyama, M. (2020). Do we need zero training loss after
       achieving zero training error? ICML.

    Examples
    --------
    >>> from zoopt import flows
    >>> flooded = flows.Flooding(0.5)(flows.quadratic([1.0]))
    >>> [(flooded.value([x]), flooded.gradient([x]).tolist()) for x in (2.0, 0.5)]
    [(2.0, [2.0]), (0.875, [-0.5])]
    """

    level: float

    def __post_init__(self) -> None:
        """Check the level."""
        _finite("level", self.level)

    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""
        return _core.flooding_field(inner.core, float(self.level))


@dataclass(frozen=True)
class GradientPenalty(Transformation):
    """f + coefficient ‖∇f‖²; with coefficient h/4, what gradient descent of step h follows to first order [1]_.

    Its gradient is ∇f + 2 coefficient H ∇f by a Hessian-vector product of the inner field, and its own products are
    closed forms where those and the third derivatives of the inner field are.

    Parameters
    ----------
    coefficient : float
        What stands before ‖∇f‖²; below 0 it rewards steepness.

    Raises
    ------
    InvalidInput
        The coefficient is not finite, or the inner field has a gradient that is not that of its value.

    References
    ----------
    .. [1] Barrett, D. and Dherin, B. (2021). Implicit gradient regularization. ICLR.

    Examples
    --------
    >>> from zoopt import flows
    >>> steep = flows.GradientPenalty(0.1)(flows.quadratic([1.0, 4.0]))
    >>> round(steep.value([1.0, 1.0]), 12), steep.gradient([1.0, 1.0]).round(12).tolist()
    (4.2, [1.2, 7.2])
    """

    coefficient: float

    def __post_init__(self) -> None:
        """Check the coefficient."""
        _finite("coefficient", self.coefficient)

    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""
        if not inner.conservative:
            raise InvalidInput(
                f"{inner!r} has a gradient that is not that of its value, so that ‖gradient‖² has another slope; "
                "penalise first, and then smooth or modify"
            )
        return _core.gradient_penalty_field(inner.core, float(self.coefficient))


@dataclass(frozen=True)
class WeightScaleInvariant(Transformation):
    """The penalty norms Σ log‖W‖ + directions Σ ‖W/‖W‖₂‖₁ over layers W of weights (WEISSI).

    A ReLU network without intercepts does not change where one layer is scaled up and another one down by the same
    factor, and neither does this penalty; an L2 penalty does. The first term shrinks every ‖W‖² at the same rate,
    2 norms, and would bring it to 0 in finite time: below `floor` it stays as it is. The gradient of the second one is
    orthogonal to W: it makes directions sparse and changes no norm.

    Parameters
    ----------
    norms : float
        What stands before the logarithms, 0 at least.
    directions : float, optional
        What stands before the 1-norms of directions, 0 at least.
    layers : sequence of slice, or of array_like of int, optional
        The coordinates of the weights of each layer, without intercepts. By default those of the field, where it has
        any: of a :class:`zoopt.objectives.LossObjective` or another objective with a ``layout``, or of
        :func:`deep_linear`.
    floor : float, optional
        The norm below which the logarithm is that of the floor; above 0. Descent by steps of h is smooth only while
        ‖W‖² is well above h norms.

    Raises
    ------
    InvalidInput
        A number is out of its range, a layer is empty or overlaps another one or has no such coordinate, or the field
        has no layers and none are given.

    Examples
    --------
    >>> from zoopt import flows
    >>> net = flows.deep_linear((1, 2, 1), target=[[1.0]])
    >>> penalised = flows.WeightScaleInvariant(0.1)(net)
    >>> [round(penalised.value(x) - net.value(x), 12) for x in ([3.0, 4.0, 1.0, 0.0], [0.3, 0.4, 10.0, 0.0])]
    [0.160943791243, 0.160943791243]
    """

    norms: float
    directions: float = 0.0
    layers: Sequence[slice | npt.ArrayLike] | None = None
    floor: float = 1e-3

    def __post_init__(self) -> None:
        """Check the numbers; layers are checked with the field."""
        _not_negative("norms", self.norms)
        _not_negative("directions", self.directions)
        positive("floor", self.floor)

    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""
        layers = layers_of(inner, self.layers)
        numbers = float(self.norms), float(self.directions), float(self.floor)
        return _core.weight_scale_field(inner.core, layers, *numbers)


@dataclass(frozen=True)
class Smoothing(Transformation):
    """The mean of f over x + radius u, with its gradient estimated from values of f: zeroth order as a field.

    f may be an objective that has no gradient. Directions u are those of :func:`zoopt.noise`: direction i is sample i
    of generation `step` in stream 0, where :meth:`Field.select` chooses the step, 0 at first. With normal directions
    the gradient is unbiased for that of the smoothed function; with Rademacher ones up to terms of order radius².

    The gradient is no gradient of the value of one and the same step, so that the field is not conservative.
    Hessian-vector products and third derivatives are differences of gradients at a distance of the radius, which see
    steps of f.

    Parameters
    ----------
    radius : float
        How far to look, above 0.
    directions : int, optional
        Directions of a step, at least 1.
    seed : int, optional
        Of the noise, 0 <= seed < 2**64.
    kind : {"normal", "rademacher"}, optional
        The distribution of u.
    antithetic : bool, optional
        Whether to look on both sides: (f(x + radius u) − f(x − radius u)) u / (2 radius), which takes two values a
        direction. Else (f(x + radius u) − f(x)) u / radius.

    Raises
    ------
    InvalidInput
        A number is out of its range.
    UnknownName
        There is no such kind.

    Examples
    --------
    >>> import numpy as np
    >>> from zoopt import flows
    >>> smooth = flows.Smoothing(0.3, directions=2000)(lambda x: float(np.abs(x[0]) > 1.0), dim=1)
    >>> smooth.gradient([1.2])[0] > 0, smooth.gradient([-1.2])[0] < 0
    (np.True_, np.True_)
    """

    radius: float
    directions: int = 1
    seed: int = 0
    kind: Literal["normal", "rademacher"] = "normal"
    antithetic: bool = True

    def __post_init__(self) -> None:
        """Check the numbers."""
        positive("radius", self.radius)
        whole("directions", self.directions, low=1, high=2**32 - 1)
        whole("seed", self.seed, low=0, high=2**64 - 1)
        flag("antithetic", self.antithetic)
        if self.kind not in ("normal", "rademacher"):
            raise unknown_name("kind of direction", self.kind, ["normal", "rademacher"])

    def __call__(self, problem: Any, dim: int | None = None) -> Field:
        """Return the smoothed field.

        Parameters
        ----------
        problem : Field, objective or function
            What has values; of an objective that is to be maximised the negated ones are taken.
        dim : int, optional
            Coordinates of a point, where `problem` does not know them.
        """
        return TransformedField(self, problem if isinstance(problem, Field) else of_values(problem, dim))

    def core_of(self, inner: Field) -> _core.Field:
        """Return the compiled field."""
        return _core.smoothed_field(
            inner.core,
            float(self.radius),
            int(self.directions),
            self.kind == "rademacher",
            bool(self.antithetic),
            int(self.seed),
        )


def _finite(name: str, value: object) -> None:
    if not np.isfinite(number(name, value)):
        raise InvalidInput(f"{name} must be finite, got {value}")


def _not_negative(name: str, value: object) -> None:
    _finite(name, value)
    if number(name, value) < 0:
        raise InvalidInput(f"{name} must be at least 0, got {value}")
