"""Learning rates that cannot be analysed: errors that say what to do."""

import numpy as np
import pytest

from zoopt import flows
from zoopt.errors import InvalidInput, InvalidOption, InvalidType, UnknownName

BOWL = flows.quadratic([1.0, 4.0])
NOWHERE = flows.field(lambda x: np.inf, lambda x: x, 2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"rates": []}, InvalidInput, "rates is empty; give some, or leave it out"),
        ({"rates": [0.1, -0.1]}, InvalidInput, "above 0, but one is -0.1"),
        ({"rates": [0.1, np.nan]}, InvalidInput, "but one is nan"),
        ({"rates": 0.1}, InvalidInput, "rates must be a vector"),
        ({"rates": "fast"}, InvalidInput, "rates must be a vector"),
        ({"x0": [1.0]}, InvalidInput, r"x0 must have shape \(2,\)"),
        ({"steps": 0}, InvalidInput, "steps must lie"),
        ({"time": -1.0}, InvalidInput, "time must be finite and above 0"),
        ({"order": 3}, InvalidInput, "order must lie"),
        ({"checkpoints": 0}, InvalidInput, "checkpoints must lie"),
        ({"share": 1.0}, InvalidInput, r"share must lie in \(0, 1\)"),
        ({"radius": 0.0}, InvalidInput, "radius must be finite and above 0"),
        ({"seeds": 0, "method": "two-point"}, InvalidInput, "seeds must lie"),
        ({"metric": 3}, InvalidType, "metric must be a function"),
        ({"problem": 3}, InvalidType, "gradient is missing"),
        ({"problem": NOWHERE}, InvalidInput, "the loss is not finite at x0"),
        ({"problem": flows.quadratic([-1.0, -1.0]), "rates": None}, InvalidInput, "no curvature at x0 is above 0"),
        ({"method": "gdd"}, UnknownName, "did you mean 'gd'"),
        ({"method": "cma-es"}, InvalidOption, "cma-es has no learning rate to analyse"),
        ({"method": "reinforce-bernoulli"}, InvalidOption, "has no learning rate to analyse"),
        ({"learning_rate": 0.1}, InvalidOption, "learning_rate is what is analysed"),
        ({"momentum": 0.5}, InvalidOption, "momentum"),
        ({"method": "momentum", "momentum": 1.5}, InvalidOption, "momentum must lie"),
    ],
)
def test_what_cannot_be_analysed(options, error, message):
    with pytest.raises(error, match=message):
        flows.learning_rate_analysis(**{"problem": BOWL, "x0": [1.0, 1.0], "rates": [0.1], "steps": 3, **options})


def test_a_directory_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    found = flows.learning_rate_analysis(BOWL, [1.0, 1.0], [0.1], steps=3)
    with pytest.raises(InvalidInput, match="cannot write to"):
        found.save(tmp_path / "file" / "below")
