"""How long decisions take to be learned: a threshold of 10^6 rows; MetricDecision on 10^5 rows and five classes.

    python benchmarks/decision_speed.py

One thread; the least of several. With cv="prefit" the estimator is fitted already: its own fits are not ours.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from sklearn.naive_bayes import GaussianNB
from threadpoolctl import threadpool_limits

from zoopt.sklearn import MetricDecision, _sweep
from zoopt.sklearn._goal import goal_of


def least(call: Callable[[], object], rounds: int = 5) -> float:
    """Return the least seconds of several calls."""
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> int:
    """Measure and print."""
    random = np.random.default_rng(0)
    positive = random.random(10**6) < 0.1
    scores = random.normal(positive, 1.0)
    with threadpool_limits(1):
        for name in ("f1", "matthews_corrcoef"):
            of_counts = goal_of(name, np.arange(2)).of_counts
            seconds = least(lambda of_counts=of_counts: _sweep.best_threshold(scores, positive, of_counts))
            print(f"binary threshold, 10^6 rows, {name}: {seconds:.3f} s")
        y = random.choice(5, 10**5, p=[0.5, 0.25, 0.15, 0.07, 0.03])
        X = random.normal(size=(10**5, 10)) + random.normal(size=(5, 10))[y] / 2
        fitted = GaussianNB().fit(X, y)
        for name, rule in (("f1_macro", "tau"), ("balanced_accuracy", "prior"), ("quadratic_weighted_kappa", "cuts")):
            for cv, model in (("prefit", fitted), (5, GaussianNB())):
                decision = MetricDecision(model, scoring=name, rule=rule, cv=cv, random_state=0)
                seconds = least(lambda decision=decision: decision.fit(X, y), 3)
                print(f"MetricDecision, 10^5 rows, 5 classes, {name}, rule {rule}, cv={cv}: {seconds:.3f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
