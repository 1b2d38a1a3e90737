"""What an optimisation returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scipy.optimize import OptimizeResult

from zoopt._arguments import FloatArray
from zoopt._status import Leg, Trace


class Result(OptimizeResult):
    """The outcome of :func:`zoopt.minimize`, a :class:`scipy.optimize.OptimizeResult`.

    Attributes
    ----------
    x : ndarray, shape (d,)
        The best point evaluated; the final mean is one of them. With mini-batches the final mean, as the best of the
        values on batches is the luckiest.
    fun : float
        Its value, natural: an accuracy is an accuracy even though it was maximised. With mini-batches on all samples.
    nfev, nit : int
        Evaluations and generations used; never more evaluations than the budget. Where a compiled run was interrupted,
        what it had evaluated of its last generation counts, though nothing was learned from it.
    success : bool
        Whether the run ended as asked: target reached or converged.
    status : int
        A :class:`Status`; ``message`` says it in words, with advice.
    mean : ndarray, shape (d,)
        The mean of the search distribution at the end; the better answer where the objective is noisy.
    trace : Trace
    seed : int
        What to pass as `seed` to get the same run again.
    invalid : int
        How many candidates had a value that was NaN or infinite.
    legs : tuple of Leg
        The searches between restarts, the last one last: one where the algorithm does not restart.
    state : dict
        What ``Optimizer.load_state_dict`` takes to go on from here.
    """

    x: FloatArray
    fun: float
    nfev: int
    nit: int
    success: bool
    status: int
    message: str
    mean: FloatArray
    trace: Trace
    seed: int
    invalid: int
    legs: tuple[Leg, ...]
    state: dict[str, object]

    if TYPE_CHECKING:

        def __init__(self, **fields: object) -> None: ...
