"""What a store gives back is what it was given, in the order that is asked for."""

from dataclasses import fields, replace

import numpy as np
import pytest

from zoopt.compare._record import Ragged, Run, columns
from zoopt.compare._store import Ended, Store
from zoopt.errors import StoreError

HOSTILE = [
    "'); DROP TABLE runs; --",
    "double \" and single ' and back ` quotes",
    "NUL \0 inside",
    "new\nlines\r\n",
    "größe ≥ ½ 🙂 \u202e",
    "half a pair \ud800",
    "%s {0} ? :name $1",
    "",
]


def run(key, **keywords):
    plain = Run(key, "sphere", "snes", "", seed=0, budget=100, evaluations=100, search=0.5, holdout=0.25, seconds=1.5)
    return replace(plain, **keywords)


def different_runs():
    rng = np.random.default_rng(0)
    names = [*HOSTILE, "sphere", "ellipsoid"]
    return [
        run(
            f"k{i}",
            objective=names[i % len(names)],
            optimizer=names[(i // 3) % len(names)],
            start=["", "cold", "'"][i % 3],
            message=names[(i // 2) % len(names)],
            seed=2**63 - 1 - i,
            budget=10**i,
            status=["done", "failed", "timeout", "memory", "lost"][i % 5],
            baseline=i % 4 == 0,
            search=[np.nan, np.inf, -np.inf, 5e-324, 0.1 + 0.2][i % 5],
            objective_seconds=[np.nan, 0.1][i % 2],
            curve_evaluations=np.arange(i) * 2**40,
            curve_values=rng.standard_normal(i),
            hits=np.arange(i % 3) - 1,
        )
        for i in range(15)
    ]


def assert_same(found, expected):
    for each in fields(expected):
        mine, theirs = getattr(found, each.name), getattr(expected, each.name)
        if isinstance(theirs, Ragged):
            assert np.array_equal(mine.offsets, theirs.offsets)
            mine, theirs = mine.flat, theirs.flat
        if isinstance(theirs, np.ndarray):
            assert mine.dtype == theirs.dtype, each.name
            assert np.array_equal(mine, theirs, equal_nan=theirs.dtype.kind == "f"), each.name
        else:
            assert mine == theirs, each.name


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "runs.db") as opened:
        yield opened


def test_runs_come_back_as_they_went_in(store):
    runs = different_runs()
    store.write([(each.key, [each]) for each in runs])
    assert_same(store.runs([each.key for each in runs]), columns(runs))
    store.check()
    with Store(store.path, read_only=True) as other:
        assert_same(other.runs([each.key for each in reversed(runs)]), columns(runs[::-1]))


def test_no_runs_are_columns_too(store):
    assert_same(store.runs(), columns([]))
    assert_same(store.runs(["unknown"]), columns([]))


def test_a_job_may_have_several_runs_or_none(store):
    several = [run("b1", optimizer="first", baseline=True), run("b2", optimizer="second", baseline=True)]
    store.write([("none", []), ("baselines", several)])
    assert store.runs().key == ("b1", "b2")
    assert store.ended(["none", "baselines", "other"]) == {"none": Ended("done", 1), "baselines": Ended("done", 1)}


def test_what_is_done_stays_and_what_failed_is_replaced(store):
    store.write([("a", [run("a", search=1.0)]), ("b", [run("b", status="failed"), run("b2")])])
    assert store.ended("ab") == {"a": Ended("done", 1), "b": Ended("failed", 1)}
    store.write([("a", [run("a", search=2.0)]), ("b", [run("b", search=3.0)])])
    assert store.ended("ab") == {"a": Ended("done", 1), "b": Ended("done", 2)}
    assert store.runs("ab").search.tolist() == [1.0, 3.0]


def test_a_batch_is_written_whole_or_not_at_all(store):
    with pytest.raises(AttributeError):
        store.write([("a", [run("a")]), ("b", ["not a run"])])
    assert len(store.runs()) == 0
    store.write([("a", [run("a")])])
    assert len(store.runs()) == 1


def test_long_messages_are_shortened(store):
    store.write([("a", [run("a", message="x" * 10**6)])])
    assert store.runs().message == ("x" * 3999 + "…",)


def test_without_keys_runs_come_in_the_order_of_the_experiments(store):
    for key, name in zip("dcba", ["v", "w", "x", "y"], strict=True):
        store.write([(key, [run(key, optimizer=name)])])
    assert store.runs().key == ("d", "c", "b", "a")  # by name
    store.add_experiment({"name": "first"}, ["c", "a", "unfinished"])
    store.add_experiment({"name": "second"}, ["b", "c"])
    assert store.runs().key == ("c", "a", "b", "d")


def test_an_experiment_is_stored_once(store):
    manifest = {"objectives": HOSTILE[:-3], "budget": 100}
    first = store.add_experiment(manifest, ["a", "b"])
    assert store.add_experiment(dict(reversed(manifest.items())), ["a", "b"]) == first
    other = store.add_experiment(manifest, ["b", "a"])
    assert other != first
    assert [each.number for each in store.experiments()] == [first, other]
    assert store.experiments()[0].manifest == manifest
    assert store.members(other) == ["b", "a"]


def test_to_look_is_not_to_write(store):
    with Store(store.path, read_only=True) as other, pytest.raises(StoreError, match="read_only=True"):
        other.write([("a", [run("a")])])


def test_its_directory_is_made_and_odd_names_are_names(tmp_path):
    for name in ["new/deeper/runs.db", "what?mode=memory&x#y%20.db", "über 'quoted'.db"]:
        with Store(tmp_path / name) as store:
            store.write([("a", [run("a")])])
        assert (tmp_path / name).stat().st_size > 0
        with Store(tmp_path / name, read_only=True) as store:
            assert len(store.runs()) == 1


def test_one_file_is_left(tmp_path):
    with Store(tmp_path / "runs.db") as store:
        store.write([("a", [run("a")])])
    assert [path.name for path in tmp_path.iterdir()] == ["runs.db"]
