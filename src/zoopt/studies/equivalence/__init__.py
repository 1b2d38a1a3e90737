"""The study of policy gradient and zeroth-order optimisation as one thing (S1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.errors import InvalidOption
from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option
from zoopt.studies.equivalence._data import loaded, require


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    draws: int = option(1_000_000, "directions behind an estimated mean or variance", quick=40_000, low=2000)
    dim: int = option(8, "coordinates of the quadratic", low=3)
    radius: float = option(0.3, "ε, the smoothing radius of one-off claims", low=0, high=1, strict=True)
    value: float = option(1.7, "f0, the value of the quadratic at 0")
    slope_square: float = option(3.47, "‖g‖² of the quadratic at 0", low=0, strict=True)
    trace: float = option(1.936, "trace of its Hessian H")
    trace_square: float = option(38.695, "trace of H², at least trace²/dim", low=0)
    directions: int = option(5, "q, directions averaged on a linear function", low=2, high=64)
    dimensions: tuple[int, ...] = option((8, 32, 128), "d of the table of variances", quick=(8, 32), low=2, high=5000)
    counts: tuple[int, ...] = option((2, 4, 8), "q of the table of variances", quick=(2, 8), low=2, high=64)
    generations: int = option(4000, "estimates behind a variance of the table", quick=300, low=100)
    probability: float = option(0.9, "p of the binary action", low=2 / 3, high=1, strict=True)
    radii: tuple[float, ...] = option(
        (0.003, 0.03, 0.1, 0.3, 0.6), "ε at which cosines are compared", low=0, high=10, strict=True
    )
    cell_generations: int = option(25, "generations that cells are followed beside their textbooks", quick=5, low=1)
    flat_steps: int = option(3000, "steps of zeroth order to the flat minimum", quick=1500, low=200)
    splits: int = option(10, "random splits of each data set", quick=2, low=2)
    steps: int = option(500, "steps of Adam on each split", quick=40, low=10)
    rounds: int = option(200, "steps of the loss in a round of alternation", quick=20, low=5)
    reading_splits: int = option(20, "random splits of the digits that are read", quick=2, low=2)
    reading_steps: tuple[int, ...] = option(
        (200, 600), "steps by the loss, and by accuracy less cost", quick=(20, 40), low=1
    )

    def __post_init__(self) -> None:
        """Refuse what goes beyond a range."""
        if self.trace_square < self.trace**2 / self.dim:
            raise InvalidOption(
                f"trace_square is {self.trace_square:g}; give at least trace²/dim = {self.trace**2 / self.dim:g}, "
                "that of a Hessian whose eigenvalues are all the same"
            )
        if len(self.reading_steps) != 2:
            raise InvalidOption(f"reading_steps is {self.reading_steps}; give two numbers, by the loss and by accuracy")
        if max(self.counts) > min(self.dimensions):
            raise InvalidOption(
                f"counts has {max(self.counts)}, dimensions has {min(self.dimensions)}; there are no more orthogonal "
                "directions than dimensions, so give no larger count"
            )
        if len(set(self.dimensions)) < 2:
            raise InvalidOption(f"dimensions is {self.dimensions}; give two or more, to see how variance grows")


def _study(options: Options, seed: int) -> Iterator[Item]:
    require()
    from zoopt.studies.equivalence import (
        _alternation,
        _argmax,
        _cells,
        _flat,
        _grid,
        _identity,
        _reading,
        _relative,
        _surrogate,
        _training,
        _variance,
    )

    cancer, digits = loaded("breast_cancer"), loaded("digits")
    few = max(100, options.draws // 200)
    yield from _surrogate.surrogate(cancer, few, seed)
    yield _identity.vanishing_bias(options.draws, seed)
    yield from _identity.identity(options.dim, options.radius, options.draws, seed)
    f = _variance.Quadratic(options.dim, options.value, options.slope_square, options.trace, options.trace_square, seed)
    yield from _variance.on_a_quadratic(f, options.radius, options.draws, seed)
    yield from _relative.near_the_start(digits, max(20, few // 5), seed)
    yield from _variance.along_a_slope(f, options.directions, options.draws, seed)
    yield from _grid.grid(options.dimensions, options.counts, options.generations, seed)
    yield from _variance.best_steps(options.dim, options.draws, seed)
    yield from _surrogate.binary(options.probability)
    yield from _argmax.argmax(cancer, options.radii, options.radius, options.draws, seed)
    yield from _cells.cells(options.dim, options.radius, options.cell_generations, seed)
    yield from _flat.flat_minima(options.radius, options.draws, options.flat_steps, seed)
    yield from _training.training(options.splits, options.steps, seed)
    yield from _alternation.alternation(options.splits, options.rounds, seed)
    by_loss, by_reward = options.reading_steps
    yield from _reading.reading(options.reading_splits, (by_loss, by_reward), seed)


STUDY = Definition(
    article="S1",
    title="Are policy gradient and zeroth-order optimisation the same thing?",
    summary="Both are one estimate; what baselines, directions and temperatures make of it, and what it trains.",
    options=Options,
    generate=_study,
)
