"""Whatever transformations are composed, value, gradient, products and third derivatives are those of one function."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from zoopt import flows
from zoopt.flows import L2, Flooding, GradientPenalty, WeightScaleInvariant

FIELDS = [
    flows.rosenbrock(4),
    flows.product([0.6, -1.0]),
    flows.quadratic([[2.0, 0.3, 0.0, 0.1], [0.3, 1.0, 0.2, 0.0], [0.0, 0.2, -0.5, 0.0], [0.1, 0.0, 0.0, 3.0]]),
    flows.deep_linear((1, 2, 1), target=[[0.7]]),
]
sizes = st.floats(0.05, 0.5)
transformations = st.one_of(
    st.builds(L2, sizes),
    st.builds(GradientPenalty, st.floats(-0.05, 0.05)),
    st.builds(WeightScaleInvariant, sizes, sizes, st.just([slice(0, 2), [3, 2]])),
    st.builds(Flooding, st.floats(-2.0, 5.0)),
)
# Signs of weights change at 0: points stay away from it.
coordinates = st.builds(lambda size, sign: sign * size, st.floats(0.3, 1.5), st.sampled_from([-1.0, 1.0]))
points = st.lists(coordinates, min_size=4, max_size=4).map(np.array)


@given(field=st.sampled_from(FIELDS), chain=st.lists(transformations, min_size=1, max_size=4), x=points, v=points)
def test_compositions_are_differentiated_right(field, chain, x, v):
    assume(sum(isinstance(one, GradientPenalty) for one in chain) <= 2)  # each takes one more derivative by differences
    for transformation in chain:
        if isinstance(transformation, Flooding):  # its sign changes at the level
            assume(abs(field.value(x) - transformation.level) > 0.05 * (1.0 + np.linalg.norm(field.gradient(x))))
        field = transformation(field)
    field.check(x)
    h = 1e-4
    scale = 1.0 + np.abs(field.gradient(x)).max() + np.abs(field.hessian_vector(x, v)).max()

    def slope(function):
        near, far = ((function(x + s * v) - function(x - s * v)) / (2 * s) for s in (h, 2 * h))
        return (4 * near - far) / 3

    np.testing.assert_allclose(field.hessian_vector(x, v), slope(field.gradient), atol=1e-6 * scale)
    third = slope(lambda at: field.hessian_vector(at, v))
    np.testing.assert_allclose(field.third(x, v), third, atol=1e-3 * (scale + np.abs(third).max()))
    value, gradient = field.value_and_gradient(x)
    assert np.isclose(value, field.value(x), rtol=1e-12)
    np.testing.assert_allclose(gradient, field.gradient(x), rtol=1e-12, atol=1e-12 * scale)
