"""Ctrl-C ends an experiment cleanly: what is finished is stored, leases are given back, workers are gone."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from store_jobs import Job, grid, outcome, program

from zoopt.compare._coordinator import Interrupted, execute
from zoopt.compare._store import Store

BODY = """
import time
marks, act, seconds, processes = sys.argv[2], sys.argv[3], float(sys.argv[4]), int(sys.argv[5])
jobs = [*grid(1, 1, 6), *(Job("f", "long", seed, act=act, seconds=seconds, marks=marks) for seed in range(6))]
with Store(sys.argv[1]) as store:
    # what is short comes first here
    execute(jobs[:6], store=store)
    try:
        execute(jobs, store=store, processes=processes)
    except KeyboardInterrupt as interrupt:
        print(type(interrupt).__name__, len(interrupt.runs), signal.getsignal(signal.SIGINT).__name__)
"""


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs.db") as opened:
        yield opened
        opened.check()
        assert opened.query("SELECT count(*) FROM leases").fetchone() == (0,)
        assert opened.query("SELECT count(*) FROM owners").fetchone() == (0,)


def interrupted(tmp_path, store, *, act, seconds, processes, presses=1, body=BODY):
    """Return what such a program says, and how many seconds it took after the first Ctrl-C."""
    marks = tmp_path / "marks"
    marks.mkdir()
    with program(body, store.path, marks, act, seconds, processes, directory=tmp_path) as process:
        until = time.monotonic() + 60
        while len(list(marks.iterdir())) < processes and time.monotonic() < until:
            time.sleep(0.01)
        pressed = time.monotonic()
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
        out, err = process.communicate(timeout=60)
        taken = time.monotonic() - pressed
    assert err == ""
    workers = {int(mark.name.split("-")[1]) for mark in marks.iterdir()}
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
    return out, taken


def test_in_this_process_the_run_in_hand_is_dropped_at_once(tmp_path, store):
    out, taken = interrupted(tmp_path, store, act="", seconds=60.0, processes=1)
    assert out == "Interrupted 6 default_int_handler\n"
    assert taken < 20.0
    assert set(store.runs().labels) == {"o0"}


def test_runs_in_hand_may_end(tmp_path, store):
    out, _ = interrupted(tmp_path, store, act="", seconds=1.0, processes=2)
    assert out in {f"Interrupted {6 + finished} default_int_handler\n" for finished in (2, 3, 4)}


def test_runs_that_do_not_end_are_stopped(tmp_path, store):
    out, taken = interrupted(tmp_path, store, act="hangs", seconds=60.0, processes=2)
    assert out == "Interrupted 6 default_int_handler\n"
    assert 1.5 < taken < 20.0


def test_the_second_time_they_are_stopped_at_once(tmp_path, store):
    slow = BODY.replace(
        "import time\n", "from zoopt.compare import _coordinator\n_coordinator._WINDING_DOWN_SECONDS = 1000.0\n"
    )
    out, taken = interrupted(tmp_path, store, act="hangs", seconds=60.0, processes=2, presses=2, body=slow)
    assert out == "Interrupted 6 default_int_handler\n"
    assert taken < 20.0


class Pressing(Job):
    """Presses Ctrl-C, and goes on as if nothing were."""

    def run(self):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1.0)
        except KeyboardInterrupt:
            pass
        return super().run()


@pytest.fixture
def plain_ctrl_c():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("plain_ctrl_c")
def test_a_run_that_swallows_it_is_not_believed(store):
    jobs = [Job("f", "o", 0, seconds=0.01), Pressing("f", "pressing", 1), Job("f", "o", 2)]
    with pytest.raises(Interrupted) as caught:
        execute(jobs, store=store)
    assert "pressing" not in caught.value.runs.labels
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert outcome(store.runs(job.key for job in jobs)) == outcome(caught.value.runs)


@pytest.mark.usefixtures("plain_ctrl_c")
def test_in_memory_it_hands_over_what_was_finished():
    jobs = [Job("f", "o", 0, seconds=0.05), Pressing("f", "pressing", 1)]
    with pytest.raises(Interrupted) as caught:
        execute(jobs, store=None)
    assert caught.value.runs.labels == ("o",)


class Raising(Job):
    def run(self):
        raise KeyboardInterrupt


@pytest.mark.usefixtures("plain_ctrl_c")
def test_a_keyboard_interrupt_of_its_own_ends_it_too(store):
    with pytest.raises(KeyboardInterrupt):
        execute([Raising("f", "o", 0)], store=store)


@pytest.mark.usefixtures("plain_ctrl_c")
def test_handlers_of_the_program_are_left_alone(store):
    pressed = []
    signal.signal(signal.SIGINT, lambda number, frame: pressed.append(number))
    runs = execute([Pressing("f", "pressing", 0)], store=store)
    assert pressed == [signal.SIGINT]
    assert len(runs) == 1


def test_it_works_outside_the_main_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(execute(grid(), store=None, processes=2)))
    thread.start()
    thread.join()
    assert len(found[0]) == 24
