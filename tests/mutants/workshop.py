"""A copy of the tree that can be changed, built and tested."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from record import ROOT

COPIED = ("cmake", "cpp", "src", "tests", "CMakeLists.txt", "pyproject.toml")


class Workshop:
    """The copy and its build in a folder, which may hold those of another time."""

    def __init__(self, folder: Path):
        self.tree = folder.resolve() / "tree"
        self.package = folder.resolve() / "package"
        self._build = folder.resolve() / "build"
        _bring_up_to_date(self.tree)
        self.package.mkdir(exist_ok=True)
        if not (self.package / "zoopt").exists():
            (self.package / "zoopt").symlink_to(self.tree / "src" / "zoopt")
        launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        _run(
            "cmake", "-S", str(self.tree), "-B", str(self._build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Mutants",
            "-DCMAKE_CXX_FLAGS_MUTANTS=-O1", f"-DPython_EXECUTABLE={sys.executable}", f"-Dpybind11_DIR={_pybind11()}",
            *launcher,
        )  # fmt: skip

    def make(self) -> bool:
        """Build the extension and put it into the package; False where it does not compile."""
        done = subprocess.run(["ninja", "-C", str(self._build), "_core"], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout[-3000:])
            return False
        for built in self._build.glob("_core*.so"):
            # Written aside and moved: a process that still runs the old one must not see it change.
            shutil.copy2(built, self.tree / "src" / "zoopt" / "_core.new")
            (self.tree / "src" / "zoopt" / "_core.new").replace(self.tree / "src" / "zoopt" / built.name)
        return True

    @contextmanager
    def changed(self, file: str, change: Callable[[str], str]) -> Iterator[None]:
        """Change a file for a while."""
        path = self.tree / file
        text = path.read_text()
        path.write_text(change(text))
        try:
            yield
        finally:
            path.write_text(text)


def _bring_up_to_date(tree: Path) -> None:
    """Copy what differs and delete what is gone, so that only this is built anew."""
    wanted = {Path(name) for name in _files()}
    for path in [p for p in tree.rglob("*") if p.is_file() and p.suffix not in {".so", ".pyc"}]:
        if path.relative_to(tree) not in wanted:
            path.unlink()
    for name in wanted:
        if not (tree / name).exists() or not filecmp.cmp(ROOT / name, tree / name, shallow=False):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)


def _files() -> Iterator[str]:
    for top in COPIED:
        if (ROOT / top).is_file():
            yield top
        for folder, _, names in os.walk(ROOT / top):
            if not folder.endswith("__pycache__"):
                yield from (os.path.relpath(Path(folder) / n, ROOT) for n in names if not n.endswith((".so", ".pyc")))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _pybind11() -> str:
    import pybind11

    return pybind11.get_cmake_dir()
