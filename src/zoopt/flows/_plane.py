"""A plane through the start, on which ways and the loss can be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from zoopt._arguments import FloatArray
from zoopt.flows._rate_task import Task
from zoopt.flows._rates import Plane, RatePath

_CELLS = 61
_MARGIN = 0.15
_STRAIGHT = 1e-6

Project = Callable[[FloatArray], FloatArray]


def plane_of(task: Task, flow: FloatArray) -> tuple[Project, Callable[[Sequence[RatePath]], Plane]]:
    """Return a projection, and what makes the plane once all ways are known.

    Of two coordinates the plane is all there is. Of more it is spanned by the chord of the flow and by the direction in
    which the flow bends away from it most.
    """
    if task.x0.size == 2:
        origin, axes, labels = np.zeros(2), np.eye(2), ("x[0]", "x[1]")
    else:
        origin, axes = task.x0, _axes(task, flow)
        labels = ("along the chord of the flow", "where the flow bends")

    def project(points: FloatArray) -> FloatArray:
        placed: FloatArray = (points - origin) @ axes.T
        return placed

    def plane(paths: Sequence[RatePath]) -> Plane:
        on_it = project(flow)
        near = [on_it, *(path.plane[_within(path.plane, on_it)] for path in paths)]
        horizontal, vertical = (_range(np.concatenate([dots[:, k] for dots in near])) for k in (0, 1))
        loss = np.empty((_CELLS, _CELLS))
        for line, height in zip(loss, vertical, strict=True):  # one after the other, for memory
            line[:] = task.whole.values(origin + np.column_stack([horizontal, np.full(_CELLS, height)]) @ axes)
        return Plane(labels, on_it, horizontal, vertical, loss)

    return project, plane


def _axes(task: Task, flow: FloatArray) -> FloatArray:
    """Return two orthonormal directions, of shape (2, dim); of a single coordinate the second one is zero."""
    chord = flow[-1] - flow[0]
    length = float(np.linalg.norm(chord))
    first = chord / length if length > 0 else np.eye(1, task.x0.size)[0]
    away = flow - flow[0]
    away = away - np.outer(away @ first, first)
    sizes = np.linalg.norm(away, axis=1)
    second = away[int(sizes.argmax())]
    if not sizes.max() > _STRAIGHT * max(length, 1e-300):
        second = task.whole.gradient(task.x0 + 0.5 * chord + 1e-3 * np.linalg.norm(chord) * _other(first))
        second = second - (second @ first) * first
    size = float(np.linalg.norm(second))
    return np.stack([first, second / size if size > 0 else _other(first)])


def _other(first: FloatArray) -> FloatArray:
    """Return a direction orthogonal to one, or zero where there is none."""
    if first.size == 1:
        return np.zeros(1)
    axis = np.zeros(first.size)
    axis[int(np.abs(first).argmin())] = 1.0
    axis -= (axis @ first) * first
    unit: FloatArray = axis / np.linalg.norm(axis)
    return unit


def _within(dots: FloatArray, about: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which dots lie near the flow: of ways that diverge only the beginning shows."""
    middle = (about.max(axis=0) + about.min(axis=0)) / 2
    reach = 2.0 * float(np.ptp(about, axis=0).max())
    return np.asarray((np.abs(dots - middle) <= reach).all(axis=1))


def _range(values: FloatArray) -> FloatArray:
    low, high = float(values.min()), float(values.max())
    room = _MARGIN * (high - low) or 1.0
    return np.linspace(low - room, high + room, _CELLS)
