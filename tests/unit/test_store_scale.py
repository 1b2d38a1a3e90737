"""Thousands of runs: what doing, storing and loading them costs beyond the runs themselves."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scripts import script_environment
from store_jobs import grid

from zoopt.compare._coordinator import execute
from zoopt.compare._store import Store

RUNS = 24 * 50 * 15

LOADING = """
import sys, time
from scripts import peak_bytes
from zoopt.compare._store import Store

with Store(sys.argv[1], read_only=True) as store:
    began = time.perf_counter()
    runs = store.runs()
    seconds = time.perf_counter() - began
print(len(runs), runs.curve_values.flat.size, seconds, peak_bytes())
"""


def loaded(path):
    """Return number of runs and points, seconds and bytes of a process that loads a store."""
    done = subprocess.run(
        [sys.executable, "-c", LOADING, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=script_environment(os.environ),
    )
    count, points, seconds, memory = done.stdout.split()
    return int(count), int(points), float(seconds), int(memory)


def test_a_twentieth_of_it(tmp_path):
    jobs = grid(24, 50, 1, points=200)[:900]
    with Store(tmp_path / "runs.db") as store:
        began = time.perf_counter()
        execute(jobs, store=store, processes=2)
        assert time.perf_counter() - began < 20.0  # of which the processes take some to start, on a busy machine
    count, points, seconds, memory = loaded(tmp_path / "runs.db")
    assert (count, points) == (900, 180_000)
    assert seconds < 2.0
    assert memory < 200e6


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_eighteen_thousand_runs(tmp_path, processes, capsys):
    jobs = grid(24, 50, 15, points=200)
    assert len(jobs) == RUNS
    path = tmp_path / "runs.db"
    began = time.perf_counter()
    for job in jobs[:2000]:
        job.run()
    alone = (time.perf_counter() - began) / 2000
    with Store(path) as store:
        began = time.perf_counter()
        execute(jobs, store=store, processes=processes)
        taken = time.perf_counter() - began
        began = time.perf_counter()
        execute(jobs, store=store, processes=processes)
        again = time.perf_counter() - began
    count, points, seconds, memory = loaded(path)
    overhead = taken / RUNS - alone / processes
    with capsys.disabled():
        print(
            f"\n{processes} processes: {taken:.2f} s, {overhead * 1e3:.3f} ms a run beyond the run of "
            f"{alone * 1e3:.3f} ms; again {again:.2f} s; loaded in {seconds:.2f} s with {memory / 1e6:.0f} MB; "
            f"{Path(path).stat().st_size / 1e6:.0f} MB"
        )
    assert (count, points) == (RUNS, 200 * RUNS)
    assert taken < 18.0
    assert seconds < 5.0
    assert memory < 500e6
