"""What penalties make of the scales of layers, which a ReLU network does not see."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.errors import InvalidOption
from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option

_DIGITS = 1797


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    decay: float = option(0.3, "coefficient λ of penalties in closed forms", low=0.01, high=0.5)
    decays: tuple[float, ...] = option(
        (0.01, 0.1, 1.0), "decays between which Adam sees no difference", low=1e-4, high=10
    )
    scales: tuple[float, ...] = option((4.0, 0.5), "factors γ of all layers but the last", low=0.01, high=100)
    train: int = option(300, "digits to learn from", low=100, high=1000)
    validation: int = option(300, "digits on which λ is chosen", low=50, high=400)
    test: int = option(600, "digits on which accuracy is told", low=50, high=1000)
    label_noise: float = option(0.2, "chance of a wrong label", low=0, high=0.8)
    hidden: int = option(32, "hidden units", quick=16, low=1)
    learning_rate: float = option(0.003, "of Adam", quick=0.01, low=0, high=0.1, strict=True)
    steps: int = option(1000, "of Adam", quick=250, low=50)
    repeats: int = option(10, "splits of digits", quick=6, low=2)
    l2: tuple[float, ...] = option((0.003, 0.01, 0.03, 0.06, 0.1), "λ of L2", quick=(0.01, 0.03, 0.06), low=0)
    decoupled: tuple[float, ...] = option((0.3, 1.0, 3.0, 6.0, 10.0), "λ of AdamW", quick=(1.0, 3.0), low=0)
    norms: tuple[float, ...] = option((0.1, 0.3, 0.4, 0.5, 0.6, 1.0), "λ₁ of WEISSI", quick=(0.3, 0.4, 0.6, 1.0), low=0)
    directions: tuple[float, ...] = option((0.003, 0.01, 0.03), "λ₂ of WEISSI", quick=(0.01,), low=0)
    destructive: float = option(0.6, "λ₁ from which training is said to be destroyed", low=0, strict=True)
    input_noise: tuple[float, ...] = option((0.1, 0.2, 0.3, 0.5), "std of noise on images", low=0)
    margin: float = option(0.05, "difference of accuracy that matters", low=0, high=1, strict=True)

    def __post_init__(self) -> None:
        """Refuse factors that move nothing, and more digits than there are."""
        if all(scale == 1 for scale in self.scales):
            raise InvalidOption("scales has no factor but 1, which changes nothing; give another one")
        if max(self.norms) < self.destructive:
            raise InvalidOption(
                f"norms has no λ₁ ≥ destructive, {self.destructive:g}, so that nothing can be said of it; give one"
            )
        if self.train + self.validation + self.test > _DIGITS:
            raise InvalidOption(
                f"train, validation and test are {self.train} + {self.validation} + {self.test} digits, more than the "
                f"{_DIGITS} there are; make one smaller"
            )


def _study(options: Options, seed: int) -> Iterator[Item]:
    from zoopt.studies.weight_scale._digits import Plan
    from zoopt.studies.weight_scale._digits_claims import on_digits, settings
    from zoopt.studies.weight_scale._invariance import invariance
    from zoopt.studies.weight_scale._norms import norms
    from zoopt.studies.weight_scale._updates import updates

    o = options
    yield from updates(o.decay, o.decays)
    yield from invariance(o.scales, o.decay, seed)
    yield from norms(o.decay, seed)
    plan = Plan(o.train, o.validation, o.test, o.label_noise, o.hidden, o.learning_rate, o.steps, o.input_noise)
    grid = settings(o.l2, o.decoupled, o.norms, o.directions)
    yield from on_digits(plan, grid, o.repeats, o.destructive, o.margin, seed)


STUDY = Definition(
    article="S5",
    title="Should a penalty see the scale of weights?",
    summary="Weight decay, the scales that a ReLU network does not see, and a penalty (WEISSI) that does not see them.",
    options=Options,
    generate=_study,
)
