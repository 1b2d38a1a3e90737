"""Finished runs in one SQLite file, which survives whatever happens to those who write it."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from zoopt.compare import _schema
from zoopt.compare._columns import COLUMNS, Columns
from zoopt.compare._record import Run, Runs, Status
from zoopt.errors import StoreError

DONE: Final = "done"

_LONGEST_MESSAGE = 4000
_INSERT = f"""
INSERT INTO runs (job, place, key, {", ".join(COLUMNS)})
VALUES (?, ?, ?, {", ".join("CAST(? AS TEXT)" if kind is str else "?" for kind in COLUMNS.values())})
"""
# The wanted jobs are read in order of their positions, and the runs of each by index: nothing is sorted.
_SELECT = f"""
SELECT key, {", ".join(COLUMNS)} FROM temp.wanted CROSS JOIN runs ON runs.job = wanted.job
ORDER BY wanted.position, runs.place
"""
_EVERY_JOB = """
WITH first AS (SELECT job, min(experiment) AS experiment FROM members GROUP BY job)
SELECT DISTINCT runs.job FROM runs LEFT JOIN first USING (job) LEFT JOIN members USING (experiment, job)
WHERE runs.place = 0
ORDER BY experiment IS NULL, experiment, position, objective, optimizer, start, seed, budget, runs.job
"""
_ENDED = "SELECT key, status, attempts FROM jobs WHERE key IN (SELECT value FROM json_each(?))"
_FETCHED = 1000


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended: status ``"done"`` or the first other one of its runs, and how often it has been tried."""

    status: str
    attempts: int


@dataclass(frozen=True, slots=True)
class StoredExperiment:
    """An experiment that was stored: its number, the time of its making (seconds since 1970), its manifest."""

    number: int
    created: float
    manifest: Mapping[str, Any]


