"""S1: the policy gradient by enumeration, its estimates and their variances, against plain numpy.

What an estimator gives is enumerated: generations are gone through until every choice, or every labeling, has been
drawn, and its estimate is weighted by the probability that numpy gives it. So means and variances here are exact.
"""

import numpy as np
import pytest
from softmax_policies import carried, exact, f1, f1_macro, labelings, of_corpus, scores_of, softmax

from zoopt.objectives import PolicyObjective, SoftmaxPolicy

RNG = np.random.default_rng(5)
TINY = RNG.normal(size=(4, 2))
ROW = np.array([[0.8, -1.3, 0.4]])
LENGTH = float(np.square(ROW).sum() + 1)  # squared, with the intercept


def tight(got, expected, atol=1e-14):
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=atol)


def close(got, expected, tolerance=1e-12):
    scale = np.max(np.abs(expected)) + 1e-300
    assert np.max(np.abs(np.asarray(got) - expected)) <= tolerance * scale, (got, expected)


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize("temperature", [0.3, 1.0, "each"])
@pytest.mark.parametrize("weighted", [False, True])
def test_enumeration_is_the_policy_gradient(classes, temperature, weighted):
    """2500 samples, more than a block of the core, any rewards, against numpy to 1e-12."""
    X = RNG.normal(size=(2500, 3))
    y = RNG.integers(classes, size=2500)
    y[:classes] = np.arange(classes)
    table = RNG.normal(size=(classes, classes))
    tau = RNG.uniform(0.2, 2, size=2500) if temperature == "each" else np.full(2500, temperature)
    weights = RNG.uniform(size=2500) if weighted else None
    policy = PolicyObjective(
        X, y, reward=table, temperature=tau if temperature == "each" else temperature, sample_weight=weights
    )
    theta = RNG.normal(size=policy.dim)
    value, gradient = policy.value_and_gradient(theta)
    expected = exact(theta, X, table, y, tau, weights)
    tight(value, expected[0])
    close(gradient, expected[1])
    assert policy(theta) == value
    close(policy.probabilities(theta), softmax(scores_of(theta, X, classes), tau))


def test_the_gradient_is_the_derivative_of_the_value():
    X, y = RNG.normal(size=(40, 3)), RNG.integers(4, size=40)
    policy = PolicyObjective(X, y, temperature=0.7)
    theta = RNG.normal(size=policy.dim)
    steps = 1e-5 * np.eye(policy.dim)
    numeric = (policy(theta + steps) - policy(theta - steps)) / 2e-5
    np.testing.assert_allclose(policy.value_and_gradient(theta)[1], numeric, atol=1e-9)


def test_at_its_maximum_probabilities_and_rewards_are_sorted_alike():
    """S1.2: the ascent direction raises the score of the best label most, and lowers that of the worst."""
    rewards = RNG.normal(size=(50, 6))
    _, slopes = SoftmaxPolicy((50, 6), rewards).value_and_slopes(np.zeros((50, 6)))
    assert np.array_equal(slopes.argsort(axis=1), rewards.argsort(axis=1))
    tight(slopes.sum(axis=1), 0)


# S1-E6: variances for two labels, by enumeration of both choices.


def outcomes(p, **options):
    """Return the gradient for choice 0 and choice 1 of one sample whose label 1 has probability p and is rewarded."""
    policy = PolicyObjective(ROW, [1], classes=[0, 1], samples=1, **options)
    theta = np.append(np.zeros(3), np.log(p / (1 - p)))
    found = {}
    for generation in range(10_000):
        choice = int(policy.draw(theta, generation=generation)[0, 0])
        found.setdefault(choice, policy.value_and_gradient(theta, generation=generation)[1])
        if len(found) == 2:
            break
    return found[0], found[1]


def moments(p, **options):
    wrong, right = outcomes(p, **options)
    mean = p * right + (1 - p) * wrong
    return mean, (p * right @ right + (1 - p) * wrong @ wrong - mean @ mean) / LENGTH


