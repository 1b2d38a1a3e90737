"""First-order baselines on metrics: the surrogate against differences and sklearn, the path against its formula."""

from functools import cache

import numpy as np
import pytest
from scipy import optimize
from sklearn.linear_model import LogisticRegression

from zoopt.compare import Experiment
from zoopt.compare._entry import contender
from zoopt.compare._plugins import objective as named
from zoopt.compare._recommending import RecommendingMeter
from zoopt.compare._run import reporting_checkpoints
from zoopt.compare._search import Terms, search
from zoopt.errors import InvalidInput, ObjectiveError
from zoopt.objectives import LossObjective

NAMES = ("gd", "momentum", "nesterov", "adam")
BUDGET, SEED = 80, 3


@cache
def problem_of(name):
    objective = named(name)
    return objective, objective.prepare(SEED)


def loss_by_hand(features, labels, x):
    """Return loss and gradient of a sample at a time, from the definition of the softmax."""
    rows = x.reshape(-1, features.shape[1] + 1)
    value, gradient = 0.0, np.zeros_like(rows)
    for sample, label in zip(features, labels, strict=True):
        inputs = np.append(sample, 1.0)
        scores = rows @ inputs
        full = np.array([0.0, scores[0]]) if len(rows) == 1 else scores
        shares = np.exp(full) / np.exp(full).sum()
        value -= np.log(shares[label])
        errors = shares - np.eye(full.size)[label]
        gradient += np.outer(errors[1:] if len(rows) == 1 else errors, inputs)
    return value / labels.size, gradient.ravel() / labels.size


def training_part(data):
    """Return the features, standardised, and labels that the problem of `data` is made of."""
    dataset = problem_of(data)[0].data
    train, _ = dataset.split(SEED)
    features = dataset.features[train]
    varying = features.std(axis=0) > 0
    features = (features - features.mean(axis=0))[:, varying] / features.std(axis=0)[varying]
    return features, dataset.labels[train]


def path(text, data="breast_cancer:f1", budget=BUDGET, start="zero"):
    """Return what the search found, and every point that was reported on the way."""
    objective, problem = problem_of(data)
    (entry,) = contender(f"{text}{',' if ':' in text else ':'}start={start}").entries(objective)
    terms = Terms(objective.name, SEED, budget, objective.follows, reporting_checkpoints(budget))
    points = []
    original = RecommendingMeter.report

    def report(self, x):
        points.append(np.array(x))
        original(self, x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RecommendingMeter, "report", report)
        return search(problem, entry, terms), np.array(points)


def by_formula(name, rate, steps, start, data="breast_cancer:f1"):
    """Return the points of a first-order method, each written as its paper has it."""
    features, labels = training_part(data)
    x, velocity, m, v, points = start.copy(), 0.0, 0.0, 0.0, []
    for t in range(1, steps + 1):
        g = loss_by_hand(features, labels, x)[1]
        velocity = 0.9 * velocity + g
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        step = {
            "gd": g,
            "momentum": velocity,
            "nesterov": g + 0.9 * velocity,
            "adam": (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8),
        }[name]
        x = x - rate * step
        points.append(x)
    return np.array(points)


@pytest.mark.parametrize("data", ["breast_cancer:f1", "digits:f1_macro"])
def test_the_gradient_is_that_of_differences(data):
    _, problem = problem_of(data)
    loss = problem.surrogate
    generator = np.random.default_rng(0)
    x = 0.3 * generator.normal(size=problem.search.dim)
    for row in generator.normal(size=(8, x.size)):
        direction = row / np.linalg.norm(row)
        step = 1e-5 * direction
        slope = (loss(x + step)[0] - loss(x - step)[0]) / 2e-5
        assert abs(loss(x)[1] @ direction - slope) < 1e-7


def test_two_and_many_classes_are_the_mean_of_samples_and_large_scores_stay_finite():
    generator = np.random.default_rng(1)
    for outputs, classes in ((1, 2), (4, 4)):
        labels = np.arange(20) % classes
        features = generator.normal(size=(20, 3))
        loss = LossObjective(features, labels).value_and_gradient
        x = generator.normal(size=4 * outputs)
        expected, slope = loss_by_hand(features, labels, x)
        assert np.isclose(loss(x)[0], expected, rtol=1e-13)
        assert np.allclose(loss(x)[1], slope, rtol=0, atol=1e-14)
        value, slope = loss(1e6 * x)
        assert np.isfinite(value)
        assert np.all(np.isfinite(slope))
        assert value > 1e4  # some are on the wrong side by as much


