"""Any algorithm is a cell: each against its textbook (S1.E8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import zoopt
from zoopt._arguments import FloatArray
from zoopt.cells import Cell
from zoopt.studies._claim import Claim
from zoopt.studies._definition import Item, Table
from zoopt.studies.equivalence import _textbook
from zoopt.studies.equivalence._estimates import estimator, gap
from zoopt.studies.equivalence._identity import bumpy

ROUNDING = 1e-13
_EIGEN = 1e-10
_CONDITION = 1e4
_CMA_GENERATIONS = 60
_POPULATION = 9


@dataclass(frozen=True)
class _Pair:
    """A cell and its textbook; what it takes of directions, and whether a rate is said."""

    name: str
    cell: "str | Cell"
    textbook: _textbook.Textbook
    paired: bool
    rated: bool = True


def _pairs() -> list[_Pair]:
    spsa = estimator("raw", 8, distribution="rademacher", antithetic=True)
    return [
        _Pair("two-point zeroth order (MeZO)", "two-point", _textbook.mezo, True),
        _Pair("SPSA", spsa, _textbook.spsa, True),
        _Pair("one-sided zeroth order", "zo-sgd", _textbook.one_sided, False),
        _Pair("REINFORCE", "reinforce", _textbook.reinforce, False),
        _Pair("OpenAI-ES", "openai-es", _textbook.openai_es, True),
        _Pair("PGPE", "pgpe", _textbook.pgpe, True, rated=False),
        _Pair("SNES", "snes", _textbook.snes, True, rated=False),
    ]


def cells(dim: int, radius: float, generations: int, seed: int) -> Iterator[Item]:
    """Yield the distance of every cell from its textbook, and of CMA-ES from the tutorial."""
    import pandas as pd

    setting = _textbook.Setting(bumpy, dim, radius, seed)
    rows = []
    for pair in _pairs():
        gaps = _gaps(pair, setting, generations)
        rows.append((pair.name, gaps[0], max(gaps)))
        yield Claim(
            source="S1.E8",
            statement=f"{pair.name} is a cell: it moves as its textbook has it",
            prediction=0.0,
            measured=max(gaps),
            tolerance=ROUNDING,
            kernel=f"zoopt.optimizer({_called(pair.cell)})",
            note=f"Largest relative difference of the mean in {generations} generations.",
        )
    names = ["algorithm", "after one generation", f"within {generations} generations"]
    yield Table("cells", pd.DataFrame(rows, columns=names), "Relative difference of cells from their textbooks")
    yield Claim(
        source="S1.E8",
        statement=f"CMA-ES is a cell: {_CMA_GENERATIONS} generations of Hansen's tutorial",
        prediction=0.0,
        measured=cma_gap(dim, radius, seed),
        tolerance=_EIGEN,
        kernel="zoopt.optimizer('cma-es')",
        note="Largest relative difference of mean, scale and covariance. The covariance gets a condition of "
        f"{_CONDITION:g}, of which its root and the inverse of that lose as many digits.",
    )


def _called(cell: "str | Cell") -> str:
    return f"'{cell}'" if isinstance(cell, str) else f"cell {cell.distribution} × {cell.shaping} × {cell.metric}"


def _gaps(pair: _Pair, setting: _textbook.Setting, generations: int) -> list[float]:
    population = setting.directions * (2 if pair.paired else 1)
    options: dict[str, Any] = {"learning_rate": setting.rate} if pair.rated else {}
    search = zoopt.optimizer(
        pair.cell, np.zeros(setting.dim), scale=setting.radius, seed=setting.seed, population=population, **options
    )
    found = []
    for expected in pair.textbook(setting, generations):
        search.tell(setting.f(search.ask()))
        found.append(gap(search.mean, expected))
    return found


def cma_gap(dim: int, radius: float, seed: int) -> float:
    """Return the largest relative difference of CMA-ES from the tutorial's equations, on the candidates it draws."""
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]
    axes = _CONDITION ** (np.arange(dim) / max(1, dim - 1))
    search = zoopt.optimizer(
        "cma-es", np.zeros(dim), scale=radius, seed=seed, population=_POPULATION, decomposition_gap=1
    )
    book, worst = _textbook.CmaEs(dim, radius, _POPULATION), 0.0

    def ellipsoid(X: FloatArray) -> FloatArray:
        return np.asarray(np.square((X - 1.0) @ turned) @ axes)

    for _ in range(_CMA_GENERATIONS):
        rows = search.ask()
        values = ellipsoid(rows)
        search.tell(values)
        book.tell(rows, values)
        gaps = (
            gap(search.mean, book.mean),
            abs(search.scale / book.scale - 1),
            gap(np.asarray(search.covariance), book.covariance),
        )
        worst = max(worst, *gaps)
    return worst
