"""Means of fields, and their parts one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from zoopt import _core
from zoopt._arguments import Seed, seed_of
from zoopt.flows._derived import DerivedField, checked_parts
from zoopt.flows._points import Field


class InTurn(DerivedField):
    """The parts of a mean, one a step; :func:`shuffled` and :func:`cyclic` make one."""

    @property
    def whole(self) -> Field:
        """The mean of them."""
        return average([part.whole for part in self.parts])

    @property
    def in_order(self) -> bool:
        """Whether every epoch goes through them as they stand."""
        return self.name == "cyclic"


def average(parts: Sequence[Field]) -> Field:
    """Return the mean of fields: of their values, gradients and products.

    Parameters
    ----------
    parts : sequence of Field
        All of one dim.

    Raises
    ------
    InvalidType
        A part is no field.
    InvalidInput
        There are none, or their dim differs.

    Examples
    --------
    >>> from zoopt import flows
    >>> flows.average([flows.quadratic([1.0], 1.0), flows.quadratic([3.0], -1.0)]).gradient([0.0]).tolist()
    [1.0]
    """
    return DerivedField("average", _core.average_field, checked_parts(parts), {})


def shuffled(parts: Sequence[Field], *, seed: Seed) -> InTurn:
    """Return the parts of a mean as one field that is one of them in every step: SGD goes through shuffles of them.

    Every epoch of ``len(parts)`` steps has an order of its own, drawn from the seed; it is that of the mini-batches of
    :class:`zoopt.objectives.MetricObjective` with ``batch_size=1``. :func:`descend` tells the field which step it is;
    value, gradient and products are those of the part whose turn it is, and before any step those of the mean.

    Parameters
    ----------
    parts : sequence of Field
        All of one dim.
    seed : int, numpy Generator or None
        None draws one.

    Returns
    -------
    InTurn
        ``whole`` is the mean, which :func:`descend` hands on as the field of its trajectory.

    Raises
    ------
    InvalidType
        A part is no field.
    InvalidInput
        There are none, or their dim differs.

    See Also
    --------
    cyclic : the same in the order of the list.
    modified_flow : the flow that this descent follows in the mean.

    Examples
    --------
    >>> from zoopt import flows
    >>> parts = [flows.quadratic([1.0], centre) for centre in (-1.0, 0.0, 1.0)]
    >>> run = flows.descend(flows.shuffled(parts, seed=0), [2.0], learning_rate=0.1, steps=90)
    >>> bool(abs(run.x[-1, 0]) < 0.2)
    True
    """
    return InTurn("shuffled", _core.field_in_turn, checked_parts(parts), {"seed": seed_of(seed)})


def cyclic(parts: Sequence[Field]) -> InTurn:
    """Return the parts of a mean as one field that is one of them in every step, in the order of the list.

    As :func:`shuffled`, with the same order in every epoch.

    Examples
    --------
    >>> from zoopt import flows
    >>> parts = [flows.quadratic([1.0], centre) for centre in (-1.0, 1.0)]
    >>> run = flows.descend(flows.cyclic(parts), [1.0], learning_rate=0.5, steps=2, save_every=1)
    >>> run.x.ravel().tolist()
    [1.0, 0.0, 0.5]
    """
    return InTurn("cyclic", _core.field_in_turn, checked_parts(parts), {"seed": None})
