"""Softmax policies in plain numpy, written apart from the compiled ones, for the tests to compare with."""

import itertools

import numpy as np


def with_intercept(X):
    return np.column_stack([X, np.ones(len(X))])


def scores_of(theta, X, classes):
    """Return scores of all labels, shape (n, classes); of two classes that of the first is 0."""
    rows = theta.reshape(1 if classes == 2 else classes, -1)
    scores = with_intercept(X) @ rows.T
    return np.column_stack([np.zeros(len(X)), scores]) if classes == 2 else scores


def softmax(scores, temperature=1.0):
    scaled = scores / np.reshape(temperature, (-1, 1))
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def carried(slopes, X, classes):
    """Return the gradient of a linear model whose scores have these slopes, shape (n, classes)."""
    return ((slopes[:, 1:] if classes == 2 else slopes).T @ with_intercept(X)).ravel()


def exact(theta, X, table, truth, temperature=1.0, weights=None):
    """Return expected reward and policy gradient; label y of sample s earns table[truth[s], y]."""
    classes = len(table)
    share = np.full(len(X), 1 / len(X)) if weights is None else weights / np.sum(weights)
    p = softmax(scores_of(theta, X, classes), temperature)
    rewards = table[truth]
    mean = (p * rewards).sum(axis=1)
    slopes = (share / temperature)[:, None] * p * (rewards - mean[:, None])
    return share @ mean, carried(slopes, X, classes)


def labelings(samples, classes):
    return np.array(list(itertools.product(range(classes), repeat=samples)))


def chances(p, choices):
    """Return the probability of every labeling, shape (k, n) -> (k,)."""
    return p[np.arange(len(p)), choices].prod(axis=1)


def of_corpus(theta, X, classes, reward):
    """Return the expected reward of all labelings and its gradient, every labeling enumerated."""
    p = softmax(scores_of(theta, X, classes))
    every = labelings(len(X), classes)
    chance = chances(p, every)
    rewards = np.array([reward(choices) for choices in every])
    slopes = sum(c * r * (np.eye(classes)[choices] - p) for c, r, choices in zip(chance, rewards, every, strict=True))
    return chance @ rewards, carried(slopes, X, classes)


def f1(truth, choices):
    hits = np.sum((truth == 1) & (choices == 1))
    total = np.sum(truth == 1) + np.sum(choices == 1)
    return 2 * hits / total if total else 0.0


def f1_macro(truth, choices):
    return np.mean([f1(truth == c, choices == c) for c in np.union1d(truth, choices)])
