"""Statistics and verdicts of 18 000 runs: 50 variants, 24 functions, 15 seeds, 51 targets."""

import json
import os
import subprocess
import sys

from scripts import script_environment

SCRIPT = """
import json, time
import numpy as np
from scripts import peak_bytes
from zoopt.compare import _facts, _tables, statistics
from zoopt.compare._facts import Facts
from zoopt.compare._record import Run, columns
from zoopt.compare._verdict import Rules, judge, judge_overall

variants, functions, seeds, count = 50, 24, 15, 51
rng = np.random.default_rng(0)
targets = tuple(10.0 ** np.linspace(2, -8, count))
facts = {f"f{k}": Facts(metric=_facts.DISTANCE, targets=targets, dimensions=20) for k in range(functions)}
runs = []
for name in facts:
    for variant in range(variants):
        for seed in range(seeds):
            final = 10.0 ** (-6 + 3 * rng.normal() + 0.05 * variant)
            times = np.cumsum(rng.integers(1, 400, size=count))
            status = "done" if rng.random() < 0.99 else "failed"
            hits = np.where(final <= np.array(targets), times, -1)
            run = Run("", name, f"v{variant}", "", seed, 20_000, status, evaluations=20_000, search=final, hits=hits)
            runs.append(run)
runs = columns(runs)
before = peak_bytes()
start = time.process_time()
contests = _tables.contests_of(runs, facts)
verdicts = judge(contests, Rules())
overall = judge_overall(contests, verdicts, Rules())
hits = {(name, label): _tables.hits_of(runs, name, label, count).times for name in facts for label in runs.labels}
grid = np.geomspace(1, 20_000, 200)
for label in runs.labels:
    statistics.runtime_ecdf([hits[name, label] for name in facts], grid)
times = np.stack([np.concatenate([hits[name, label].ravel() for name in facts]) for label in runs.labels], axis=1)
statistics.data_profile(times, np.full(len(times), 20), grid / 21)
statistics.performance_profile(times, np.geomspace(1, 100, 100))
seconds = time.process_time() - start
peak = peak_bytes()
added = (peak - before) / 2**20
print(json.dumps({"seconds": seconds, "added": added, "peak": peak / 2**20, "verdicts": len(verdicts)}))
"""


def test_eighteen_thousand_runs_take_seconds():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
        env=script_environment(os.environ),
    )
    measured = json.loads(done.stdout)
    assert measured["verdicts"] == 24
    assert measured["seconds"] < 5.0, measured
    assert measured["peak"] < 500.0, measured
