"""Noise against published vectors, an independent derivation in numpy, and frozen hashes."""

import hashlib

import numpy as np
import pytest

from zoopt import _core, noise

# Salmon et al. (2011), the known answers that come with Random123: counter, key, words after 20 rounds.
PUBLISHED = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000 00000000 00000000",
        "9c6ca96a e17eae66 fc10ecd4 5256a7d8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff ffffffff ffffffff",
        "2a881696 57012287 f6c7446e a16a6732",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0 082efa98 ec4e6c89",
        "59cd1dbb b8879579 86b5d00c ac8b6d84",
    ),
]
ADDRESSES = [
    {"seed": 0, "generation": 0, "sample": 0, "stream": 0},
    {"seed": 12345, "generation": 7, "sample": 3, "stream": 2},
    {"seed": 2**64 - 1, "generation": 2**64 - 1, "sample": 2**32 - 1, "stream": 5},
]


def words(seed, generation, sample, stream, first_block, blocks):
    """The random words of a run of blocks, by the mapping of the design: (blocks, 4)."""
    key = [seed % 2**32, seed >> 32, stream, 1]
    counters = [[first_block + b, sample, generation % 2**32, generation >> 32] for b in range(blocks)]
    return np.array([_core.threefry4x32(counter, key) for counter in counters], dtype=np.uint32)


def box_muller(radius_word, angle_word):
    """Both normals of a pair in float64, from the uniform in float32 resolution and the angle in 32 bits."""
    low = (radius_word & np.uint32(0x7FFFFFFF)).astype(np.float32) + np.float32(0.5)
    radius = np.sqrt(-2 * np.log(low.astype(np.float64) / 2**31))
    within = ((angle_word << np.uint32(2)).view(np.int32) / 2**32) * (np.pi / 2)
    along = np.cos(within) * np.where(angle_word >> np.uint32(31), -1.0, 1.0)
    across = np.sin(within)
    swapped = (angle_word >> np.uint32(30)) % 2 == 1
    return radius * np.where(swapped, across, along), radius * np.where(swapped, along, across)


def hexadecimal(text):
    return [int(word, 16) for word in text.split()]


def digest(values):
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:32]


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_published_vectors(counter, key, expected):
    assert _core.threefry4x32(hexadecimal(counter), hexadecimal(key)) == hexadecimal(expected)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("start", [0, 4 * 1000, 2**34 - 4 * 300])
def test_normals_are_box_muller_of_the_words(address, start):
    w = words(**address, first_block=start // 4, blocks=300)
    z = np.stack([*box_muller(w[:, 0], w[:, 1]), *box_muller(w[:, 2], w[:, 3])], axis=1).ravel()
    got = noise(**address, size=1200, start=start)
    np.testing.assert_allclose(got, z, rtol=5e-7, atol=0)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("start", [0, 128 * 5, 2**34 - 128 * 20])
def test_rademacher_is_the_bits_of_the_words(address, start):
    w = words(**address, first_block=start // 128, blocks=20)
    bits = (w[:, :, None] >> np.arange(32, dtype=np.uint32)) & np.uint32(1)
    got = noise(**address, size=20 * 128, start=start, kind="rademacher")
    np.testing.assert_array_equal(got, 1.0 - 2.0 * bits.ravel())


def test_weakened_generator_with_all_rounds_is_the_generator():
    np.testing.assert_array_equal(
        _core.weak_normals(9, 8, 7, 6, 1001, rounds=20), noise(9, 8, 7, 1001, start=6, dtype=np.float32)
    )


def test_streams_differ():
    rows = {digest(noise(1, 2, 3, 64, stream=stream)) for stream in range(6)}
    assert len(rows) == 6


def test_the_mapping_is_frozen():
    """A change of any of these numbers is a major release."""
    assert _core.NOISE_VERSION == 1
    assert digest(noise(42, 3, 5, 100_001, start=17)) == "7b89ed4fe4535c743216f88eb5f45842"
    assert digest(noise(42, 3, 5, 100_001, start=17, dtype=np.float32)) == "3eee61dd44ac36ee2d7fe4357dd61bee"
    assert digest(noise(42, 3, 5, 100_001, start=17, kind="rademacher", stream=4)) == "7e7cf9c80934ba1b76e57b7afa0a1eab"
    np.testing.assert_array_equal(
        noise(0, 0, 0, 4, dtype=np.float32),
        np.array([-0.48588538, -0.6847651, -0.20783247, 1.3877256], dtype=np.float32),
    )
