"""Corpus BLEU of translated messages: weights of n-best lists out of the catalogues of installed packages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import metadata
from typing import Any, Literal

from zoopt.compare import _spec
from zoopt.compare._plugin import Option, Value
from zoopt.compare._problem import Problem, SimpleObjective
from zoopt.errors import MissingDependency
from zoopt.objectives import CatalogueLists, catalogue_lists
from zoopt.objectives._translation._catalogues import PACKAGES
from zoopt.objectives._translation._system import FEATURES

NAME = "catalogue-bleu"
UNIFORM = "uniform"
SCALE = 0.3
"""Initial scale of the search, beside uniform weights of 1."""
SOURCE = 1
"""Version of how lists are made; one more where that changes a value."""

_OPTIONS: Mapping[str, Option] = {
    "language": Option("es", "str", summary="what English is translated to: es, fr, de, ..."),
    "tune": Option(300, "int", 10, 10_000, summary="sentences to tune on"),
    "held_out": Option(300, "int", 10, 10_000, summary="sentences to report on"),
    "size": Option(50, "int", 1, 1000, summary="translations a sentence"),
}


@dataclass(frozen=True)
class CatalogueBleu(SimpleObjective):
    """BLEU of what eight weights pick; see :func:`zoopt.objectives.catalogue_lists`.

    The seed splits the messages into those to learn from, to tune on and to report on. Every search starts at the
    uniform weights, by which the lists were decoded; they are the baseline.

    Attributes
    ----------
    language : str
    tune, held_out, size : int
    """

    language: str = "es"
    tune: int = 300
    held_out: int = 300
    size: int = 50

    @cached_property
    def name(self) -> str:
        """As it is written, such as ``catalogue-bleu:language=fr``."""
        changed = {key: value for key, value in self._parameters.items() if value != _OPTIONS[key].default}
        return _spec.written(NAME, changed)

    @property
    def _parameters(self) -> dict[str, Value]:
        return {"language": self.language, "tune": self.tune, "held_out": self.held_out, "size": self.size}

    @property
    def metric(self) -> str:
        """Corpus BLEU."""
        return "bleu"

    @property
    def sense(self) -> Literal["max"]:
        """The more the better."""
        return "max"

    @property
    def dimensions(self) -> int:
        """Features."""
        return len(FEATURES)

    @property
    def targets(self) -> tuple[float, ...]:
        """None: nobody knows which BLEU can be reached."""
        return ()

    @property
    def baselines(self) -> tuple[str, ...]:
        """Uniform weights."""
        return (UNIFORM,)

    @property
    def test_train_ratio(self) -> float:
        """Sentences reported on for each that is tuned on."""
        return self.held_out / self.tune

    @property
    def work(self) -> float:
        """Multiply-adds of one evaluation."""
        return float(self.dimensions * self.tune * self.size)

    def describe(self) -> dict[str, Any]:
        """Return packages, language and sizes."""
        return {
            "description": "weights of n-best lists of short texts of user interfaces, English to "
            f"{self.language}, by a small phrase-based system",
            "metric": self.metric,
            "dimensions": self.dimensions,
            "test_train_ratio": self.test_train_ratio,
            "features": list(FEATURES),
            "packages": _versions(),
            **self._parameters,
        }

    def identity(self) -> dict[str, Any]:
        """Return parameters and the versions of the packages that the messages are from."""
        return {"kind": NAME, "source": SOURCE, "scale": SCALE, "packages": _versions(), **self._parameters}

    def prepare(self, seed: int) -> Problem:
        """Learn from the messages of the seed and translate the others."""
        lists = _lists(self.language, self.tune, self.held_out, self.size, seed)
        return Problem(
            search=lists.tune,
            holdout=lists.held_out,
            starts={"": lists.weights},
            scales={"": SCALE},
            baselines={UNIFORM: lists.weights},
            details={
                "first best": lists.tune.first_best(),
                "oracle": lists.tune.oracle().value,
                "pairs": float(lists.pairs),
            },
        )


@dataclass(frozen=True)
class CatalogueFamily:
    """The objectives of all languages and sizes."""

    name: str = NAME
    summary: str = "BLEU of translated messages: weights of n-best lists from translation catalogues."

    def options(self) -> Mapping[str, Option]:
        """Return language and sizes."""
        return _OPTIONS

    def make(self, options: Mapping[str, Value]) -> CatalogueBleu:
        """Return the objective of these options.

        Raises
        ------
        MissingDependency
            The packages with the catalogues are not installed; the message says how to install them.
        """
        _versions()
        return CatalogueBleu(**options)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _lists(language: str, tune: int, held_out: int, size: int, seed: int) -> CatalogueLists:
    return catalogue_lists(language, tune=tune, held_out=held_out, size=size, packages=PACKAGES, seed=seed)


def _versions() -> dict[str, str]:
    """Return the versions of the packages that the messages are from."""
    try:
        return {package: metadata.version(package) for package in PACKAGES}
    except metadata.PackageNotFoundError as error:
        raise MissingDependency(
            f"{NAME} needs {', '.join(PACKAGES)}, not all installed; run: pip install 'zoopt-engine[data]'"
        ) from error


PLUGINS = (CatalogueFamily(),)
