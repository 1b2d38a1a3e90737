"""``zoopt lr``: tables, verdicts and exit codes, and one clear message for what cannot be."""

import json

import numpy as np
import pytest

from zoopt import cli, flows
from zoopt.objectives import LossObjective


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)

    def call(*arguments):
        with pytest.raises(SystemExit) as stop:
            cli.main(["lr", *arguments])
        captured = capsys.readouterr()
        return stop.value.code, captured.out, captured.err

    return call


def test_a_table_a_verdict_and_the_reasons(run):
    code, out, err = run("product:y=0.6", "--rates", "0.01,0.05,0.3", "--steps", "300")
    assert (code, err) == (0, "")
    found = flows.learning_rate_analysis(flows.product(0.6), [2.8, 3.5], [0.01, 0.05, 0.3], steps=300)
    assert found.table() in out
    assert f"{found.verdict}." in out
    assert all(reason in out for reason in found.reasons)


def test_files_and_json(run, tmp_path):
    code, out, _ = run(
        "quadratic:dim=3,condition=8", "--rates", "0.01:0.2:4", "--steps", "20", "--out", "new", "--json"
    )
    assert code == 0
    told = json.loads(out)
    np.testing.assert_allclose([row["rate"] for row in told["rows"]], np.geomspace(0.01, 0.2, 4))
    assert told["start_sharpness"] == pytest.approx(8.0)
    assert told == json.loads((tmp_path / "new" / "analysis.json").read_text())
    assert (tmp_path / "new" / "trajectories.png").stat().st_size > 1000


@pytest.mark.parametrize(("rate", "code"), [("0.05", 0), ("0.6", 1), ("0.001", 1)])
def test_what_is_expected_decides_the_exit_code(run, rate, code):
    grid = ["--rates", "0.001,0.05,0.2,0.6", "--steps", "50"]
    ended, out, _ = run("quadratic:dim=2,condition=4", *grid, "--expect", rate)
    assert ended == code
    assert f"Expected: {rate} {'lies' if code == 0 else 'does not lie'} between 0.05 and 0.2." in out


def test_no_stable_rate_is_a_failure(run):
    code, out, _ = run("quadratic:dim=2", "--rates", "1,2", "--steps", "20")
    assert code == 1
    assert "No rate is stable: gd diverges even at 1" in out


def test_methods_and_their_options(run):
    code, out, _ = run("quadratic:dim=2", "--method", "momentum:momentum=0.5", "--rates", "0.01,0.1", "--steps", "50")
    assert code == 0
    assert "momentum is stable" in out
    assert "3 / sharpness" in out
    grid = ["--rates", "0.01,0.02", "--steps", "20", "--seeds", "3"]
    code, out, _ = run("sphere:dim=4", "--method", "two-point:population=8", *grid, "--radius", "0.1")
    assert code == 0
    assert "with 4 directions a step" in out


def test_starts_are_drawn_or_written(run):
    first, again, other = (run("rosenbrock:dim=3", "--steps", "5", "--seed", seed)[1] for seed in ("1", "1", "2"))
    assert first == again != other
    _, out, _ = run("product", "--start", "1,2", "--rates", "0.01", "--steps", "5", "--json")
    assert json.loads(out)["start_loss"] == pytest.approx(0.5 * 1.4**2)


def test_data_with_a_model_and_a_metric(run):
    code, out, _ = run(
        "breast_cancer:hidden=3,activation=tanh,metric=f1,l2=0.01", "--rates", "0.05,0.2", "--steps", "40", "--json"
    )
    told = json.loads(out)
    assert code == 0
    assert told["metric_name"] == "f1"
    assert told["dim"] == 30 * 3 + 3 + 3 + 1
    assert all(0.5 < row["metric"] <= 1 for row in told["rows"])
    code, out, _ = run("two_causes:loss=squared-error", "--rates", "0.1", "--steps", "30")
    assert code == 0


def test_an_attribute_of_a_module(run, tmp_path):
    (tmp_path / "own_problem.py").write_text("from zoopt import flows\nbowl = flows.quadratic([1.0, 3.0])\n")
    code, out, _ = run("own_problem:bowl", "--rates", "0.1,0.3", "--steps", "20", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["dim"], round(told["start_sharpness"], 9)) == (2, 3.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["breast_cancr"], "did you mean 'breast_cancer'"),
        (["rosenbrok:dim=3"], "did you mean 'rosenbrock'"),
        (["rosenbrock:dm=3"], "did you mean 'dim'"),
        (["rosenbrock:dim=1"], "dim must lie in [2"),
        (["nowhere:thing"], "unknown problem 'nowhere'"),
        (["digits:activation=sine"], "activation must be one of relu, tanh, gelu"),
        (["digits:metric=speed"], "speed"),
        (["product", "--rates", "fast"], "cannot read rates 'fast'"),
        (["product", "--rates", "1:0.1"], "with 0 < LOW < HIGH"),
        (["product", "--rates", ""], "rates is empty"),
        (["product", "--rates", "-1"], "above 0"),
        (["product", "--start", "a,b"], "start must be numbers"),
        (["product", "--start", "1,2,3"], "x0 must have shape (2,)"),
        (["product", "--method", "gdd"], "did you mean 'gd'"),
        (["product", "--method", "momentum:momentum=much"], "options of a method are numbers"),
        (["product", "--steps", "0"], "steps must lie"),
    ],
)
def test_mistakes_are_one_message(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_loss_of_ones_own_is_a_problem():
    """An objective with value_and_gradient, without a field made of it."""
    rng = np.random.default_rng(0)
    loss = LossObjective(rng.normal(size=(20, 3)), rng.integers(2, size=20))
    found = flows.learning_rate_analysis(loss, np.zeros(loss.dim), [0.1, 1.0], steps=20)
    assert found.rows[1].loss < found.rows[0].loss < found.start_loss
