"""RerankObjective as an objective: bits, scale, other lists, pickling, and every optimiser of real variables."""

import copy
import pickle

import numpy as np
import pytest
from made_up_lists import made_up

import zoopt
from zoopt.objectives import RerankObjective

RNG = np.random.default_rng(1)
FEATURES, HYPOTHESES, REFERENCES = made_up(RNG, lists=150, most=60)
BLEU = RerankObjective(FEATURES, HYPOTHESES, REFERENCES)
FRACTIONS = [RNG.random((len(one), 3)) for one in FEATURES]
THETAS = RNG.normal(size=(301, 5))


def ratio(sums):
    return sums[:, 0] / sums[:, 1:].sum(axis=1)


OWN = RerankObjective(FEATURES, metric=ratio, statistics=FRACTIONS, sense="min")


@pytest.mark.parametrize("objective", [BLEU, OWN], ids=["bleu", "own"])
def test_bits_do_not_depend_on_neighbours_or_threads(objective):
    together = objective(THETAS)
    assert np.array_equal(together, [objective(theta) for theta in THETAS])
    assert np.array_equal(together[::-1], objective(THETAS[::-1]))
    assert np.array_equal(together[3:10], objective(THETAS[3:10]))
    threaded = copy.copy(objective)
    for threads in (2, 3, 8):
        threaded.threads = threads
        assert np.array_equal(together, threaded(THETAS))
    assert len(set(together)) > 200


def test_only_the_direction_counts():
    for factor in (2.0**-40, 2.0, 2.0**40):
        assert np.array_equal(BLEU(factor * THETAS), BLEU(THETAS))
    assert BLEU(np.zeros(5)) == BLEU.first_best()


@pytest.mark.parametrize("objective", [BLEU, OWN], ids=["bleu", "own"])
def test_candidates_without_a_value(objective):
    rows = THETAS[:6].copy()
    rows[1, 2], rows[3, 0], rows[4] = np.nan, np.inf, 1e308
    values = objective(rows)
    assert np.isnan(values[[1, 3, 4]]).all()
    assert np.array_equal(values[[0, 2, 5]], objective(THETAS[[0, 2, 5]]))


@pytest.mark.parametrize("objective", [BLEU, OWN], ids=["bleu", "own"])
def test_copies(objective):
    copies = [copy.copy(objective), copy.deepcopy(objective), pickle.loads(pickle.dumps(objective))]
    for twin in copies:
        assert np.array_equal(twin(THETAS), objective(THETAS))
        assert (repr(twin), twin.sense, twin.dim) == (repr(objective), objective.sense, objective.dim)
        assert np.array_equal(twin.sizes, objective.sizes)
        assert twin.hypotheses == objective.hypotheses


def test_options_survive_copies_and_other_lists():
    options = {
        "tokenize": "none",
        "lowercase": True,
        "smooth_method": "add-k",
        "smooth_value": 0.3,
        "effective_order": True,
    }
    objective = RerankObjective(FEATURES, HYPOTHESES, REFERENCES, **options, threads=2)
    half = RerankObjective(FEATURES[:70], HYPOTHESES[:70], REFERENCES[:70], **options)
    other = pickle.loads(pickle.dumps(objective)).with_data(FEATURES[:70], HYPOTHESES[:70], REFERENCES[:70])
    assert np.array_equal(other(THETAS), half(THETAS))
    assert not np.array_equal(other(THETAS), BLEU.with_data(FEATURES[:70], HYPOTHESES[:70], REFERENCES[:70])(THETAS))
    assert (other.threads, other.lists, BLEU.lists) == (2, 70, 150)
    assert OWN.with_data(FEATURES[:9], statistics=FRACTIONS[:9]).sense == "min"


def real_variables():
    for name in zoopt.algorithms():
        cell = zoopt.algorithm(name)
        if cell.distribution not in ("bernoulli", "categorical", "point"):
            yield name


@pytest.mark.parametrize("method", [*real_variables()])
def test_every_optimiser_of_real_variables(method):
    result = zoopt.minimize(BLEU, np.ones(5), method=method, budget=300, seed=1, scale=0.5)
    assert result.nfev <= 300
    assert result.fun == BLEU(result.x) >= BLEU(np.ones(5))


def test_a_metric_that_fails_says_so():
    def failing(sums):
        raise ZeroDivisionError("no words")

    objective = RerankObjective(FEATURES, metric=failing, statistics=FRACTIONS)
    with pytest.raises(ZeroDivisionError, match="no words"):
        objective(THETAS)
    with pytest.raises(zoopt.errors.ObjectiveError, match="no words") as caught:
        zoopt.minimize(objective, np.ones(5), budget=50, seed=1)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(zoopt.errors.ObjectiveError, match="failed on statistics"):
        objective.oracle()


def test_a_metric_that_fails_now_and_then_is_invalid_where_asked():
    limit = float(np.median(OWN(THETAS)))

    def partial(sums):
        values = ratio(sums)
        if (values > limit).any():
            raise ArithmeticError("too bad")
        return values

    objective = RerankObjective(FEATURES, metric=partial, statistics=FRACTIONS, sense="min")
    result = zoopt.minimize(objective, np.ones(5), method="snes", budget=200, seed=1, on_error="invalid", scale=0.5)
    assert result.invalid > 0
    assert result.fun <= limit


@pytest.mark.parametrize("returned", [lambda sums: sums, lambda sums: "x", lambda sums: 1.0, lambda sums: sums[:1, 0]])
def test_a_metric_must_return_one_number_a_row(returned):
    objective = RerankObjective(FEATURES, metric=returned, statistics=FRACTIONS)
    with pytest.raises(zoopt.errors.ObjectiveError, match="one number a row"):
        objective(THETAS)


@pytest.mark.parametrize("objective", [BLEU, OWN], ids=["bleu", "own"])
def test_threads_of_a_run_change_nothing(objective):
    runs = [
        zoopt.minimize(objective, np.ones(5), method="snes", budget=3000, seed=2, scale=0.5, threads=threads)
        for threads in (1, 2, 4)
    ]
    for run in runs[1:]:
        assert np.array_equal(run.x, runs[0].x)
        assert run.fun == runs[0].fun
