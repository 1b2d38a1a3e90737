"""What every comparison keeps: pairing, budgets, and results that depend on nothing but their definition."""

import dataclasses
import math

import numpy as np
import pytest

import zoopt
from zoopt.compare import Classification, Experiment, dataset, named_objective
from zoopt.compare._defaults import OPTIMIZERS, STARTS, default_options
from zoopt.compare._entry import Entry, contender
from zoopt.compare._key import digest
from zoopt.compare._plugins import optimizer as plugin
from zoopt.compare._run import Job, checkpoints_to, reporting_checkpoints
from zoopt.compare._search import search_seed
from zoopt.compare.objectives.classification import DEFAULTS, PLAIN, TUNED
from zoopt.errors import InvalidInput, InvalidType, UnknownName

BUDGET = 400


def run_entry(objective, entry, seed, budget):
    """Return the run of one entry, whose curve has the reports of the default comparison."""
    identity = digest(objective.identity())
    (run,) = Job(objective, entry, seed, budget, identity, checkpoints=reporting_checkpoints(budget)).run()
    return run


@pytest.fixture(scope="module")
def results():
    return Experiment(None, ["diabetes:f1"], seeds=3, budget=BUDGET).run()


def without_times(results):
    content = results.to_dict()
    for run in content["runs"]:
        run.pop("seconds")
        run.pop("objective_seconds")
    return content["runs"], content["verdicts"], content["baseline_verdicts"]


def test_every_optimiser_runs_from_every_start_on_every_seed(results):
    seen = {(run.optimizer, run.start, run.seed) for run in results.each()}
    expected = {(name, start, seed) for name in OPTIMIZERS for start in STARTS for seed in range(3)}
    assert seen == expected | {(name, "", seed) for name in (PLAIN, TUNED) for seed in range(3)}


def test_no_run_exceeds_its_budget_and_the_reports_are_counted(results):
    for run in results.each():
        assert run.evaluations <= BUDGET
        if not run.baseline:
            assert run.evaluations > 0.8 * BUDGET
            assert run.curve_evaluations[0] == 1
            assert run.curve_evaluations[-1] <= run.evaluations
            assert run.curve_values[-1] == run.search
            spent = run.curve_evaluations.tolist()
            assert spent == sorted(set(spent))


def test_starts_are_shared_by_all_optimisers(results):
    for seed in range(3):
        for start in STARTS:
            first = {run.curve_values[0] for run in results.each() if run.seed == seed and run.start == start}
            assert len(first) == 1


def test_the_warm_start_is_the_cross_entropy_fit(results):
    plain = {run.seed: run.search for run in results.each() if run.optimizer == PLAIN}
    for run in results.each():
        if run.start == "warm":
            assert run.curve_values[0] == plain[run.seed]


def test_results_do_not_depend_on_the_number_of_workers():
    experiment = Experiment(
        ["snes", "cma-es:start=warm"], ["diabetes:f1", "breast_cancer:accuracy"], seeds=2, budget=200
    )
    assert without_times(experiment.run(1)) == without_times(experiment.run(3))


def test_adding_an_optimiser_changes_no_other_run(results):
    alone = Experiment(["snes"], ["diabetes:f1"], seeds=[2, 0], budget=BUDGET).run()
    found = {(run.label, run.seed): run.search for run in results.each()}
    for run in alone.each():
        assert run.search == found[run.label, run.seed]


def test_progress_reaches_the_end():
    states = []
    experiment = Experiment(["random-search"], ["diabetes:f1"], seeds=3, budget=100)
    experiment.run(progress=states.append)
    counts = [state.runs_done for state in states]
    assert (counts[0], counts[-1]) == (0, 6)  # baselines are no runs
    assert counts == sorted(counts)
    assert states[-1].work_done == pytest.approx(states[-1].work)


def test_an_optimiser_that_cannot_run_is_shown_with_its_reason():
    results = Experiment(["cma-es", "snes"], ["digits:f1_macro"], seeds=1, budget=200).run()
    table = results.table()
    missing = table[table["optimizer"] == "cma-es"]
    assert len(missing) == 2
    assert missing["note"].str.contains("620 dimensions.*use sep-cma-es").all()
    assert missing["runs"].eq(0).all()


def test_the_reported_search_metric_is_that_of_the_recommended_mean():
    """An independent run by ask and tell, with scikit-learn's metric, reaches the very same numbers."""
    from sklearn.metrics import f1_score

    objective = named_objective("diabetes:f1")
    problem = objective.prepare(0)
    entry = Entry(plugin("snes"), "warm", 0.3)
    run = run_entry(objective, entry, 0, 60)
    optimizer = zoopt.optimizer(
        "snes", problem.starts["warm"], scale=0.3, seed=search_seed(objective.name, entry.label, 0), sense="max"
    )
    reports = run.curve_evaluations
    while optimizer.nfev + len(reports) < run.evaluations:
        optimizer.tell(problem.search(optimizer.ask()))
    assert optimizer.nfev + len(reports) == run.evaluations
    _, test = objective.data.split(0)
    predicted = problem.holdout.predict(optimizer.mean)
    assert run.holdout == f1_score(objective.data.labels[test], predicted)
    assert run.search == problem.search(optimizer.mean[np.newaxis])[0]


