"""One hash of the noise over CPU tiers, processes and threads."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from zoopt import _core, noise
from zoopt.errors import UnsupportedCpu

SIZES = (1, 3, 4, 12, 63, 64, 65, 256, 257, 1000, 16384, 16385)
ALL_TIERS = ("v2", "v3", "v4")
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from test_noise_tiers import digest
from zoopt import _core
print(_core.cpu_tier(), digest())
"""


def digest():
    """A hash over kinds, types, sizes and offsets: small and large, aligned and not."""
    total = hashlib.sha256()
    for kind in ("normal", "rademacher", "uniform"):
        for dtype in (np.float32, np.float64):
            for sample, size in enumerate(SIZES):
                for start in (0, 5, 4096):
                    total.update(noise(11, 2**33 + 1, sample, size, kind=kind, dtype=dtype, start=start).tobytes())
    return total.hexdigest()


def in_process(tier):
    environment = {**os.environ, "ZOOPT_CPU": tier}
    command = [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def tier():
    """Restore the tier in force."""
    before = _core.cpu_tier()
    yield before
    _core.select_cpu_tier(before)


@pytest.mark.usefixtures("tier")
def test_tiers_of_this_machine_agree():
    hashes = {}
    for name in _core.cpu_tiers():
        _core.select_cpu_tier(name)
        assert _core.cpu_tier() == name
        hashes[name] = digest()
    assert len(set(hashes.values())) == 1, hashes


@pytest.mark.parametrize("name", _core.cpu_tiers())
def test_environment_chooses_the_tier(name):
    done = in_process(name)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [name, digest()]


@pytest.mark.parametrize("name", [*(t for t in ALL_TIERS if t not in _core.cpu_tiers()), "nonsense"])
def test_tier_that_is_not_there_is_an_error(name, tier):
    done = in_process(name)
    assert done.returncode == 1, "an exception, not a signal such as SIGILL"
    assert "UnsupportedCpu" in done.stderr
    assert name in done.stderr
    with pytest.raises(UnsupportedCpu, match=name):
        _core.select_cpu_tier(name)
    assert _core.cpu_tier() == tier


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_threads_agree(threads):
    alone = digest()
    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(lambda _: digest(), range(2 * threads))) == {alone}