VARIANCES = {
    "none": lambda p: p * (1 - p) ** 3,
    "mean": lambda p: p * (1 - p) * (1 - 2 * p) ** 2,
    "optimal": lambda p: 0.0,
}


@pytest.mark.parametrize("baseline", VARIANCES)
@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.6, 2 / 3, 0.9])
def test_variances_of_a_binary_action(p, baseline):
    mean, variance = moments(p, baseline=baseline)
    tight(variance, VARIANCES[baseline](p))
    close(mean, p * (1 - p) * np.append(ROW, 1.0))  # unbiased


def test_the_mean_reward_is_a_worse_baseline_than_none_above_two_thirds():
    tight(moments(0.9, baseline="mean")[1], 0.0576)
    tight(moments(0.9, baseline="none")[1], 0.0009)
    for p, worse in ((0.66, False), (0.67, True)):
        assert (moments(p, baseline="mean")[1] > moments(p, baseline="none")[1]) == worse


# Four labels with any rewards: the baseline of least variance, and unbiasedness for all of them.

LABELS = 4
REWARDS = np.array([[0.4, -1.0, 2.0, 0.1]])
SCORES = np.array([[0.3, 1.1, -0.4, 0.0]])
P = softmax(SCORES, 0.6)[0]


def slopes_of_choices(baseline):
    policy = SoftmaxPolicy((1, LABELS), REWARDS, temperature=0.6, samples=1, baseline=baseline)
    found = {}
    for generation in range(10_000):
        choice = int(policy.choices(SCORES, generation=generation)[0, 0])
        found.setdefault(choice, policy.value_and_slopes(SCORES, generation=generation)[1][0])
        if len(found) == LABELS:
            break
    return np.array([found[y] for y in range(LABELS)])


def variance_with(b):
    scores = (np.eye(LABELS) - P) / 0.6
    estimates = (REWARDS[0] - b)[:, None] * scores
    return P @ np.square(estimates).sum(axis=1) - np.square(P @ estimates).sum()


def test_the_optimal_baseline_has_the_least_variance():
    length = np.square(np.eye(LABELS) - P).sum(axis=1)
    best = (P * REWARDS[0] * length).sum() / (P * length).sum()
    every = {"none": 0.0, "mean": P @ REWARDS[0], "optimal": best}
    exact_slopes = SoftmaxPolicy((1, LABELS), REWARDS, temperature=0.6).value_and_slopes(SCORES)[1][0]
    for baseline, b in every.items():
        found = slopes_of_choices(baseline)
        close(P @ found, exact_slopes)
        variance = P @ np.square(found).sum(axis=1) - np.square(P @ found).sum()
        tight(variance, variance_with(b))
    assert variance_with(best) < min(variance_with(best + 0.01), variance_with(best - 0.01))


def test_leave_one_out_is_unbiased():
    """All 16 pairs of draws."""
    policy = SoftmaxPolicy((1, LABELS), REWARDS, temperature=0.6, samples=2, baseline="leave-one-out")
    found = {}
    for generation in range(20_000):
        pair = tuple(policy.choices(SCORES, generation=generation)[:, 0].tolist())
        found.setdefault(pair, policy.value_and_slopes(SCORES, generation=generation)[1][0])
        if len(found) == LABELS**2:
            break
    mean = sum(P[a] * P[b] * found[a, b] for a in range(LABELS) for b in range(LABELS))
    close(mean, SoftmaxPolicy((1, LABELS), REWARDS, temperature=0.6).value_and_slopes(SCORES)[1][0])


