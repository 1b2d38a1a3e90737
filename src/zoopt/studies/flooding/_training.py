"""Networks on noisy labels: flooding beside nothing, early stopping and a penalty on the gradient."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from zoopt import flows
from zoopt._arguments import FloatArray
from zoopt.compare.statistics import mean_interval
from zoopt.objectives import LossObjective
from zoopt.studies._claim import Claim, Relation
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.flooding._data import CASES, Case, Part, Split

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

SHARES = (0.3, 0.6, 1.0, 1.3)
"""Levels b that are tried, as shares of the entropy of the noise: .6 is b = .3 for ρ = .2."""
WAYS = ("nothing", "early stopping", "flooding", "gradient penalty")
_LOOKS = 400
_MARGIN = 0.01  # of accuracy, within which two ways are as good
_UNITS = {"loss": "ln of the ratio", "accuracy": "difference"}
_KERNEL = "zoopt.flows.Flooding"


@dataclass(frozen=True)
class Plan:
    """A network and its training."""

    hidden: tuple[int, ...]
    rate: float
    steps: int
    penalties: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a training, on samples that neither trained nor chose."""

    training: float
    loss: float
    accuracy: float
    chosen: float
    """The step, level or coefficient, where one was chosen."""


@dataclass(frozen=True)
class Outcomes:
    """What came of all ways and all levels on the data of a case, one a repeat."""

    case: Case
    ways: dict[str, list[Outcome]]
    levels: dict[float, list[Outcome]]

    def difference(self, one: str | float, other: str | float, what: str) -> dict[str, Any]:
        """Return the mean by which one way, or level, has more than another one, with its interval.

        Losses are compared by their ratio, in logarithms.
        """
        both = ([getattr(each, what) for each in self.of(way)] for way in (one, other))
        first, second = (np.log(values) if what == "loss" else np.array(values) for values in both)
        return self.told(first - second)

    def of(self, way: str | float) -> list[Outcome]:
        """Return the outcomes of a way, or of a level by its share."""
        return self.levels[way] if isinstance(way, float) else self.ways[way]

    def told(self, values: ArrayLike) -> dict[str, Any]:
        """Return a mean over repeats with its interval."""
        mean, low, high = mean_interval(values, self.case.ratio)
        return {"measured": mean, "interval": (low, high)}


