"""Results as long tables in parquet with a manifest in JSON: they come back whole.

``runs.parquet`` has a line for each run, ``points.parquet`` one for each point of a curve, ``hits.parquet`` one for
each target of each run. ``manifest.json`` says what objectives and contenders are, and has the hashes of the tables.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoopt.compare import _files
from zoopt.compare._description import FORMAT, description, results_of
from zoopt.compare._record import STATUSES, Ragged, Runs
from zoopt.compare.exchange._export import Export
from zoopt.errors import InvalidInput, MissingDependency

if TYPE_CHECKING:
    import pyarrow

    from zoopt.compare._results import Results

_TABLES = ("runs", "points", "hits")
_NUMBERS = (
    "seed", "budget", "evaluations", "baseline", "search", "holdout", "seconds", "objective_seconds", "message", "key",
)  # fmt: skip


def write_parquet(results: "Results", directory: str | Path) -> Export:
    """Write results as long tables with a manifest.

    Parameters
    ----------
    results : Results
    directory : str or path
        Made if it is not there.

    Returns
    -------
    Export

    Raises
    ------
    MissingDependency
        pyarrow is not installed.

    Examples
    --------
    >>> from zoopt.compare._record import Run, columns
    >>> from zoopt.compare import Results, exchange
    >>> results = Results.of(columns([Run("", "sphere", "snes", "", 0, 10, search=0.5)]))
    >>> [file.name for file in exchange.write_parquet(results, "exchanged").files]
    ['runs.parquet', 'points.parquet', 'hits.parquet', 'manifest.json']
    >>> exchange.read_parquet("exchanged").runs.search.tolist()
    [0.5]
    """
    _arrow()
    return Export(_files.write_all_aside(Path(directory), _contents(results)), {})


def read_parquet(directory: str | Path) -> "Results":
    """Return the results that :func:`write_parquet` wrote.

    Raises
    ------
    InvalidInput
        The directory has no such results, those of a newer version, or a table that is not the one written.
    MissingDependency
        pyarrow is not installed.
    """
    parquet = _arrow()
    folder = Path(directory)
    manifest = _manifest(folder)
    for name in _TABLES:
        if _digest(folder / f"{name}.parquet") != manifest["sha256"][name]:
            raise InvalidInput(f"{folder / name}.parquet is not the table that its manifest is about; export again")
    tables = {name: parquet.read_table(folder / f"{name}.parquet") for name in _TABLES}
    return results_of(manifest, _runs(tables, manifest))


def _contents(results: "Results") -> Iterator[tuple[str, bytes]]:
    digests = {}
    for name, table in (("runs", _run_table), ("points", _point_table), ("hits", _hit_table)):
        content = _bytes(table(results.runs))
        digests[name] = hashlib.sha256(content).hexdigest()
        yield f"{name}.parquet", content
    manifest = {
        **description(results),
        "labels": list(results.runs.labels),
        "run_objectives": list(results.runs.objectives),
        "sha256": digests,
    }
    yield "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _run_table(runs: Runs) -> "pyarrow.Table":
    import pyarrow

    return pyarrow.table(
        {
            "run": np.arange(len(runs), dtype=np.int32),
            "objective": _named(runs.objective, runs.objectives),
            "contender": _named(runs.contender, runs.labels),
            "status": _named(runs.status, STATUSES),
            **{name: getattr(runs, name) for name in _NUMBERS},
        }
    )


def _point_table(runs: Runs) -> "pyarrow.Table":
    return _long(runs, evaluations=runs.curve_evaluations, value=runs.curve_values)


def _hit_table(runs: Runs) -> "pyarrow.Table":
    return _long(runs, evaluations=runs.hits)


def _long(runs: Runs, **columns: Ragged) -> "pyarrow.Table":
    """Return ragged columns of one shape as a long table that names the run, objective, contender and seed."""
    import pyarrow

    lengths = np.diff(next(iter(columns.values())).offsets)
    rows = np.repeat(np.arange(len(runs), dtype=np.int32), lengths)
    return pyarrow.table(
        {
            "run": rows,
            "objective": _named(runs.objective[rows], runs.objectives),
            "contender": _named(runs.contender[rows], runs.labels),
            "seed": runs.seed[rows],
            **{name: column.flat for name, column in columns.items()},
        }
    )


def _named(codes: np.ndarray, names: tuple[str, ...]) -> "pyarrow.DictionaryArray":
    import pyarrow

    return pyarrow.DictionaryArray.from_arrays(codes.astype(np.int32), pyarrow.array(names, pyarrow.string()))


def _runs(tables: dict[str, "pyarrow.Table"], manifest: dict[str, Any]) -> Runs:
    table = tables["runs"]
    objectives, labels = tuple(manifest["run_objectives"]), tuple(manifest["labels"])
    count = table.num_rows
    own: dict[str, Any] = {
        name: tuple(table[name].to_pylist()) if name in ("message", "key") else table[name].to_numpy()
        for name in _NUMBERS
    }
    return Runs(
        objectives=objectives,
        labels=labels,
        objective=_codes(table["objective"], objectives).astype(np.int32),
        contender=_codes(table["contender"], labels).astype(np.int32),
        status=_codes(table["status"], STATUSES).astype(np.int8),
        curve_evaluations=_ragged(tables["points"], "evaluations", count),
        curve_values=_ragged(tables["points"], "value", count),
        hits=_ragged(tables["hits"], "evaluations", count),
        **own,
    )


def _codes(column: "pyarrow.ChunkedArray", names: tuple[str, ...]) -> np.ndarray:
    code_of = {name: code for code, name in enumerate(names)}
    return np.array([code_of[name] for name in column.to_pylist()], np.int64)


def _ragged(table: "pyarrow.Table", column: str, runs: int) -> Ragged:
    offsets = np.zeros(runs + 1, np.int64)
    np.cumsum(np.bincount(table["run"].to_numpy(), minlength=runs), out=offsets[1:])
    return Ragged(table[column].to_numpy(), offsets)


def _bytes(table: "pyarrow.Table") -> bytes:
    import io

    buffer = io.BytesIO()
    _arrow().write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"cannot read {folder / 'manifest.json'}: {error}") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise InvalidInput(f"{folder / 'manifest.json'} is no manifest of exported results")
    if manifest["format"] > FORMAT:
        raise InvalidInput(
            f"{folder} has format {manifest['format']}, this version reads {FORMAT} and older; update zoopt-engine"
        )
    return manifest


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}") from error


def _arrow() -> Any:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise MissingDependency("parquet needs pyarrow; run: pip install 'zoopt-engine[exchange]'") from error
    return parquet
