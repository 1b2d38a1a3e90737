"""COCO's format, which ``cocopp`` post-processes.

A folder for each contender has, for each function, an index ``.info`` and a folder of data, a file for each dimension
with all runs one after another: ``.dat`` and ``.tdat`` differ in when COCO's logger would write a line, and here have
the same ones. A line has evaluations, constraint evaluations (0), and the best distance from the optimum so far.

Reference: Hansen, Auger, Ros, Mersmann, Tušar, Brockhoff (2021), COCO: a platform for comparing continuous optimizers
in a black-box setting, Optimization Methods and Software 36.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from zoopt.compare import _files
from zoopt.compare.exchange._export import Export, Function, functions, lines_of, safe_names
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    from zoopt.compare._results import Results

PRECISION = 1e-8
"""The hardest target of COCO's suites."""
SUITES = {"bbob": (2, 3, 5, 10, 20, 40), "bbob-largescale": (20, 40, 80, 160, 320, 640)}
MOST_FUNCTIONS = 24
_HEADER = (
    "% f evaluations | g evaluations | best noise-free fitness - Fopt (0.000000000000e+00) + sum g_i+ | "
    "measured fitness | best measured fitness or single-digit g-values | x1 | x2...\n"
)


def write_coco(results: "Results", directory: str | Path) -> Export:
    """Write results for ``cocopp``; each contender has a folder, in which each seed is an instance.

    Parameters
    ----------
    results : Results
    directory : str or path
        Made if it is not there.

    Returns
    -------
    Export
        Left out are objectives whose optimum is not known, and dimensions that COCO's suites don't have.

    Raises
    ------
    InvalidInput
        Nothing of the results has a place in the format, or there are more functions than its suites have.

    Examples
    --------
    >>> from zoopt.compare import Experiment, exchange
    >>> results = Experiment(["snes"], ["sphere:dim=2"], seeds=2, budget=100).run()
    >>> [file.name for file in exchange.write_coco(results, "for-cocopp").files]
    ['bbobexp_f1_DIM2.dat', 'bbobexp_f1_DIM2.tdat', 'bbobexp_f1.info']
    """
    suite, left_out = _suite(results)
    kept = [name for name in results.objectives if name not in left_out]
    if not kept:
        raise InvalidInput(f"COCO's format has no place for these results: {next(iter(left_out.values()))}")
    numbered = functions(results, kept)
    if max(function.number for function in numbered) > MOST_FUNCTIONS:
        raise InvalidInput(
            f"COCO's suites have {MOST_FUNCTIONS} functions, got {len(numbered)}; export fewer objectives"
        )
    return Export(_files.write_all_aside(Path(directory), _contents(results, suite, numbered)), left_out)


def _suite(results: "Results") -> tuple[str, dict[str, str]]:
    """Return the suite with a place for most objectives, and those that it has none for."""
    left_out = {
        suite: {name: reason for name in results.objectives if (reason := _obstacle(results, name, dimensions))}
        for suite, dimensions in SUITES.items()
    }
    suite = min(SUITES, key=lambda name: len(left_out[name]))
    return suite, left_out[suite]


def _obstacle(results: "Results", name: str, dimensions: tuple[int, ...]) -> str:
    facts = results.objectives[name]
    if not facts.distance:
        return f"{name} has no distance from a known optimum"
    if facts.dimensions not in dimensions:
        return f"{name} has {facts.dimensions} dimensions, COCO's suite has {', '.join(map(str, dimensions))}"
    return ""


def _contents(results: "Results", suite: str, numbered: list[Function]) -> Iterator[tuple[str, str]]:
    labels = tuple(contender.label for contender in results.participants)
    for label, folder in safe_names(labels).items():
        for function in numbered:
            blocks = []
            for dimension, objective in function.objectives.items():
                index, data = _one(results, objective, label)
                if not index:
                    continue
                name = f"data_f{function.number}/bbobexp_f{function.number}_DIM{dimension}"
                blocks.append(_block(suite, function, dimension, folder, f"{name}.dat, {', '.join(index)}"))
                yield f"{folder}/{name}.dat", data
                yield f"{folder}/{name}.tdat", data
            if blocks:
                yield f"{folder}/bbobexp_f{function.number}.info", "\n".join(blocks) + "\n"


def _one(results: "Results", objective: str, label: str) -> tuple[list[str], str]:
    """Return the index entries and the lines of all runs of a contender on an objective."""
    index, data = [], []
    for number, spent, values in lines_of(results, objective, label):
        index.append(f"{number}:{spent[-1]}|{max(0.0, values[-1] - PRECISION):.1e}")
        data.append(_HEADER)
        data.extend(
            f"{e} 0 {v:+.12e} {v:+.12e} {v:+.12e}\n" for e, v in zip(spent.tolist(), values.tolist(), strict=True)
        )
    return index, "".join(data)


def _block(suite: str, function: Function, dimension: int, algorithm: str, runs: str) -> str:
    return (
        f"suite = '{suite}', funcId = {function.number}, DIM = {dimension}, Precision = {PRECISION:.3e}, "
        f"algId = '{algorithm}', coco_version = '', logger = 'bbob', data_format = 'bbob-new2'\n"
        f"% written by zoopt\n{runs}"
    )
