"""Whether a training loss of zero is wanted: what flooding does instead, and what it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.errors import InvalidOption
from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    target: float = option(0.6, "y of the toy ½ (y − a b)²", low=0, high=2)
    ratio: float = option(3.0, "of unequal steps, ε₁/ε₂", low=1.1, high=6)
    backstitch: float = option(0.3, "α of backstitch", low=0.2, high=0.6)
    curvatures: tuple[float, ...] = option((0.5, 2.0, 5.0), "aᵢ of ½ Σ aᵢxᵢ², the flattest once", low=0, strict=True)
    level: float = option(0.5, "flood level b on ½ Σ aᵢxᵢ²", low=0, strict=True)
    rate: float = option(0.02, "step ε on ½ Σ aᵢxᵢ²", low=1e-3, high=1, strict=True)
    slide_steps: int = option(20000, "steps on ½ Σ aᵢxᵢ²", low=1000, high=2_000_000)
    hidden: tuple[int, ...] = option((32, 32), "hidden units of the layers of networks", low=1, high=1024)
    learning_rate: float = option(0.01, "of Adam, by which networks are trained", low=0, high=1, strict=True)
    steps: int = option(1500, "steps of Adam", quick=400, low=100)
    penalties: tuple[float, ...] = option(
        (3.0, 10.0, 30.0, 100.0), "coefficients of ‖g‖² that are tried", quick=(3.0, 30.0), low=0
    )
    repeats: int = option(20, "data sets, or splits of one", quick=6, low=2)

    def __post_init__(self) -> None:
        """Refuse quadratics on which nothing slides, or not in the steps that there are."""
        a = sorted(self.curvatures)
        if len(a) < 2 or a[0] == a[1]:
            raise InvalidOption(
                f"curvatures is {self.curvatures}; give two or more, the smallest once: flooding slides to it"
            )
        if not self.rate * a[-1] <= 0.5:
            raise InvalidOption(
                f"rate is {self.rate:g} and the largest curvature {a[-1]:g}; give a rate ≤ 1/(2 a) = {0.5 / a[-1]:g}"
            )
        slow, fast = (self.rate**2 / 2 * each * (each - a[0]) * self.slide_steps for each in (a[1], a[-1]))
        if not slow >= 10 or not fast <= 600:
            raise InvalidOption(
                f"in {self.slide_steps} steps of {self.rate:g} coordinates fall by e^-{slow:.3g} to e^-{fast:.3g}; "
                "these must be within e^-10 and e^-600: change slide_steps, rate or curvatures"
            )
        if len(self.hidden) > 2:
            raise InvalidOption(f"hidden is {self.hidden}; give one layer or two")


def _study(options: Options, seed: int) -> Iterator[Item]:
    from zoopt.studies.flooding._expansion import expansion
    from zoopt.studies.flooding._levels import levels
    from zoopt.studies.flooding._slide import slide
    from zoopt.studies.flooding._training import Plan, training

    o = options
    yield from expansion(o.target, o.ratio, o.backstitch, seed)
    yield from slide(o.curvatures, o.level, o.rate, o.slide_steps)
    yield from levels()
    yield from training(Plan(o.hidden, o.learning_rate, o.steps, o.penalties), o.repeats, seed)


STUDY = Definition(
    article="S4",
    title="Do we need zero training loss?",
    summary="Steps down and up across a level of the loss are a penalty on its slope; early stopping is the rival.",
    options=Options,
    generate=_study,
)
