from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from zoopt.errors import InvalidType
from zoopt.objectives import batch


class Model:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    @batch(generation=True)
    def loss(self, rows: Any, *, generation: int) -> Any:
        return self.factor * rows.sum(axis=1) + generation


def test_methods_can_be_marked() -> None:
    loss = Model(2.0).loss
    for twin in (loss, pickle.loads(pickle.dumps(loss))):
        assert twin.zoopt_batch
        assert twin.zoopt_generation
        assert twin(np.ones((2, 3)), generation=1).tolist() == [7.0, 7.0]
    assert pickle.loads(pickle.dumps(Model.loss)) is Model.loss


def test_what_cannot_be_called_cannot_be_marked() -> None:
    with pytest.raises(InvalidType, match="got int"):
        batch(3)  # type: ignore[call-overload]


def test_batch_marks_a_copy_and_calls_through() -> None:
    def total(rows: Any, factor: float) -> Any:
        """Sum."""
        return factor * rows.sum(axis=1)

    marked = batch(total)
    assert marked.zoopt_batch  # type: ignore[attr-defined]
    assert not hasattr(total, "zoopt_batch")
    assert marked.__doc__ == "Sum."
    assert np.array_equal(marked(np.ones((2, 3)), 2.0), [6.0, 6.0])
