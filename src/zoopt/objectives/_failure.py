"""What compiled code of the user's raises: that it failed, and on which rows."""

from __future__ import annotations

from zoopt._arguments import FloatArray


class CallFailed(Exception):
    """The code failed on these rows; only a call through Python can tell why.

    Attributes
    ----------
    rows : numpy.ndarray, shape (count, dim)
        The row that failed, or all that were passed together where none fails alone.
    generation : int
    """

    def __init__(self, rows: FloatArray, generation: int) -> None:
        super().__init__("the objective failed in compiled code")
        self.rows = rows
        self.generation = generation
