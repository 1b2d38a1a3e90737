"""The covariance family has the same bits on every CPU tier, in dimensions that fill whole vectors and that do not."""

import hashlib

import numpy as np
import pytest

import zoopt
from zoopt import _core


def digest(name, dim, generations=12):
    opt = zoopt.optimizer(name, np.ones(dim), scale=0.5, seed=7)
    weights = np.arange(1.0, dim + 1)
    found = hashlib.sha256()
    for _ in range(generations):
        X = opt.ask()
        found.update(X.tobytes())
        values = np.array([float(sum(w * x * x for w, x in zip(weights, row, strict=True))) for row in X])
        opt.tell(values)
    for value in opt.state_dict().values():
        found.update(np.asarray(value).tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
    return found.hexdigest()


@pytest.mark.parametrize("dim", [1, 3, 7, 8, 9, 40, 128])
@pytest.mark.parametrize("name", ["cma-es", "xnes", "sep-cma-es", "lm-ma-es"])
def test_every_tier_has_the_same_bits(name, dim):
    tier = _core.cpu_tier()
    try:
        digests = set()
        for each in _core.cpu_tiers():
            _core.select_cpu_tier(each)
            digests.add(digest(name, dim))
    finally:
        _core.select_cpu_tier(tier)
    assert len(digests) == 1
