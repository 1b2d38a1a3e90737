"""A store that cannot be used says why, and is left as it was."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import numpy as np
import pytest
from store_jobs import grid, outcome

from zoopt.compare import _schema
from zoopt.compare._coordinator import execute
from zoopt.compare._record import Run
from zoopt.compare._store import Store
from zoopt.errors import InvalidInput, StoreError


def some_runs(count=40, points=200):
    values = np.random.default_rng(0).random(points)
    return [
        (
            f"k{i}",
            [Run(f"k{i}", "f", "o", "", seed=i, budget=9, curve_evaluations=np.arange(points), curve_values=values)],
        )
        for i in range(count)
    ]


@pytest.fixture
def path(tmp_path):
    with Store(tmp_path / "runs.db") as store:
        store.write(some_runs())
    return tmp_path / "runs.db"


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root may make a disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def message(path, **keywords):
    try:
        with Store(path, **keywords) as store:
            store.runs()
            store.check()
    except StoreError as error:
        return str(error)
    pytest.fail("nothing was found to be wrong")


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("share", [0.0005, 0.002, 0.05, 0.3, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short(path, share, read_only):
    size = int(path.stat().st_size * share)
    os.truncate(path, size)
    assert "is damaged or cut short" in message(path, read_only=read_only)
    assert path.stat().st_size == size


def test_a_file_of_which_nothing_is_left(path):
    os.truncate(path, 0)
    assert "is empty, not a zoopt store" in message(path, read_only=True)
    with Store(path) as store:  # as it is after a kill before anything was written
        assert len(store.runs()) == 0


def test_pages_that_were_overwritten(path):
    rng = np.random.default_rng(1)
    told = 0
    for _ in range(20):
        copy = shutil.copy(path, path.with_name("copy.db"))
        with copy.open("r+b") as file:
            file.seek(int(rng.integers(100, path.stat().st_size - 4096)))
            file.write(rng.bytes(4096))
        try:
            with Store(copy, read_only=True) as store:
                store.runs()
                store.check()
        except StoreError as error:
            told += "is damaged" in str(error)
    assert told >= 15  # else the bytes fell into numbers, which may be anything


def test_numbers_that_do_not_fit_together(path):
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET curve_values = x'00' WHERE seed = 3")
    assert "is damaged (an array of numbers has a part of a number)" in message(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE runs SET curve_values = x'' WHERE seed = 3")
    assert "is damaged (a curve has other numbers of evaluations than of values)" in message(path)


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_version(path, read_only):
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {_schema.VERSION + 1}")
    before = path.read_bytes()
    text = message(path, read_only=read_only)
    assert f"written by a newer zoopt (store version {_schema.VERSION + 1}, this one knows {_schema.VERSION})" in text
    assert "upgrade zoopt" in text
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_database_of_another_program(tmp_path, read_only):
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE jobs (key)")
    before = path.read_bytes()
    assert "is a database of another program" in message(path, read_only=read_only)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["theirs.db"]


def test_what_is_no_database(tmp_path):
    (tmp_path / "notes.txt").write_text("SQLite is mentioned here")
    assert "is not a zoopt store but another kind of file" in message(tmp_path / "notes.txt")
    assert "is a directory" in message(tmp_path)
    assert "there is no store at" in message(tmp_path / "absent.db", read_only=True)
    assert not (tmp_path / "absent.db").exists()
    assert "cannot open the store" in message(tmp_path / "notes.txt" / "runs.db")
    with pytest.raises(InvalidInput, match="NUL"):
        Store(tmp_path / "a\0b")


def test_a_store_that_is_locked(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is locked by another program, for 0.1 s by now" in message(path, patience=0.1)
        with Store(path, read_only=True, patience=0.1) as store:
            assert len(store.runs()) == 40


def test_a_lock_that_comes_later(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as other, Store(path, patience=0.1) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="is locked by another program"):
            store.write(some_runs(41)[40:])
        other.execute("ROLLBACK")
        store.write(some_runs(41)[40:])
        assert len(store.runs()) == 41


def test_a_full_disk_by_the_count_of_pages(tmp_path):
    jobs = grid(3, 3, 10, points=500)
    with Store(tmp_path / "runs.db") as store:
        pages = store.query("PRAGMA page_count").fetchone()[0]
        store.query(f"PRAGMA max_page_count = {pages + 30}")
        with pytest.raises(StoreError, match="the disk is full; what was stored is kept"):
            execute(jobs, store=store)
        kept = len(store.runs())
        assert 0 < kept < len(jobs)
        store.check()
        store.query("PRAGMA max_page_count = 1000000")
        assert outcome(execute(jobs, store=store)) == outcome(execute(jobs, store=None))


def test_a_full_disk(small_disk):
    jobs = grid(3, 5, 20, points=500)
    with Store(small_disk / "runs.db") as store:
        with pytest.raises(StoreError, match=r"disk is full|cannot be read or written"):
            execute(jobs, store=store)
        store.check()
        kept = len(store.runs())
    assert 0 < kept < len(jobs)
    (small_disk / "filler").write_bytes(b"")
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    with Store(small_disk / "runs.db") as store:
        assert len(store.runs()) == kept
        assert outcome(execute(jobs, store=store)) == outcome(execute(jobs, store=None))


def test_a_disk_that_is_read_only(small_disk):
    with Store(small_disk / "runs.db") as store:
        store.write(some_runs(5))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "read-only" in message(small_disk / "runs.db")
    with Store(small_disk / "runs.db", read_only=True) as store:
        assert len(store.runs()) == 5
    assert "read-only" in message(small_disk / "new.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_without_permission(path):
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert "read-only" in message(path)
        with Store(path, read_only=True) as store:
            assert len(store.runs()) == 40
    finally:
        path.parent.chmod(0o755)


def test_to_run_into_a_store_that_was_opened_to_look(path):
    with Store(path, read_only=True) as store, pytest.raises(StoreError, match="was opened with read_only=True"):
        execute(grid(), store=store)
