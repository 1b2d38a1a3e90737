"""Gradient descent and its kin as baselines: they follow a smooth surrogate of what is measured."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from zoopt.compare._plugin import OptimizerPlugin, Option, Outcome, Task
from zoopt.compare._recommending import RecommendingMeter
from zoopt.compare.optimizers.zoopt_cells import ZooptCell
from zoopt.errors import InvalidInput


class FirstOrderCell(ZooptCell):
    """A first-order algorithm of :func:`zoopt.algorithms`, along the gradient of the problem's surrogate.

    Every gradient is charged as one evaluation, as is every value of the metric for the curve.
    """

    needs_surrogate: ClassVar[bool] = True

    def options(self) -> Mapping[str, Option]:
        """Return the options of its stages, and of bounds."""
        return {
            key: option for key, option in super().options().items() if key not in {"noise_handling", "most_effort"}
        }

    def obstacle(self, dimensions: int, budget: int, bounded: bool, options: Mapping[str, Any]) -> str:
        """Return why it cannot run: the budget holds no step."""
        return self._short_of(dimensions, budget, bounded, options)

    def run(self, task: Task) -> Outcome:
        """Step until the budget or a stopping rule ends it; its answer is where it stands."""
        from threadpoolctl import threadpool_limits

        meter = task.meter
        if not isinstance(meter, RecommendingMeter):
            raise InvalidInput(f"{self.name} needs an objective that follows the recommendation")
        optimizer = self._optimizer(task.start, task.scale, "min", task.seed, task.bounds, task.options)
        with threadpool_limits(1):  # the order of sums in a product of matrices must not follow the number of cores
            while optimizer.status is None:
                value, slope = meter.surrogate(optimizer.ask()[0])
                if not (np.isfinite(value) and np.all(np.isfinite(slope))):
                    return Outcome(message="the surrogate or its gradient is not finite any more")
                optimizer.tell([value], gradients=slope[np.newaxis])
                meter.report(optimizer.mean)
        return Outcome(np.asarray(optimizer.mean), optimizer.stop() or "")


def _plugins() -> tuple[OptimizerPlugin, ...]:
    import zoopt

    return tuple(FirstOrderCell(name) for name in zoopt.algorithms() if zoopt.algorithm(name).first_order)


PLUGINS = _plugins()
