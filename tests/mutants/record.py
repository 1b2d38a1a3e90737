"""Mutants and their outcomes as data: mutants.toml, and the file in which a run notes what it has found."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("contract", "reference", "unit", "faults", "property")  # of the tests that are to notice
# Tests of these say nothing of the core: texts of the tree, the command line, reports, other installations; or they
# hang on the clock, which a busy machine makes fail without a mistake.
BESIDE = re.compile(
    r"test_(layers|import|mutant_texts|cli|compare_\w+|corrected_t_test|verdict|experiment|interrupt)\.py"
)
LAST = ("test_numba_objective.py", "test_numba_failures.py", "test_workers.py", "test_minimize_workers.py")


@dataclass(frozen=True)
class Mutant:
    """One mistake: `original` stands in `file` once and becomes `replacement`."""

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


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: "killed", "survived", "broken" or "open", and the test that noticed."""

    name: str
    result: str
    noticed: str
    seconds: float


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "mutants.toml").read_text())


def mutants() -> list[Mutant]:
    """Return the mutants of the data file."""
    return [Mutant(**entry | {"tests": tuple(entry.get("tests", ()))}) for entry in _data()["mutant"]]


def first_tests(mutant: Mutant) -> list[str]:
    """Return the tests most likely to notice: its own, else those of its file."""
    return list(mutant.tests or _data()["first"].get(mutant.file, []))


def all_tests() -> list[str]:
    """Return the files of tests that say something of the core, long ones last."""
    found = [
        path
        for folder in FOLDERS
        for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
        if not BESIDE.fullmatch(path.name)
    ]
    found.sort(key=lambda path: path.name in LAST)
    return [str(path.relative_to(ROOT)) for path in found]


class Record:
    """Outcomes in a file, a line each.

    An outcome holds while the mutant and its file are as they were; that of a survivor while the tests are, too.
    """

    def __init__(self, path: Path | None):
        self._path = path
        self._outcomes: dict[str, Outcome] = {}
        for line in path.read_text().splitlines() if path and path.exists() else []:
            entry = json.loads(line)
            key = entry.pop("key")
            self._outcomes[key] = Outcome(**entry)

    def of(self, mutant: Mutant) -> Outcome | None:
        """Return the outcome that is known."""
        return self._outcomes.get(_key(mutant)) or self._outcomes.get(_key(mutant) + _tests())

    def sound(self) -> bool:
        """Return whether the tree as it is has passed its tests."""
        return _tree() in self._outcomes

    def note_sound(self) -> None:
        """Note that it has."""
        self._note(_tree(), Outcome("none", "passes", "", 0.0))

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        """Note an outcome; one that is open is none."""
        if outcome.result == "open":
            return
        self._note(_key(mutant) + ("" if outcome.result == "killed" else _tests()), outcome)

    def _note(self, key: str, outcome: Outcome) -> None:
        self._outcomes[key] = outcome
        if self._path:
            with self._path.open("a") as file:
                file.write(json.dumps({"key": key, **asdict(outcome)}) + "\n")


@cache
def _key(mutant: Mutant) -> str:
    parts = (mutant.file, mutant.original, mutant.replacement, (ROOT / mutant.file).read_text())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


@cache
def _tests() -> str:
    paths = (path for folder in FOLDERS for path in (ROOT / "tests" / folder).glob("*.py"))
    return _hash(path for path in paths if not BESIDE.fullmatch(path.name))


@cache
def _tree() -> str:
    kinds = {".cpp", ".hpp", ".py"}
    sources = [path for top in ("cpp", "src") for path in (ROOT / top).rglob("*") if path.suffix in kinds]
    return _hash(sources) + _tests()


def _hash(paths: Iterable[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(paths))).hexdigest()[:20]
