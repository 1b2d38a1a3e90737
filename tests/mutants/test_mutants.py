"""The tests can fail: classic mistakes are noticed. The whole list: python tests/mutants/run.py."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "run.py"


def run(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_every_mutant_still_applies():
    done = run("--check")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 40


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not (shutil.which("cmake") and shutil.which("ninja")), reason="needs cmake and ninja")
def test_the_three_classic_mistakes_are_noticed():
    """An upper Cholesky factor, C^-1 for C^-1/2, a flipped sign."""
    done = run("--classic")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 killed" in done.stdout
