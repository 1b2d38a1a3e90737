"""A generation of 64 evaluations of the methods whose cost grows with the dimension, one thread: ours beside the peers.

Run with ``taskset -c 1 env OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_linear_cost.py -o addopts=
--benchmark-columns=min,median``. evosax, which brings JAX, is measured where it is installed.
"""

import pytest

from _generations import asked, compiled, contest, measure
from peers import evolution, in_evosax, in_numba, two_point

POPULATION = 64
DIMENSIONS = [10, 100, 1000, 10_000, 100_000]


def field(name, scale, numpy=None, *, numba=True, **options):
    """Return who takes part: ours and every peer that has the algorithm."""
    peers = {"zoopt": compiled(name, scale, **options), "zoopt, ask and tell": asked(name, scale, **options)}
    if numba:
        peers |= {"numba, a call a generation": in_numba.called(name), "numba, one loop": in_numba.inside(name)}
    if numpy is not None:
        peers["numpy"] = numpy
    if in_evosax.available() and name in in_evosax.CLASSES:
        peers["evosax"] = in_evosax.jitted(name)
    return contest(name, peers, DIMENSIONS)


@pytest.mark.parametrize(("make", "dim"), field("two-point", 1e-3, two_point.in_numpy, learning_rate=1e-6))
def test_two_point(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION)


@pytest.mark.parametrize(("make", "dim"), field("openai-es", 0.1, evolution.openai_es))
def test_openai_es(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION)


@pytest.mark.parametrize(("make", "dim"), field("pgpe", 1.0))
def test_pgpe(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION)


@pytest.mark.parametrize(("make", "dim"), field("snes", 1.0, evolution.snes))
def test_snes(benchmark, make, dim):
    measure(benchmark, make, dim, POPULATION)
