"""Alternation: what each phase does, costs and leaves, and what is kept."""

import math

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError, UnknownName
from zoopt.objectives import LossObjective, MetricObjective

RNG = np.random.default_rng(3)
X = RNG.normal(size=(80, 4))
Y = (X @ [1.0, -1.0, 0.5, 0.0] + RNG.normal(size=80) > 0.5).astype(int)
LOSS, F1 = LossObjective(X, Y), MetricObjective(X, Y, metric="f1")
START = np.zeros(5)


def run(**options):
    given = {"rounds": 2, "steps": 5, "evaluations": 200, "seed": 7}
    return zoopt.alternate(LOSS, F1, START, **{**given, **options})


def test_a_round_is_one_search_after_the_other():
    """Phase by phase as minimize does it, each from where the last one ended."""
    found = run(metric_options={"population": 8}, scale=0.2)
    here, seed = START, 7
    for turn in range(2):
        seeds = {"seed": 7 + turn * 2**32}
        here = zoopt.minimize(LOSS, here, method="adam", budget=5, options={"learning_rate": 0.05}, **seeds).mean
        assert np.array_equal(found.phases[2 * turn].x, here)
        options = {"learning_rate": 0.01, "population": 8}
        here = zoopt.minimize(F1, here, method="openai-es", budget=200, scale=0.2, options=options, **seeds).mean
        assert np.array_equal(found.phases[2 * turn + 1].x, here)
    assert np.array_equal(found.x, here)
    assert found.seed == seed
    assert [(p.round, p.kind) for p in found.phases] == [(0, "loss"), (0, "metric"), (1, "loss"), (1, "metric")]


def test_values_are_those_of_the_ends():
    held_out = F1.with_data(X[:30], Y[:30])
    for phase in run(validation=held_out).phases:
        assert phase.loss == LOSS(phase.x)
        assert phase.metric == F1(phase.x)
        assert phase.validation == held_out(phase.x)
    assert run().phases[0].validation is None


def test_values_of_what_has_mini_batches_are_those_of_all_samples():
    loss, metric = LossObjective(X, Y, batch_size=16), MetricObjective(X, Y, metric="f1", batch_size=16)
    found = zoopt.alternate(loss, metric, START, rounds=1, steps=20, evaluations=200, seed=7)
    for phase in found.phases:
        assert phase.loss == LOSS(phase.x)
        assert phase.metric == F1(phase.x)


class Counted:
    def __init__(self, sense="min"):
        self.values, self.gradients, self.sense = 0, 0, sense

    def __call__(self, x):
        self.values += 1
        return float(x @ x)

    def value_and_gradient(self, x):
        self.gradients += 1
        return float(x @ x), 2 * x


@pytest.mark.parametrize(("steps", "evaluations"), [(7, 130), (0, 64), (3, 0), (150, 6400)])
@pytest.mark.parametrize("validated", [False, True])
def test_every_evaluation_is_accounted_for(steps, evaluations, validated):
    loss, metric, other = Counted(), Counted(), Counted()
    found = zoopt.alternate(
        loss, metric, [1.0, 2.0], rounds=3, steps=steps, evaluations=evaluations, seed=1,
        validation=other if validated else None,
    )  # fmt: skip
    made = loss.values + loss.gradients + metric.values + other.values
    assert found.nfev == made
    assert found.gradients == loss.values + loss.gradients
    ends = len(found.phases) * (3 if validated else 2)
    assert found.nfev <= 3 * (steps + evaluations) + ends
    assert len(found.phases) == 3 * ((steps > 0) + (evaluations > 0))


def test_what_is_kept():
    """The last, or the first that is best by the metric, or by the validation metric, of either sense."""
    held_out = F1.with_data(X[:20], Y[:20])
    options = {"rounds": 4, "loss_learning_rate": 1.5, "validation": held_out}
    phases = run(**options).phases
    last, metric, validation = (run(keep=keep, **options) for keep in ("last", "metric", "validation"))
    assert last.kept is last.phases[-1]
    assert metric.kept.metric == max(p.metric for p in phases)
    assert validation.kept.validation == max(p.validation for p in phases)
    for found in (last, metric, validation):
        assert np.array_equal(found.x, found.kept.x)
    assert len({p.metric for p in phases}) > 1
    values = [p.metric for p in phases]
    assert metric.kept is metric.phases[values.index(max(values))]
    bowl = zoopt.alternate(Counted(), Counted(), [1.0, 2.0], rounds=3, keep="metric", loss_learning_rate=0.9, steps=1)
    assert bowl.kept.metric == min(p.metric for p in bowl.phases)


def test_a_loss_that_is_maximised_is_climbed():
    class Hill(Counted):
        def value_and_gradient(self, x):
            return -float(x @ x), -2 * x

    found = zoopt.alternate(Hill("max"), Counted(), [1.0, 2.0], rounds=1, steps=200, evaluations=0, seed=1)
    assert np.linalg.norm(found.x) < 0.1


def test_the_same_seed_is_the_same_run():
    assert np.array_equal(run().x, run().x)
    assert not np.array_equal(run().x, run(seed=8).x)
    drawn = run(seed=None)
    assert np.array_equal(drawn.x, run(seed=drawn.seed).x)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rounds": 0}, "rounds must lie in"),
        ({"steps": -1}, "steps must lie in"),
        ({"steps": 0, "evaluations": 0}, "both 0"),
        ({"loss_method": "snes"}, "loss_method must follow gradients, which 'snes' does not"),
        ({"metric_method": "adam"}, "metric_method must need no gradients, which 'adam' does"),
        ({"keep": "validation"}, "needs validation="),
        ({"scale": 0.0}, "scale must be finite and above 0"),
        ({"loss_learning_rate": -1.0}, "learning_rate must be finite and above 0"),
        ({"evaluations": 10, "metric_options": {"population": 20}}, "budget 10 is too small"),
    ],
)
def test_what_cannot_be_is_refused(options, message):
    with pytest.raises(InvalidInput, match=message):
        run(**options)


def test_other_mistakes():
    with pytest.raises(UnknownName, match="did you mean 'validation'"):
        run(keep="validaton")
    with pytest.raises(UnknownName, match="did you mean"):
        run(loss_method="adan")
    with pytest.raises(InvalidType, match="options must map"):
        run(loss_options=[1])
    with pytest.raises(InvalidInput, match="needs gradients"):
        zoopt.alternate(F1, F1, START)
    with pytest.raises(ObjectiveError, match="one number for one point"):
        run(validation=lambda x: [1.0, 2.0])


def test_a_metric_that_is_nowhere_defined_is_never_kept():
    found = run(keep="validation", validation=lambda x: math.nan)
    assert found.kept is found.phases[0]
