"""Why siamese networks without negative pairs do not collapse, and when they do."""

from collections.abc import Iterator
from dataclasses import dataclass

from zoopt.errors import InvalidOption
from zoopt.studies._definition import Definition, Item
from zoopt.studies._options import option


@dataclass(frozen=True)
class Options:
    """What can be chosen."""

    phi: float = option(0.6, "predictor of the toy at the start", low=-3, high=3)
    theta: float = option(0.1, "encoder of the toy at the start", low=0, high=3, strict=True)
    toy_rate: float = option(0.1, "learning rate of gradient descent on the toy", low=0, high=0.5, strict=True)
    toy_steps: int = option(2000, "steps of gradient descent on the toy", quick=500, low=1)
    grid: int = option(61, "starts of the toy along either axis", quick=31, low=5, high=400)
    sigma2: float = option(0.25, "variance σ² that augmentation adds", low=0, strict=True)
    tau: float = option(1.0, "factor τ of the target", low=0, strict=True)
    alpha: float = option(2.0, "learning rate of the predictor relative to that of the encoder", low=0, strict=True)
    decay: float = option(0.1, "weight decay η of the claims about one", low=0, strict=True)
    decays: tuple[float, ...] = option((0.0, 0.05, 0.1, 0.19, 0.21), "weight decays at which ends are looked at", low=0)
    small: float = option(0.05, "small start of a mode", low=0, strict=True)
    units: int = option(8, "outputs of encoders of digits", low=2, high=64)
    hidden: int = option(32, "hidden units of network encoders", low=1)
    learning_rate: float = option(0.05, "of encoders of digits", low=0, strict=True)
    horizon: float = option(50.0, "time of linear encoders of digits, in units of 1/σ²", quick=25.0, low=10)
    steps: int = option(2000, "steps of network encoders", quick=400, low=100)
    batch: int = option(128, "images a step of network encoders", quick=64, low=8)
    repeats: int = option(5, "splits over which neighbours are judged", quick=3, low=2)

    def __post_init__(self) -> None:
        """Refuse what has no rest point, or one that is approached too slowly to be seen."""
        from zoopt.studies.collapse._modes import threshold
        from zoopt.studies.collapse._toy import VARIANTS, end

        for variant in VARIANTS:
            if not end(variant, self.phi, self.theta).rate >= 1e-3:
                raise InvalidOption(
                    f"phi is {self.phi:g} and theta {self.theta:g}, on the border between basins of the "
                    f"toy ({variant}), where no rate exists; move one of them"
                )
        most = threshold(self.sigma2, self.tau)
        if not self.decay <= 0.98 * most:
            raise InvalidOption(
                f"decay is {self.decay:g}; give a number > 0 and ≤ .98 τ²/(4(1 + σ²)) = {0.98 * most:g}, "
                "where p₋ exists"
            )
        near = [each for each in self.decays if abs(each / most - 1) < 0.002]
        if near:
            raise InvalidOption(
                f"decays has {near[0]:g}, so near the threshold {most:g} that no flow comes to its end; "
                "give numbers .2 % away from it"
            )


def _study(options: Options, seed: int) -> Iterator[Item]:
    from zoopt.studies.collapse._digits import digits
    from zoopt.studies.collapse._linear_claims import linear_claims
    from zoopt.studies.collapse._linear_digits import check_rate, linear_digits
    from zoopt.studies.collapse._network_digits import Plan, neighbour_claims, network_digits
    from zoopt.studies.collapse._toy_claims import toy_claims

    o = options
    data = digits(o.sigma2, seed)
    check_rate(data, o.learning_rate)
    yield from toy_claims(o.phi, o.theta, o.toy_rate, o.toy_steps, o.grid)
    yield from linear_claims(o.sigma2, o.tau, o.alpha, o.decay, o.decays, o.small, seed)
    yield from linear_digits(data, o.units, o.learning_rate, o.horizon, o.decay, seed)
    plan = Plan(o.units, o.hidden, o.batch, o.learning_rate, o.steps)
    yield from network_digits(data, plan, seed)
    yield from neighbour_claims(o.sigma2, plan, o.horizon, o.repeats, seed)


STUDY = Definition(
    article="S7",
    title="Why does SimSiam not collapse?",
    summary="What a predictor and a stop-gradient do to the flow of a siamese network, and from which starts.",
    options=Options,
    generate=_study,
)
