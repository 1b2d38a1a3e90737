"""Apply classic mistakes one at a time and require that the tests notice.

python tests/mutants/run.py                    all mutants of mutants.toml; exit code 1 where fewer than 95 % are killed
python tests/mutants/run.py --classic          the three that the slow suite checks
python tests/mutants/run.py --only TEXT        those whose name contains TEXT
python tests/mutants/run.py --check            only whether each still applies

The tree is copied, built once, and built again after each change; the installed package is not touched.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAST_KILL_RATE = 0.95
TESTS = [
    "tests/reference/test_identities.py",
    "tests/reference/test_told_rows.py",
    "tests/reference/test_order_of_sums.py",
    "tests/reference/test_foreign_candidates.py",
    "tests/reference/test_cells_evolution.py",
    "tests/reference/test_cells_first_order.py",
    "tests/reference/test_cells_score_function.py",
    "tests/reference/test_cells_stages.py",
    "tests/reference/test_cells_zeroth_order.py",
    "tests/reference/test_ars.py",
    "tests/reference/test_cma_trajectory.py",
    "tests/reference/test_sep_cma_trajectory.py",
    "tests/reference/test_xnes_trajectory.py",
    "tests/reference/test_pycma_preset.py",
    "tests/reference/test_large_covariance.py",
    "tests/reference/test_symmetric_eigen.py",
    "tests/unit/test_minimize.py",
    "tests/unit/test_numba_objective.py",
    "tests/unit/test_pickling.py",
    "tests/unit/test_workers.py",
    "tests/faults/test_numba_failures.py",
    "tests/contract/test_told_values.py",
    "tests/contract/test_same_bits.py",
    "tests/contract/test_saved_runs.py",
    "tests/contract/test_descent.py",
    "tests/contract/test_spending.py",
    "tests/contract/test_compiled_runs.py",
]
# Editable installs put a finder of their own before the path; the copy must win.
PYTEST = (
    "import sys; sys.meta_path = [f for f in sys.meta_path if 'ditable' not in type(f).__module__]; "
    "import pytest, zoopt; assert zoopt.__file__.startswith(sys.argv[1]), zoopt.__file__; "
    "sys.exit(pytest.main(['-x', '-q', '-p', 'no:cacheprovider', '--no-header', '--tb=no', *sys.argv[2:]]))"
)


@dataclass(frozen=True)
class Mutant:
    name: str
    file: str
    original: str
    replacement: str
    classic: bool = False
    tests: tuple[str, ...] = ()  # run before the others, where these are known to be the ones that notice

    def applied_to(self, text: str) -> str:
        """Return the text with the mistake in it; ValueError where the original is not there exactly once."""
        found = text.count(self.original)
        if found != 1:
            raise ValueError(
                f"{self.name}: {self.file} holds the original {found} times; bring mutants.toml up to date"
            )
        return text.replace(self.original, self.replacement)


def mutants() -> list[Mutant]:
    """Return the mutants of the data file."""
    data = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text())
    return [Mutant(**entry) for entry in data["mutant"]]


class Workshop:
    """A copy of the tree that can be changed, built and tested."""

    def __init__(self, root: Path):
        self.tree = root / "tree"
        self.build = root / "build"
        self.package = root / "package"
        shutil.copytree(
            ROOT, self.tree, ignore=shutil.ignore_patterns(".git", "build", "*.so", "__pycache__", ".*_cache")
        )
        self.package.mkdir()
        (self.package / "zoopt").symlink_to(self.tree / "src" / "zoopt")
        _run(
            "cmake", "-S", str(self.tree), "-B", str(self.build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
            "-DCMAKE_CXX_FLAGS_RELEASE=-O1", f"-DPython_EXECUTABLE={sys.executable}", f"-Dpybind11_DIR={_pybind11()}",
        )  # fmt: skip

    def make(self) -> bool:
        """Build the extension and put it into the package; False where it does not compile."""
        done = subprocess.run(["ninja", "-C", str(self.build), "_core"], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-3000:])
            return False
        for built in self.build.glob("_core*.so"):
            shutil.copy2(built, self.tree / "src" / "zoopt" / built.name)
        return True

    def passes(self, first: tuple[str, ...] = ()) -> tuple[bool, str]:
        """Return whether the tests pass, those named `first` before the others, and the first that did not."""
        environment = os.environ | {"PYTHONPATH": str(self.package), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", PYTEST, str(self.package), *dict.fromkeys((*first, *TESTS))],
            cwd=self.tree, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        if done.returncode and not failed:
            failed = [(done.stdout + done.stderr)[-200:].replace("\n", " ")]
        return done.returncode == 0, failed[0][:110] if failed else ""

    def try_out(self, mutant: Mutant) -> tuple[str, str]:
        """Return ("killed" | "survived" | "broken", what noticed it)."""
        path = self.tree / mutant.file
        text = path.read_text()
        path.write_text(mutant.applied_to(text))
        try:
            if mutant.file.startswith("cpp/") and not self.make():
                return "broken", "does not compile"
            passed, noticed = self.passes(tuple(mutant.tests))
            return ("survived", "") if passed else ("killed", noticed)
        finally:
            path.write_text(text)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _pybind11() -> str:
    import pybind11

    return pybind11.get_cmake_dir()


def chosen(arguments: argparse.Namespace) -> list[Mutant]:
    """Return the mutants that the command line asks for."""
    found = [m for m in mutants() if arguments.only in m.name and (m.classic or not arguments.classic)]
    for mutant in found:
        mutant.applied_to((ROOT / mutant.file).read_text())
    return found


def main() -> int:
    """Run the mutants and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--classic", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    found = chosen(arguments)
    if arguments.check or not found:
        print(f"{len(found)} mutants apply")
        return 0 if found else 1
    with tempfile.TemporaryDirectory() as directory:
        workshop = Workshop(Path(directory))
        if not workshop.make() or not (result := workshop.passes())[0]:
            sys.exit(f"the tree as it is does not pass: {result[1]}")
        outcomes = [_report(workshop, mutant) for mutant in found]
    killed = outcomes.count("killed")
    print(f"{killed} of {len(found)} killed: {killed / len(found):.1%}")
    return 0 if killed >= LEAST_KILL_RATE * len(found) else 1


def _report(workshop: Workshop, mutant: Mutant) -> str:
    start = time.perf_counter()
    outcome, noticed = workshop.try_out(mutant)
    print(f"{outcome:9}{time.perf_counter() - start:5.0f} s  {mutant.name:70} {noticed}", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
