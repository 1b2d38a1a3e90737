"""The one table of scales and learning rates that ``zoopt compare`` uses.

Problems are scaled so that a typical weight is 1 (see :class:`~zoopt.compare.Classification`), and metrics
lie in [0, 1]; therefore one number does for all data sets. None of these was chosen on a hold-out, nor for
one data set.
"""

from collections.abc import Mapping

OPTIMIZERS = ("zo-sgd", "two-point", "spsa", "openai-es", "snes", "cma-es", "random-search")
"""The algorithms of ``zoopt compare`` without arguments."""

STARTS = ("warm", "zero")
"""``warm``: the cross-entropy fit. ``zero``: all parameters 0."""

SCALES: Mapping[str, float] = {"warm": 0.3, "zero": 1.0}
"""Initial scale of the search for each start, for all algorithms alike."""

LEARNING_RATES: Mapping[str, Mapping[str, float]] = {
    "zo-sgd": {"warm": 0.1, "zero": 1.0},
    "two-point": {"warm": 3.0, "zero": 3.0},
    "spsa": {"warm": 3.0, "zero": 3.0},
    "openai-es": {"warm": 0.1, "zero": 0.3},
}
"""Where an algorithm has no entry, its own defaults hold.

Chosen once out of 0.01, 0.03, 0.1, 0.3, 1 and 3: the highest training metric on average over the five default
objectives, 20 000 evaluations, seeds 100 to 102, which the comparison itself does not use.
"""


MOST_COVARIANCE_DIMENSIONS = 128
"""Above so many parameters algorithms with a full covariance are not applicable: they would take the whole time."""


def default_options(algorithm: str, start: str) -> dict[str, float]:
    """Return the options of an algorithm that differ from its own defaults, for one start."""
    rates = LEARNING_RATES.get(algorithm, {})
    return {"learning_rate": rates[start]} if start in rates else {}
