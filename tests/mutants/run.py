"""Apply classic mistakes one at a time and require that the tests notice.

python tests/mutants/run.py                    all mutants of mutants.toml; exit code 1 where fewer than 95 % are killed
python tests/mutants/run.py --classic          the three that the slow suite checks
python tests/mutants/run.py --only TEXT        those whose name or file contains TEXT
python tests/mutants/run.py --check            only whether each still applies
python tests/mutants/run.py --results FILE     write each outcome to FILE, and go on where it ends
python tests/mutants/run.py --quick            leave open what the tests most likely to notice do not
python tests/mutants/run.py --workshop FOLDER  keep the copy and its build in FOLDER for the next time

The tree is copied, built once, and built again after each change; the installed package is not touched. The tests most
likely to notice run first, all others after them. A mutant whose tests do not end in time is killed by the clock, which
its line says.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest
from record import ROOT, Mutant, Outcome, Record, all_tests, first_tests, mutants
from workshop import Workshop

LEAST_KILL_RATE = 0.95
SECONDS_A_TEST = 300
SECONDS_A_SUITE = 3600
WARM = ("numpy", "scipy.optimize", "scipy.stats", "cma", "cmaes")


def passes(workshop: Workshop, tests: list[str]) -> tuple[bool, str]:
    """Return whether the tests pass, and the first that did not."""
    for name in WARM:  # once here, not again in every process that tests
        importlib.import_module(name)
    with tempfile.TemporaryFile("w+") as file:
        process = multiprocessing.get_context("fork").Process(target=_test, args=(workshop, tests, file.fileno()))
        process.start()
        process.join(SECONDS_A_SUITE)
        if process.exitcode is None:
            process.kill()
            return False, f"timeout of {SECONDS_A_SUITE} s"
        file.seek(0)
        output = file.read()
    if process.exitcode == 0:
        return True, ""
    if "Timeout" in output:
        return False, f"timeout of {SECONDS_A_TEST} s"
    if process.exitcode < 0:
        return False, f"ended by signal {-process.exitcode}"
    failed = [line[:110] for line in output.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if not failed:
        sys.exit(f"the tests did not run: {output[-1000:]}")
    return False, failed[0]


def _test(workshop: Workshop, tests: list[str], output: int) -> None:
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(workshop.tree)
    os.environ |= {"PYTHONPATH": str(workshop.package), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    # Editable installs put a finder of their own before the path; the copy must win.
    sys.meta_path[:] = [finder for finder in sys.meta_path if "ditable" not in type(finder).__module__]
    sys.path.insert(0, str(workshop.package))
    try:
        zoopt = importlib.import_module("zoopt")
    except Exception as error:
        sys.exit(f"ERROR in the import of zoopt: {error}")
    if not str(zoopt.__file__).startswith(str(workshop.package)):
        sys.exit(f"these tests would be of {zoopt.__file__}")
    limits = ["--timeout", str(SECONDS_A_TEST), "--timeout-method", "thread"]
    sys.exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", *limits, *tests]))


def try_out(workshop: Workshop, mutant: Mutant, quick: bool) -> tuple[str, str]:
    """Return ("killed" | "survived" | "broken" | "open", what noticed it)."""
    with workshop.changed(mutant.file, mutant.applied_to):
        if not workshop.make():
            return "broken", "does not compile"
        first = first_tests(mutant)
        passed, noticed = passes(workshop, first)
        if passed and quick:
            return "open", ""
        if passed:
            passed, noticed = passes(workshop, [test for test in all_tests() if test not in first])
    return ("survived", "") if passed else ("killed", noticed)


def chosen(arguments: argparse.Namespace) -> list[Mutant]:
    """Return the mutants that the command line asks for, those of a file together."""
    found = [
        m
        for m in mutants()
        if (arguments.only in m.name or arguments.only in m.file)
        and (m.classic or not arguments.classic)
        and not any(text in m.file for text in arguments.without)
    ]
    for mutant in found:
        mutant.applied_to((ROOT / mutant.file).read_text())
    return sorted(found, key=lambda m: m.file)


def parsed() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--without", default=[], nargs="+", metavar="TEXT", help="leave out files that contain a TEXT")
    parser.add_argument("--classic", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--results", type=Path, metavar="FILE")
    parser.add_argument("--workshop", type=Path, metavar="FOLDER")
    return parser.parse_args()


def carry_out(found: list[Mutant], folder: Path, record: Record, quick: bool) -> list[Outcome]:
    """Try the mutants that the record does not have; return the outcomes of all."""
    todo = [mutant for mutant in found if record.of(mutant) is None]
    if todo:
        workshop = Workshop(folder)
        _require_sound(workshop, record)  # tests that fail without a mistake would notice every one
    for mutant in todo:
        start = time.perf_counter()
        result, noticed = try_out(workshop, mutant, quick)
        outcome = Outcome(mutant.name, result, noticed, time.perf_counter() - start)
        record.add(mutant, outcome)
        print(f"{result:9}{outcome.seconds:5.0f} s  {mutant.name:70} {noticed}", flush=True)
    return [outcome for mutant in found if (outcome := record.of(mutant))]


def _require_sound(workshop: Workshop, record: Record) -> None:
    if record.sound():
        return
    if not workshop.make():
        sys.exit("the tree as it is does not compile")
    sound, failed = passes(workshop, all_tests())
    if not sound:
        sys.exit(f"the tree as it is does not pass: {failed}")
    record.note_sound()


def main() -> int:
    """Run the mutants and print the table."""
    arguments = parsed()
    found = chosen(arguments)
    if arguments.check or not found:
        print(f"{len(found)} mutants apply")
        return 0 if found else 1
    with tempfile.TemporaryDirectory() as directory:
        outcomes = carry_out(found, arguments.workshop or Path(directory), Record(arguments.results), arguments.quick)
    killed = [outcome for outcome in outcomes if outcome.result == "killed"]
    by_clock = sum(outcome.noticed.startswith("timeout") for outcome in killed)
    print(f"{len(killed)} of {len(found)} killed: {len(killed) / len(found):.1%} ({by_clock} by the clock)")
    for outcome in outcomes:
        if outcome.result != "killed":
            print(f"{outcome.result}: {outcome.name}")
    return 0 if len(killed) >= LEAST_KILL_RATE * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