@pytest.mark.parametrize("classes", [2, 3])
def test_the_optimum_is_that_of_scikit_learn_without_a_penalty(classes):
    generator = np.random.default_rng(2)
    features = generator.normal(size=(400, 3))
    labels = (features[:, 0] + 1.5 * generator.normal(size=400) > 0).astype(int)  # far from separable
    labels += (classes == 3) * (features[:, 1] + 1.5 * generator.normal(size=400) > 0.5)
    outputs = 1 if classes == 2 else classes
    loss = LossObjective(features, labels).value_and_gradient
    found = optimize.minimize(loss, np.zeros(4 * outputs), jac=True, method="BFGS", options={"gtol": 1e-9})
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=5000).fit(features, labels)
    theirs = np.column_stack([model.coef_, model.intercept_])
    ours = found.x.reshape(outputs, -1)
    if classes > 2:  # a common shift of all classes changes no probability
        theirs, ours = theirs - theirs.mean(axis=0), ours - ours.mean(axis=0)
    assert np.allclose(ours, theirs, atol=2e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_path_is_that_of_the_formula(name):
    found, points = path(f"{name}:learning_rate=0.05")
    assert len(points) > 40
    start = problem_of("breast_cancer:f1")[1].starts["zero"]
    assert np.abs(points - by_formula(name, 0.05, len(points), start)).max() < 1e-12
    assert np.array_equal(found.record.point, points[-1])


@pytest.mark.parametrize("name", ["gd", "adam"])
def test_many_classes_and_the_warm_start(name):
    data = "digits:f1_macro"
    _, points = path(f"{name}:learning_rate=0.01", data, budget=12, start="warm")
    start = problem_of(data)[1].starts["warm"]
    assert np.abs(points - by_formula(name, 0.01, len(points), start, data)).max() < 1e-12


def test_gradients_and_reports_are_charged_and_the_curve_is_of_the_metric():
    found, points = path("adam:learning_rate=0.05")
    problem = problem_of("breast_cancer:f1")[1]
    record = found.record
    assert record.evaluations == BUDGET == len(points) + record.curve_values.size
    assert record.curve_values[0] == problem.search(problem.starts["zero"][np.newaxis])[0]
    seen = dict.fromkeys([0, *range(1, len(points) + 1)])
    for reports, at in enumerate(record.curve_evaluations.tolist(), start=1):
        seen[at - reports] = True
        x = problem.starts["zero"] if at == 1 else points[at - reports - 1]
        assert record.curve_values[reports - 1] == problem.search(x[np.newaxis])[0]
    assert seen[0]
    assert seen[len(points)]
    assert record.search == record.curve_values[-1]


@pytest.mark.parametrize("budget", [3, 4, 5, 7])
def test_small_budgets_are_kept(budget):
    found, points = path("gd", budget=budget)
    assert len(points) >= 1
    assert found.record.evaluations <= budget
    assert np.array_equal(found.record.point, points[-1])


def test_runs_are_the_same_again_and_named_by_their_start():
    experiment = Experiment(["adam", "gd:learning_rate=0.5"], ["diabetes:f1"], seeds=[4], budget=40)
    labels = [job.label for job in experiment.jobs()]
    assert {"adam (zero)", "adam (warm)", "gd:learning_rate=0.5 (zero)"} <= set(labels)
    job = experiment.jobs()[labels.index("adam (zero)")]
    (one,), (two,) = job.run(), job.run()
    assert one.status == "done"
    assert one.curve_values.tolist() == two.curve_values.tolist()
    assert one.holdout == two.holdout
    assert np.isfinite(one.holdout)


def test_a_goal_ends_the_run():
    objective, problem = problem_of("breast_cancer:f1")
    (entry,) = contender("adam:start=zero,learning_rate=0.05").entries(objective)
    terms = Terms(objective.name, SEED, 500, objective.follows, reporting_checkpoints(500), goal=0.9)
    found = search(problem, entry, terms)
    assert found.reached
    assert found.record.search >= 0.9
    assert found.record.evaluations < 500


def test_without_a_surrogate_they_refuse():
    with pytest.raises(InvalidInput, match="it follows gradients, which this objective does not tell"):
        Experiment(["adam"], ["sphere:dim=3"], seeds=1, budget=50)
    meter = RecommendingMeter(named("sphere:dim=3").prepare(0), budget=10)
    with pytest.raises(InvalidInput, match="the problem has no surrogate"):
        meter.surrogate(np.zeros(3))


def test_a_budget_that_holds_no_step_is_refused():
    with pytest.raises(InvalidInput, match="a budget of 2 evaluations is too small"):
        Experiment(["gd"], ["diabetes:f1"], seeds=1, budget=2)


def test_a_surrogate_that_raises_fails_its_run_only():
    import dataclasses

    def broken(x):
        raise ZeroDivisionError("mine")

    objective, problem = problem_of("breast_cancer:f1")
    (entry,) = contender("gd:start=zero").entries(objective)
    terms = Terms(objective.name, SEED, 20, objective.follows, reporting_checkpoints(20))
    found = search(dataclasses.replace(problem, surrogate=broken), entry, terms)
    assert found.status == "failed"
    assert found.message == f"{ObjectiveError.__name__}: the surrogate raised ZeroDivisionError: mine"
    lost = dataclasses.replace(problem, surrogate=lambda x: (np.nan, x))
    found = search(lost, entry, terms)
    assert (found.status, found.message) == ("done", "the surrogate or its gradient is not finite any more")
