"""How many dimensions word vectors need: the entropy that a dimension leaves, on paper, in draws, and on real text."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option
from zoopt.studies.embedding_dimension import _corpus
from zoopt.studies.embedding_dimension._entropy import required_dimension as required_dimension
from zoopt.studies.embedding_dimension._experiment import Setting, experiment
from zoopt.studies.embedding_dimension._monte_carlo import monte_carlo
from zoopt.studies.embedding_dimension._skip_gram import Plan
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
    drawn_words: int = option(1000, "words whose vectors are drawn at random", quick=100, low=50)
    draws: int = option(100, "draws of all their vectors", quick=60, low=10)
    corpus: str = option("wikipedia", "real text: wikipedia needs gensim", quick="python", choices=_corpus.CORPORA)
    tokens: int = option(500_000, "words of the text, at most", quick=30_000, low=1000)
    trained_words: tuple[int, ...] = option(
        (300, 1000, 3000), "vocabularies that vectors are trained for", quick=(50, 100, 200), low=10
    )
    repetitions: int = option(3, "splits of the documents into those to train on and those held out", quick=2, low=2)
    epochs: int = option(5, "times that training goes over the text", quick=2, low=1)
    window: int = option(3, "words to either side that a word is trained with, at most", low=1)
    negatives: int = option(5, "negative samples of a pair", low=1)
    learning_rate: float = option(0.05, "at the start of training", low=0, strict=True)
    margin: float = option(0.01, "nats a pair that matter", low=0)
    threads: int = option(2, "trainings at a time; results do not depend on it", low=1)


def _study(options: Options, seed: int) -> Iterator[Item]:
    _corpus.require(options.corpus)
    yield from theory(options.vocabulary, options.dimensions, options.vocabularies)
    yield from monte_carlo(options.drawn_words, options.draws, seed)
    plan = Plan(options.window, options.negatives, options.epochs, options.learning_rate)
    setting = Setting(
        options.corpus,
        options.tokens,
        options.trained_words,
        options.repetitions,
        options.margin,
        options.threads,
        plan,
    )
    yield from experiment(setting, seed)


STUDY = Definition(
    article="S3",
    title="How many dimensions do word vectors need?",
    summary="The entropy that word vectors of n dimensions leave, and the dimension at which nothing is left.",
    options=Options,
    generate=_study,
)
