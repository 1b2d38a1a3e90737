from __future__ import annotations

from typing import Any

import numpy as np

from zoopt.objectives import batch


def test_batch_marks_a_copy_and_calls_through() -> None:
    def total(rows: Any, factor: float) -> Any:
        """Sum."""
        return factor * rows.sum(axis=1)

    marked = batch(total)
    assert marked.zoopt_batch  # type: ignore[attr-defined]
    assert not hasattr(total, "zoopt_batch")
    assert marked.__doc__ == "Sum."
    assert np.array_equal(marked(np.ones((2, 3)), 2.0), [6.0, 6.0])
