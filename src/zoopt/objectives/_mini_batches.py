"""Mini-batches of samples: what objectives that have them can be asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, whole
from zoopt.errors import InvalidInput
from zoopt.objectives._compiled import GENERATION_LIMIT, generation_number

WHOLE_SET = GENERATION_LIMIT
"""The generation in which an objective with mini-batches uses all samples."""


class MiniBatched:
    """The part of an objective on samples that cuts them into mini-batches."""

    batch_size: int | None
    _batches: _core.MiniBatches
    _count: int

    def _cut(self, samples: int, batch_size: object, seed: int) -> None:
        self._count = samples
        self.batch_size = None if batch_size is None else whole("batch_size", batch_size, low=1, high=samples)
        self._batches = _core.MiniBatches(samples, self.batch_size or samples, seed)

    @property
    def zoopt_mini_batches(self) -> bool:
        """Whether a generation's values are those of a part of the samples."""
        return self.batch_size is not None

    @property
    def batches_an_epoch(self) -> int:
        """Generations after which every sample has been used once."""
        return self._batches.an_epoch

    def batch(self, generation: int) -> npt.NDArray[np.uint32]:
        """Return the numbers of the samples of a generation's mini-batch; those of an epoch's batches are all samples.

        Every epoch is all samples in an order of its own, cut into batches: generation g has batch ``g % b`` of epoch
        ``g // b``, where b is `batches_an_epoch`. The last batch of an epoch may be smaller.
        """
        number = generation_number(generation)
        if number == WHOLE_SET or self.batch_size is None:
            return np.arange(self._count, dtype=np.uint32)
        return self._batches.of(number)


def check_batches(batch_size: int | None, weights: FloatArray) -> None:
    """Raise where a mini-batch could be without weight."""
    if batch_size is None:
        return
    least = len(weights) % batch_size or batch_size
    idle = np.count_nonzero(weights == 0)
    if idle >= least:
        raise InvalidInput(
            f"{idle} of the samples have weight 0, so that a mini-batch of {least} could have none; leave them out"
        )
