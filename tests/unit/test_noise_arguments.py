"""What `zoopt.noise` takes, and what it says to the rest."""

import numpy as np
import pytest

from zoopt import noise
from zoopt.errors import InvalidInput, InvalidType

GOOD = {"seed": 1, "generation": 2, "sample": 3, "size": 4}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, "float32", "float64", float, np.dtype("f4")])
@pytest.mark.parametrize("kind", ["normal", "rademacher", "uniform"])
def test_shape_and_dtype(kind, dtype):
    values = noise(**GOOD, kind=kind, dtype=dtype)
    assert values.shape == (4,)
    assert values.dtype == np.dtype(dtype)
    assert values.flags.owndata
    assert values.flags.writeable


@pytest.mark.parametrize("integer", [np.int32, np.int64, np.uint32, np.uint64])
def test_numpy_integers_are_integers(integer):
    given = {name: integer(value) for name, value in GOOD.items()}
    np.testing.assert_array_equal(noise(**given, start=integer(5)), noise(**GOOD, start=5))


@pytest.mark.parametrize("name", ["seed", "generation", "sample", "size", "start", "stream"])
@pytest.mark.parametrize("value", [1.0, "1", None, True, np.float64(1), np.bool_(True), [1]])
def test_what_is_not_an_integer_is_refused_by_name(name, value):
    with pytest.raises(InvalidType, match=f"{name} must be an integer"):
        noise(**{**GOOD, name: value})


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("seed", 2**64 - 1),
        ("generation", 2**64 - 1),
        ("sample", 2**32 - 1),
        ("size", 2**34),
        ("start", 2**34),
        ("stream", 5),
    ],
)
def test_ranges(name, most):
    for value in (-1, most + 1):
        with pytest.raises(InvalidInput, match=rf"{name} must lie in \[0, {most}\], got {value}"):
            noise(**{**GOOD, name: value})
    if name not in {"size", "start"}:
        assert noise(**{**GOOD, name: most}).shape == (4,)


def test_the_last_coordinates():
    assert noise(**{**GOOD, "size": 7}, start=2**34 - 7).shape == (7,)
    assert noise(**{**GOOD, "size": 0}, start=2**34).shape == (0,)
    with pytest.raises(InvalidInput, match=r"start \+ size must be at most 2\*\*34"):
        noise(**{**GOOD, "size": 8}, start=2**34 - 7)


@pytest.mark.parametrize("dtype", [np.float16, np.int64, bool, complex, object])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(InvalidInput, match="dtype must be float32 or float64"):
        noise(**GOOD, dtype=dtype)


def test_what_is_no_dtype_is_refused():
    with pytest.raises(InvalidType, match="dtype must be float32 or float64, got 'flaot'"):
        noise(**GOOD, dtype="flaot")


@pytest.mark.parametrize(("kind", "error"), [("cauchy", InvalidInput), ("Normal", InvalidInput), (1, InvalidType)])
def test_other_kinds_are_refused(kind, error):
    with pytest.raises(error, match="kind must be 'normal', 'rademacher' or 'uniform'"):
        noise(**GOOD, kind=kind)
