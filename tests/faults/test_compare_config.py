"""Experiments as TOML files: what is wrong is named with its key and line, and nothing is evaluated."""

import pytest

from zoopt.compare import Experiment
from zoopt.errors import InvalidInput, InvalidType, UnknownName

WHOLE = """
# as documented
[experiment]
optimizers = ["snes:population=8", "cma-es"]
objectives = [
  "sphere:dim=3",
  "diabetes:f1",
]
seeds = [2, 5]
budget = 300
target = 1e-3
targets = [1.0, 1e-3]
checkpoints = 30
margin = 0.01
alpha = 0.1
"""


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_file_says_what_the_arguments_say(toml):
    read = Experiment.from_toml(toml(WHOLE))
    made = Experiment(
        ["snes:population=8", "cma-es"],
        ["sphere:dim=3", "diabetes:f1"],
        seeds=[2, 5],
        budget=300,
        target=1e-3,
        targets=[1.0, 1e-3],
        checkpoints=30,
        margin=0.01,
        alpha=0.1,
    )
    assert [job.key for job in read.jobs()] == [job.key for job in made.jobs()]
    assert read.rules == made.rules


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("[experiment]\nbudgt = 3", InvalidInput, "mine.toml, line 2: unknown key 'budgt'; did you mean 'budget'"),
        ("seeds = 3", InvalidInput, r"line 1: unknown key 'seeds'; everything stands in \[experiment\]"),
        ("", InvalidInput, r"has no table \[experiment\]"),
        ("[experiment\n", InvalidInput, "is no TOML: .*line 1"),
        ("[experiment]\noptimizers = 'snes'", InvalidType, "line 2: optimizers must be a list, got 'snes'"),
        ("[experiment]\noptimizers = [3]", InvalidType, "line 2: optimizers must hold text, got 3"),
        ("[experiment]\n\nbudget = -1", InvalidInput, "line 3: budget: budget must be at least 1"),
        ("[experiment]\nbudget = 1.5", InvalidType, "line 2: budget: budget must be a whole number"),
        (
            "[experiment]\nbudget = 9\noptimizers = ['snez']",
            UnknownName,
            "line 3: optimizers: unknown optimiser 'snez'",
        ),
        ("[experiment]\nobjectives = ['sphere:dim=0']", InvalidInput, "line 2: objectives: sphere: dim must lie in"),
        ("[experiment]\nobjectives = ['__import__:x']", UnknownName, "line 2: objectives: unknown objective"),
        ("[experiment]\nseeds = 'all'", InvalidType, "line 2: seeds: seeds must be a whole number or a list"),
        ("[experiment]\nalpha = 2.0", InvalidInput, "line 2: alpha: alpha must lie between 0 and 1"),
        ("[experiment]\ntarget = nan", InvalidInput, "line 2: target: target must be finite"),
        ("[experiment]\ncheckpoints = 1", InvalidInput, "line 2: checkpoints: checkpoints must be from 2"),
        ("[experiment]\ncheckpoints = [5, 3]", InvalidInput, "line 2: checkpoints: checkpoints must ascend"),
        ("[experiment]\ntargets = 'hard'", InvalidType, "line 2: targets must be a list"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(toml, text, error, message):
    with pytest.raises(error, match=message):
        Experiment.from_toml(toml(text))


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidInput, match=r"no such file: .*none.toml"):
        Experiment.from_toml(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Experiment.from_toml(tmp_path / "binary.toml")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Experiment.from_toml(tmp_path)
