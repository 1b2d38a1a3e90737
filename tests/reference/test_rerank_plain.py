"""RerankObjective against numpy and sacrebleu: scores, picks, values, along lines, and the oracle."""

import itertools

import numpy as np
import pytest
from made_up_lists import made_up, plain_picks, streams
from sacrebleu.metrics.bleu import BLEU

import zoopt
from zoopt.objectives import RerankObjective, bleu_statistics, line_search, mert


def their_bleu(hypotheses, references, picks, **options):
    chosen = [one[pick] for one, pick in zip(hypotheses, picks, strict=True)]
    return BLEU(force=True, **options).corpus_score(chosen, streams(references)).score


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("whole", [False, True])
def test_picks_and_values(seed, whole):
    rng = np.random.default_rng(seed)
    features, hypotheses, references = made_up(rng, lists=35 * seed + 1, most=70, features=seed + 1, whole=whole)
    options = [{}, {"smooth_method": "floor"}, {"lowercase": True, "tokenize": "none"}][seed % 3]
    objective = RerankObjective(features, hypotheses, references, **options)
    shape = (7, objective.dim)
    thetas = rng.integers(-2, 3, shape).astype(float) if whole else rng.normal(size=shape)
    values = objective(thetas)
    for theta, value in zip(thetas, values, strict=True):
        picks = plain_picks(features, theta)
        assert np.array_equal(objective.picks(theta), picks)
        assert objective.picked(theta) == [one[pick] for one, pick in zip(hypotheses, picks, strict=True)]
        assert value == pytest.approx(their_bleu(hypotheses, references, picks, **options), abs=1e-9)
        assert objective.value_of(picks) == value
        chosen = [one[pick] for one, pick in zip(hypotheses, picks, strict=True)]
        reading = {key: options[key] for key in options if key in ("lowercase", "tokenize")}
        assert np.array_equal(objective.statistics_of(picks), bleu_statistics(chosen, references, **reading))
    assert objective.first_best() == pytest.approx(
        their_bleu(hypotheses, references, np.zeros(len(features), int), **options), abs=1e-9
    )


def test_ties_go_to_the_first():
    features = [np.ones((size, 3)) for size in range(1, 60)]
    statistics = [np.arange(size, dtype=float)[:, None] for size in range(1, 60)]
    objective = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=statistics)
    assert objective([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0], [-1.0, 0.5, 0.0]]).tolist() == [0.0, 0.0, 0.0]
    for place in range(59):
        features[-1][:, 0] = 0
        features[-1][place, 0] = 1
        one = RerankObjective(features[-1:], metric=lambda sums: sums[:, 0], statistics=statistics[-1:])
        assert one([1.0, 0.0, 0.0]) == place


def error_rate(sums):
    return sums[:, 0] / sums[:, 1]


def test_a_metric_of_ones_own():
    rng = np.random.default_rng(3)
    features, _, _ = made_up(rng, lists=200)
    statistics = [np.column_stack([rng.random(len(one)), rng.integers(1, 9, len(one))]) for one in features]
    objective = RerankObjective(features, metric=error_rate, statistics=statistics, sense="min")
    thetas = rng.normal(size=(20, 5))
    for theta, value in zip(thetas, objective(thetas), strict=True):
        sums = sum(one[pick] for one, pick in zip(statistics, plain_picks(features, theta), strict=True))
        assert value == pytest.approx(sums[0] / sums[1], rel=1e-13)
    result = zoopt.minimize(objective, np.ones(5), method="snes", scale=0.5, budget=2000, seed=1)
    assert result.fun < objective(np.ones(5))
    assert objective.oracle().value < result.fun


def on_the_grid(objective, x, direction, breakpoints, count=4001):
    low, high = breakpoints[0] - 1, breakpoints[-1] + 1
    return objective(x + np.linspace(low, high, count)[:, None] * direction)


@pytest.mark.parametrize("seed", range(8))
def test_a_line_search_is_exact(seed):
    rng = np.random.default_rng(seed)
    features, hypotheses, references = made_up(rng, lists=12, most=15, features=4)
    objective = RerankObjective(features, hypotheses, references)
    x, direction = rng.normal(size=(2, 4))
    found = line_search(objective, x, direction)
    # Breakpoints: the t among all crossings of two lines of a list at which the list's argmax changes.
    crossings = []
    for one in features:
        for a, b in itertools.combinations(one, 2):
            t = -((a - b) @ x) / ((a - b) @ direction)
            around = [np.argmax(one @ (x + (t + sign * 1e-7) * direction)) for sign in (-1, 1)]
            crossings += [t] if around[0] != around[1] else []
    assert found.breakpoints == pytest.approx(np.unique(np.round(crossings, 12)), abs=1e-9)
    middles = (found.breakpoints[:-1] + found.breakpoints[1:]) / 2
    ts = np.concatenate([[found.breakpoints[0] - 1], middles, [found.breakpoints[-1] + 1]])
    between = objective(x + ts[:, None] * direction)
    wide = np.concatenate([[True], np.diff(found.breakpoints) > 1e-9, [True]])
    assert np.array_equal(found.values[wide], between[wide])
    assert found.fun == found.values.max()
    assert found.fun >= on_the_grid(objective, x, direction, found.breakpoints).max()
    assert np.array_equal(found.x, x + found.step * direction)
    assert objective(found.x) == found.fun


