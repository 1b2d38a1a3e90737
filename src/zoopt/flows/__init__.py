"""The ODE view: fields, their gradient flows and what discretisations make of them.

A field is a function with its gradient, compiled or your own; :func:`gradient_flow` follows dx/dt = −gradient(x),
:func:`descend` takes the steps of an optimiser, and :func:`modified_flow` is the field whose flow those follow.
"""

from zoopt.flows._analysis import learning_rate_analysis
from zoopt.flows._descend import descend
from zoopt.flows._estimates import AdditiveNoise, GradientEstimate, GradientNoise, MiniBatchNoise
from zoopt.flows._events import gradient_below, value_below
from zoopt.flows._fields import deep_linear, field, function, product, quadratic, rosenbrock
from zoopt.flows._finite_sum import average, cyclic, shuffled
from zoopt.flows._flow import gradient_flow
from zoopt.flows._lanczos import Curvatures, curvature_trace, curvatures, sharpness
from zoopt.flows._limits import RadiusLimits, RateLimits, radius_limits, rate_limits, rate_limits_at
from zoopt.flows._modified import ModifiedFlow, modified_flow
from zoopt.flows._points import Counts, Field
from zoopt.flows._rates import LearningRateAnalysis, Plane, RatePath, RateRow
from zoopt.flows._stability import Stability, flow_hessian, stability
from zoopt.flows._stochastic import Moments, StochasticDescent
from zoopt.flows._trajectory import DenseTrajectory, FlowStatus, Trajectory
from zoopt.flows._transformations import (
    L2,
    Flooding,
    GradientPenalty,
    Smoothing,
    Transformation,
    WeightScaleInvariant,
)

__all__ = [
    "L2",
    "AdditiveNoise",
    "Counts",
    "Curvatures",
    "DenseTrajectory",
    "Field",
    "Flooding",
    "FlowStatus",
    "GradientEstimate",
    "GradientNoise",
    "GradientPenalty",
    "LearningRateAnalysis",
    "MiniBatchNoise",
    "ModifiedFlow",
    "Moments",
    "Plane",
    "RadiusLimits",
    "RateLimits",
    "RatePath",
    "RateRow",
    "Smoothing",
    "Stability",
    "StochasticDescent",
    "Trajectory",
    "Transformation",
    "WeightScaleInvariant",
    "average",
    "curvature_trace",
    "curvatures",
    "cyclic",
    "deep_linear",
    "descend",
    "field",
    "flow_hessian",
    "function",
    "gradient_below",
    "gradient_flow",
    "learning_rate_analysis",
    "modified_flow",
    "product",
    "quadratic",
    "radius_limits",
    "rate_limits",
    "rate_limits_at",
    "rosenbrock",
    "sharpness",
    "shuffled",
    "stability",
    "value_below",
]