class Store:
    """Runs in one file.

    Any number of processes may read and write it at the same time. What has been written is safe from then on: a
    process that is killed in the middle of writing leaves the file as it was before.

    Parameters
    ----------
    path : str or path
        The file; it is made, with its directory, where there is none.
    read_only : bool
        To look at what there is, also where nothing can be written.
    patience : float
        Seconds to wait for others who are writing, > 0.

    Raises
    ------
    StoreError
        The file is not a store, is damaged, locked or of a newer version, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from zoopt.compare._record import Run
    >>> with tempfile.TemporaryDirectory() as directory, Store(f"{directory}/runs.db") as store:
    ...     store.write([("k1", [Run("k1", "sphere", "snes", "", seed=0, budget=100, search=0.5)])])
    ...     runs = store.runs()
    >>> runs.labels, runs.search.tolist()
    (('snes',), [0.5])
    """

    def __init__(self, path: str | PathLike[str], read_only: bool = False, *, patience: float = 30.0) -> None:
        self.path = Path(path)
        self.read_only = read_only
        self.patience = patience
        self._database = _schema.connect(self.path, read_only=read_only, patience=patience)
        self._inside = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; closing it again does nothing."""
        self._database.close()

    def check(self) -> None:
        """Read the whole file and compare its parts with each other.

        Raises
        ------
        StoreError
            Something does not fit.
        """
        with self._explained():
            findings = [row[0] for row in self._database.execute("PRAGMA integrity_check(3)")]
            orphans = self._database.execute(
                "SELECT count(*) FROM runs WHERE job NOT IN (SELECT key FROM jobs)"
            ).fetchone()[0]
        if findings != ["ok"] or orphans:
            what = "; ".join(findings) if findings != ["ok"] else f"{orphans} runs belong to no job"
            raise StoreError(f"the store {self.path} is damaged ({what}); put a copy in its place")

    # Experiments

    def add_experiment(self, manifest: Mapping[str, Any], keys: Sequence[str]) -> int:
        """Store what an experiment is and its jobs in their order; return its number.

        An experiment of the same manifest and jobs is the same: its number is returned.

        Parameters
        ----------
        manifest : mapping
            What JSON can hold.
        keys : sequence of str
            Keys of the jobs in the order in which their runs are to be shown.
        """
        text = json.dumps(manifest, sort_keys=True)
        with self.transaction() as store:
            for (number,) in store.query("SELECT id FROM experiments WHERE manifest = ?", (text,)).fetchall():
                if self.members(number) == list(keys):
                    return int(number)
            made = store.query("INSERT INTO experiments (created, manifest) VALUES (?, ?)", (time.time(), text))
            number = made.lastrowid
            store.many("INSERT INTO members VALUES (?, ?, ?)", ((number, at, key) for at, key in enumerate(keys)))
        return int(number or 0)

    def experiments(self) -> list[StoredExperiment]:
        """Return the experiments, the oldest first."""
        rows = self.query("SELECT id, created, manifest FROM experiments ORDER BY id").fetchall()
        return [StoredExperiment(number, created, json.loads(text)) for number, created, text in rows]

    def members(self, number: int) -> list[str]:
        """Return the keys of the jobs of an experiment, in its order."""
        rows = self.query("SELECT job FROM members WHERE experiment = ? ORDER BY position", (number,)).fetchall()
        return [key for (key,) in rows]

    # Runs

    def runs(self, keys: Iterable[str] | None = None) -> Runs:
        """Return the runs of jobs as columns.

        Parameters
        ----------
        keys : iterable of str, optional
            Keys of jobs; the runs come in their order, those of unfinished jobs are left out. Default: all jobs, in the
            order of the experiments that first named them.
        """
        wanted = [key for (key,) in self.query(_EVERY_JOB).fetchall()] if keys is None else keys
        found = Columns()
        with self._wanted(wanted):
            cursor = self.query(_SELECT)
            while rows := self._fetched(cursor):
                found.add(rows)
        try:
            return found.runs()
        except ValueError as error:
            raise StoreError(f"the store {self.path} is damaged ({error}); put a copy in its place") from error

    def ended(self, keys: Iterable[str]) -> dict[str, Ended]:
        """Return how those of the jobs ended that have been run."""
        rows = self.query(_ENDED, (json.dumps(list(keys)),)).fetchall()
        return {key: Ended(status, attempts) for key, status, attempts in rows}

    def write(self, results: Iterable[tuple[str, Sequence[Run]]]) -> None:
        """Store the runs of jobs, all or none of them.

        What is done stays as it is; a run that failed is replaced, for better or worse.

        Parameters
        ----------
        results : iterable of (str, sequence of Run)
            Key of a job, and its runs.
        """
        runs_of = dict(results)
        with self.transaction() as store:
            known = store.ended(runs_of)
            news = {key: runs for key, runs in runs_of.items() if key not in known or known[key].status != DONE}
            store.many("DELETE FROM runs WHERE job = ?", ((key,) for key in news if key in known))
            store.many(
                "INSERT INTO jobs (key, status) VALUES (?, ?) ON CONFLICT (key) DO UPDATE "
                "SET status = excluded.status, attempts = attempts + 1",
                ((key, status_of(runs)) for key, runs in news.items()),
            )
            store.many(_INSERT, (_row(key, at, run) for key, runs in news.items() for at, run in enumerate(runs)))

    # What the leases need

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """Make what the block writes be stored as a whole or not at all; one within another joins it."""
        if self._inside:
            yield self
            return
        if self.read_only:
            raise StoreError(f"{self.path} was opened with read_only=True; open it without, to run experiments")
        self.query("BEGIN IMMEDIATE")
        self._inside = True
        try:
            yield self
            self.query("COMMIT")
        except BaseException:
            with suppress(StoreError):
                self.query("ROLLBACK")
            raise
        finally:
            self._inside = False

    def query(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Execute one statement and return its cursor."""
        with self._explained():
            return self._database.execute(statement, values)

    def many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each of the rows."""
        with self._explained():
            self._database.executemany(statement, rows)

    def _fetched(self, cursor: Any) -> list[tuple[Any, ...]]:
        with self._explained():
            rows: list[tuple[Any, ...]] = cursor.fetchmany(_FETCHED)
            return rows

    @contextmanager
    def _wanted(self, keys: Iterable[str]) -> Iterator[None]:
        """Have a table of the keys while the block runs."""
        self.query("CREATE TEMP TABLE wanted (position INTEGER PRIMARY KEY, job TEXT NOT NULL)")
        try:
            self.query("BEGIN")
            try:
                self.many("INSERT INTO temp.wanted (job) VALUES (?)", ((key,) for key in keys))
                yield
            finally:
                self.query("COMMIT")
        finally:
            self.query("DROP TABLE temp.wanted")

    def _explained(self) -> Any:
        return _schema.explained(self.path, self.patience)


def status_of(runs: Sequence[Run]) -> Status:
    """Return ``"done"``, or the first other status."""
    return next((run.status for run in runs if run.status != DONE), DONE)


def _row(key: str, place: int, run: Run) -> tuple[Any, ...]:
    return (
        key,
        place,
        run.key,
        _text(run.objective),
        _text(run.optimizer),
        _text(run.start),
        run.seed,
        run.budget,
        _text(run.status),
        _text(_shortened(run.message)),
        int(run.baseline),
        run.evaluations,
        run.search,
        run.holdout,
        run.seconds,
        run.objective_seconds,
        _blob(run.curve_evaluations, "<i8"),
        _blob(run.curve_values, "<f8"),
        _blob(run.hits, "<i8"),
    )


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else message[: _LONGEST_MESSAGE - 1] + "…"


def _text(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _blob(values: NDArray[np.generic], kind: str) -> bytes:
    return values.astype(kind, copy=False).tobytes()
