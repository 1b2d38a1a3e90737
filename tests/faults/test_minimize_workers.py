"""workers= when things go wrong: failing objectives, dying processes, Ctrl-C, what cannot be sent."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import zoopt
from zoopt.errors import InvalidInput, InvalidType, ObjectiveError

START = np.array([1.0, -2.0, 0.5])
CONTEXT = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")


class Strange(Exception):
    """One that can be pickled, but not unpickled."""

    def __init__(self, first, second):
        super().__init__(f"{first} and {second}")


def sphere(x):
    return float(x @ x)


def fragile(x):
    if x[0] > 1.4:
        raise ZeroDivisionError("inside")
    return sphere(x)


def strange(x):
    raise Strange(1, 2)


def deadly(x):
    if x[0] > 1.4:
        os._exit(3)
    return sphere(x)


def wordy(x):
    return "0.5"


def holed(x):
    return float("inf") if x[0] > 1.4 else sphere(x)


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=CONTEXT) as pool:
        yield pool


@pytest.fixture(scope="module")
def threads():
    with ThreadPoolExecutor(2) as pool:
        yield pool


def run(fun, workers=None, **keywords):
    return zoopt.minimize(fun, START, workers=workers, **({"seed": 1, "budget": 200} | keywords))


def failure(fun, workers=None, **keywords):
    with pytest.raises(ObjectiveError) as caught:
        run(fun, workers, **keywords)
    return caught.value


@pytest.mark.parametrize("pool", ["processes", "threads", "map", "own"])
def test_the_cause_comes_through_with_the_candidate(pool, request):
    workers = {"map": map, "own": 2}.get(pool) or request.getfixturevalue(pool)
    expected, error = failure(fragile), failure(fragile, workers)
    assert str(error) == str(expected)
    assert isinstance(error.__cause__, ZeroDivisionError)
    assert error.candidate == expected.candidate
    assert np.array_equal(error.x, expected.x)
    assert (error.best is None) == (expected.best is None)
    if pool in ("processes", "own"):
        assert "in fragile" in error.__cause__.__notes__[-1]


def test_exceptions_that_cannot_travel_send_their_likeness(processes):
    error = failure(strange, processes)
    assert "Strange: 1 and 2 at candidate 0" in str(error)
    assert isinstance(error.__cause__, RuntimeError)
    assert "Strange" in str(error.__cause__)
    assert run(sphere, processes).nfev > 0


def test_failures_may_count_as_invalid(processes):
    reference, other = (run(fragile, workers, on_error="invalid") for workers in (None, processes))
    assert reference.invalid == other.invalid > 0
    assert np.array_equal(reference.x, other.x)


def test_wrong_values_are_refused(processes):
    assert "must return one number for one point, got str" in str(failure(wordy, processes))
    expected, error = (failure(holed, workers, on_invalid="raise") for workers in (None, processes))
    assert str(error) == str(expected)
    assert np.array_equal(error.x, expected.x)


def test_a_worker_that_dies_is_told():
    error = failure(deadly, 2, budget=2000)
    assert "a worker died while generation" in str(error)
    assert isinstance(error.__cause__, BrokenExecutor)
    with ProcessPoolExecutor(2, mp_context=CONTEXT) as pool:
        assert "a worker died" in str(failure(deadly, pool))


def test_the_best_so_far_survives_a_death():
    start = np.array([-3.0, -2.0, 0.5])
    with pytest.raises(ObjectiveError, match="a worker died") as caught:
        zoopt.minimize(doomed, start, workers=2, seed=1, budget=5000)
    assert caught.value.best.fun == doomed(caught.value.best.x)


class Doomed:
    zoopt_generation = True

    def __call__(self, x, generation=0):
        if generation == 4:
            os._exit(3)
        return sphere(x)


doomed = Doomed()


@pytest.mark.parametrize("workers", [2, "processes"])
def test_what_cannot_be_pickled_is_refused_before_the_first_generation(workers, request):
    calls = []
    pool = request.getfixturevalue(workers) if workers == "processes" else workers
    with pytest.raises(InvalidType, match=r"cannot be pickled.*ThreadPoolExecutor") as caught:
        run(lambda x: calls.append(x) or sphere(x), pool)
    assert caught.value.__cause__ is not None
    assert not calls


def test_what_cannot_be_unpickled_over_there_is_told(processes, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "only_here", sphere_of_main, raising=False)
    error = failure(sphere_of_main, processes)
    assert "cannot be unpickled in a worker" in str(error)
    assert isinstance(error.__cause__, AttributeError)


def sphere_of_main(x):
    return sphere(x)


sphere_of_main.__qualname__ = "only_here"


@pytest.mark.parametrize("workers", [0, -2, 1025])
def test_numbers_out_of_range(workers):
    with pytest.raises(InvalidInput, match="workers"):
        run(sphere, workers)


@pytest.mark.parametrize("workers", [2.0, "2", [2]])
def test_what_is_no_worker(workers):
    with pytest.raises(InvalidType, match="workers must be a number, an executor"):
        run(sphere, workers)


@pytest.mark.parametrize("returned", [None, [], [1.0], 5])
def test_a_map_must_return_what_maps_return(returned):
    with pytest.raises(InvalidType, match=r"must return function\(part\) of all .* parts in their order, as map does"):
        run(sphere, lambda function, parts: returned)


def test_true_is_no_number_of_workers():
    with pytest.raises(InvalidType, match=r"workers.*must be an integer, got True"):
        run(sphere, True)


INTERRUPTED = """
import os, signal, sys, time
import numpy as np
import zoopt

class Slow:
    zoopt_generation = True

    def __call__(self, x, generation):
        if generation == 3:
            print("waiting", flush=True)
            time.sleep(60)
        return float(x @ x)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # shells have it ignored by what they start with &
    result = zoopt.minimize(Slow(), [1.0, 2.0], seed=1, budget=1000, workers=2)
    print(result.status, result.nit, result.fun < 5, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of a process group")
def test_ctrl_c_ends_cleanly_and_returns_the_best_so_far(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED)
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        assert process.stdout.read(7) == "waiting"
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it too
        out, err = process.communicate(timeout=50)
    assert time.monotonic() - start < 50  # the objective would have slept for 60
    assert out.split("\n")[-2] == "3 3 True"
    assert err == ""
