"""Edges of the engine: elitists and NaN, rows that change, records, replay, states that cannot be."""

import numpy as np
import pytest

import zoopt
from zoopt.errors import StateError

D = 3
NAN = float("nan")


def make(name="snes", **keywords):
    return zoopt.optimizer(name, np.ones(D), **({"scale": 0.3, "seed": 5} | keywords))


def sphere(X):
    return (X**2).sum(axis=1)


def advance(opt, generations, objective=sphere):
    for _ in range(generations):
        opt.tell(objective(opt.ask()))


def state_equal(one, two):
    one, two = one.state_dict(), two.state_dict()
    return one.keys() == two.keys() and all(np.array_equal(one[k], two[k]) for k in one)


def test_a_candidate_beats_a_parent_without_a_value():
    opt = make("one-plus-one-es")
    X = opt.ask()
    opt.tell([4.0, NAN])  # candidate, parent
    assert np.allclose(opt.mean, X[0])
    opt.ask()
    opt.tell([5.0])
    assert np.allclose(opt.mean, X[0])


def test_a_parent_outlives_candidates_without_a_value():
    opt = make("one-plus-one-es", population=2)
    assert opt.rows == 3
    opt.ask()
    opt.tell([NAN, 9.0, 1.0])
    assert np.array_equal(opt.mean, np.ones(D))
    assert opt.rows == 2
    for told, moved in (([2.0, NAN], False), ([1.0, NAN], True), ([NAN, 1.5], False), ([0.5, 0.7], True)):
        X, before = opt.ask(), opt.mean
        opt.tell(told)
        assert np.allclose(opt.mean, X[0] if moved else before)


def test_the_scale_of_the_schedule_holds_for_foreign_candidates_without_ask():
    """SPSA's scale shrinks every generation: the z of foreign candidates have that of their own generation."""
    one, two = (make("spsa", population=4) for _ in range(2))
    for _ in range(4):
        X = one.ask()
        one.tell(sphere(X))
        two.tell(sphere(X), candidates=X)
        assert np.allclose(one.mean, two.mean, rtol=1e-10)


def test_replay_goes_over_generations_without_a_value():
    opt = make(record=True)
    advance(opt, 3)
    advance(opt, 1, lambda X: np.full(len(X), NAN))
    advance(opt, 3)
    again = make()
    again.replay(opt.record)
    assert np.array_equal(again.mean, opt.mean)
    assert again.generation == opt.generation
    assert again.nfev == opt.nfev


@pytest.mark.parametrize("name", ["one-plus-one-es", "snes", "openai-es", "zo-sgd", "cma-es"])
def test_a_replayed_run_can_be_gone_on_with(name):
    """An elitist evaluates its mean once more, whose value the weights do not tell."""
    opt = make(name, record=True)
    advance(opt, 12)
    again = make(name)
    again.replay(opt.record)
    assert again.nfev == opt.nfev
    assert np.array_equal(again.mean, opt.mean)
    advance(opt, 8)
    advance(again, 8)
    assert np.array_equal(again.mean, opt.mean)
    assert again.nfev - opt.nfev == (1 if name == "one-plus-one-es" else 0)


def test_a_record_of_a_part_is_refused():
    opt, donor = make(record=True), make()
    advance(donor, 3)
    opt.load_state_dict(donor.state_dict())
    advance(opt, 2)
    with pytest.raises(StateError, match="one whole run"):
        _ = opt.record
    restarted = make("ipop-cma-es", record=True, plateau=1)
    advance(restarted, 4, lambda X: np.ones(len(X)))
    with pytest.raises(StateError, match="one whole run"):
        _ = restarted.record


def wrong_states(state):
    yield {"leg.population": 2**60}
    yield {"leg.population": 0}
    yield {"leg.population": state["leg.population"] + 2}
    yield {"leg.index": 3}
    yield {"leg.scale": -1.0}
    yield {"leg.scale": NAN}
    yield {"redrawn.count": 1}
    yield {"redrawn.count": 2**60}
    yield {"redrawn.count": 1, "redrawn": np.array([1e6, 1.0])}
    yield {"redrawn.count": 1, "redrawn": np.array([0.0, 1e9])}
    yield {"redrawn.count": 1, "redrawn": np.array([np.nan, 0.0])}
    yield {"redrawn.count": 1, "redrawn": np.array([1.0, 0.0])}
    yield {"redrawn.count": 2, "redrawn": np.array([0.0, 1.0, 0.0, 1.0])}
    yield {"redrawn.count": 21, "redrawn": np.array([[k, 0.0] for k in range(21)]).ravel()}


@pytest.mark.parametrize("asked", [False, True])
def test_states_that_cannot_be_are_refused_and_change_nothing(asked):
    donor = make(seed=8)
    advance(donor, 2)
    donor.ask()
    for wrong in wrong_states(donor.state_dict()):
        opt, twin = make(), make()
        for one in (opt, twin):
            advance(one, 3)
            if asked:
                one.ask()
        with pytest.raises(StateError):
            opt.load_state_dict(donor.state_dict() | wrong)
        assert state_equal(opt, twin)
        assert np.array_equal(opt.ask(), twin.ask())


def test_a_leg_too_large_for_the_memory_is_refused():
    donor = make("ipop-cma-es")
    for population in (2**60, 2**40, 0):
        opt = make("ipop-cma-es")
        with pytest.raises(StateError):
            opt.load_state_dict(donor.state_dict() | {"leg.index": 1, "leg.population": population})
        assert opt.population == donor.population


def test_the_best_of_bounded_runs_is_a_candidate_that_was_seen():
    for handling in ("transform", "projection"):
        opt = make("cma-es", bounds=[(0.5, 1.5)] * D, bounds_handling=handling)
        seen = []
        for _ in range(10):
            X = opt.ask()
            seen.append(X)
            opt.tell(sphere(X))
        rows = np.concatenate(seen)
        assert any(np.array_equal(opt.best.x, row) for row in rows)
        assert opt.best.fun == sphere(rows).min()


def test_legs_of_what_does_not_restart():
    opt = make(population=8)
    advance(opt, 4)
    (leg,) = opt.legs
    assert leg == (8, 0.3, 32, None)
    assert opt.passes == ((8, 4),)
    assert opt.effort == 1
