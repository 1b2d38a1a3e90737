"""Every mistake a caller can make with ask and tell, saved states and records."""

import math
from inspect import signature

import numpy as np
import pytest

import zoopt
from zoopt.cells._advice import ARGUMENTS
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, StateError

START = [1.0, -2.0, 0.5]


def sphere(x):
    return float(np.sum(np.square(x)))


@pytest.mark.parametrize("sense", ["minimize", None, 1])
def test_sense_is_min_or_max(sense):
    with pytest.raises(InvalidInput, match="sense must be 'min' or 'max'"):
        zoopt.optimizer("snes", START, scale=1.0, seed=0, sense=sense)


@pytest.mark.parametrize(
    "candidates",
    [np.zeros((6, 3)), np.zeros((7, 2)), np.zeros(21), np.full((7, 3), np.nan), "rows", [["a"] * 3] * 7, None],
)
def test_candidates_of_the_caller_must_fit(candidates):
    opt = zoopt.optimizer("snes", START, scale=1.0, seed=0)
    if candidates is None:
        with pytest.raises(StateError):
            opt.tell(np.zeros(7))
        return
    with pytest.raises(InvalidInput, match="candidates"):
        opt.tell(np.zeros(7), candidates=candidates)


def test_discrete_algorithms_take_no_foreign_candidates():
    opt = zoopt.optimizer("reinforce-bernoulli", START, seed=0)
    with pytest.raises(InvalidInput, match="discrete"):
        opt.tell(np.zeros(opt.rows), candidates=np.zeros((opt.rows, 3)))


@pytest.mark.parametrize(("objective", "kind"), [(sphere, "function"), (None, "NoneType"), ("sphere", "str")])
def test_run_needs_a_compiled_objective(objective, kind):
    opt = zoopt.optimizer("snes", START, scale=1.0, seed=0)
    with pytest.raises(InvalidType, match=f"compiled objective, got {kind}"):
        opt.run(objective, 100)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"thread": 2}, "did you mean the argument 'threads'"),
        ({"options": {"population": 8}}, "takes options as arguments of their own"),
    ],
)
def test_misspelt_arguments_are_told_from_options(options, words):
    with pytest.raises(InvalidOption, match=words):
        zoopt.optimizer("snes", START, scale=1.0, seed=0, **options)


def test_every_argument_that_advice_names_is_one():
    there_are = signature(zoopt.minimize).parameters | signature(zoopt.optimizer).parameters
    assert set(ARGUMENTS) <= set(there_are)


def test_record_is_a_flag():
    with pytest.raises(InvalidType, match="record must be True or False, got 'no'"):
        zoopt.optimizer("snes", START, scale=1.0, seed=0, record="no")


@pytest.mark.parametrize("state", [None, [1], "state"])
def test_what_is_no_state_is_refused(state):
    with pytest.raises(StateError, match=r"a state is a dict of state_dict\(\)"):
        zoopt.optimizer("snes", START, scale=1.0, seed=0).load_state_dict(state)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": None}, r"weights of shape \(generations, 7\), got None"),
        ({"weights": "many"}, "got 'many'"),
        ({"weights": np.zeros(7)}, r"got shape \(7,\)"),
        ({"weights": np.zeros((2, 6))}, r"got shape \(2, 6\)"),
        ({"weights": np.array([[0.0] * 7, [1.0] * 6 + [math.inf]])}, "generation 1 of the record are not finite"),
        ({"weights": np.array([[1.0] * 6 + [math.nan]])}, "generation 0 of the record are not finite"),
        ({"seed": np.array([0, 1])}, "the record has seed"),
        ({"redraws": None}, r"redraws of shape \(replaced, 3\)"),
        ({"redraws": np.array([[0, 0, -1]])}, "redraws of shape"),
        ({"redraws": np.array([[0, 0, 0.5]])}, "redraws of shape"),
        ({"redraws": np.array([[0, 1, 0]])}, "replaced candidates that this optimizer cannot have"),
        ({"redraws": np.array([[0, 0, 99]])}, "replaced candidates that this optimizer cannot have"),
        (None, "a record is a dict"),
    ],
)
def test_what_is_no_record_is_refused(changes, words):
    opt = zoopt.optimizer("snes", START, scale=1.0, seed=0, record=True)
    opt.tell(np.arange(len(opt.ask()), dtype=float))
    fresh = zoopt.optimizer("snes", START, scale=1.0, seed=0)
    with pytest.raises(StateError, match=words):
        fresh.replay(None if changes is None else opt.record | changes)
    assert fresh.generation == 0


def test_candidates_too_many_to_hold_are_refused_before_they_are_made():
    opt = zoopt.optimizer("two-point", np.zeros(3_000_000), scale=1.0, seed=0, population=128)
    with pytest.raises(InvalidOption, match="GiB"):
        opt.ask()
