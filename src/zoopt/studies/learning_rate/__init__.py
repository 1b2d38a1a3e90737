"""Why the learning rate should not be too small: what steps of a length add to a loss."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.errors import InvalidOption
from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    target: float = option(0.6, "y of the toy ½ (y − a b)²", low=0, high=10, strict=True)
    a: float = option(2.8, "where a starts", low=-10, high=10)
    b: float = option(3.5, "where b starts", low=-10, high=10)
    rates: tuple[float, ...] = option(
        (0.001, 0.025, 0.05, 0.08), "learning rates of the toy, with which it must not diverge", low=1e-4
    )
    curvature: float = option(4.0, "largest curvature of the quadratic", low=0, strict=True)
    momentum: float = option(0.8, "of the heavy ball and of Nesterov's gradient", low=0, high=0.85)
    parts: int = option(4, "losses that SGD goes through; all their orders are looked at", low=2, high=5)
    smoothing: float = option(0.3, "radius ε of the smoothed toy", low=0, strict=True)
    hidden: int = option(16, "hidden units of the network on digits", low=1)
    digits_rate: float = option(0.5, "large learning rate on digits", low=0, high=0.55, strict=True)
    digits_time: float = option(200.0, "learning rate times steps on digits", quick=20.0, low=1)
    repeats: int = option(10, "splits of digits", quick=3, low=2)

    def __post_init__(self) -> None:
        """Refuse what no learning rate changes, and what has no minimum off 0."""
        if self.a**2 == self.b**2:
            raise InvalidOption(
                f"a is {self.a:g} and b {self.b:g}; where both are of one size the end is the same for all learning "
                "rates; move one of them"
            )
        if not self.smoothing**2 < self.target:
            raise InvalidOption(
                f"smoothing is {self.smoothing:g} and target {self.target:g}; smoothed by ε with ε² ≥ y the toy has "
                "its minimum at 0; give a smaller one"
            )


def _study(options: Options, seed: int) -> Iterator[Item]:
    from zoopt.studies.learning_rate._digits import on_digits
    from zoopt.studies.learning_rate._orders import orders
    from zoopt.studies.learning_rate._quadratic import on_quadratics
    from zoopt.studies.learning_rate._smoothed import smoothed
    from zoopt.studies.learning_rate._toy import on_the_toy

    o = options
    yield from on_the_toy(o.target, (o.a, o.b), o.rates)
    yield from orders(o.target, o.momentum, o.parts, seed)
    yield from on_quadratics(o.curvature, o.momentum)
    yield from smoothed(o.target, o.smoothing, seed)
    yield from on_digits(o.hidden, o.digits_rate, o.digits_time, o.repeats, seed)


STUDY = Definition(
    article="S2",
    title="Why should the learning rate not be too small?",
    summary="Gradient descent follows another loss, with a penalty on its slope that grows with the learning rate.",
    options=Options,
    generate=_study,
)
