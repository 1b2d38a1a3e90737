"""Writing files so that a reader sees the whole file or none."""

import csv
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from zoopt.errors import InvalidInput

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_aside(path: Path, text: str) -> Path:
    """Write a file beside its place and move it there.

    Raises
    ------
    InvalidInput
        The place cannot be written to; nothing is left behind.
    """
    (written,) = write_all_aside(path.parent, {path.name: text})
    return written


def write_all_aside(
    directory: Path, contents: Mapping[str, str | bytes] | Iterable[tuple[str, str | bytes]]
) -> list[Path]:
    """Write all files into a directory beside the wanted one, and move them when every one is complete.

    Names may have folders; contents are written as they come, so that no more than one need exist at a time.

    Raises
    ------
    InvalidInput
        The directory cannot be made or written to; nothing is left behind.
    """
    check_directory(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".zoopt-", dir=directory))
        try:
            pairs = contents.items() if isinstance(contents, Mapping) else contents
            names = [_write(aside, name, content) for name, content in pairs]
            for name in names:
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                (aside / name).replace(directory / name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise InvalidInput(f"cannot write to {directory}: {error.strerror or error}") from error
    return [directory / name for name in names]


def _write(aside: Path, name: str, content: str | bytes) -> str:
    path = aside / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def check_directory(directory: Path) -> None:
    """Refuse a directory that cannot be written to, before any work is done.

    Raises
    ------
    InvalidInput
        It is a file, or it or the nearest parent that exists is not writable.
    """
    existing = directory.absolute()
    while not existing.exists():
        existing = existing.parent
    if not existing.is_dir():
        raise InvalidInput(f"cannot write to {directory}: {existing} is not a directory")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InvalidInput(f"cannot write to {directory}: no permission in {existing}")


def csv_text(lines: Iterable[Sequence[object]]) -> str:
    """Return csv text in which no cell of text can be taken for a formula; numbers stay as they are.

    Examples
    --------
    >>> print(csv_text([["=1+1", -2.5]]), end="")
    "'=1+1",-2.5
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    for line in lines:
        writer.writerow([_harmless(cell) for cell in line])
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
