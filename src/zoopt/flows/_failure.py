"""What compiled code of the user's raises in a field: that it failed, in which part, and where."""

from __future__ import annotations

from zoopt._arguments import FloatArray

PARTS = ("value", "gradient", "hvp")


class FieldFailed(Exception):
    """A part of a field failed at this point; only a call through Python can tell why.

    Attributes
    ----------
    part : {"value", "gradient", "hvp"}
    x : numpy.ndarray, shape (dim,)
    v : numpy.ndarray, shape (dim,)
        The vector of a Hessian-vector product; else empty.
    """

    def __init__(self, part: int, x: FloatArray, v: FloatArray) -> None:
        super().__init__("the field failed in compiled code")
        self.part = PARTS[part]
        self.x = x
        self.v = v
