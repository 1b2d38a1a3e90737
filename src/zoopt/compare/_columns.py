"""Rows of a store on their way into columns."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoopt.compare._record import STATUSES, Ragged, Runs

COLUMNS: dict[str, type] = {
    "objective": str,
    "optimizer": str,
    "start": str,
    "seed": int,
    "budget": int,
    "status": str,
    "message": str,
    "baseline": int,
    "evaluations": int,
    "search": float,
    "holdout": float,
    "seconds": float,
    "objective_seconds": float,
    "curve_evaluations": bytes,
    "curve_values": bytes,
    "hits": bytes,
}
"""Columns of the table of runs, but for the keys, in the order in which they are read and written."""


class Columns:
    """Collects rows; texts become codes at once, and arrays are laid end to end, so that nothing is held twice."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self._messages: list[str] = []
        self._objectives: dict[str, int] = {}
        self._labels: dict[str, int] = {}
        self._codes: list[tuple[int, int]] = []
        self._statuses: list[int] = []
        self._whole: list[tuple[int, ...]] = []
        self._real: list[NDArray[np.float64]] = []
        self._curve_evaluations = _Blobs("<i8")
        self._curve_values = _Blobs("<f8")
        self._hits = _Blobs("<i8")

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Take rows of a key and ``COLUMNS``."""
        cells = list(zip(*rows, strict=True))
        named = dict(zip(COLUMNS, cells[1:], strict=True))
        self._keys.extend(cells[0])
        self._messages.extend(named["message"])
        self._codes.extend(map(self._code, named["objective"], named["optimizer"], named["start"]))
        self._statuses.extend(map(STATUSES.index, named["status"]))
        self._whole.extend(
            zip(named["seed"], named["budget"], named["evaluations"], named["baseline"], strict=True),
        )
        # SQLite has no NaN: it comes back as None
        real = [named[name] for name in ("search", "holdout", "seconds", "objective_seconds")]
        self._real.append(np.array(real, np.float64))
        self._curve_evaluations.extend(named["curve_evaluations"])
        self._curve_values.extend(named["curve_values"])
        self._hits.extend(named["hits"])

    def runs(self) -> Runs:
        """Return what was collected; ValueError where it cannot have been written so."""
        codes = np.array(self._codes, np.int32).reshape(-1, 2)
        whole = np.array(self._whole, np.int64).reshape(-1, 4)
        real = np.concatenate([*self._real, np.empty((4, 0))], axis=1)
        evaluations, values = self._curve_evaluations.ragged(), self._curve_values.ragged()
        if not np.array_equal(evaluations.offsets, values.offsets):
            raise ValueError("a curve has other numbers of evaluations than of values")
        return Runs(
            objectives=tuple(self._objectives),
            labels=tuple(self._labels),
            objective=codes[:, 0].copy(),
            contender=codes[:, 1].copy(),
            seed=whole[:, 0].copy(),
            budget=whole[:, 1].copy(),
            evaluations=whole[:, 2].copy(),
            status=np.array(self._statuses, np.int8),
            baseline=whole[:, 3] != 0,
            search=real[0].copy(),
            holdout=real[1].copy(),
            seconds=real[2].copy(),
            objective_seconds=real[3].copy(),
            message=tuple(self._messages),
            key=tuple(self._keys),
            curve_evaluations=evaluations,
            curve_values=values,
            hits=self._hits.ragged(),
        )

    def _code(self, objective: str, optimizer: str, start: str) -> tuple[int, int]:
        label = f"{optimizer} ({start})" if start else optimizer
        return (
            self._objectives.setdefault(objective, len(self._objectives)),
            self._labels.setdefault(label, len(self._labels)),
        )


class _Blobs:
    """Little-endian arrays laid end to end."""

    def __init__(self, kind: str) -> None:
        self._kind = np.dtype(kind)
        self._flat = bytearray()
        self._sizes: list[int] = []

    def extend(self, blobs: Iterable[bytes]) -> None:
        for blob in blobs:
            self._flat += blob
            self._sizes.append(len(blob))

    def ragged(self) -> Ragged:
        if any(size % 8 for size in self._sizes):
            raise ValueError("an array of numbers has a part of a number")
        offsets = np.zeros(len(self._sizes) + 1, np.int64)
        np.cumsum(np.array(self._sizes, np.int64) // 8, out=offsets[1:])
        flat = np.frombuffer(self._flat, self._kind)
        return Ragged(flat.astype(self._kind.newbyteorder("="), copy=False), offsets)
