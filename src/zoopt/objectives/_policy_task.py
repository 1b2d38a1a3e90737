"""What a softmax policy is rewarded for and how its gradient is estimated: arguments, and what goes to the core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, Seed, number, seed_of, whole
from zoopt.errors import InvalidInput, ObjectiveError
from zoopt.objectives._compiled import real_array, unknown_name

IntArray = npt.NDArray[np.int32]
Judge = Callable[[IntArray], object]
Kind = Literal["example", "metric", "function"]

ESTIMATORS = ["enumeration", "score-function", "difference", "expected-counts"]  # in the order of the core
BASELINES = ["none", "mean", "optimal", "leave-one-out"]  # in the order of the core
SCORES = ["softmax", "gumbel"]
_FEW, _MANY = 4, 16  # draws of a corpus by default: with a sample's labels enumerated, and without
_MOST_DRAWS = 10**6


@dataclass(frozen=True)
class Estimation:
    """How the gradient of an expected reward is found; see :class:`zoopt.objectives.PolicyObjective`."""

    estimator: str
    samples: int
    baseline: str
    score: str
    seed: int


def estimation(
    kind: Kind, estimator: str | None, samples: int | None, baseline: str | None, score: str, seed: Seed
) -> Estimation:
    """Return the choices made, with defaults for those that were not, or say which cannot be had together."""
    for word, given, known in (("estimator", estimator, ESTIMATORS), ("baseline", baseline, BASELINES)):
        if given is not None and given not in known:
            raise unknown_name(word, given, known)
    if score not in SCORES:
        raise unknown_name("score", score, SCORES)
    chosen = estimator or _usual(kind, sampled=samples is not None or baseline is not None or score != "softmax")
    _check_estimator(kind, chosen)
    if chosen in ("enumeration", "expected-counts"):
        _refuse_draws(chosen, samples, baseline, score)
        return Estimation(chosen, 1, "none", score, 0)
    if chosen == "difference":
        _refuse_draws(chosen, None, baseline, score)
        return Estimation(chosen, _draws(_FEW if samples is None else samples, 1), "none", score, seed_of(seed))
    return _by_score_function(kind, samples, baseline, score, seed)


def _usual(kind: Kind, *, sampled: bool) -> str:
    if kind == "example":
        return "score-function" if sampled else "enumeration"
    return "score-function" if kind == "function" else "difference"


def _check_estimator(kind: Kind, estimator: str) -> None:
    if kind != "example" and estimator == "enumeration":
        raise InvalidInput(
            "a reward of the whole corpus cannot be enumerated, there being as many labelings as classes to the power "
            "of samples; use estimator='difference', which is unbiased and enumerates one sample at a time (named "
            "metrics), 'expected-counts' (f1, f1_macro), or 'score-function' with samples= (any function)"
        )
    if kind == "example" and estimator in ("difference", "expected-counts"):
        raise InvalidInput(
            f"estimator={estimator!r} is for rewards of the whole corpus, such as reward='f1'; a reward of each sample "
            "is enumerated exactly: use estimator='enumeration'"
        )
    if kind == "function" and estimator != "score-function":
        raise InvalidInput(
            f"estimator={estimator!r} needs a named metric, whose counts are known; for a function of all labels use "
            "estimator='score-function'"
        )


def _refuse_draws(estimator: str, samples: int | None, baseline: str | None, score: str) -> None:
    given = {"samples": samples is not None, "baseline": baseline is not None, "score": score != "softmax"}
    for name, there in given.items():
        if there:
            raise InvalidInput(
                f"{name}= is for estimator='score-function', not for {estimator!r}, which has no use for it; leave it "
                "out, or choose that estimator"
            )


def _by_score_function(kind: Kind, samples: int | None, baseline: str | None, score: str, seed: Seed) -> Estimation:
    draws = _draws((1 if kind == "example" else _MANY) if samples is None else samples, 1)
    compared = baseline or ("optimal" if kind == "example" else "leave-one-out")
    if kind != "example" and compared in ("mean", "optimal"):
        raise InvalidInput(
            f"baseline={compared!r} is a mean over all labels of a sample, which a reward of the whole corpus does not "
            "have; use 'leave-one-out' or 'none'"
        )
    if compared == "leave-one-out" and draws < 2:
        raise InvalidInput(
            f"baseline='leave-one-out' compares draws with each other; give samples=2 or more, got {draws}"
        )
    return Estimation("score-function", draws, compared, score, seed_of(seed))


def _draws(samples: int, low: int) -> int:
    return whole("samples", samples, low=low, high=_MOST_DRAWS)


def temperatures_of(temperature: npt.ArrayLike, samples: int) -> FloatArray:
    """Return one temperature a sample, each above 0."""
    given = real_array("temperature", temperature)
    if given.shape not in ((), (samples,)):
        raise InvalidInput(f"temperature must be a number, or one a sample of shape ({samples},), got {given.shape}")
    bad = np.flatnonzero(~((given > 0) & np.isfinite(given)).ravel())
    if bad.size:
        where = "temperature" if given.ndim == 0 else f"temperature[{bad[0]}]"
        raise InvalidInput(
            f"{where} must be finite and above 0, got {given.ravel()[bad[0]]}; a small one is nearly argmax"
        )
    return np.ascontiguousarray(np.broadcast_to(given, (samples,)))


def weights_of(sample_weight: npt.ArrayLike | None, samples: int, kind: Kind) -> FloatArray:
    """Return one weight a sample, not negative and not all 0."""
    if sample_weight is None:
        return np.ones(samples)
    if kind != "example":
        raise InvalidInput(
            "sample_weight is for rewards of each sample; a reward of the whole corpus weighs as it does"
        )
    weights = real_array("sample_weight", sample_weight)
    if weights.shape != (samples,):
        raise InvalidInput(f"sample_weight must have shape ({samples},), got {weights.shape}")
    bad = np.flatnonzero(~((weights >= 0) & np.isfinite(weights)))
    if bad.size:
        raise InvalidInput(f"sample_weight[{bad[0]}] must be finite and not negative, got {weights[bad[0]]}")
    if not weights.any():
        raise InvalidInput("sample_weight is 0 everywhere; there is nothing to be rewarded for")
    return weights


def reward_table(reward: npt.ArrayLike, shape: tuple[int, int], meaning: str) -> FloatArray:
    """Return rewards of the shape wanted, all finite."""
    table = real_array("reward", reward)
    if table.shape != shape:
        raise InvalidInput(f"reward must have shape {shape}, {meaning}, got {table.shape}")
    bad = np.argwhere(~np.isfinite(table))
    if bad.size:
        place = ", ".join(str(int(i)) for i in bad[0])
        raise InvalidInput(f"reward[{place}] is {table[tuple(bad[0])]}; every reward must be finite")
    return table


class Expectation:
    """The expected reward as a function of parameters, by the core alone."""

    def __init__(self, core: _core.PolicyObjective, how: Estimation, threads: int) -> None:
        self.core = core
        self.how = how
        self.threads = threads

    def values(self, rows: FloatArray, generation: int) -> FloatArray:
        """Return the expected reward of every row."""
        return self.core.values(rows, generation, self.threads)

    def value_and_gradient(self, theta: FloatArray, generation: int) -> tuple[float, FloatArray]:
        """Return the expected reward and its gradient at one point."""
        return self.core.value_and_gradient(theta, generation, self.threads)


class JudgedExpectation(Expectation):
    """The expected reward where a function, that of the generation, judges labelings that the core draws."""

    def __init__(
        self, core: _core.PolicyObjective, how: Estimation, threads: int, judge_of: Callable[[int], Judge]
    ) -> None:
        super().__init__(core, how, threads)
        self.judge_of = judge_of

    def values(self, rows: FloatArray, generation: int) -> FloatArray:
        """Return the mean reward of what is drawn, for every row."""
        return np.array([self._rewards(row, generation).mean() for row in rows])

    def value_and_gradient(self, theta: FloatArray, generation: int) -> tuple[float, FloatArray]:
        """Return the mean reward of what is drawn, and the estimate of the gradient that it makes."""
        rewards = self._rewards(theta, generation)
        draws = rewards.size
        others = (rewards.sum() - rewards) / (draws - 1) if self.how.baseline == "leave-one-out" else np.zeros(draws)
        gradient = self.core.score(theta, (rewards - others) / draws, generation, self.threads)
        return float(rewards.mean()), gradient

    def _rewards(self, theta: FloatArray, generation: int) -> FloatArray:
        drawn = self.core.choices(theta, generation, self.threads)
        judge = self.judge_of(generation)
        return np.array([_reward(judge(labels)) for labels in drawn])


def _reward(returned: object) -> float:
    try:
        reward = number("reward", returned.item() if isinstance(returned, np.generic | np.ndarray) else returned)
    except (TypeError, ValueError) as error:
        raise ObjectiveError(f"the reward of a labeling must be one number, got {returned!r:.60}") from error
    if not np.isfinite(reward):
        raise ObjectiveError(f"the reward of a labeling must be finite, got {reward}")
    return reward


def core_task(
    how: Estimation,
    outputs: int,
    temperatures: FloatArray,
    weights: FloatArray,
    *,
    table: FloatArray | None = None,
    rows: npt.NDArray[Any] | None = None,
    truth: IntArray | None = None,
    metric: tuple[str, _core.Measure] | None = None,
) -> _core.PolicyTask:
    """Return the task for the core: by rewards of labels, `table` and `rows`, or by a named `metric` of a `truth`."""
    name, measure = metric or ("", None)
    samples = temperatures.size
    return _core.PolicyTask(
        outputs=outputs,
        temperatures=temperatures,
        table=np.zeros((1, max(outputs, 2))) if table is None else table,
        rows=(np.zeros(samples) if rows is None else rows).astype(np.uint32),
        weights=weights,
        truth=truth,
        name=name,
        metric=measure,
        estimator=ESTIMATORS.index(how.estimator),
        draws=how.samples,
        gumbel=how.score == "gumbel",
        baseline=BASELINES.index(how.baseline),
        seed=how.seed,
    )
