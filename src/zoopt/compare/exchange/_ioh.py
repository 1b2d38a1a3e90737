"""IOHprofiler's format, which ``iohinspector`` and IOHanalyzer read.

A folder for each contender has, for each function, an index in JSON and a folder of data, a file for each dimension
with all runs one after another, each beginning at evaluation 1.

Reference: Doerr, Wang, Ye, van Rijn, Bäck (2018), IOHprofiler, arXiv:1810.05281.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoopt.compare import _files
from zoopt.compare.exchange._export import Export, Function, functions, lines_of, safe_names

if TYPE_CHECKING:
    from zoopt.compare._results import Results

_ATTRIBUTES = ("evaluations", "raw_y")


def write_ioh(results: "Results", directory: str | Path) -> Export:
    """Write results for IOHprofiler; each contender has a folder, in which each seed is an instance.

    Parameters
    ----------
    results : Results
        Values are those that were measured: natural, or distances from the known optimum.
    directory : str or path
        Made if it is not there.

    Returns
    -------
    Export
        Nothing is left out.
    """
    contents = _contents(results, functions(results, list(results.objectives)))
    return Export(_files.write_all_aside(Path(directory), contents), {})


def _contents(results: "Results", numbered: list[Function]) -> Iterator[tuple[str, str]]:
    names = safe_names(tuple(function.name for function in numbered))
    labels = tuple(contender.label for contender in results.participants)
    for label, folder in safe_names(labels).items():
        for function in numbered:
            name = f"f{function.number}_{names[function.name]}"
            scenarios = []
            for dimension, objective in function.objectives.items():
                runs, data = _one(results, objective, label)
                if not runs:
                    continue
                path = f"data_{name}/IOHprofiler_f{function.number}_DIM{dimension}.dat"
                scenarios.append({"dimension": dimension, "path": path, "runs": runs})
                yield f"{folder}/{path}", data
            if scenarios:
                index = _index(results, function, names[function.name], folder, scenarios)
                yield f"{folder}/IOHprofiler_{name}.json", json.dumps(index, indent=1, allow_nan=False)


def _index(
    results: "Results", function: Function, name: str, algorithm: str, scenarios: list[dict[str, Any]]
) -> dict[str, Any]:
    facts = results.objectives[next(iter(function.objectives.values()))]
    return {
        "version": str(results.environment.get("zoopt", "")),
        "suite": "zoopt",
        "function_id": function.number,
        "function_name": name,
        "maximization": facts.sense == "max",
        "algorithm": {"name": algorithm, "info": "written by zoopt"},
        "attributes": list(_ATTRIBUTES),
        "scenarios": scenarios,
    }


def _one(results: "Results", objective: str, label: str) -> tuple[list[dict[str, Any]], str]:
    """Return the index entries and the lines of all runs of a contender on an objective."""
    runs, data = [], []
    for number, spent, values in lines_of(results, objective, label):
        best = int(spent[values == values[-1]][0])
        runs.append(
            {"instance": number, "evals": int(spent[-1]), "best": {"evals": best, "y": float(values[-1]), "x": []}}
        )
        data.append(" ".join(_ATTRIBUTES) + "\n")
        data.extend(f"{e} {v:.12g}\n" for e, v in zip(spent.tolist(), values.tolist(), strict=True))
    return runs, "".join(data)
