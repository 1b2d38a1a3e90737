"""The ODE view: fields, their gradient flows and what discretisations make of them.

A field is a function with its gradient, compiled or your own; :func:`gradient_flow` follows dx/dt = −gradient(x).
"""

from zoopt.flows._events import gradient_below, value_below
from zoopt.flows._fields import deep_linear, field, function, product, quadratic, rosenbrock
from zoopt.flows._flow import gradient_flow
from zoopt.flows._points import Counts, Field
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
    "Counts",
    "DenseTrajectory",
    "Field",
    "Flooding",
    "FlowStatus",
    "GradientPenalty",
    "Smoothing",
    "Trajectory",
    "Transformation",
    "WeightScaleInvariant",
    "deep_linear",
    "field",
    "function",
    "gradient_below",
    "gradient_flow",
    "product",
    "quadratic",
    "rosenbrock",
    "value_below",
]
