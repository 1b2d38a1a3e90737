"""A classifier that decides what to read: its objective and gradient against all gates enumerated in plain numpy."""

import itertools
import pickle

import numpy as np
import pytest

import zoopt
from zoopt.objectives import SkipReading, patches

RNG = np.random.default_rng(7)
X = RNG.normal(size=(6, 5)) * [1, 2, 3, 1, 1] + 1
GROUPS = ((3, 0), (1,), (4, 2))
COST = 0.7
LABELS = {2: np.array([0, 1, 1, 0, 1, 0]), 3: np.array([0, 2, 1, 1, 2, 0])}
PATTERNS = list(itertools.product((0, 1), repeat=3))


def reader_of(classes, **options):
    return SkipReading(X, LABELS[classes], groups=GROUPS, **{"cost": COST, "samples": 1, **options})


def theta_of(reader):
    return np.random.default_rng(1).normal(size=reader.dim) * 0.6


def logistic(z):
    return 1 / (1 + np.exp(-z))


def scaled():
    return ((X - X.mean(axis=0)) / X.std(axis=0))[:, [3, 0, 1, 4, 2]]


def parameters(theta, classes):
    """Return gate logits, context weights by group as (inputs, later gates), and classifier rows."""
    logits, at, context = theta[:3], 3, []
    for i, size in enumerate((2, 1, 2)):
        later = 2 - i
        context.append(theta[at : at + (size + 1) * later].reshape(size + 1, later))
        at += (size + 1) * later
    return logits, context, theta[at:].reshape(1 if classes == 2 else classes, -1)


def one_reading(theta, classes, x, truth, pattern, reward):
    """Return the probability of a pattern of gates, the reward without cost, and the share read."""
    logits, context, rows = parameters(theta, classes)
    logit, parts = logits.copy(), np.split(x, [2, 3])
    chance, masked, presence = 1.0, np.zeros(5), np.zeros(3)
    for i, read in enumerate(pattern):
        p = logistic(logit[i])
        chance *= p if read else 1 - p
        if read:
            logit[i + 1 :] += np.append(parts[i], 1.0) @ context[i]
            masked[[slice(0, 2), slice(2, 3), slice(3, 5)][i]] = parts[i]
            presence[i] = 1
    scores = rows @ np.concatenate([masked, presence, [1.0]])
    scores = np.append(0.0, scores) if classes == 2 else scores
    p = np.exp(scores) / np.exp(scores).sum()
    share = np.dot(pattern, (2, 1, 2)) / 5
    return chance, np.log(p[truth]) if reward == "log-likelihood" else p[truth], share


def expected(theta, classes, reward="accuracy", cost=COST):
    """Return J, every pattern of gates enumerated."""
    total = 0.0
    for x, truth in zip(scaled(), LABELS[classes], strict=True):
        for pattern in PATTERNS:
            chance, earned, share = one_reading(theta, classes, x, truth, pattern, reward)
            total += chance * (earned - cost * share)
    return total / len(X)


def derivative(f, theta, step=1e-5):
    return np.array([(f(theta + e) - f(theta - e)) / (2 * step) for e in step * np.eye(theta.size)])


def of_one_sample(sample, classes, theta, draws, reward="accuracy", learn="all"):
    """Return {patterns drawn: (value, gradient)} of one sample, and the probability of every pattern."""
    reader = reader_of(classes, samples=draws, batch_size=1, reward=reward, learn=learn)
    x, truth = scaled()[sample], LABELS[classes][sample]
    found = {}
    for generation in range(200_000):
        if reader._batch(generation)[0] != sample:
            continue
        u = zoopt.noise(0, generation, sample, 3 * draws, kind="uniform", stream=5).reshape(draws, 3)
        drawn = tuple(pattern_of(theta, classes, x, row) for row in u)
        if drawn not in found:
            found[drawn] = reader.value_and_gradient(theta, generation=generation)
            if len(found) == len(PATTERNS) ** draws:
                break
    chances = {g: one_reading(theta, classes, x, truth, g, reward)[0] for g in PATTERNS}
    return found, chances


