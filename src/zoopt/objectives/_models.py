"""Compiled models: which there are, how their parameters are laid out, and where to start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from zoopt import _core
from zoopt._arguments import FloatArray, shown, whole
from zoopt._noise import noise
from zoopt.errors import InvalidInput, InvalidType
from zoopt.objectives._compiled import real_array, unknown_name

MODELS = ["linear", "mlp"]
ACTIVATIONS = ["relu", "tanh", "gelu"]
START_GENERATION = 2**64 - 1  # of the noise of starts: no search comes as far
WIDTH_LIMIT = 2**24
DIM_LIMIT = 2**34  # coordinates that the noise has

Start = Literal["zeros", "glorot-uniform", "glorot-normal", "he-uniform", "he-normal"]
STARTS = ["zeros", "glorot-uniform", "glorot-normal", "he-uniform", "he-normal"]


@dataclass(frozen=True)
class Layout:
    """Where the weights and intercepts of a compiled model stand in θ.

    Layers stand one after the other, from the inputs to the outputs. A layer is its units one after the other, and a
    unit is its weights, one an input, and then its intercept: a matrix of shape (units, inputs + 1), row by row. The
    linear model is a single such layer. A classifier of two classes has one output, one of more classes an output a
    class.

    Parameters
    ----------
    features : int
        Inputs, at least 1.
    outputs : int
        Scores of a sample, at least 1.
    hidden : int or sequence of int, optional
        Units of each hidden layer; none is the linear model.
    activation : {"relu", "tanh", "gelu"}, optional
        What hidden units make of their sums z: max(z, 0), tanh z, or z Φ(z) with the normal distribution function Φ.

    Attributes
    ----------
    dim : int
        Coordinates of θ.

    Raises
    ------
    InvalidInput
        A size out of its range.
    InvalidType
        A size that is not an integer.
    UnknownName
        There is no such activation.

    Examples
    --------
    >>> from zoopt.objectives import Layout
    >>> layout = Layout(features=2, outputs=1, hidden=3)
    >>> layout.dim
    13
    >>> theta = layout.initial("he-normal", seed=1)
    >>> [(weights.shape, intercepts.tolist()) for weights, intercepts in layout.layers(theta)]
    [((3, 2), [0.0, 0.0, 0.0]), ((1, 3), [0.0])]
    """

    features: int
    outputs: int
    hidden: tuple[int, ...] = ()
    activation: str = "relu"
    core: _core.Architecture = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the sizes."""
        set_field = object.__setattr__
        set_field(self, "features", whole("features", self.features, low=1, high=WIDTH_LIMIT))
        set_field(self, "outputs", whole("outputs", self.outputs, low=1, high=WIDTH_LIMIT))
        set_field(self, "hidden", hidden_sizes(self.hidden))
        if not isinstance(self.activation, str) or self.activation not in ACTIVATIONS:
            raise unknown_name("activation", self.activation, ACTIVATIONS)
        if self.dim > DIM_LIMIT:
            raise InvalidInput(f"the model has {self.dim} parameters, more than 2**34; use fewer hidden units")
        core = _core.Architecture(self.features, list(self.hidden), self.outputs, self.activation)
        set_field(self, "core", core)

    def __reduce__(self) -> tuple[object, ...]:
        """By the sizes; the core's part is made again."""
        return Layout, (self.features, self.outputs, self.hidden, self.activation)

    @property
    def dim(self) -> int:
        """Coordinates of θ."""
        return sum(units * (inputs + 1) for units, inputs in self.sizes)

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Of every layer the number of its units, and of their inputs."""
        widths = [self.features, *self.hidden, self.outputs]
        return list(zip(widths[1:], widths[:-1], strict=True))

    def layers(self, theta: npt.ArrayLike) -> list[tuple[FloatArray, FloatArray]]:
        """Return weights and intercepts of every layer.

        Parameters
        ----------
        theta : array_like of float, shape (dim,)
            Parameters.

        Returns
        -------
        list of tuple
            Of every layer, from the inputs to the outputs: weights of shape (units, inputs), intercepts of shape
            (units,). Views of `theta` where it is a contiguous float64 array, so that writing to them changes it.

        Raises
        ------
        InvalidInput
            The shape does not fit.
        """
        parameters = real_array("theta", theta)
        if parameters.shape != (self.dim,):
            raise InvalidInput(f"theta must have shape ({self.dim},), got {parameters.shape}")
        found = []
        begin = 0
        for units, inputs in self.sizes:
            rows = parameters[begin : begin + units * (inputs + 1)].reshape(units, inputs + 1)
            found.append((rows[:, :inputs], rows[:, inputs]))
            begin += rows.size
        return found

    def theta(self, layers: Iterable[tuple[npt.ArrayLike, npt.ArrayLike]]) -> FloatArray:
        """Return the parameters that given layers are: the inverse of :meth:`layers`.

        Parameters
        ----------
        layers : iterable of (weights, intercepts)
            Of every layer, from the inputs to the outputs: shapes (units, inputs) and (units,).

        Returns
        -------
        numpy.ndarray of float64, shape (dim,)
            Parameters.

        Raises
        ------
        InvalidInput
            The number of layers, or a shape, does not fit.
        """
        given = list(layers)
        if len(given) != len(self.sizes):
            raise InvalidInput(f"there must be {len(self.sizes)} layers, got {len(given)}")
        parameters = np.empty(self.dim)
        for number, (own, (weights, intercepts)) in enumerate(zip(self.layers(parameters), given, strict=True)):
            for part, value, name in zip(own, (weights, intercepts), ("weights", "intercepts"), strict=True):
                array = real_array(name, value)
                if array.shape != part.shape:
                    raise InvalidInput(f"{name} of layer {number} must have shape {part.shape}, got {array.shape}")
                part[...] = array
        return parameters

    def initial(self, kind: Start = "glorot-uniform", *, seed: int = 0) -> FloatArray:
        """Return parameters to start from; intercepts are 0.

        Parameters
        ----------
        kind : {"glorot-uniform", "glorot-normal", "he-uniform", "he-normal", "zeros"}, optional
            The weights of a layer with a inputs and b units: uniform in ±√(6 / (a + b)), normal with variance
            2 / (a + b) [1]_, uniform in ±√(6 / a), normal with variance 2 / a [2]_, or 0. Hidden units that all start
            at 0 stay equal under a gradient.
        seed : int, optional
            Seed of the noise, 0 <= seed < 2**64. It is that of ``zoopt.noise`` in a generation that no search comes to
            (2**64 - 1; layer l is sample l), so the seed of the search can be the same.

        Returns
        -------
        numpy.ndarray of float64, shape (dim,)
            Parameters.

        Raises
        ------
        UnknownName
            There is no such kind.
        InvalidInput
            The seed is out of its range.

        References
        ----------
        .. [1] Glorot, X. and Bengio, Y. (2010). Understanding the difficulty of training deep feedforward neural
           networks. AISTATS.
        .. [2] He, K., Zhang, X., Ren, S. and Sun, J. (2015). Delving deep into rectifiers. ICCV.
        """
        if not isinstance(kind, str) or kind not in STARTS:
            raise unknown_name("start", kind, STARTS)
        theta = np.zeros(self.dim)
        for number, (weights, _) in enumerate(self.layers(theta)):
            if kind != "zeros":
                weights[...] = _drawn(kind, seed, number, weights.shape)
        return theta


def _drawn(kind: str, seed: int, layer: int, shape: tuple[int, ...]) -> FloatArray:
    units, inputs = shape
    variance = 2.0 / (inputs + units) if kind.startswith("glorot") else 2.0 / inputs
    if kind.endswith("normal"):
        drawn = noise(seed, START_GENERATION, layer, units * inputs)
        return math.sqrt(variance) * drawn.astype(np.float64).reshape(shape)
    drawn = noise(seed, START_GENERATION, layer, units * inputs, kind="uniform")
    return math.sqrt(3.0 * variance) * (2.0 * drawn.astype(np.float64).reshape(shape) - 1.0)


def hidden_sizes(hidden: int | Sequence[int]) -> tuple[int, ...]:
    """Return the sizes of hidden layers as a tuple; a single number is one layer."""
    if isinstance(hidden, str | bytes) or not (np.ndim(hidden) == 0 or isinstance(hidden, Iterable)):
        raise InvalidType(
            f"hidden must be the number of units of every hidden layer, such as (32,), got {shown(hidden)}"
        )
    layers = list(hidden) if isinstance(hidden, Iterable) else [hidden]
    return tuple(whole(f"hidden[{i}]", units, low=1, high=WIDTH_LIMIT) for i, units in enumerate(layers))


def layout_of(
    model: object, *, features: int, outputs: int, hidden: int | Sequence[int] = (), activation: str = "relu"
) -> Layout:
    """Return the layout of a model that a user has named, or say what does not fit together."""
    if not isinstance(model, str) or model not in MODELS:
        raise unknown_name("model", model, MODELS)
    layout = Layout(features, outputs, hidden_sizes(hidden), activation)
    if model == "linear" and layout.hidden:
        raise InvalidInput(f"model='linear' has no hidden layers, got hidden={layout.hidden}; use model='mlp'")
    if model == "mlp" and not layout.hidden:
        raise InvalidInput("model='mlp' needs hidden layers: hidden=(32,) for one of 32 units, or use model='linear'")
    return layout


def precision(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """Return what a model computes in: float64 or float32."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = np.dtype(object)
    if found not in (np.dtype(np.float64), np.dtype(np.float32)):
        raise InvalidInput(f"dtype must be float64 or float32, got {dtype!r}")
    return found