class _Trainer:
    """The losses of a split and what training on one of them comes to on the others."""

    def __init__(self, case: Case, split: Split, plan: Plan, seed: int) -> None:
        def loss(part: Part) -> LossObjective:
            return LossObjective(
                part.X, part.y, model="mlp", hidden=plan.hidden, dtype=np.float32, classes=range(case.classes)
            )

        self._plan = plan
        self.loss, self._validation, self._test = map(loss, (split.train, split.validation, split.test))
        self._test_part = split.test
        self.field = flows.field(self.loss)
        self._start = self.loss.layout.initial("he-normal", seed=seed)

    def run(self, field: flows.Field, looks: int = 1) -> flows.Trajectory:
        """Return the descent of a field, whose points are looked at so often."""
        steps = self._plan.steps
        return flows.descend(
            field,
            self._start,
            learning_rate=self._plan.rate,
            steps=steps,
            method="adam",
            save_every=max(steps // looks, 1),
        )

    def validation(self, points: FloatArray) -> FloatArray:
        """Return the losses of points by which one chooses."""
        return np.asarray(self._validation(points))

    def outcome(self, x: FloatArray, chosen: float = np.nan) -> Outcome:
        """Return what a point comes to."""
        right = self._test.predict(x, self._test_part.X) == self._test_part.y
        return Outcome(float(self.loss(x)), float(self._test(x)), float(np.mean(right)), chosen)


def training(plan: Plan, repeats: int, seed: int) -> Iterator[Item]:
    """Yield the claims about every case as soon as it is trained, then tables and pictures."""
    import pandas as pd
    from threadpoolctl import threadpool_limits

    found = []
    for case in CASES:
        with threadpool_limits(1):
            outcomes = _trained(case, plan, repeats, seed)
        found.append(outcomes)
        yield from _claims(outcomes)
    yield from _printed(found[0])
    yield Table("ways", pd.concat([_frame(each) for each in found]), f"Ways of training; {repeats} repeats")
    yield Table("levels", pd.concat([_level_frame(each) for each in found]), "Flood levels")
    yield Figure(
        "training",
        lambda canvas: _draw(canvas, found),
        "New samples with noisy labels, one panel a data set: means over repeats with intervals of 95 %.",
        width=9.6,
        height=4.6,
    )


def _trained(case: Case, plan: Plan, repeats: int, seed: int) -> Outcomes:
    ways: dict[str, list[Outcome]] = {way: [] for way in WAYS}
    levels: dict[float, list[Outcome]] = {share: [] for share in SHARES}
    for repeat in range(repeats):
        trainer = _Trainer(case, case.split(seed, repeat), plan, seed + repeat)
        run = trainer.run(trainer.field, _LOOKS)
        best = int(np.argmin(trainer.validation(run.x)))
        ways["nothing"].append(trainer.outcome(run.x[-1]))
        ways["early stopping"].append(trainer.outcome(run.x[best], run.t[best] / plan.rate))
        ends = {b: trainer.run(flows.Flooding(b * case.entropy)(trainer.field)).x[-1] for b in SHARES}
        for share, end in ends.items():
            levels[share].append(trainer.outcome(end, share * case.entropy))
        ways["flooding"].append(levels[_best(trainer, ends)][-1])
        ends = {c: trainer.run(flows.GradientPenalty(c)(trainer.field)).x[-1] for c in plan.penalties}
        chosen = _best(trainer, ends)
        ways["gradient penalty"].append(trainer.outcome(ends[chosen], chosen))
    return Outcomes(case, ways, levels)


def _best(trainer: _Trainer, ends: dict[float, FloatArray]) -> float:
    """Return the name of the point with the least loss among samples that are there to choose by."""
    losses = trainer.validation(np.stack(list(ends.values())))
    return list(ends)[int(np.argmin(losses))]


def _claims(outcomes: Outcomes) -> Iterator[Claim]:
    compared: tuple[tuple[str, str, str, Relation, float, bool], ...] = (
        ("flooding", "nothing", "loss", "at most", 0.0, False),
        ("flooding", "nothing", "accuracy", "at least", 0.0, True),
        ("early stopping", "flooding", "accuracy", "at least", -_MARGIN, True),
        ("early stopping", "flooding", "loss", "at most", 0.0, True),
        ("flooding", "gradient penalty", "loss", "at most", 0.0, True),
        ("flooding", "gradient penalty", "accuracy", "at least", 0.0, True),
    )
    for one, other, what, relation, prediction, still_open in compared:
        means = [np.mean([getattr(each, what) for each in outcomes.of(way)]) for way in (one, other)]
        better = "lower loss" if what == "loss" else "higher accuracy"
        slack = f", or one that lacks at most {_MARGIN:g}" if prediction else ""
        yield Claim(
            source="S4.5",
            statement=f"{outcomes.case.name}: {one} has a {better} on new samples than {other}{slack}; {_UNITS[what]}",
            relation=relation,
            prediction=prediction,
            kernel=_KERNEL,
            open=still_open,
            note=f"{means[0]:.3f} against {means[1]:.3f}. Paired differences over {len(outcomes.of(one))} repeats; "
            "level, coefficient and time of stopping were chosen by the loss of other samples, as noisy.",
            **outcomes.difference(one, other, what),
        )
    best = min((share for share in SHARES if share <= 1), key=lambda share: _mean_loss(outcomes, share))
    above = SHARES[-1]
    yield Claim(
        source="S4.4",
        statement=f"{outcomes.case.name}: b = {above:g} times the entropy of ρ costs loss on new samples; "
        f"{_UNITS['loss']}",
        relation="at least",
        prediction=0.0,
        kernel=_KERNEL,
        open=True,
        note=f"Against {best:g} times the entropy, the best of the levels that are no higher than it. Where classes "
        "overlap the least loss is above the entropy, and so may be the level.",
        **outcomes.difference(above, best, "loss"),
    )


def _mean_loss(outcomes: Outcomes, way: str | float) -> float:
    return float(np.mean([each.loss for each in outcomes.of(way)]))


def _printed(outcomes: Outcomes) -> Iterator[Claim]:
    """Yield what was seen with b = .3 on the sinusoid: less loss, more accuracy, but less than stopping has."""
    level, case = 0.6, outcomes.case
    pairs = (
        ("loss", "at most", "nothing", "lowers the loss on new samples", ".92 against 3.92"),
        ("accuracy", "at least", "nothing", "raises the accuracy on new samples", ".702 against .672"),
        ("accuracy", "at most", "early stopping", "has less accuracy than early stopping", ".702 against .727"),
    )
    for what, relation, other, statement, seen in pairs:
        means = [np.mean([getattr(each, what) for each in outcomes.of(way)]) for way in (level, other)]
        yield Claim(
            source="S4.5",
            statement=f"{case.name}: the level b = {level * case.entropy:.2g} {statement}; {_UNITS[what]}",
            relation=relation,  # type: ignore[arg-type]
            prediction=0.0,
            kernel=_KERNEL,
            note=f"{means[0]:.3f} against {means[1]:.3f}; seen before, on other samples: {seen}.",
            **outcomes.difference(level, other, what),
        )


def _frame(outcomes: Outcomes) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for way in WAYS:
        row: dict[str, object] = {"data": outcomes.case.name, "way": way}
        for what in ("training", "loss", "accuracy"):
            told = outcomes.told([getattr(each, what) for each in outcomes.of(way)])
            low, high = told["interval"]
            row |= {what: told["measured"], f"{what}, low": low, f"{what}, high": high}
        rows.append(row | {"chosen, median": np.median([each.chosen for each in outcomes.of(way)])})
    return pd.DataFrame(rows)


def _level_frame(outcomes: Outcomes) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for share in SHARES:
        row: dict[str, object] = {"data": outcomes.case.name, "b / entropy": share, "b": share * outcomes.case.entropy}
        for what in ("training", "loss", "accuracy"):
            row[what] = np.mean([getattr(each, what) for each in outcomes.of(share)])
        rows.append(row)
    return pd.DataFrame(rows)


def _draw(canvas: "Canvas", found: list[Outcomes]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    from zoopt._axes import PALETTE, prepared, titled

    rows = canvas.subplots(2, len(found), sharey="row")
    for column, outcomes in enumerate(found):
        for ax, what in zip(rows[:, column], ("loss", "accuracy"), strict=True):
            prepared(ax)
            for place, (way, colour) in enumerate(zip(WAYS, PALETTE, strict=False)):
                told = outcomes.told([getattr(each, what) for each in outcomes.of(way)])
                ax.plot([place] * 2, told["interval"], color=colour, linewidth=1.4)
                ax.plot(place, told["measured"], "o", color=colour, markersize=5, label=way)
            ax.set_xticks([])
            ax.set_xlim(-0.6, len(WAYS) - 0.4)
            name = outcomes.case.name.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
            titled(ax, name if what == "loss" else "", "", what if column == 0 else "", longest=18)
    rows[0, 0].set_yscale("log")
    rows[0, 0].yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    rows[0, 0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    rows[0, 0].yaxis.set_minor_formatter(NullFormatter())
    handles, names = rows[0, 0].get_legend_handles_labels()
    canvas.legend(handles, names, frameon=False, fontsize=8, loc="outside lower center", ncols=len(WAYS))
