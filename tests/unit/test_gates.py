"""Gates: what can be written, where a mistake is pointed at, and what opens."""

import math

import numpy as np
import pytest
from scipy import stats

from zoopt.compare._gate import judge_gates
from zoopt.compare._gate_text import Gate, parse_gates
from zoopt.compare._verdict import Contest, Rules
from zoopt.errors import InvalidInput, UnknownName

RULES = Rules()


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("a >= b", Gate("a >= b", "a", ">=", "b")),
        ("a>=b", Gate("a>=b", "a", ">=", "b")),
        ("a > b everywhere", Gate("a > b everywhere", "a", ">", "b")),
        ("a > b overall", Gate("a > b overall", "a", ">", "b", overall=True)),
        ("a == b on f* by .5", Gate("a == b on f* by .5", "a", "==", "b", "f*", margin=0.5)),
        ("  a >= b by 1e-3  ", Gate("a >= b by 1e-3", "a", ">=", "b", margin=1e-3)),
        (
            "snes:population=20,scale=0.3 >= cma-es on sphere:dim=10",
            Gate(
                "snes:population=20,scale=0.3 >= cma-es on sphere:dim=10",
                "snes:population=20,scale=0.3",
                ">=",
                "cma-es",
                "sphere:dim=10",
            ),
        ),
        ("'a (warm)' >= \"it's\"", Gate("'a (warm)' >= \"it's\"", "a (warm)", ">=", "it's")),
        ("'on' >= 'and' on 'by'", Gate("'on' >= 'and' on 'by'", "on", ">=", "and", "by")),
    ],
)
def test_what_can_be_written(text, gate):
    assert parse_gates(text) == [gate]


def test_several_gates_are_joined_by_and():
    assert [gate.text for gate in parse_gates("a >= b on f and c > d by 2 and 'x y' == z")] == [
        "a >= b on f",
        "c > d by 2",
        "'x y' == z",
    ]


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("", 1, "label of an optimiser"),
        ("a", 2, "'>=', '>' or '=='"),
        ("a <= b", 3, "turn the sides round"),
        ("a (warm) >= b", 3, "in quotes"),
        ("a >=", 5, "another optimiser"),
        ("a >= on f", 6, "keyword is written in quotes"),
        ("a >= a", 6, "another optimiser than 'a'"),
        ("a >= b on", 10, "name of an objective"),
        ("a >= b onn f", 8, "did you mean 'on'?"),
        ("a >= b f", 8, "'and' or the end"),
        ("a >= b by", 10, "a number > 0"),
        ("a >= b by x", 11, "a number > 0"),
        ("a >= b by -1", 11, "a number > 0"),
        ("a >= b by nan", 11, "a number > 0"),
        ("a >= 'b", 6, "a closing quote"),
        ("a >= b and", 11, "label of an optimiser"),
        ("a == b overall", 8, "'everywhere'"),
        ("a > b overall by 2", 15, "no margin"),
        ("a = b", 3, "'>=', '>' or '=='"),
        ("__import__('os') >= b", 12, "'>=', '>' or '=='"),
    ],
)
def test_mistakes_are_pointed_at(text, column, expected):
    with pytest.raises(InvalidInput) as raised:
        parse_gates(text)
    message, shown, pointer = str(raised.value).splitlines()
    assert f"column {column}:" in message
    assert expected in message
    assert shown == "  " + text
    assert pointer.index("^") == column + 1


@pytest.mark.parametrize(
    ("pattern", "objective", "matches"),
    [("*", "anything", True), ("f*", "f1", True), ("f*", "xf", False), ("f", "f1", False), ("a*b*c", "a.b[d", False)],
)
def test_patterns_know_the_asterisk_alone(pattern, objective, matches):
    assert Gate("", "a", ">=", "b", pattern).matches(objective) is matches
    assert Gate("", "a", ">=", "b", "x[1]?*").matches("x[1]?y")


def independent(name="f", runs=15, **decades):
    rng = np.random.default_rng(len(name) + runs)
    values = {label: 10.0 ** (level + 0.3 * rng.normal(size=runs)) for label, level in decades.items()}
    return Contest(name, values, 0.0, sense="min", distance=True)


def splits(runs=15, spread=0.01, **means):
    rng = np.random.default_rng(runs)
    shared = 0.8 + 0.02 * rng.normal(size=runs)
    values = {label: shared + mean + spread * rng.normal(size=runs) for label, mean in means.items()}
    return Contest("data", values, 2.0 / 3.0)


def outcome(text, *contests):
    return [result.outcome for result in judge_gates(parse_gates(text), list(contests), RULES)]


@pytest.mark.parametrize(
    "contest",
    [independent(good=-4.0, same=-4.0, bad=-2.0), splits(good=0.1, same=0.1, bad=0.0, spread=0.001)],
    ids=["independent", "splits"],
)
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("good >= bad", "passed"),
        ("good > bad", "passed"),
        ("good == bad", "failed"),
        ("bad >= good", "failed"),
        ("bad > good", "failed"),
        ("good >= same", "passed"),
        ("same >= good", "passed"),
        ("good > same", "failed"),
        ("good == same by 2", "passed"),
        ("good > bad by 5", "failed"),
        ("bad >= good by 5", "passed"),
    ],
)
def test_what_opens(contest, text, wanted):
    assert outcome(text, contest) == [wanted]


