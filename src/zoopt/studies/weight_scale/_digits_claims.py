"""Claims about penalties on digits: λ is chosen on validation data, and what is told is accuracy on new digits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from zoopt.compare.statistics import corrected_t_test
from zoopt.studies._claim import Claim, Relation
from zoopt.studies._definition import Figure, Item, Table
from zoopt.studies.weight_scale._digits import Plan, Result, Setting, Split, best

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Canvas

METHODS = ("none", "L2", "AdamW", "WEISSI", "WEISSI with directions")
_KERNEL = "zoopt.flows.descend"


def settings(
    l2: tuple[float, ...], decoupled: tuple[float, ...], norms: tuple[float, ...], directions: tuple[float, ...]
) -> list[Setting]:
    """Return all that is trained: the grid of each method."""
    return [
        Setting("none"),
        *(Setting("L2", each) for each in l2),
        *(Setting("AdamW", each) for each in decoupled),
        *(Setting("WEISSI", each) for each in norms),
        *(Setting("WEISSI with directions", one, two) for one in norms for two in directions),
    ]


def on_digits(
    plan: Plan, grid: list[Setting], repeats: int, destructive: float, margin: float, seed: int
) -> Iterator[Item]:
    """Yield the claims over so many splits."""
    import pandas as pd

    results = [split.trained(each) for split in (Split(plan, seed, k) for k in range(repeats)) for each in grid]
    yield from _accuracy(plan, results, margin)
    yield from _destroyed(plan, results, destructive, margin)
    yield from _robustness(plan, results, margin)
    yield Table("chosen", _chosen(plan, results), "Accuracy on new digits, λ chosen on validation data; mean and std")
    rows = [
        {
            "method": r.setting.method, "λ or λ₁": r.setting.first, "λ₂": r.setting.second, "split": r.split,
            "train": r.train, "validation": r.validation, "test": r.test[0],
        }
        for r in results
    ]  # fmt: skip
    yield Table("grid", pd.DataFrame(rows), "Every λ on every split; labels of train and validation are partly wrong")
    yield Figure(
        "digits",
        lambda canvas: _draw(canvas, plan, results),
        f"Digits, {plan.train} of them to learn from with {plan.label_noise:.0%} wrong labels. Left: accuracy over λ, "
        "mean over splits. Right: under noise on the images, λ chosen on validation data.",
        width=9.0,
    )


def _compared(
    plan: Plan, statement: str, first: list[Result], second: list[Result], relation: Relation, *,
    margin: float, noise: int = 0, tolerance: float = 0.0, undecided: bool = False,
) -> Claim:  # fmt: skip
    one, two = ([each.test[noise] for each in results] for results in (first, second))
    found = corrected_t_test(one, two, plan.test / plan.train, margin=margin)
    return Claim(
        source="S5.5",
        statement=statement,
        relation=relation,
        prediction=0.0,
        measured=found.difference,
        tolerance=tolerance,
        interval=(found.low, found.high),
        kernel=_KERNEL,
        open=undecided,
        note=f"Accuracy {np.mean(one):.3f} against {np.mean(two):.3f}, {len(one)} splits, corrected resampled t-test.",
    )


def _accuracy(plan: Plan, results: list[Result], margin: float) -> Iterator[Claim]:
    chosen = {method: best(results, method) for method in METHODS}
    l2 = chosen["L2"]
    where = f"digits, {plan.label_noise:.0%} wrong labels"
    yield _compared(plan, f"{where}: L2 is better than nothing", l2, chosen["none"], "at least", margin=margin)
    for method in METHODS[3:]:
        yield _compared(
            plan, f"{where}: {method} does not gain {margin:g} over L2", chosen[method], l2, "at most",
            margin=margin, tolerance=margin,
        )  # fmt: skip
    for method in METHODS[2:]:
        yield _compared(
            plan, f"{where}: {method} is better than L2", chosen[method], l2, "at least", margin=margin, undecided=True
        )


def _destroyed(plan: Plan, results: list[Result], destructive: float, margin: float) -> Iterator[Claim]:
    over = [each for each in results if each.setting.method == "WEISSI" and each.setting.first >= destructive]
    none = best(results, "none")
    luckiest = [max((each for each in over if each.split == at.split), key=lambda each: each.test[0]) for at in none]
    yield _compared(
        plan, f"digits: λ₁ ≥ {destructive:g} destroys training, it ends below none", luckiest, none, "at most",
        margin=margin,
    )  # fmt: skip


def _robustness(plan: Plan, results: list[Result], margin: float) -> Iterator[Claim]:
    last, size = len(plan.input_noise), plan.input_noise[-1]
    none, l2, weissi = (best(results, method) for method in ("none", "L2", "WEISSI"))
    yield _compared(
        plan, f"digits, noise of std {size:g} on images: L2 is better than nothing", l2, none, "at least",
        margin=margin, noise=last, undecided=True,
    )  # fmt: skip
    yield _compared(
        plan, f"digits, noise of std {size:g} on images: WEISSI is better than L2", weissi, l2, "at least",
        margin=margin, noise=last, undecided=True,
    )  # fmt: skip


def _chosen(plan: Plan, results: list[Result]) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for method in METHODS:
        test = np.array([each.test for each in best(results, method)])
        for k, size in enumerate((0.0, *plan.input_noise)):
            rows.append((method, size, test[:, k].mean(), test[:, k].std(ddof=1)))
    return pd.DataFrame(rows, columns=["method", "input noise", "test", "std"])


def _draw(canvas: "Canvas", plan: Plan, results: list[Result]) -> None:
    from zoopt._axes import GREY, PALETTE, few_ticks, prepared, titled

    left, right = (prepared(ax) for ax in canvas.subplots(1, 2))
    none = np.mean([each.test[0] for each in best(results, "none")])
    left.axhline(float(none), color=GREY, label="none")
    for colour, method in zip(PALETTE, METHODS[1:4], strict=False):
        own = [each for each in results if each.setting.method == method]
        over = sorted({each.setting.first for each in own})
        means = [np.mean([each.test[0] for each in own if each.setting.first == at]) for at in over]
        left.plot(over, means, "o-", color=colour, markersize=3, label=method)
    left.set_xscale("log")
    few_ticks(left)
    left.tick_params(axis="x", labelrotation=45)
    left.legend(frameon=False, fontsize=8)
    titled(left, "New digits over the coefficient", "λ, of WEISSI λ₁", "accuracy")
    noise = (0.0, *plan.input_noise)
    for colour, method in zip((GREY, *PALETTE), METHODS, strict=False):
        means = np.mean([each.test for each in best(results, method)], axis=0)
        right.plot(noise, means, "o-", color=colour, markersize=3, label=method)
    right.legend(frameon=False, fontsize=8)
    titled(right, "Under noise on the images", "standard deviation, brightest pixel 1", "accuracy")
