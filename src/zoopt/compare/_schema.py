"""The SQLite file behind a store: its tables, how it is opened, and what its errors mean to the user."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zoopt.errors import InvalidInput, StoreError

APPLICATION = 0x7A6F7074
VERSION = 1

_MAGIC = b"SQLite format 3\0"
_HEAD = 100  # bytes
_IOERR_SHORT_READ = 522
_READ_ONLY = (
    "cannot be written: the file or its directory is read-only; change its permissions, give another place, or open it "
    "with read_only=True to look at what it has"
)
_LOCKED = "is locked by another program, for {patience:g} s by now; end that program and run again"
_ADVICE = {
    sqlite3.SQLITE_FULL: "cannot grow, the disk is full; what was stored is kept. Free some space and run again",
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; check that its directory may be written to",
    sqlite3.SQLITE_IOERR: "cannot be read or written ({error}); check the disk, and run again",
}
_TABLES = """
CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    created REAL NOT NULL,
    manifest TEXT NOT NULL
);
CREATE TABLE members (
    experiment INTEGER NOT NULL REFERENCES experiments(id),
    position INTEGER NOT NULL,
    job TEXT NOT NULL,
    PRIMARY KEY (experiment, position)
) WITHOUT ROWID;
CREATE TABLE jobs (
    key TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs(key),
    place INTEGER NOT NULL,
    key TEXT NOT NULL,
    objective TEXT NOT NULL,
    optimizer TEXT NOT NULL,
    start TEXT NOT NULL,
    seed INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    status TEXT NOT NULL,
    message TEXT NOT NULL,
    baseline INTEGER NOT NULL,
    evaluations INTEGER NOT NULL,
    search REAL,
    holdout REAL,
    seconds REAL,
    objective_seconds REAL,
    curve_evaluations BLOB NOT NULL,
    curve_values BLOB NOT NULL,
    hits BLOB NOT NULL,
    UNIQUE (job, place)
);
CREATE TABLE owners (
    owner TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    process INTEGER NOT NULL,
    patience REAL NOT NULL,
    beat INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE leases (
    job TEXT PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners(owner)
) WITHOUT ROWID;
"""


def connect(path: Path, *, read_only: bool, patience: float) -> sqlite3.Connection:
    """Return a connection to a store, which is made where there is none; see :class:`zoopt.compare._store.Store`."""
    if read_only:
        return _connect_to_read(path, patience)
    _check_place(path)
    if not all(os.access(each, os.W_OK) for each in (path, path.parent) if each.exists()):
        raise StoreError(f"the store {path} {_READ_ONLY}")
    with explained(path, patience):
        database = _open(path, "mode=rwc", patience)
        try:
            if _is_blank(database, path):
                _create(database, path)
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE jobs SET attempts = attempts WHERE key IS NULL")  # refused by a read-only file
            database.execute("ROLLBACK")
        except BaseException:
            database.close()
            raise
    return database


@contextmanager
def explained(path: Path, patience: float) -> Iterator[None]:
    """Turn what SQLite raises inside the block into a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(error, path, patience)) from error


def _connect_to_read(path: Path, patience: float) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(f"there is no store at {path}; give the file that an experiment was stored in")
    _check_place(path)
    with explained(path, patience):
        database = _open(path, "mode=ro", patience)
        try:
            blank = _is_blank(database, path)
        except sqlite3.OperationalError:
            database.close()
            if not _is_settled(path):
                raise
            database = _open(path, "mode=ro&immutable=1", patience)
            blank = _is_blank(database, path)
        except BaseException:
            database.close()
            raise
    if blank:
        database.close()
        raise StoreError(f"{path} is empty, not a zoopt store; give the file that an experiment was stored in")
    return database


def _is_settled(path: Path) -> bool:
    """Return whether nothing waits in a log beside the file, and none can be made there by somebody else."""
    return not _has_log(path) and not os.access(path.parent, os.W_OK)


def _has_log(path: Path) -> bool:
    return path.with_name(path.name + "-wal").exists()


def _check_place(path: Path) -> None:
    """Refuse what cannot be a store, and make the directory of one to come."""
    if "\0" in str(path):
        raise InvalidInput(f"the path of a store must not contain NUL, got {str(path)!r}")
    try:
        if path.is_dir():
            raise StoreError(f"{path} is a directory; a store is one file: give its name")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with path.open("rb") as file:
                head = file.read(_HEAD)
        else:
            head = b""
    except OSError as error:
        raise StoreError(f"cannot open the store {path}: {error.strerror or error}") from error
    if head and not head.startswith(_MAGIC[: len(head)]):
        raise StoreError(f"{path} is not a zoopt store but another kind of file; give another name")
    _check_length(path, head)


def _check_length(path: Path, head: bytes) -> None:
    """Refuse a file that is shorter than its head says; what waits in a log may make it whole again."""
    if not head or _has_log(path):
        return
    length, expected = path.stat().st_size, _HEAD
    if len(head) == _HEAD:
        page, pages = int.from_bytes(head[16:18]), int.from_bytes(head[28:32])
        expected = (65536 if page == 1 else page) * pages
    if length < expected:
        raise StoreError(_damaged(path, f"{length} bytes are left of at least {expected}"))


def _open(path: Path, mode: str, patience: float) -> sqlite3.Connection:
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    database.text_factory = _text
    database.execute("PRAGMA temp_store = MEMORY")
    return database


def _text(raw: bytes) -> str:
    """Undo ``surrogatepass``: names of files and messages may hold what is not Unicode."""
    return raw.decode("utf-8", "surrogatepass")


def _is_blank(database: sqlite3.Connection, path: Path) -> bool:
    """Return whether nothing has been stored; raise where it is no store of ours, or one that we cannot read."""
    application, version, tables = (
        database.execute(query).fetchone()[0]
        for query in ("PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
    )
    if application == 0 and version == 0 and tables == 0:
        return True
    if application != APPLICATION:
        raise StoreError(f"{path} is a database of another program, not a zoopt store; give another name")
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer zoopt (store version {version}, this one knows {VERSION}); upgrade zoopt "
            "with pip install --upgrade zoopt-engine, or give another name"
        )
    if version != VERSION or tables == 0:
        raise StoreError(_damaged(path, f"its store version reads {version}"))
    return False


def _create(database: sqlite3.Connection, path: Path) -> None:
    database.execute("PRAGMA page_size = 8192")  # a run with a curve of 200 points fits into one
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("BEGIN IMMEDIATE")
    try:
        if _is_blank(database, path):
            for statement in _TABLES.split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _explanation(error: sqlite3.Error, path: Path, patience: float) -> str:
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if code == _IOERR_SHORT_READ or (primary == sqlite3.SQLITE_ERROR and "no such" in str(error)):
        primary = sqlite3.SQLITE_CORRUPT
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return _damaged(path, str(error))
    advice = _ADVICE.get(primary, "failed ({error})")
    return f"the store {path} " + advice.format(error=error, patience=patience)


def _damaged(path: Path, how: str) -> str:
    return (
        f"the store {path} is damaged or cut short ({how}); put a copy in its place, or move it away and run again "
        "into a new one"
    )
