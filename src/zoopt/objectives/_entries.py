"""Entries into Numba functions: code that C++ calls by its address, and that survives exceptions.

An exception that leaves a cfunc is lost, and 0.0 is returned in its place, which would win; so each entry catches what
the function raises and returns how many rows it has done. Numba is imported with this module, and this module when it
is needed.
"""

# mypy: disable-error-code="attr-defined, call-arg, no-untyped-call, no-untyped-def, untyped-decorator"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import carray, types
from numba.core.errors import TypingError
from numba.extending import intrinsic, overload

_DOUBLES = types.CPointer(types.float64)
_ENTRY = types.int64(_DOUBLES, types.int64, types.int64, types.int64, _DOUBLES)

View = Callable[..., Any]


@intrinsic
def shown(typingctx: Any, array: Any) -> Any:
    """Return the array as one that cannot be written to."""
    view = array.copy(readonly=True)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.cast(builder, arguments[0], array, view)

    return view(array), codegen


@numba.njit
def copied(array: Any) -> Any:
    """Return a copy, for functions that write into what they get."""
    return array.copy()


@intrinsic
def one_number(typingctx: Any, value: Any) -> Any:
    """Return the value of one point as a float; other types are refused when the entry is compiled."""
    plain = types.unliteral(value)
    if not isinstance(plain, types.Integer | types.Float | types.Boolean):
        raise TypingError(f"the objective must return one real number for one point, but it returns {plain}")

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.cast(builder, arguments[0], value, types.float64)

    return types.float64(value), codegen


@intrinsic
def row_by_row(typingctx: Any) -> Any:
    """Keep the compiler from working on several rows at once.

    Where Numba has Intel's SVML, vector code for exp and the like rounds otherwise than scalar code does, so that a
    value would depend on how many rows come before the rest that fills no vector.
    """

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.asm(ir.FunctionType(ir.VoidType(), []), "", "~{memory}", [], side_effect=True)
        return context.get_dummy_value()

    return types.void(), codegen


def one_a_row(returned: Any, values: Any) -> None:
    """Write what a batch function returned into `values`."""


@overload(one_a_row)
def _one_a_row(returned: Any, values: Any) -> Any:
    real = types.Integer | types.Float | types.Boolean
    if not (isinstance(returned, types.Array) and returned.ndim == 1 and isinstance(returned.dtype, real)):
        raise TypingError(f"a batch objective must return one real number a row, but it returns {returned}")

    def write(returned: Any, values: Any) -> None:
        if returned.size != values.size:
            raise ValueError("a batch objective returns one number a row")
        for row in range(values.size):
            values[row] = returned[row]

    return write


def inlined(function: Any) -> Any:
    """Return the function as one that Numba puts into the loop over rows: a call costs 2 ns, which is often much.

    One with explicit signatures stays as it is, because they decide what its arguments and its value are rounded to.
    """
    options = function.targetoptions
    if options.get("parallel") or not getattr(function, "_can_compile", True):
        return function
    options = {**options, "nopython": True, "forceinline": True}
    return numba.jit(locals=function.locals, **options)(function.py_func)


def taking_generation(function: Any) -> Any:
    """Return a function that takes the generation behind its other arguments, and makes no use of it."""

    @numba.njit(forceinline=True)
    def call(*arguments):
        return function(*arguments[:-1])

    return call


def point_entry(function: Any, view: View) -> Any:
    """Return the entry of ``function(x, generation)``: a loop over rows, which costs less than a call each."""

    @numba.cfunc(_ENTRY)
    def call(rows, count, dim, generation, values):
        X = carray(rows, (count, dim))
        for row in range(count):
            row_by_row()
            try:
                values[row] = one_number(function(view(X[row]), generation))
            except Exception:
                return row
        return count

    return call


def returning_entry(function: Any, view: View) -> Any:
    """Return the entry of ``function(X, generation) -> values``."""

    @numba.cfunc(_ENTRY)
    def call(rows, count, dim, generation, values):
        try:
            one_a_row(function(view(carray(rows, (count, dim))), generation), carray(values, (count,)))
        except Exception:
            return 0
        return count

    return call


def writing_entry(function: Any, view: View) -> Any:
    """Return the entry of ``function(X, out, generation)``; what it leaves out is NaN."""

    @numba.cfunc(_ENTRY)
    def call(rows, count, dim, generation, values):
        out = carray(values, (count,))
        out[:] = np.nan
        try:
            function(view(carray(rows, (count, dim))), out, generation)
        except Exception:
            return 0
        return count

    return call


def runs_in_parallel(entry: Any) -> bool:
    """Whether the code has parallel loops of Numba's own, which must not be entered from several threads."""
    return "numba_parallel_for" in entry.inspect_llvm()
