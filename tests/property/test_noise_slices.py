"""Noise is a function of the coordinate: whatever part is asked for, it is that part of the whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zoopt import noise

kinds = st.sampled_from(["normal", "rademacher"])
seeds = st.integers(0, 2**64 - 1)
samples = st.integers(0, 2**32 - 1)
# 4096 is the buffer of the core, 4 and 128 its blocks: the edges of all of them are crossed.
WHOLE = 10_000


@given(kind=kinds, seed=seeds, generation=seeds, sample=samples, data=st.data())
def test_slices_equal_slices_of_the_whole(kind, seed, generation, sample, data):
    first = data.draw(st.integers(0, WHOLE))
    size = data.draw(st.integers(0, WHOLE - first))
    offset = data.draw(st.integers(0, 2**34 - WHOLE))
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    whole = noise(seed, generation, sample, WHOLE, kind=kind, dtype=dtype, start=offset)
    part = noise(seed, generation, sample, size, kind=kind, dtype=dtype, start=offset + first)
    np.testing.assert_array_equal(part, whole[first : first + size])


@given(kind=kinds, seed=seeds, sample=samples, size=st.integers(0, 6000), start=st.integers(0, 2**34 - 6000))
def test_float64_is_float32_widened(kind, seed, sample, size, start):
    wide = noise(seed, 1, sample, size, kind=kind, start=start)
    narrow = noise(seed, 1, sample, size, kind=kind, start=start, dtype=np.float32)
    np.testing.assert_array_equal(wide, narrow.astype(np.float64))
