"""N-best lists that nobody decoded, and plain ways to do what the core does with them."""

import numpy as np

WORDS = [
    "the",
    "a",
    "cat",
    "dog",
    "sat",
    "sits",
    "on",
    "under",
    "mat",
    "house",
    "it",
    "was",
    "is",
    ",",
    ".",
    "and",
    "I",
    "think",
    "3.5",
    "50%",
]


def sentence(rng, most=12):
    return " ".join(rng.choice(WORDS, size=rng.integers(most + 1)))


def changed(rng, text):
    """Return the text with some words replaced, left out or doubled."""
    words = []
    for word in text.split():
        chance = rng.random()
        words += [] if chance < 0.1 else [word, word] if chance < 0.15 else [word]
        if chance > 0.8:
            words[-1] = str(rng.choice(WORDS))
    return " ".join(words)


def made_up(rng, lists=40, most=30, features=5, whole=False):
    """Return features, hypotheses and references; whole features are small numbers, which tie often."""
    hypotheses, references, numbers = [], [], []
    for _ in range(lists):
        size = int(rng.integers(1, most + 1))
        refs = [sentence(rng) for _ in range(rng.integers(1, 4))]
        references.append(refs)
        hypotheses.append([changed(rng, str(rng.choice(refs))) for _ in range(size)])
        shape = (size, features)
        numbers.append(rng.integers(-3, 4, shape).astype(float) if whole else rng.normal(size=shape))
    return numbers, hypotheses, references


def plain_picks(features, theta):
    return np.array([int(np.argmax(one @ theta)) for one in features])


def streams(references):
    """Return references as sacrebleu takes them: stream by stream, None where a segment has no more."""
    most = max(len(refs) for refs in references)
    return [[refs[k] if k < len(refs) else None for refs in references] for k in range(most)]