def test_the_search_never_sees_the_hold_out():
    """The hold-out objective is called once a run, with the final recommendation."""
    calls = []

    class Watched(Classification):
        def identity(self):
            return super().identity() | {"watched": True}

        def prepare(self, seed):
            problem = super().prepare(seed)

            def watched(rows):
                calls.append(rows.shape)
                return problem.holdout(rows)

            return dataclasses.replace(problem, holdout=watched)

    objective = Watched(dataset("diabetes"), "f1")
    for name in OPTIMIZERS:
        run_entry(objective, contender(name).entries(objective)[0], 0, 200)
    assert calls == [(1, 11)] * len(OPTIMIZERS)


def test_constant_features_are_dropped_by_the_training_part_alone():
    objective = named_objective("digits:f1_macro")
    train, _ = objective.data.split(0)
    varying = int((np.ptp(objective.data.features[train], axis=0) > 0).sum())
    problem = objective.prepare(0)
    assert problem.search.dim == 10 * (varying + 1) <= objective.dimensions


def test_the_fit_is_scaled_so_that_a_typical_weight_is_1():
    for name in DEFAULTS:
        problem = named_objective(name).prepare(1)
        scores = np.asarray(problem.search.scores(problem.starts["warm"]), dtype=float)
        scores = scores[:, None] if scores.ndim == 1 else scores - scores.mean(axis=1, keepdims=True)
        outputs = 1 if scores.shape[1] == 1 else scores.shape[1]
        inputs = problem.search.dim / outputs
        assert math.sqrt(scores.var(axis=0).mean()) == pytest.approx(math.sqrt(inputs), rel=1e-3)


def test_tuning_never_hurts_on_average_where_the_class_is_rare(results):
    for seed in range(3):
        problem = named_objective("diabetes:f1").prepare(seed)
        plain, tuned = (float(problem.search(problem.baselines[k][None])[0]) for k in (PLAIN, TUNED))
        assert tuned > plain


def test_direct_training_really_gains_on_the_misspecified_set():
    results = Experiment(["snes:start=warm"], ["two_causes:f1"], seeds=5, budget=3000).run()
    (verdict,) = results.baseline_verdicts()
    assert verdict.outcome == "yes"
    assert verdict.gains[0].difference > 0.05
    assert verdict.gains[0].low > 0


@pytest.mark.parametrize("budget", [1, 2, 30, 20_000])
def test_checkpoints_end_with_the_budget(budget):
    for found, most in ((reporting_checkpoints(budget), 25), (checkpoints_to(budget), 200)):
        assert found[-1] == (max(2, budget) if most == 25 else budget)
        assert list(found) == sorted(set(found))
        assert len(found) <= most


def test_default_options_are_options_of_their_algorithms():
    for name in OPTIMIZERS:
        for start in STARTS:
            zoopt.algorithm(name).resolve(10, default_options(name, start))


def test_labels_tell_what_was_changed():
    (entry,) = contender("snes:population=32,scale=0.5,start=zero").entries(named_objective("diabetes:f1"))
    assert entry.label == "snes:population=32,scale=0.5 (zero)"
    assert entry.scale == 0.5


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"optimizers": "snes"}, InvalidType, "must be a list"),
        ({"objectives": "digits:f1_macro"}, InvalidType, "must be a list"),
        ({"optimizers": []}, InvalidInput, "at least one optimiser"),
        ({"objectives": ["diabetes:f1", "diabetes:f1"]}, InvalidInput, "given twice"),
        ({"seeds": []}, InvalidInput, "at least one seed"),
        ({"seeds": [1, 1]}, InvalidInput, "differ"),
        ({"seeds": [-1]}, InvalidInput, "a seed must be"),
        ({"seeds": True}, InvalidType, "whole number"),
        ({"budget": 1.5}, InvalidType, "whole number"),
        ({"margin": 0.0}, InvalidInput, "margin"),
        ({"alpha": 1.0}, InvalidInput, "alpha"),
        ({"objectives": ["iris:f1"]}, UnknownName, "unknown data set"),
    ],
)
def test_bad_arguments_are_named(options, error, message):
    with pytest.raises(error, match=message):
        Experiment(**options)


def test_custom_data_from_python():
    data = dataset("breast_cancer")
    results = Experiment(["random-search:start=warm"], [Classification(data, "f1_macro")], seeds=1, budget=50).run()
    assert results.table()["objective"].unique().tolist() == ["breast_cancer:f1_macro"]


@pytest.mark.parametrize(
    ("name", "sense"),
    [("breast_cancer:roc_auc", "max"), ("breast_cancer:log_loss", "min"), ("digits:recall_macro", "max")],
)
def test_other_metrics_are_compared_by_name(name, sense):
    objective = named_objective(name)
    assert objective.sense == sense
    problem = objective.prepare(0)
    assert problem.search.sense == sense
    results = Experiment(["snes:start=warm"], [name], seeds=1, budget=64).run()
    assert np.isfinite(results.table()["holdout"]).all()


def test_probabilities_keep_the_scale_of_the_fit():
    fitted = named_objective("breast_cancer:neg_log_loss").prepare(0)
    scaled = named_objective("breast_cancer:accuracy").prepare(0)
    ratio = scaled.starts["warm"] / fitted.starts["warm"]
    np.testing.assert_allclose(ratio, ratio[0])
    assert abs(ratio[0] - 1) > 0.1


def test_a_metric_that_the_data_do_not_have():
    with pytest.raises(InvalidInput, match="digits: recall needs two classes, there are 10; use recall_macro"):
        named_objective("digits:recall")
    with pytest.raises(InvalidInput, match="breast_cancer: metric 'top_k_accuracy'"):
        named_objective("breast_cancer:top_k_accuracy")
    with pytest.raises(UnknownName, match="unknown metric 'r2'"):
        named_objective("digits:r2")
