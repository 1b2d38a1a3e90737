"""A saved run goes on bit for bit, a recorded one is made again, and what does not fit is refused."""

import io
import json
import math

import numpy as np
import pytest
from registry import (
    START,
    D,
    Told,
    advance,
    anchored,
    assert_same_state,
    every_algorithm,
    every_restart,
    every_search,
    make,
    restarts,
    sphere,
    start_of,
    tell,
)

import zoopt
from zoopt.errors import StateError


def through_json(state):
    text = json.dumps({k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in state.items()})
    return json.loads(text)


def through_npz(state):
    file = io.BytesIO()
    np.savez(file, **state)
    file.seek(0)
    with np.load(file, allow_pickle=False) as loaded:
        return {key: loaded[key] for key in loaded.files}


@every_algorithm
@pytest.mark.parametrize("travel", [dict, through_json, through_npz])
@pytest.mark.parametrize("generations", [0, 1, 7])
@pytest.mark.parametrize("asked", [False, True])
def test_a_saved_run_goes_on_bit_for_bit(name, travel, generations, asked):
    opt = make(name, seed=2**64 - 3)
    advance(opt, generations)
    pending = opt.ask() if asked else None
    state = opt.state_dict()
    assert all(isinstance(v, str | int | float | np.ndarray) for v in state.values())
    other = make(name, start_of(name) + 1, scale=9.0, seed=0)
    other.load_state_dict(travel(state))
    assert other.seed == opt.seed
    assert_same_state(state, other.state_dict())
    if asked:
        tell(opt, pending)
        tell(other, pending)
    assert np.array_equal(advance(opt, 5), advance(other, 5))
    assert_same_state(opt.state_dict(), other.state_dict())
    assert opt.best.fun == other.best.fun


@every_restart
@pytest.mark.parametrize("travel", [dict, through_json, through_npz])
def test_a_run_saved_after_restarts_goes_on_through_the_next_ones(name, travel):
    """Populations, scales and starts of later legs follow from the state, not from what the optimizer was made with."""
    opt = make(name, dim=2)
    populations = [opt.population]
    while opt.restarts < 3:
        advance(opt, 1, sphere)
        if opt.restarts == len(populations):
            populations.append(opt.population)
    assert len(set(populations)) > 1
    advance(opt, 4, sphere)
    pending = opt.ask()
    other = make(name, np.array([5.0, -3.0]), scale=9.0, seed=0)
    other.load_state_dict(travel(opt.state_dict()))
    assert (other.population, other.restarts) == (opt.population, opt.restarts)
    assert np.array_equal(other.ask(), pending)
    while opt.restarts < 5:
        assert np.array_equal(advance(opt, 1, sphere), advance(other, 1, sphere))
    assert_same_state(opt.state_dict(), other.state_dict())


@every_algorithm
def test_loading_forgets_the_trace_of_the_run_before(name):
    opt, state = make(name), make(name).state_dict()
    advance(opt, 3)
    opt.load_state_dict(state)
    assert opt.nfev == 0
    assert len(opt.trace.nfev) == 0
    assert opt.best is None


@every_algorithm
def test_the_state_holds_no_noise(name):
    """Apart from the covariance and its factors nothing grows faster than the dimension, nor with the population."""
    small, large = (make(name, dim=40, population=n, tolfun=0) for n in (10, 100))
    for opt in (small, large):
        advance(opt, 2)
        opt.ask()
    sizes = [{k: np.size(v) for k, v in opt.state_dict().items()} for opt in (small, large)]
    assert sizes[0] == sizes[1]


def broken_states(state):
    """Return (what is wrong, state) pairs."""
    field = "mean"
    yield "missing field", {k: v for k, v in state.items() if k != "mean"}
    yield "missing key of the format", {k: v for k, v in state.items() if k != "format"}
    yield "other format", state | {"format": 99}
    yield "other noise", state | {"noise_version": 0}
    yield "other algorithm", state | {"algorithm": "nobody"}
    yield "other sense", state | {"sense": "max"}
    yield "other population", state | {"population": state["population"] + 2}
    yield "shorter array", state | {field: state[field][:-1]}
    yield "number for an array", state | {field: 1.0}
    yield "words for an array", state | {field: "many"}
    yield "words in an array", state | {"mean": ["a"] * D}
    yield "array for a number", state | {"scale": state["mean"]}
    yield "nothing", state | {"mean": None}
    yield "negative count", state | {"generation": -1}
    yield "fraction for a count", state | {"generation": 1.5}
    yield "unknown reason to stop", state | {"stop": 17}
    yield "not finite", state | {"mean": np.full(np.size(state["mean"]), np.nan)}
    yield "no scale", state | {"scale": 0.0}
    yield "no population", state | {"leg.population": 0}
    yield "a population beyond memory", state | {"leg.population": 2**62}
    yield "no scale of this leg", state | {"leg.scale": math.nan}
    if "first.scale" in state:
        yield "no scale of the first leg", state | {"first.scale": -1.0}


@every_algorithm
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(name):
    opt = make(name)
    advance(opt, 3)
    opt.ask()
    before = opt.state_dict()
    donor = make(name, 2 * start_of(name), seed=5)
    advance(donor, 4)
    for _, state in broken_states(donor.state_dict()):
        with pytest.raises(StateError):
            opt.load_state_dict(state)
        assert_same_state(before, opt.state_dict())


@every_search
def test_replay_makes_a_run_again_from_its_record(name):
    if restarts(name) or anchored(name):
        pytest.skip("weights alone do not make such a run again; refused by name, see the next test")
    opt = make(name, record=True)
    means = []
    for _ in range(9):
        advance(opt, 1)
        means.append(opt.mean)
    for generations in (0, 1, 5, 9):
        again = make(name)
        again.replay(opt.record, generations)
        assert np.array_equal(again.mean, means[generations - 1] if generations else START)
        assert again.generation == generations
    assert again.scale == opt.scale
    assert again.nfev == opt.nfev


@every_algorithm
def test_a_record_is_refused_where_it_does_not_fit(name):
    with pytest.raises(StateError, match="record=True"):
        _ = make(name).record
    opt = make(name, record=True)
    advance(opt, 2)
    record = opt.record
    for wrong in (record | {"seed": 1}, record | {"scale": 2.0}, record | {"start": record["start"] + 1}):
        with pytest.raises(StateError, match="the record has"):
            make(name).replay(wrong)
    with pytest.raises(StateError, match="fresh optimizer"):
        opt.replay(record)
    if restarts(name) or anchored(name) or opt.cell.first_order:
        with pytest.raises(StateError, match="weights alone"):
            make(name).replay(record)


@every_algorithm
def test_a_result_can_be_continued(name):
    """The state of a result goes on as one longer run would have."""
    rows = make(name).rows
    short = zoopt.minimize(Told(), start_of(name), method=name, budget=5 * rows, seed=9, scale=0.3)
    opt = make(name, seed=9, budget=5 * rows)
    advance(opt, short.nit)
    resumed = make(name, seed=1, budget=5 * rows)
    resumed.load_state_dict(short.state)
    assert np.array_equal(advance(resumed, 3), advance(opt, 3))
