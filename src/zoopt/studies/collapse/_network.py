"""A siamese network whose encoder is a compiled layout, trained on views of digits a mini-batch a step."""

from dataclasses import dataclass

import numpy as np

from zoopt._arguments import FloatArray
from zoopt.objectives import Layout
from zoopt.studies.collapse._digits import Digits

Layers = list[tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class SiameseNetwork:
    """The loss ½ E‖P F(x₁) − F′(x₂)‖² with what is followed of its gradient: an objective that makes a field.

    Parameters
    ----------
    data : Digits
    layout : Layout
        Of the encoder F; hidden units are rectified.
    batch : int
        Images a step.
    predictor, stop_gradient : bool
        Whether there is a predictor P, a matrix, and whether the target is left out of the derivative.
    average : float or None
        β of dθ′/dt = β (θ − θ′) where the target is a moving average.
    against_clean : bool
        Whether the target is F of the mean of all views instead of a second view.
    """

    data: Digits
    layout: Layout
    batch: int
    predictor: bool = True
    stop_gradient: bool = True
    average: float | None = None
    against_clean: bool = False

    zoopt_generation = True

    @property
    def dim(self) -> int:
        """Coordinates of a point: of F, then P, then F′, where there are such."""
        return self.layout.dim * (1 + (self.average is not None)) + self.layout.outputs**2 * self.predictor

    def start(self, seed: int, predictor: FloatArray) -> FloatArray:
        """Return a start with the given predictor, the target equal to the encoder."""
        theta = self.layout.initial("he-normal", seed=seed)
        parts = [theta]
        if self.predictor:
            parts.append(predictor.ravel())
        if self.average is not None:
            parts.append(theta)
        return np.concatenate(parts)

    def split(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return parameters of F, P, and parameters of F′."""
        size, units = self.layout.dim, self.layout.outputs
        square = units**2 * self.predictor
        P = x[size : size + square].reshape(units, units) if self.predictor else np.eye(units)
        return x[:size], P, x[size + square :] if self.average is not None else x[:size]

    def outputs(self, x: FloatArray, images: FloatArray) -> FloatArray:
        """Return F of images, shape (samples, units)."""
        return forward(self.layout.layers(self.split(x)[0]), images)[-1]

    def __call__(self, x: FloatArray, generation: int = 0) -> float:
        """Return the loss on the mini-batch of a step."""
        return self.value_and_gradient(x, generation)[0]

    def value_and_gradient(self, x: FloatArray, generation: int = 0) -> tuple[float, FloatArray]:
        """Return the loss on the mini-batch of a step, and what the flow goes against."""
        theta, P, other = self.split(x)
        one, two, clean = self.data.views(generation, self.batch)
        layers, target_layers = self.layout.layers(theta), self.layout.layers(other)
        seen, aimed = forward(layers, one), forward(target_layers, clean if self.against_clean else two)
        residual = seen[-1] @ P.T - aimed[-1]
        down = backward(layers, seen, residual @ P / self.batch)
        if not self.stop_gradient and self.average is None:
            down = down + backward(target_layers, aimed, -residual / self.batch)
        parts = [down]
        if self.predictor:
            parts.append((residual.T @ seen[-1] / self.batch).ravel())
        if self.average is not None:
            parts.append(self.average * (other - theta))
        return float(0.5 * np.sum(residual**2) / self.batch), np.concatenate(parts)


def forward(layers: Layers, inputs: FloatArray) -> list[FloatArray]:
    """Return inputs and outputs of all layers, all but the last rectified."""
    found = [inputs]
    for number, (weights, intercepts) in enumerate(layers, 1):
        sums = found[-1] @ weights.T + intercepts
        found.append(np.maximum(sums, 0) if number < len(layers) else sums)
    return found


def backward(layers: Layers, found: list[FloatArray], slope: FloatArray) -> FloatArray:
    """Return derivatives after the parameters, as the layout has them, from those after the outputs."""
    parts: list[FloatArray] = []
    for (weights, _), inputs in zip(reversed(layers), found[-2::-1], strict=True):
        parts.append(np.column_stack([slope.T @ inputs, slope.sum(axis=0)]).ravel())
        slope = (slope @ weights) * (inputs > 0)
    return np.concatenate(parts[::-1])
