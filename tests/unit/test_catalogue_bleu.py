"""The objective `catalogue-bleu` of experiments."""

import pytest

from zoopt.compare import Experiment
from zoopt.compare._plugins import objective
from zoopt.compare.objectives import catalogue_bleu
from zoopt.errors import InvalidOption, MissingDependency

SMALL = "catalogue-bleu:tune=60,held_out=60,size=20"


@pytest.fixture
def few_packages(monkeypatch):
    monkeypatch.setattr(catalogue_bleu, "PACKAGES", ("plone.app.locales",))
    catalogue_bleu._lists.cache_clear()
    yield
    catalogue_bleu._lists.cache_clear()


def test_an_experiment(few_packages):
    named = objective(SMALL)
    assert named.name == SMALL
    assert (named.metric, named.sense, named.test_train_ratio) == ("bleu", "max", 1.0)
    assert list(named.describe()["packages"]) == ["plone.app.locales"]
    problem = named.prepare(0)
    assert problem.details["oracle"] > problem.details["first best"] + 5
    jobs = Experiment(["snes", "random-search"], [named], seeds=1, budget=600).jobs()
    runs = {run.optimizer: run for job in jobs for run in job.run() if run.optimizer in ("snes", "random-search")}
    for run in runs.values():
        assert run.status == "done"
        assert 0 < run.score < problem.holdout.oracle().value
    assert runs["snes"].search > problem.search(problem.starts[""])


def test_what_is_missing_or_misspelt_is_named(monkeypatch):
    monkeypatch.setattr(catalogue_bleu, "PACKAGES", ("no-such-package",))
    with pytest.raises(MissingDependency, match=r"no-such-package.*zoopt-engine\[data\]"):
        objective(SMALL)
    with pytest.raises(InvalidOption, match="did you mean 'tune'"):
        objective("catalogue-bleu:tunes=3")