def pattern_of(theta, classes, x, u):
    logits, context, _ = parameters(theta, classes)
    logit, parts, pattern = logits.copy(), np.split(x, [2, 3]), []
    for i in range(3):
        pattern.append(int(u[i] < logistic(logit[i])))
        if pattern[-1]:
            logit[i + 1 :] += np.append(parts[i], 1.0) @ context[i]
    return tuple(pattern)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("reward", ["accuracy", "log-likelihood"])
def test_value_and_gradient_are_unbiased(classes, reward):
    """All 8 patterns of the gates of each sample; one draw, so without a baseline."""
    theta = theta_of(reader_of(classes))
    value, gradient = 0.0, np.zeros(theta.size)
    for sample in range(len(X)):
        found, chances = of_one_sample(sample, classes, theta, 1, reward)
        for (pattern,), (v, g) in found.items():
            value += chances[pattern] * v / len(X)
            gradient += chances[pattern] * g / len(X)
    assert value == pytest.approx(expected(theta, classes, reward), rel=1e-12)
    np.testing.assert_allclose(gradient, derivative(lambda t: expected(t, classes, reward), theta), atol=1e-9)


def test_two_draws_are_each_others_baseline_without_bias():
    """All 64 pairs of patterns of one sample."""
    theta = theta_of(reader_of(3))
    found, chances = of_one_sample(2, 3, theta, 2)
    assert len(found) == 64
    pairs = sum(chances[a] * chances[b] * g for (a, b), (_, g) in found.items())
    single, _ = of_one_sample(2, 3, theta, 1)
    np.testing.assert_allclose(pairs, sum(chances[a] * g for (a,), (_, g) in single.items()), atol=1e-13)


def test_a_batch_is_the_mean_of_its_samples():
    theta = theta_of(reader_of(3))
    whole = reader_of(3, samples=2).value_and_gradient(theta, generation=9)
    parts = [
        reader_of(3, samples=2)._core.value_and_gradient(theta, np.array([s], dtype=np.uint32), 9, 1) for s in range(6)
    ]
    assert whole[0] == pytest.approx(np.mean([v for v, _ in parts]), rel=1e-13)
    np.testing.assert_allclose(whole[1], np.mean([g for _, g in parts], axis=0), atol=1e-15)
    assert reader_of(3, samples=2)(theta, generation=9) == whole[0]


def test_batches_go_through_the_samples_once_an_epoch():
    reader = reader_of(3, batch_size=2)
    first = np.concatenate([reader._batch(g) for g in range(3)])
    second = np.concatenate([reader._batch(g) for g in range(3, 6)])
    assert sorted(first) == sorted(second) == list(range(6))
    assert first.tolist() != second.tolist()
    assert sorted(reader._batch(2**64 - 1)) == list(range(6))


def test_gates_that_do_not_learn_have_no_gradient():
    reader = reader_of(3, samples=2)
    theta = theta_of(reader)
    fixed = reader.changed(learn="classifier").value_and_gradient(theta, generation=1)[1]
    free = reader.value_and_gradient(theta, generation=1)[1]
    assert not fixed[: reader.gates].any()
    assert free[: reader.gates].any()
    assert np.array_equal(fixed[reader.gates :], free[reader.gates :])


@pytest.mark.parametrize("classes", [2, 3])
def test_what_is_read_is_what_is_likelier(classes):
    reader = reader_of(classes)
    theta = theta_of(reader)
    reading = reader.read(theta, X)
    for s, x in enumerate(scaled()):
        pattern = pattern_of(theta, classes, x, np.full(3, 0.5))
        assert reading.opened[s].astype(int).tolist() == list(pattern)
        chances = [one_reading(theta, classes, x, label, pattern, "accuracy")[1] for label in range(classes)]
        assert reading.labels[s] == np.argmax(chances)
    assert reading.share == pytest.approx(np.mean(reading.opened @ [2, 1, 2]) / 5)


