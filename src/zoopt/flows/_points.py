"""Fields: a function with its gradient, at points that are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, real_numbers, shown, whole
from zoopt.errors import InvalidInput
from zoopt.flows._failure import FieldFailed

Result = TypeVar("Result")
DIM_LIMIT = 2**31 - 1
WHOLE_SET = 2**64 - 1
"""The step in which a field with mini-batches takes all samples."""


class Counts(NamedTuple):
    """How often a field was asked: for values, gradients, and products with its second and third derivatives."""

    values: int
    gradients: int
    products: int


class Field:
    """A function with its gradient, on which flows and their discretisations move.

    Made by :func:`zoopt.flows.field`, or by a constructor of a compiled one. A field counts how often it is asked, and
    serves one thread at a time.

    Attributes
    ----------
    dim : int
        Coordinates of a point.
    exact_hvp : bool
        Whether Hessian-vector products are closed forms, rather than central differences of gradients.
    conservative : bool
        Whether the gradient is that of the value.
    counts : Counts
        Values, gradients and products so far.
    """

    def __init__(self, core: _core.Field) -> None:
        self.core = core

    @property
    def dim(self) -> int:
        """Coordinates of a point."""
        return self.core.dim

    @property
    def exact_hvp(self) -> bool:
        """Whether Hessian-vector products are closed forms."""
        return self.core.has_hessian_vector

    @property
    def conservative(self) -> bool:
        """Whether the gradient is that of the value."""
        return self.core.conservative

    @property
    def counts(self) -> Counts:
        """Values, gradients and products so far."""
        return Counts(*self.core.counts)

    @property
    def whole(self) -> Field:
        """What a sampled field samples; any other is whole itself."""
        return self

    def select(self, step: int | None) -> None:
        """Become that of a step, where the field is sampled; any other stays as it is.

        Parameters
        ----------
        step : int or None
            Counted from 0: chooses mini-batches, whose turn it is, and the directions of smoothing. With None the field
            is what a new one is: of mini-batches, that of all samples.
        """
        self.core.select(WHOLE_SET if step is None else whole("step", step, low=0, high=WHOLE_SET))

    def value(self, x: npt.ArrayLike) -> float:
        """Return the value at `x`, of shape (dim,)."""
        return self._asked(self.core.value, self.point("x", x))

    def values(self, points: FloatArray) -> FloatArray:
        """Return the values at points of shape (points, dim)."""
        return self._asked(self.core.values, np.ascontiguousarray(points))

    def gradient(self, x: npt.ArrayLike) -> FloatArray:
        """Return the gradient at `x`: both of shape (dim,)."""
        return self._asked(self.core.gradient, self.point("x", x))

    def value_and_gradient(self, x: npt.ArrayLike) -> tuple[float, FloatArray]:
        """Return value and gradient at `x`, of shape (dim,)."""
        value, gradient = self._asked(self.core.value_and_gradient, self.point("x", x))
        return value, gradient

    def hessian_vector(self, x: npt.ArrayLike, v: npt.ArrayLike) -> FloatArray:
        """Return the Hessian at `x` times `v`, of shape (dim,): see `exact_hvp`."""
        return self._asked(self.core.hessian_vector, self.point("x", x), self.point("v", v))

    def third(self, x: npt.ArrayLike, v: npt.ArrayLike) -> FloatArray:
        """Return the third derivative at `x` contracted with `v` twice: d²/ds² gradient(x + s v) at s = 0."""
        return self._asked(self.core.third, self.point("x", x), self.point("v", v))

    def hessian(self, x: npt.ArrayLike) -> FloatArray:
        """Return the Hessian at `x` as a matrix of shape (dim, dim), a product a column."""
        at = self.point("x", x)
        columns = [self._asked(self.core.hessian_vector, at, axis) for axis in np.eye(self.dim)]
        return np.stack(columns, axis=1)

    def check(self, x: npt.ArrayLike) -> None:
        """Compare the gradient with differences of the value, and products with differences of the gradient.

        Central differences by Richardson extrapolation: 4 dim values and 4 gradients. They are right to about 1e-9
        times the size of the value; what differs by more than 1e-5 is named. Of what is computed in float32: by 5e-3.

        Raises
        ------
        InvalidInput
            A coordinate of the gradient, or of a Hessian-vector product, is wrong.
        """
        from zoopt.flows._checks import check_gradient, check_products

        at = self.point("x", x)
        with self.explained():
            check_gradient(self.core, at)
            check_products(self.core, at)

    def point(self, name: str, x: npt.ArrayLike) -> FloatArray:
        """Return `x` as a finite point of this field, of its own; a scalar is a point of one coordinate."""
        numbers = real_numbers(x)
        if numbers is None:
            raise InvalidInput(f"{name} must be a vector of real numbers, got {shown(x)}")
        at = np.array(numbers, ndmin=1)
        if at.shape != (self.dim,):
            raise InvalidInput(f"{name} must have shape ({self.dim},), as the field has, got {numbers.shape}")
        if not np.isfinite(at).all():
            bad = int(np.flatnonzero(~np.isfinite(at))[0])
            raise InvalidInput(f"{name} must be finite, but {name}[{bad}] is {at[bad]}")
        return at

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Raise the cause of what fails in compiled code within."""
        try:
            yield
        except FieldFailed as failed:
            raised = self.explain(failed)
            raise raised from raised.__cause__

    def explain(self, failed: FieldFailed) -> Exception:
        """Return the exception for a failure in compiled code."""
        return failed

    def _asked(self, ask: Callable[..., Result], *at: FloatArray) -> Result:
        with self.explained():
            return ask(*at)
