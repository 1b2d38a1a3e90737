"""N-best lists as the core takes them, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray, shown
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._bleu import segment_statistics
from zoopt.objectives._bleu_tokens import Reader, References, Sentence
from zoopt.objectives._compiled import real_array

Ragged = Sequence[npt.ArrayLike] | npt.NDArray[Any]
Begins = npt.NDArray[np.int64]


class Stacked(NamedTuple):
    """A row a hypothesis: those of list i are [begins[i], begins[i + 1])."""

    begins: Begins
    rows: FloatArray


def stacked(name: str, lists: Ragged, width: int | None = None) -> Stacked:
    """Return one array a list, of shape (hypotheses, columns) with the same columns, as one; `width` fixes them."""
    if isinstance(lists, str) or not isinstance(lists, Sequence | np.ndarray):
        raise InvalidType(f"{name} must be a sequence of arrays, one a list, got {shown(lists)}")
    if not len(lists):
        raise InvalidInput(f"{name} is empty; there must be one list at least")
    arrays = [_matrix(f"{name}[{i}]", one) for i, one in enumerate(lists)]
    columns = arrays[0].shape[1] if width is None else width
    for i, array in enumerate(arrays):
        if array.shape[1] != columns:
            of = f"{name}[0] has" if width is None else "the objective needs"
            raise InvalidInput(f"{name}[{i}] has {array.shape[1]} columns, {of} {columns}; all lists need the same")
        _refuse_infinite(f"{name}[{i}]", array)
    begins = np.zeros(len(arrays) + 1, dtype=np.int64)
    np.cumsum([len(array) for array in arrays], out=begins[1:])
    return Stacked(begins, np.ascontiguousarray(np.concatenate(arrays)))


def hypothesis_lists(hypotheses: Sequence[Sequence[Sentence]], begins: Begins) -> list[Sequence[Sentence]]:
    """Return the hypotheses, as many a list as there are rows."""
    if isinstance(hypotheses, str) or not isinstance(hypotheses, Sequence | np.ndarray):
        raise InvalidType(f"hypotheses must be a sequence of lists of sentences, got {shown(hypotheses)}")
    if len(hypotheses) != len(begins) - 1:
        raise InvalidInput(f"there are {len(hypotheses)} lists of hypotheses, but features of {len(begins) - 1}")
    for i, (one, size) in enumerate(zip(hypotheses, np.diff(begins), strict=True)):
        if isinstance(one, str) or not isinstance(one, Sequence | np.ndarray):
            raise InvalidType(f"hypotheses[{i}] must be a list of sentences, got {shown(one)}")
        if len(one) != size:
            raise InvalidInput(f"hypotheses[{i}] has {len(one)} sentences, but features[{i}] has {size} rows")
    return list(hypotheses)


def list_statistics(
    hypotheses: Sequence[Sequence[Sentence]], begins: Begins, references: References, reader: Reader, threads: int
) -> FloatArray:
    """Return BLEU's statistics of every hypothesis."""
    flat = [sentence for one in hypotheses for sentence in one]
    return segment_statistics(flat, begins, references, reader, "the lists", threads)


def own_statistics(statistics: Ragged, begins: Begins, width: int | None) -> FloatArray:
    """Return statistics of the user's, as many rows a list as there are hypotheses; `width` fixes the columns."""
    counts = stacked("statistics", statistics, width)
    sizes, needed = np.diff(counts.begins), np.diff(begins)
    if len(sizes) != len(needed):
        raise InvalidInput(f"there are statistics of {len(sizes)} lists, but features of {len(needed)}")
    different = np.flatnonzero(sizes != needed)
    if different.size:
        i = int(different[0])
        raise InvalidInput(f"statistics[{i}] has {sizes[i]} rows, but features[{i}] has {needed[i]}")
    return counts.rows


def _matrix(name: str, values: npt.ArrayLike) -> FloatArray:
    array = real_array(name, values)
    if array.ndim != 2:
        raise InvalidInput(f"{name} must have shape (hypotheses, columns), got {array.shape}")
    if 0 in array.shape:
        raise InvalidInput(f"{name} must have at least one hypothesis and one column, got shape {array.shape}")
    return array


def _refuse_infinite(name: str, array: FloatArray) -> None:
    bad = np.flatnonzero(~np.isfinite(array).ravel())
    if bad.size:
        row, column = divmod(int(bad[0]), array.shape[1])
        raise InvalidInput(f"{name} must be finite, but hypothesis {row}, column {column} is {array[row, column]}")
