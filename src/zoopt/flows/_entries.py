"""Entries into Numba functions of a field: code that C++ calls by its address, and that survives exceptions.

Each returns 0, or 1 where the function raised. Numba is imported with this module, and this module when it is needed.
"""

# mypy: disable-error-code="attr-defined, call-arg, no-untyped-call, no-untyped-def, untyped-decorator"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba import carray, types
from numba.core.errors import TypingError
from numba.extending import overload

from zoopt.objectives._entries import copied, inlined, one_number, shown

_DOUBLES = types.CPointer(types.float64)
_VECTOR = types.int64(_DOUBLES, types.int64, _DOUBLES)
_PRODUCT = types.int64(_DOUBLES, _DOUBLES, types.int64, _DOUBLES)

View = Callable[..., Any]
VIEWS: tuple[View, ...] = (shown, copied)
"""How a function sees its arguments: as what cannot be written to, or as copies, where it does not take those."""


def one_a_coordinate(returned: Any, out: Any) -> None:
    """Write the vector that a function returned into `out`."""


@overload(one_a_coordinate)
def _one_a_coordinate(returned: Any, out: Any) -> Any:
    real = types.Integer | types.Float | types.Boolean
    if not (isinstance(returned, types.Array) and returned.ndim == 1 and isinstance(returned.dtype, real)):
        raise TypingError(f"it must return a vector of one real number a coordinate, but it returns {returned}")

    def write(returned: Any, out: Any) -> None:
        if returned.size != out.size:
            raise ValueError("one number a coordinate is needed")
        for i in range(out.size):
            out[i] = returned[i]

    return write


def value_entry(function: Any, view: View) -> Any:
    """Return the entry of ``value(x) -> float``."""
    function = inlined(function)

    @numba.cfunc(_VECTOR)
    def call(x, dim, out):
        try:
            out[0] = one_number(function(view(carray(x, (dim,)))))
        except Exception:
            return 1
        return 0

    return call


def returning_entry(function: Any, view: View) -> Any:
    """Return the entry of ``gradient(x) -> vector``."""
    function = inlined(function)

    @numba.cfunc(_VECTOR)
    def call(x, dim, out):
        try:
            one_a_coordinate(function(view(carray(x, (dim,)))), carray(out, (dim,)))
        except Exception:
            return 1
        return 0

    return call


def writing_entry(function: Any, view: View) -> Any:
    """Return the entry of ``gradient(x, out)``."""
    function = inlined(function)

    @numba.cfunc(_VECTOR)
    def call(x, dim, out):
        try:
            function(view(carray(x, (dim,))), carray(out, (dim,)))
        except Exception:
            return 1
        return 0

    return call


def returning_product(function: Any, view: View) -> Any:
    """Return the entry of ``hvp(x, v) -> vector``."""
    function = inlined(function)

    @numba.cfunc(_PRODUCT)
    def call(x, v, dim, out):
        try:
            returned = function(view(carray(x, (dim,))), view(carray(v, (dim,))))
            one_a_coordinate(returned, carray(out, (dim,)))
        except Exception:
            return 1
        return 0

    return call


def writing_product(function: Any, view: View) -> Any:
    """Return the entry of ``hvp(x, v, out)``."""
    function = inlined(function)

    @numba.cfunc(_PRODUCT)
    def call(x, v, dim, out):
        try:
            function(view(carray(x, (dim,))), view(carray(v, (dim,))), carray(out, (dim,)))
        except Exception:
            return 1
        return 0

    return call