def test_the_numbers_are_those_of_the_tests():
    contest = independent(a=-3.0, b=-2.9)
    difference = np.log10(contest.optimisers["b"]) - np.log10(contest.optimisers["a"])
    worse, better = judge_gates(parse_gates("a >= b by 0.1 and a > b by 0.1"), [contest], RULES)
    reference = stats.wilcoxon(difference + 0.1, alternative="less", method="exact")
    assert worse.checks[0].p_value == pytest.approx(reference.pvalue, rel=1e-9)
    reference = stats.wilcoxon(difference - 0.1, alternative="greater", method="exact")
    assert better.checks[0].p_value == pytest.approx(reference.pvalue, rel=1e-9)
    assert worse.checks[0].measure == "precision"
    assert worse.checks[0].low < worse.checks[0].difference < worse.checks[0].high
    contest = splits(a=0.0, b=0.01)
    (result,) = judge_gates(parse_gates("a >= b"), [contest], RULES)
    gaps = contest.optimisers["a"] - contest.optimisers["b"]
    t = gaps.mean() / (gaps.std(ddof=1) * math.sqrt(1 / 15 + 2 / 3))
    assert result.checks[0].p_value == pytest.approx(stats.t.cdf(t, 14), rel=1e-9)


def test_holm_runs_over_all_gates_of_a_kind():
    contests = [independent(f"f{k}", a=-3.0, b=-2.9 - 0.05 * k) for k in range(4)]
    single = [judge_gates(parse_gates(f"a >= b on f{k}"), contests, RULES)[0].checks[0].p_value for k in range(4)]
    (everywhere,) = judge_gates(parse_gates("a >= b"), contests, RULES)
    ordered = sorted(single)
    adjusted = np.minimum(1, np.maximum.accumulate([(4 - i) * p for i, p in enumerate(ordered)]))
    assert sorted(check.p_value for check in everywhere.checks) == pytest.approx(list(adjusted))


def test_a_gate_fails_where_one_of_its_objectives_does():
    contests = [independent("f", a=-4.0, b=-2.0), independent("g", a=-2.0, b=-4.0)]
    (result,) = judge_gates(parse_gates("a >= b"), contests, RULES)
    assert result.outcome == "failed"
    assert not result.passed
    assert [(check.objective, check.outcome) for check in result.checks] == [("f", "passed"), ("g", "failed")]
    assert outcome("a >= b on f and b >= a on g", *contests) == ["passed", "passed"]


def test_wrong_alarms_of_a_build_are_rare():
    """Equal optimisers on five objectives: `>=` everywhere fails in at most 5 % of builds."""
    rng, builds, alarms = np.random.default_rng(0), 600, 0
    for _ in range(builds):
        contests = [
            Contest(str(k), dict(zip("ab", rng.standard_t(2, size=(2, 12)), strict=True)), 0.0) for k in range(5)
        ]
        alarms += outcome("a >= b", *contests) != ["passed"]
    assert 0.01 * builds < alarms <= stats.binom.ppf(0.999, builds, 0.05)


def test_failed_runs_count_as_worse():
    values = np.random.default_rng(1).normal(size=(2, 15))
    values[0, :12] = np.nan
    contest = Contest("f", {"a": values[0], "b": values[1]}, 0.0)
    assert outcome("a >= b", contest) == ["failed"]
    assert outcome("b > a", contest) == ["passed"]


def test_overall_compares_ranks():
    contests = [independent(f"f{k}", runs=6, a=-4.0, b=-2.0, c=-2.0) for k in range(8)]
    assert outcome("a > b overall and b >= a overall and b >= c overall", *contests) == ["passed", "failed", "passed"]
    (result,) = judge_gates(parse_gates("a > b overall"), contests, RULES)
    assert result.checks[0].measure == "rank"
    assert result.checks[0].difference > 1.0
    assert result.checks[0].p_value == 2.0**-8


@pytest.mark.parametrize(
    ("contests", "text", "reason"),
    [
        ([independent(runs=4, a=-4.0, b=-2.0)], "a >= b", "at least 5 seeds"),
        ([independent(a=-4.0), independent("g", a=-1.0, b=-2.0)], "a >= b on f", "b did not run"),
        ([independent(a=-4.0, b=-2.0)], "a > b overall", "at least 5 objectives"),
        ([Contest("f", {"a": np.full(9, np.nan), "b": np.full(9, np.nan)}, 0.0)], "a >= b", "every run of both failed"),
    ],
)
def test_what_cannot_be_told_is_not_passed(contests, text, reason):
    (result,) = judge_gates(parse_gates(text), contests, RULES)
    assert result.outcome == "cannot tell"
    assert not result.passed
    assert reason in result.checks[0].reason


@pytest.mark.parametrize(
    ("text", "message"),
    [("snes >= cma", "did you mean 'cma-es'"), ("snes >= cma-es on spere", "did you mean 'sphere'")],
)
def test_names_that_were_not_run(text, message):
    contest = Contest("sphere", {"snes": np.arange(6.0), "cma-es": np.arange(6.0)}, 0.0)
    with pytest.raises(UnknownName, match=message):
        judge_gates(parse_gates(text), [contest], RULES)
