"""Files appear whole or not at all, and cells cannot become formulas."""

import csv
import io
from pathlib import Path

import pytest

from zoopt.compare import _files
from zoopt.errors import InvalidInput


def test_all_files_appear(tmp_path):
    written = _files.write_all_aside(tmp_path / "deep" / "out", {"a.txt": "one", "b.txt": "zwei ±"})
    assert [path.read_text(encoding="utf-8") for path in written] == ["one", "zwei ±"]
    assert sorted(path.name for path in (tmp_path / "deep" / "out").iterdir()) == ["a.txt", "b.txt"]


def test_names_may_have_folders_and_contents_be_bytes_that_come_one_by_one(tmp_path):
    written = _files.write_all_aside(tmp_path, ((f"f{i}/x.bin", bytes([i])) for i in range(2)))
    assert [path.read_bytes() for path in written] == [b"\0", b"\1"]


def test_old_files_are_replaced(tmp_path):
    _files.write_aside(tmp_path / "a.txt", "old")
    _files.write_aside(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_failure_leaves_the_old_files_and_nothing_else(tmp_path, monkeypatch):
    _files.write_all_aside(tmp_path, {"a.txt": "old", "b.txt": "old"})
    real = Path.write_bytes

    def fails_at_b(self, content):
        if self.name == "b.txt":
            raise OSError(28, "No space left on device")
        return real(self, content)

    monkeypatch.setattr(Path, "write_bytes", fails_at_b)
    with pytest.raises(InvalidInput, match="No space left"):
        _files.write_all_aside(tmp_path, {"a.txt": "new", "b.txt": "new"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_a_file_in_the_way_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InvalidInput, match="not a directory"):
        _files.check_directory(tmp_path / "out" / "below")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\tx", "\rx"])
def test_cells_that_look_like_formulas_are_quoted(text):
    ((cell,),) = csv.reader(io.StringIO(_files.csv_text([[text]]), newline=""))
    assert cell == f"'{text}"


def test_numbers_and_plain_text_are_not_quoted():
    ((first, second, third),) = csv.reader(io.StringIO(_files.csv_text([[-1.5, "snes (warm)", 'a,"b"']])))
    assert (first, second, third) == ("-1.5", "snes (warm)", 'a,"b"')
