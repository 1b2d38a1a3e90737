"""The ODE view: fields, their gradient flows and what discretisations make of them.

A field is a function with its gradient, compiled or your own; :func:`gradient_flow` follows dx/dt = −gradient(x).
"""

from zoopt.flows._estimates import AdditiveNoise, GradientEstimate, GradientNoise, MiniBatchNoise
from zoopt.flows._events import gradient_below, value_below
from zoopt.flows._fields import deep_linear, field, function, product, quadratic, rosenbrock
from zoopt.flows._flow import gradient_flow
from zoopt.flows._lanczos import Curvatures, curvature_trace, curvatures, sharpness
from zoopt.flows._limits import RadiusLimits, RateLimits, radius_limits, rate_limits, rate_limits_at
from zoopt.flows._points import Counts, Field
from zoopt.flows._stochastic import Moments, StochasticDescent
from zoopt.flows._trajectory import DenseTrajectory, FlowStatus, Trajectory

__all__ = [
    "AdditiveNoise",
    "Counts",
    "Curvatures",
    "DenseTrajectory",
    "Field",
    "FlowStatus",
    "GradientEstimate",
    "GradientNoise",
    "MiniBatchNoise",
    "Moments",
    "RadiusLimits",
    "RateLimits",
    "StochasticDescent",
    "Trajectory",
    "curvature_trace",
    "curvatures",
    "deep_linear",
    "field",
    "function",
    "gradient_below",
    "gradient_flow",
    "product",
    "quadratic",
    "radius_limits",
    "rate_limits",
    "rate_limits_at",
    "rosenbrock",
    "sharpness",
    "value_below",
]