def test_leave_one_out_compares_with_the_mean_of_the_others():
    k = 5
    policy = SoftmaxPolicy((1, LABELS), REWARDS, temperature=0.6, samples=k, baseline="leave-one-out")
    drawn = policy.choices(SCORES, generation=3)[:, 0]
    assert len(set(drawn.tolist())) > 2
    earned = REWARDS[0, drawn]
    others = (earned.sum() - earned) / (k - 1)
    expected = ((earned - others)[:, None] * (np.eye(LABELS)[drawn] - P) / 0.6).mean(axis=0)
    close(policy.value_and_slopes(SCORES, generation=3)[1][0], expected)


# Rewards of the whole corpus, all labelings enumerated.

TRUTHS = {2: np.array([1, 0, 1, 1]), 3: np.array([0, 2, 1, 2])}
METRICS = {2: ("f1", f1), 3: ("f1_macro", f1_macro)}


def estimates_of_labelings(policy, theta, classes):
    """Return the gradient that every labeling makes, in the order of labelings()."""
    found = {}
    for generation in range(200_000):
        drawn = tuple(int(label) for label in policy.draw(theta, generation=generation)[0])
        if drawn not in found:
            found[drawn] = policy.value_and_gradient(theta, generation=generation)
            if len(found) == classes ** len(TINY):
                break
    return [found[tuple(choices)] for choices in labelings(len(TINY), classes).tolist()]


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("estimator", ["difference", "score-function"])
def test_corpus_estimates_are_unbiased(classes, estimator):
    name, metric = METRICS[classes]
    truth = TRUTHS[classes]
    more = {} if estimator == "difference" else {"baseline": "none"}
    policy = PolicyObjective(TINY, truth, classes=range(classes), reward=name, estimator=estimator, samples=1, **more)
    theta = 0.5 * np.random.default_rng(1).normal(size=policy.dim)
    value, gradient = of_corpus(theta, TINY, classes, lambda choices: metric(truth, choices))
    p = softmax(scores_of(theta, TINY, classes))
    every = labelings(len(TINY), classes)
    chance = p[np.arange(len(TINY)), every].prod(axis=1)
    found = estimates_of_labelings(policy, theta, classes)
    tight(chance @ [v for v, _ in found], value)
    close(chance @ np.array([g for _, g in found]), gradient)


def test_enumerating_a_sample_has_less_variance_than_its_score_function():
    """Of F1 on 4 samples, one labeling: exactly, by enumeration of all 16."""
    theta = 0.5 * np.random.default_rng(1).normal(size=3)
    p = softmax(scores_of(theta, TINY, 2))
    chance = p[np.arange(4), labelings(4, 2)].prod(axis=1)
    variances = {}
    for estimator, more in {"difference": {}, "score-function": {"baseline": "none"}}.items():
        policy = PolicyObjective(TINY, TRUTHS[2], reward="f1", estimator=estimator, samples=1, **more)
        gradients = np.array([g for _, g in estimates_of_labelings(policy, theta, 2)])
        mean = chance @ gradients
        variances[estimator] = chance @ np.square(gradients).sum(axis=1) - mean @ mean
    assert variances["difference"] < variances["score-function"] / 5


def test_leave_one_out_on_labelings_is_the_mean_of_the_others():
    truth = TRUTHS[3]
    k = 5
    policy = PolicyObjective(
        TINY, truth, reward="f1_macro", estimator="score-function", samples=k, baseline="leave-one-out", seed=9
    )
    theta = np.random.default_rng(2).normal(size=policy.dim)
    drawn = policy.draw(theta, generation=4)
    rewards = np.array([f1_macro(truth, choices) for choices in drawn])
    p = softmax(scores_of(theta, TINY, 3))
    others = (rewards.sum() - rewards) / (k - 1)
    slopes = sum((r - b) / k * (np.eye(3)[c] - p) for r, b, c in zip(rewards, others, drawn, strict=True))
    value, gradient = policy.value_and_gradient(theta, generation=4)
    tight(value, rewards.mean())
    close(gradient, carried(slopes, TINY, 3))


