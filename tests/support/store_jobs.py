"""Jobs that need no optimiser, for tests of stores and workers; and programs that are run, and killed, as a whole."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scripts import script_environment

from zoopt.compare import _deadline
from zoopt.compare._record import Run


@dataclass(frozen=True)
class Job:
    """A run whose values are a function of its name and seed.

    `act` is what it does on the way; `marks`, a directory, gets a file for every time that it is begun.
    """

    objective: str
    optimizer: str
    seed: int
    act: str = ""
    seconds: float = 0.0
    points: int = 5
    marks: str = ""

    @property
    def key(self):
        text = f"{self.objective}\0{self.optimizer}\0{self.seed}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def cost(self):
        return 1e9 * self.seconds + 2e4

    @property
    def blank(self):
        return Run(self.key, self.objective, self.optimizer, "", seed=self.seed, budget=100)

    def run(self):
        if self.marks:
            (Path(self.marks) / f"{self.key}-{os.getpid()}-{time.monotonic_ns()}").touch()
        status, message = ACTS[self.act](self) or ("done", "")
        noise = np.random.default_rng(int(self.key[:8], 16))
        values = np.sort(noise.random(self.points))[::-1]
        return [
            Run(
                self.key,
                self.objective,
                self.optimizer,
                "",
                seed=self.seed,
                budget=100,
                status=status,
                message=message,
                evaluations=100,
                search=float("nan") if self.act == "nan" else float(values[-1]),
                seconds=self.seconds,
                curve_evaluations=np.arange(1, self.points + 1),
                curve_values=values,
                hits=np.array([3, -1]),
            )
        ]


def look_at_the_clock(job):
    until = time.monotonic() + job.seconds
    while time.monotonic() < until:
        if _deadline.left() <= 0:
            return "timeout", "time limit"
        time.sleep(0.005)
    return None


def fill_the_memory(job):
    held = []
    while True:
        held.append(np.ones(1 << 20))


def raise_an_error(job):
    raise ZeroDivisionError(f"no value at seed {job.seed}")


ACTS = {
    "": lambda job: time.sleep(job.seconds) if job.seconds else None,
    "nan": lambda job: None,
    "polite": look_at_the_clock,
    "raises": raise_an_error,
    "leaves": lambda job: sys.exit(3),
    "exits": lambda job: os._exit(7),
    "killed": lambda job: os.kill(os.getpid(), signal.SIGKILL),
    "crashes": lambda job: os.kill(os.getpid(), signal.SIGSEGV),
    "hangs": lambda job: time.sleep(3600),
    "fills": fill_the_memory,
}


def grid(objectives=2, optimizers=3, seeds=4, **keywords):
    return [
        Job(f"f{a}", f"o{b}", seed, **keywords)
        for a in range(objectives)
        for b in range(optimizers)
        for seed in range(seeds)
    ]


def outcome(runs):
    """Return all of runs that does not depend on time, as something that can be compared."""
    return [
        (
            runs.key[i],
            runs.objectives[runs.objective[i]],
            runs.labels[runs.contender[i]],
            int(runs.seed[i]),
            int(runs.status[i]),
            runs.message[i],
            repr(runs.search[i]),
            runs.curve_values[i].tobytes(),
            runs.curve_evaluations[i].tobytes(),
            runs.hits[i].tobytes(),
        )
        for i in range(len(runs))
    ]


PREAMBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from store_jobs import *
from zoopt.compare._coordinator import Interrupted, execute
from zoopt.compare._processes import LocalProcesses
from zoopt.compare._store import Store
"""


def program(body, *arguments, **keywords):
    """Start a Python program of this body; Ctrl-C ends it as it does in a terminal."""
    text = PREAMBLE + 'if __name__ == "__main__":\n' + textwrap.indent(textwrap.dedent(body), "    ")
    path = Path(keywords.pop("directory")) / "program.py"
    path.write_text(text)
    return subprocess.Popen(
        [sys.executable, str(path), *map(str, arguments)],
        env=script_environment(os.environ),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **keywords,
    )