def test_a_start_can_be_to_read_just_these_groups():
    reader = reader_of(3)
    opened = reader.read(reader.start(only=[2, 0]), X).opened
    assert np.array_equal(opened, np.tile([True, False, True], (6, 1)))
    np.testing.assert_allclose(logistic(reader.start(0.3)[:3]), 0.3)


def test_threads_and_pickles_change_no_bit():
    rows, labels = RNG.normal(size=(400, 6)), RNG.integers(4, size=400)
    one, two = (SkipReading(rows, labels, threads=threads, seed=3) for threads in (1, 2))
    theta = np.random.default_rng(2).normal(size=one.dim)
    expected_pair = one.value_and_gradient(theta, generation=5)
    for other in (two, pickle.loads(pickle.dumps(one))):
        value, gradient = other.value_and_gradient(theta, generation=5)
        assert value == expected_pair[0] == other(theta, generation=5)
        assert np.array_equal(gradient, expected_pair[1])


def test_it_learns_to_read_what_tells():
    """One of six features tells the label; with a cost the others are skipped, without one accuracy is all."""
    rows = np.random.default_rng(0).normal(size=(400, 6))
    reader = SkipReading(rows, rows[:, 4] > 0, cost=0.6)
    options = {"method": "adam", "budget": 600, "options": {"learning_rate": 0.1}}
    reading = reader.read(zoopt.minimize(reader, reader.start(), **options).mean, rows)
    assert reading.opened.mean(axis=0)[4] == 1
    assert reading.share < 0.2
    assert np.mean(reading.labels == (rows[:, 4] > 0)) > 0.97


def test_the_answer_is_where_it_ends_not_the_luckiest():
    reader = reader_of(3, batch_size=2)
    result = zoopt.minimize(reader, reader.start(), method="adam", budget=30, options={"learning_rate": 0.01})
    assert np.array_equal(result.x, result.mean)
    assert result.nfev == 30


def test_a_constant_feature_is_no_harm():
    rows = np.column_stack([X, np.full(6, 1e9)])
    reader = SkipReading(rows, LABELS[2])
    assert np.isfinite(reader.value_and_gradient(theta_of(reader))[1]).all()


def test_patches_at_the_edge_are_smaller():
    assert patches((3, 3), (2, 2)) == ((0, 1, 3, 4), (2, 5), (6, 7), (8,))


def test_the_curve_is_what_its_points_are():
    rows = np.random.default_rng(4).normal(size=(200, 6))
    curve = zoopt.reading_curve(
        rows, rows[:, 1] + rows[:, 3] > 0, costs=[0.2], sizes=[1, 2, 6], splits=3, steps=(60, 120), batch_size=64
    )
    table = curve.table()
    assert [(row["method"], row["setting"]) for row in table] == [
        ("skip", 0.2),
        *((method, size) for method in ("saliency", "random") for size in (1.0, 2.0, 6.0)),
    ]
    assert [row["share"] for row in table[1:4]] == pytest.approx([1 / 6, 1 / 3, 1])
    salient = [p for p in curve.points if p.method == "saliency"]
    for setting, least in ((2.0, 0.9), (6.0, 0.9)):
        assert np.mean([p.accuracy for p in salient if p.setting == setting]) > least
    accuracy = {p.split: p for p in curve.points if p.method == "skip"}
    for split, gain in enumerate(curve.gains("saliency", 0.2)):
        known = sorted((p.share, p.accuracy) for p in salient if p.split == split)
        shares, accuracies = zip(*known, strict=True)
        assert gain == pytest.approx(accuracy[split].accuracy - np.interp(accuracy[split].share, shares, accuracies))
