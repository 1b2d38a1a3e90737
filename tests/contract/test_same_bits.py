"""Same seed, same bits: over threads, generations of noise and repeated calls, and for all algorithms there are."""

import numpy as np
import pytest
from registry import D, Told, advance, assert_same_state, every_algorithm, every_search, make, start_of, tell

import zoopt


@every_algorithm
def test_same_seed_same_bits(name):
    one, two = make(name), make(name)
    assert np.array_equal(advance(one, 12), advance(two, 12))
    assert_same_state(one.state_dict(), two.state_dict())


@every_search
def test_another_seed_other_rows(name):
    rows = [make(name, seed=seed).ask() for seed in (0, 1, 2**32, 2**64 - 1)]
    for i, one in enumerate(rows):
        for two in rows[i + 1 :]:
            own = slice(0, len(one) - zoopt.algorithm(name).needs_mean)
            assert not np.any(np.all(one[own] == two[own], axis=1))


@every_search
def test_every_generation_has_noise_of_its_own(name):
    opt = make(name)
    first = (opt.ask() - opt.mean)[0] / opt.scale
    tell(opt, opt.ask())
    second = (opt.ask() - opt.mean)[0] / opt.scale
    assert np.max(np.abs(first - second)) > 0.1


@every_algorithm
@pytest.mark.parametrize("dim", [D, 120])
def test_threads_change_no_bit(name, dim):
    runs = [make(name, dim=dim, threads=threads, population=64) for threads in (1, 2, 8)]
    rows = [advance(opt, 4) for opt in runs]
    for other, opt in zip(rows[1:], runs[1:], strict=True):
        assert np.array_equal(rows[0], other)
        assert_same_state(runs[0].state_dict(), opt.state_dict())


@every_algorithm
def test_what_is_handed_out_is_a_copy(name):
    opt, twin = make(name), make(name)
    advance(opt, 2)
    advance(twin, 2)
    for array in (opt.ask(), opt.mean, opt.best.x, opt.trace.best, *_arrays(opt.state_dict())):
        array[...] = 1e9
    twin.ask()
    assert_same_state(opt.state_dict(), twin.state_dict())
    assert np.array_equal(opt.ask(), twin.ask())


def _arrays(state):
    return [value for value in state.values() if isinstance(value, np.ndarray)]


@every_algorithm
def test_asking_twice_gives_the_same_rows(name):
    opt = make(name)
    advance(opt, 2)
    assert np.array_equal(opt.ask(), opt.ask())


@every_algorithm
def test_result_repeats_from_its_own_seed(name):
    first = zoopt.minimize(Told(), start_of(name), method=name, budget=300)
    again = zoopt.minimize(Told(), start_of(name), method=name, budget=300, seed=first.seed)
    assert np.array_equal(first.x, again.x)
    assert first.fun == again.fun