@pytest.mark.parametrize("score", ["softmax", "gumbel"])
def test_a_function_of_all_labels_is_what_the_named_metric_is(score):
    truth = TRUTHS[3]
    options = {"estimator": "score-function", "samples": 6, "seed": 2, "score": score}
    named = PolicyObjective(TINY, truth, reward="f1_macro", **options)
    own = PolicyObjective(TINY, truth, reward=f1_macro, **options)
    theta = np.random.default_rng(3).normal(size=named.dim)
    for generation in range(5):
        a, b = (policy.value_and_gradient(theta, generation=generation) for policy in (named, own))
        tight(a[0], b[0])
        close(a[1], b[1])
        tight(named(theta, generation=generation), own(theta, generation=generation))


@pytest.mark.parametrize("classes", [2, 3])
def test_expected_counts_are_the_metric_of_expected_counts(classes):
    truth = RNG.integers(classes, size=60)
    X = RNG.normal(size=(60, 2))
    policy = PolicyObjective(X, truth, reward="f1" if classes == 2 else "f1_macro", estimator="expected-counts")
    theta = RNG.normal(size=policy.dim)
    p = softmax(scores_of(theta, X, classes))
    each = [2 * p[truth == c, c].sum() / ((truth == c).sum() + p[:, c].sum()) for c in range(classes)]
    value, gradient = policy.value_and_gradient(theta)
    tight(value, each[1] if classes == 2 else np.mean(each))
    assert policy(theta) == value
    steps = 1e-5 * np.eye(policy.dim)
    np.testing.assert_allclose(gradient, (policy(theta + steps) - policy(theta - steps)) / 2e-5, atol=1e-9)


def test_expected_counts_differ_from_the_expected_metric_by_one_over_n():
    """The gap on copies of 4 samples halves as their number doubles; 4 and 8 samples enumerated exactly."""
    theta = 0.5 * np.random.default_rng(1).normal(size=3)
    gaps = []
    for copies in (1, 2, 3):
        X, truth = np.tile(TINY, (copies, 1)), np.tile(TRUTHS[2], copies)
        value, _ = of_corpus(theta, X, 2, lambda choices, truth=truth: f1(truth, choices))
        gaps.append(PolicyObjective(X, truth, reward="f1", estimator="expected-counts")(theta) - value)
    assert gaps[0] > 0
    assert gaps[1] / gaps[0] == pytest.approx(1 / 2, rel=0.1)
    assert gaps[2] / gaps[0] == pytest.approx(1 / 3, rel=0.1)


@pytest.mark.parametrize("activation", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("reward", ["accuracy", "f1_macro"])
def test_the_gradient_reaches_through_a_network(activation, reward):
    """Against differences of the value, and for tanh the chain rule in numpy."""
    X, y = RNG.normal(size=(300, 3)), RNG.integers(3, size=300)
    estimator = "enumeration" if reward == "accuracy" else "expected-counts"
    policy = PolicyObjective(
        X, y, model="mlp", hidden=(4,), activation=activation, reward=reward, estimator=estimator, temperature=0.8
    )
    theta = policy.layout.initial(seed=3)
    value, gradient = policy.value_and_gradient(theta)
    steps = 1e-5 * np.eye(policy.dim)
    np.testing.assert_allclose(gradient, (policy(theta + steps) - policy(theta - steps)) / 2e-5, atol=1e-8)
    if activation == "tanh" and reward == "accuracy":
        (W, b), (V, c) = policy.layout.layers(theta)
        inner = np.tanh(X @ W.T + b)
        p = softmax(inner @ V.T + c, 0.8)
        rewards = np.eye(3)[y]
        slopes = p * (rewards - (p * rewards).sum(axis=1, keepdims=True)) / 0.8 / len(X)
        back = slopes @ V * (1 - inner**2)
        layers = [(back.T @ X, back.sum(axis=0)), (slopes.T @ inner, slopes.sum(axis=0))]
        close(gradient, policy.layout.theta(layers), 1e-11)
        tight(value, p[np.arange(300), y].mean())
