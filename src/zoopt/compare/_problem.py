"""What an experiment optimises: an objective gives one problem a seed, the same for every optimiser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


class BatchObjective(Protocol):
    """A function of many points at once, such as every objective of :mod:`zoopt.objectives`."""

    @property
    def dim(self) -> int:
        """Number of variables d."""

    @property
    def sense(self) -> str:
        """``"min"`` or ``"max"``: the direction in which its natural values get better."""

    def __call__(self, rows: FloatArray, /) -> Any:
        """Return the natural values, shape (n,), of rows of shape (n, d)."""


Surrogate = Callable[[FloatArray], tuple[float, FloatArray]]
"""``surrogate(x)`` returns value and gradient, shape (d,), of a smooth loss to be minimised in place of the metric."""


@dataclass(frozen=True)
class Problem:
    """One objective at one seed: everything that all optimisers share there.

    Attributes
    ----------
    search : BatchObjective
        What is optimised; its values are natural.
    holdout : BatchObjective or None
        What the recommended point is scored on, once, at the end of a run: the metric on a hold-out, or the
        noise-free function. None where the search values are honest themselves.
    starts : mapping of str to ndarray of shape (d,)
        Named starting points; an optimiser is run from each. One of name ``""`` where there is no choice.
    scales : mapping of str to float
        Initial scale of the search for each start, > 0.
    bounds : pair of ndarray of shape (d,), or None
        Lower and upper limits of the box.
    optimum : float or None
        Natural value of the optimum where it is known; measured values are then distances from it, ≥ 0.
    noise : float
        Standard deviation of the normal noise that is added to every value of ``search`` before an optimiser sees it,
        the same for all optimisers at each evaluation. What is recorded is without noise.
    seed : int
        Of that noise.
    noise_free : BatchObjective or None
        What is recorded in place of the values of ``search``, where these are noisy by themselves.
    baselines : mapping of str to ndarray of shape (d,)
        Named points that no optimiser has touched.
    details : mapping of str to float
        What was chosen on the way, for the record.
    surrogate : callable or None
        What first-order optimisers follow; see :data:`Surrogate`.
    """

    search: BatchObjective
    starts: Mapping[str, FloatArray]
    scales: Mapping[str, float]
    holdout: BatchObjective | None = None
    bounds: tuple[FloatArray, FloatArray] | None = None
    optimum: float | None = None
    noise: float = 0.0
    seed: int = 0
    noise_free: BatchObjective | None = None
    baselines: Mapping[str, FloatArray] = field(default_factory=dict)
    details: Mapping[str, float] = field(default_factory=dict)
    surrogate: Surrogate | None = None


class ExperimentObjective(Protocol):
    """What an experiment asks of an objective; anything that can be pickled and has these will do.

    A class that inherits from :class:`SimpleObjective` has what is the same for most without saying so.
    """

    @property
    def name(self) -> str:
        """Name in tables and reports, unique within the experiment."""

    @property
    def metric(self) -> str:
        """Name of what is measured, such as ``"f1"`` or ``"distance from the optimum"``."""

    @property
    def sense(self) -> Literal["min", "max"]:
        """Direction in which measured values get better."""

    @property
    def dimensions(self) -> int:
        """Largest number of parameters d over the seeds."""

    @property
    def targets(self) -> tuple[float, ...]:
        """Measured values whose first reach is recorded exactly, from easy to hard; may be empty."""

    @property
    def starts(self) -> tuple[str, ...]:
        """Names of the starts of its problems, ``("",)`` where there is no choice; an optimiser is run from each."""

    @property
    def baselines(self) -> tuple[str, ...]:
        """Names of the baselines of its problems."""

    @property
    def bounded(self) -> bool:
        """Whether its problems have bounds."""

    @property
    def follows(self) -> Literal["best", "recommendation"]:
        """What the curve shows.

        ``"best"``: the best value seen so far. ``"recommendation"``: the value of the point that the optimiser would
        answer with, evaluated at checkpoints and charged to the budget.
        """

    @property
    def test_train_ratio(self) -> float:
        """n_test / n_train of the splits behind the seeds; 0 where seeds are independent."""

    @property
    def work(self) -> float:
        """Cost of one evaluation in multiply-adds, to share out the work."""

    def describe(self) -> dict[str, Any]:
        """Return what the report says about the objective: description, rows, hash of the data …."""

    def identity(self) -> dict[str, Any]:
        """Return what decides the values, as JSON can hold it: name, parameters, hash of data, version of the source.

        Two objectives of one identity are one objective: finished runs on it are not repeated.
        """

    def prepare(self, seed: int) -> Problem:
        """Return the problem of one seed, the same at every call."""

    def suited(self, optimizer: str, start: str) -> Mapping[str, bool | int | float | str]:
        """Return options that suit it better than an optimiser's own defaults; those that the user gives go before."""

    def refuses(self, optimizer: str) -> str:
        """Return why an optimiser of that name is not to be run on it, in a sentence; empty where it may."""


class SimpleObjective:
    """What most objectives say: one start, no baselines, no bounds, independent seeds, no wishes about optimisers."""

    @property
    def starts(self) -> tuple[str, ...]:
        """One, without a name."""
        return ("",)

    @property
    def baselines(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def bounded(self) -> bool:
        """No."""
        return False

    @property
    def follows(self) -> Literal["best", "recommendation"]:
        """The best value so far."""
        return "best"

    @property
    def test_train_ratio(self) -> float:
        """Seeds are independent."""
        return 0.0

    def suited(self, optimizer: str, start: str) -> Mapping[str, bool | int | float | str]:
        """Return nothing: the optimiser's own defaults will do."""
        return {}

    def refuses(self, optimizer: str) -> str:
        """Return an empty text: every optimiser may run."""
        return ""


def surrogate_of(objective: ExperimentObjective) -> str:
    """Return the name of the surrogate that an objective says its problems have; empty where it says nothing.

    An objective with one has an attribute ``surrogate``, and follows the recommendation.
    """
    return str(getattr(objective, "surrogate", ""))
