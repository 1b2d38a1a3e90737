"""Curvatures, estimates and stochastic descents that cannot be: errors that say what to do."""

import numpy as np
import pytest

from zoopt import flows
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, UnknownName
from zoopt.flows import AdditiveNoise, GradientEstimate, MiniBatchNoise, StochasticDescent

BOWL = flows.quadratic([1.0, 4.0])
CUBE = flows.field(lambda x: float(x[0] ** 3), lambda x: 3 * x**2, 1, hvp=lambda x, v: np.inf * v)
STEEP = StochasticDescent([1.0, 4.0], GradientEstimate(), learning_rate=0.5)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: flows.curvatures(lambda x: x, [1.0]), InvalidType, "field must be a field"),
        (lambda: flows.curvatures(BOWL, [1.0]), InvalidInput, r"x must have shape \(2,\)"),
        (lambda: flows.curvatures(BOWL, [1.0, 1.0], rtol=0.0), InvalidInput, r"rtol must lie in \(0, 1\), got 0"),
        (lambda: flows.sharpness(BOWL, [1.0, 1.0], rtol=1.0), InvalidInput, "rtol must lie"),
        (lambda: flows.curvatures(BOWL, [1.0, 1.0], most=0), InvalidInput, "most must lie"),
        (lambda: flows.curvatures(BOWL, [1.0, 1.0], seed=-1), InvalidInput, "seed must lie"),
        (lambda: flows.sharpness(CUBE, [1.0]), InvalidInput, "the Hessian is not finite at x"),
        (lambda: flows.curvature_trace(BOWL, [1.0, 1.0], probes=0), InvalidInput, "probes must lie"),
        (lambda: GradientEstimate("normal"), InvalidOption, "distribution must be one of isotropic, rademacher"),
        (lambda: GradientEstimate(difference="centre"), InvalidOption, "difference must be one of central, forward"),
        (lambda: GradientEstimate(directions=0), InvalidInput, r"directions must lie in \[1"),
        (lambda: GradientEstimate("isotropic", 1, "leave-one-out"), InvalidInput, r"directions must lie in \[2"),
        (lambda: GradientEstimate(radius=-1.0), InvalidOption, "radius must be finite and not below 0"),
        (lambda: GradientEstimate("coordinate", 1, "forward", 0.1), InvalidOption, "use central ones"),
        (lambda: GradientEstimate("orthogonal", 3).variance([1.0, 2.0]), InvalidInput, "no 3 orthogonal directions"),
        (lambda: GradientEstimate().variance([]), InvalidInput, "gradient must be a finite vector"),
        (lambda: GradientEstimate().variance([1.0], [1.0, 2.0]), InvalidInput, r"curvature must have shape \(1, 1\)"),
        (lambda: GradientEstimate.of("two-pont", 3), UnknownName, "did you mean 'two-point'"),
        (lambda: GradientEstimate.of("cma-es", 3), InvalidOption, "cma-es does not follow a vanilla gradient"),
        (lambda: GradientEstimate.of("openai-es", 3), InvalidOption, "shapes values by centred-rank"),
        (
            lambda: GradientEstimate.of("orthogonal-es", 3, options={"population": 8}),
            InvalidOption,
            "use one of at most 3",
        ),
        (lambda: AdditiveNoise([1.0, -1.0]), InvalidInput, "positive definite"),
        (lambda: AdditiveNoise(3.0), InvalidInput, "a covariance matrix or its diagonal"),
        (lambda: MiniBatchNoise([[1.0]], [1.0]), InvalidInput, r"curvatures must have shape \(parts, dim, dim\)"),
        (lambda: MiniBatchNoise([[[np.nan]]], [[1.0]]), InvalidInput, "must be finite"),
        (lambda: MiniBatchNoise([[[1.0, 2.0], [0.0, 1.0]]], [[1.0, 1.0]]), InvalidInput, "must be symmetric"),
        (lambda: MiniBatchNoise([[[1.0]]], [[1.0]], batch_size=2), InvalidInput, "batch_size must lie"),
        (lambda: MiniBatchNoise([[[0.0]]], [[1.0]]).centre, InvalidInput, "no single minimum"),
        (lambda: MiniBatchNoise.least_squares([1.0], [1.0]), InvalidInput, "X must have shape"),
        (lambda: StochasticDescent([1.0], GradientEstimate(), learning_rate=-0.1), InvalidInput, "above 0"),
        (lambda: StochasticDescent([1.0], 3, learning_rate=0.1), InvalidType, "noise must have a method covariance"),
        (
            lambda: StochasticDescent([[1.0, 2.0], [0.0, 1.0]], GradientEstimate(), learning_rate=0.1),
            InvalidInput,
            r"use \(H \+ H\.T\) / 2",
        ),
        (
            lambda: StochasticDescent([1.0], GradientEstimate(), learning_rate=0.1, centre=[1.0, 2.0]),
            InvalidInput,
            "centre must be",
        ),
        (
            lambda: StochasticDescent([1.0] * 3, AdditiveNoise([1.0]), learning_rate=0.1).at([1.0] * 3, 1),
            InvalidInput,
            "the noise must have 3 coordinates",
        ),
        (
            lambda: StochasticDescent([1.0] * 3, MiniBatchNoise([[[1.0]]], [[0.0]]), learning_rate=0.1).stationary(),
            InvalidInput,
            "the noise must have 3 coordinates",
        ),
        (lambda: STEEP.at([1.0], 3), InvalidInput, r"x0 must be finite and have shape \(2,\)"),
        (lambda: STEEP.at([1.0, 1.0], -1), InvalidInput, "steps must lie"),
        (STEEP.stationary, InvalidInput, r"at learning_rate=0\.5 squares of distances grow by the factor"),
        (
            StochasticDescent([1.0, 4.0], GradientEstimate(), learning_rate=2.0).diffusion_stationary,
            InvalidInput,
            "spreads without end",
        ),
        (lambda: STEEP.diffusion([1.0, 1.0], 1.0, order=3), InvalidInput, "order must lie"),
        (
            lambda: StochasticDescent([1.0] * 45, GradientEstimate(), learning_rate=0.1).growth,
            InvalidInput,
            "at most 44 coordinates, not 45",
        ),
        (lambda: flows.rate_limits([], GradientEstimate()), InvalidInput, "spectrum must be a finite vector"),
        (lambda: flows.rate_limits([0.0], GradientEstimate()), InvalidInput, "no eigenvalue below 0"),
        (lambda: flows.rate_limits([1.0], "two-point"), InvalidType, "estimate must be a GradientEstimate"),
        (
            lambda: flows.rate_limits_at(flows.quadratic([-1.0, -2.0]), [0.0, 0.0], GradientEstimate()),
            InvalidInput,
            "no eigenvalue above 0",
        ),
        (lambda: flows.radius_limits(BOWL, [0.0, 0.0]), InvalidInput, "the gradient is zero at x"),
        (lambda: flows.radius_limits(BOWL, [1.0, 0.0], share=1.0), InvalidInput, "share must lie"),
        (lambda: flows.radius_limits(BOWL, [1.0, 0.0], noise=-1.0), InvalidInput, "noise must be finite"),
    ],
)
def test_what_cannot_be(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_field_without_a_value_has_no_hessian():
    """A core field that says so of itself."""

    class Circling(flows.Field):
        conservative = False

    with pytest.raises(InvalidInput, match="no symmetric Hessian"):
        flows.sharpness(Circling(BOWL.core), [1.0, 1.0])
