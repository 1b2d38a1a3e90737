"""How many dimensions word vectors need: the entropy that a dimension leaves."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option
from zoopt.studies.embedding_dimension._entropy import required_dimension as required_dimension
from zoopt.studies.embedding_dimension._theory import theory


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    vocabulary: int = option(1000, "words of the claims about one vocabulary", low=2)
    vocabularies: tuple[int, ...] = option(
        (1_000, 10_000, 100_000, 1_000_000, 5_000_000), "words of the table and the figure of dimensions", low=2
    )
    dimensions: tuple[int, ...] = option(
        (32, 64, 96, 128, 256, 512, 1_000_000), "n at which h_n is compared with its integrals", low=3
    )


def _study(options: Options, seed: int) -> Iterator[Item]:
    yield from theory(options.vocabulary, options.dimensions, options.vocabularies)


STUDY = Definition(
    article="S3",
    title="How many dimensions do word vectors need?",
    summary="The entropy that word vectors of n dimensions leave, and the dimension at which nothing is left.",
    options=Options,
    generate=_study,
)
