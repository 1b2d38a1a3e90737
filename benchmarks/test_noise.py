"""Nanoseconds a number, one thread, buffers of 16384: ours beside what else draws normals and signs.

Run with ``pytest benchmarks/test_noise.py -o addopts= --benchmark-columns=min,median``; the figure to compare is the
least, which other work on the machine disturbs least, and the table gives every row's ratio to the best of its group.
`ns_per_item` in the JSON report (``--benchmark-json``) is that least, a number.
"""

from _common import measure, pin

pin()

import numpy as np  # noqa: E402 (libraries count threads when they are loaded)
import pytest  # noqa: E402

from zoopt import _core  # noqa: E402

SIZE = 16384


def ours(dtype, *, rademacher):
    fill = _core.noise_float32 if dtype == np.float32 else _core.noise_float64
    return lambda: fill(7, 0, 1, 2, 0, SIZE, rademacher)


def numpy_normals(dtype):
    generator, out = np.random.Generator(np.random.PCG64(1)), np.empty(SIZE, dtype)
    return lambda: generator.standard_normal(dtype=dtype, out=out)


def torch_normals():
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    return torch.empty(SIZE, dtype=torch.float32).normal_


def numba_normals():
    numba = pytest.importorskip("numba")

    @numba.njit
    def fill(generator, out):
        for i in range(out.size):
            out[i] = generator.standard_normal()

    generator, out = np.random.Generator(np.random.PCG64(1)), np.empty(SIZE)
    return lambda: fill(generator, out)


def numpy_signs_as_written():
    """The line that most people write."""
    generator = np.random.Generator(np.random.PCG64(1))
    return lambda: generator.integers(0, 2, SIZE) * 2.0 - 1.0


def numpy_signs_quickest(dtype):
    """Raw words, every byte looked up in a table of the eight signs that it stands for."""
    generator, out = np.random.PCG64(1), np.empty((SIZE // 8, 8), dtype)
    table = 1 - 2 * np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).astype(dtype)
    return lambda: np.take(table, generator.random_raw(SIZE // 64).view(np.uint8), axis=0, out=out, mode="clip")


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: ours(np.float32, rademacher=False), id="zoopt-float32"),
        pytest.param(lambda: ours(np.float64, rademacher=False), id="zoopt-float64"),
        pytest.param(lambda: numpy_normals(np.float32), id="numpy-PCG64-float32"),
        pytest.param(lambda: numpy_normals(np.float64), id="numpy-PCG64-float64"),
        pytest.param(torch_normals, id="torch-float32"),
        pytest.param(numba_normals, id="numba-loop-on-PCG64-float64"),
    ],
)
@pytest.mark.benchmark(group="normals")
def test_normals(benchmark, make):
    measure(benchmark, make(), SIZE)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: ours(np.float32, rademacher=True), id="zoopt-float32"),
        pytest.param(lambda: ours(np.float64, rademacher=True), id="zoopt-float64"),
        pytest.param(numpy_signs_as_written, id="numpy-integers-float64"),
        pytest.param(lambda: numpy_signs_quickest(np.float32), id="numpy-table-float32"),
        pytest.param(lambda: numpy_signs_quickest(np.float64), id="numpy-table-float64"),
    ],
)
@pytest.mark.benchmark(group="signs")
def test_signs(benchmark, make):
    measure(benchmark, make(), SIZE)


@pytest.mark.parametrize("size", [4, 12, 100, 1000])
@pytest.mark.benchmark(group="small requests")
def test_small_requests(benchmark, size):
    measure(benchmark, lambda: _core.noise_float64(7, 0, 1, 2, 0, size, False), size)