def test_lines_that_tie():
    """Whole features: parallel and equal lines, and many crossings at one place."""
    rng = np.random.default_rng(11)
    for _ in range(50):
        features, hypotheses, references = made_up(rng, lists=6, most=12, features=3, whole=True)
        objective = RerankObjective(features, hypotheses, references)
        x, direction = rng.integers(-2, 3, (2, 3)).astype(float)
        if not direction.any():
            continue
        found = line_search(objective, x, direction)
        assert (np.diff(found.breakpoints) > 0).all()
        ends = found.breakpoints if found.breakpoints.size else np.zeros(1)
        ts = np.concatenate([[ends[0] - 1], (ends[:-1] + ends[1:]) / 2, [ends[-1] + 1]])
        expected = objective(x + ts[:, None] * direction)
        got = found.values if found.breakpoints.size else found.values[[0, 0]]
        assert np.array_equal(got, expected)


def test_the_widest_of_the_best_intervals():
    features = [[[0.0, 0.0], [1.0, -1.0]], [[0.0, 0.0], [-2.0, 1.0]], [[0.0, 0.0], [-9.0, 1.0]]]
    statistics = [[[0.0], [1.0]], [[1.0], [1.0]], [[1.0], [0.0]]]
    objective = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=statistics)
    found = line_search(objective, [1.0, 0.0], [0.0, 1.0])
    assert (found.breakpoints.tolist(), found.values.tolist()) == ([1.0, 2.0, 9.0], [3.0, 2.0, 2.0, 1.0])
    assert found.step == 0.5  # without end: from 0 to 1
    down = RerankObjective(features, metric=lambda sums: -sums[:, 0], statistics=statistics, sense="min")
    assert line_search(down, [1.0, 0.0], [0.0, 1.0]).step == 0.5
    middle = [[[0.0], [0.0]], [[0.0], [1.0]], [[1.0], [0.0]]]
    inner = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=middle)
    assert line_search(inner, [1.0, 0.0], [0.0, 1.0]).step == 5.5
    for last, step in ((0.0, 5.5), (1.0, 13.5)):  # equal up to 9, and beyond: then that without end counts 9
        flat = [[[0.0], [0.0]], [[0.0], [0.0]], [[1.0], [last]]]
        even = RerankObjective(features, metric=lambda sums: sums[:, 0], statistics=flat)
        assert line_search(even, [1.0, 0.0], [0.0, 1.0]).step == step


def test_mert_ends_where_no_coordinate_helps():
    rng = np.random.default_rng(2)
    objective = RerankObjective(*made_up(rng, lists=60, features=4))
    result = mert(objective, restarts=3, seed=5)
    assert result.success
    assert result.fun == objective(result.x) == result.starts.max()
    assert np.abs(result.x).max() == 1.0
    assert len(result.starts) == 4
    for direction in np.eye(4):
        assert line_search(objective, result.x, direction).fun <= result.fun
    again = mert(objective, restarts=3, seed=5)
    assert np.array_equal(again.x, result.x)
    short = mert(objective, restarts=3, seed=5, budget=7)
    assert (short.nfev, short.success, short.status) == (7, False, 1)
    assert short.fun <= result.fun


def test_the_oracle_of_few_lists_is_the_best_there_is():
    """Where hill-climbing finds the best of all picks: checked by trying all."""
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(20):
        objective = RerankObjective(*made_up(rng, lists=4, most=6))
        oracle = objective.oracle()
        best = max(objective.value_of(picks) for picks in itertools.product(*map(range, objective.sizes)))
        assert objective.first_best() <= oracle.value == objective.value_of(oracle.picks) <= best
        hits += oracle.value == best
    assert hits >= 15


def plain_climb(objective, passes):
    """Hill-climbing as it is described, every value from all picks."""
    picks = np.zeros(objective.lists, dtype=int)
    for _ in range(passes):
        before = picks.copy()
        for i, size in enumerate(objective.sizes):
            trials = np.repeat(picks[None], size, axis=0)
            trials[:, i] = np.arange(size)
            values = [objective.value_of(trial) for trial in trials]
            if max(values) > values[picks[i]]:
                picks[i] = int(np.argmax(values))
        if np.array_equal(before, picks):
            break
    return picks


@pytest.mark.parametrize("passes", [1, 20])
def test_the_oracle_climbs_as_described(passes):
    objective = RerankObjective(*made_up(np.random.default_rng(5), lists=25, most=12))
    assert np.array_equal(objective.oracle(passes=passes).picks, plain_climb(objective, passes))


def test_statistics_in_place_of_sentences():
    features, hypotheses, references = made_up(np.random.default_rng(9))
    objective = RerankObjective(features, hypotheses, references)
    statistics = [bleu_statistics(one, [refs] * len(one)) for one, refs in zip(hypotheses, references, strict=True)]
    same = RerankObjective(features, statistics=statistics)
    thetas = np.random.default_rng(1).normal(size=(9, 5))
    assert np.array_equal(same(thetas), objective(thetas))
