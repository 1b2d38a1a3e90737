"""BLEU of n-best lists beside numpy and sacrebleu: 700 lists of 100 hypotheses, 8 features, one thread.

Run with ``OPENBLAS_NUM_THREADS=1 pytest benchmarks/test_rerank.py --benchmark-enable``. numpy has the lists as one
array, which only lists of one length allow, and the statistics counted beforehand, as ours has; sacrebleu scores the
picked sentences, as a tuning program would that knows nothing of statistics.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from _common import measure
from zoopt.objectives import RerankObjective, corpus_bleu, line_search

LISTS, SIZE, FEATURES, CANDIDATES = 700, 100, 8, 64


@functools.cache
def problem() -> tuple[RerankObjective, Any, Any, list[list[str]], list[str]]:
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(60)])
    references = [" ".join(rng.choice(words, size=rng.integers(5, 20))) for _ in range(LISTS)]
    hypotheses = []
    for reference in references:
        tokens = np.array(reference.split())
        kept = rng.random((SIZE, tokens.size)) < rng.uniform(0.5, 0.95, (SIZE, 1))
        hypotheses.append([" ".join(np.where(row, tokens, rng.choice(words, tokens.size))) for row in kept])
    features = rng.standard_normal((LISTS, SIZE, FEATURES))
    objective = RerankObjective(features, hypotheses, references, tokenize="none")
    statistics = objective._core.data()[2].reshape(LISTS, SIZE, 10)
    return objective, features, statistics, hypotheses, references


def candidates() -> Any:
    return np.random.default_rng(1).standard_normal((CANDIDATES, FEATURES))


def by_numpy(features: Any, statistics: Any, thetas: Any) -> Any:
    picks = (features.reshape(-1, FEATURES) @ thetas.T).reshape(LISTS, SIZE, -1).argmax(axis=1)
    sums = np.take_along_axis(statistics, picks[:, :, None], axis=1).sum(axis=0)
    logs = np.log(sums[:, 2:6] / sums[:, 6:]).mean(axis=1)
    return 100 * np.exp(logs + np.minimum(0, 1 - sums[:, 1] / sums[:, 0]))


def test_candidates_ours(benchmark: Any) -> None:
    objective = problem()[0]
    benchmark.group = "BLEU of 64 candidates, 700 x 100 hypotheses, 8 features"
    thetas = candidates()
    measure(benchmark, lambda: objective(thetas), CANDIDATES)


def test_candidates_numpy(benchmark: Any) -> None:
    objective, features, statistics, _, _ = problem()
    benchmark.group = "BLEU of 64 candidates, 700 x 100 hypotheses, 8 features"
    thetas = candidates()
    measure(benchmark, lambda: by_numpy(features, statistics, thetas), CANDIDATES)
    np.testing.assert_allclose(by_numpy(features, statistics, thetas), objective(thetas), atol=1e-9)


def test_one_candidate_ours(benchmark: Any) -> None:
    objective = problem()[0]
    benchmark.group = "BLEU of one candidate"
    [theta] = candidates()[:1]
    measure(benchmark, lambda: objective(theta), 1)


def test_one_candidate_sacrebleu(benchmark: Any) -> None:
    from sacrebleu.metrics.bleu import BLEU

    objective, features, _, hypotheses, references = problem()
    benchmark.group = "BLEU of one candidate"
    [theta] = candidates()[:1]
    metric = BLEU(tokenize="none", references=[references])  # it counts the references once

    def score() -> float:
        picks = (features @ theta).argmax(axis=1)
        return float(metric.corpus_score([h[p] for h, p in zip(hypotheses, picks, strict=True)], None).score)

    measure(benchmark, score, 1)
    np.testing.assert_allclose(score(), objective(theta), atol=1e-9)


def test_corpus_bleu_ours(benchmark: Any) -> None:
    _, _, _, hypotheses, references = problem()
    benchmark.group = "corpus BLEU of 700 sentences, tokeniser 13a"
    chosen = [one[0] for one in hypotheses]
    measure(benchmark, lambda: corpus_bleu(chosen, references), LISTS)


def test_corpus_bleu_sacrebleu(benchmark: Any) -> None:
    import sacrebleu

    _, _, _, hypotheses, references = problem()
    benchmark.group = "corpus BLEU of 700 sentences, tokeniser 13a"
    chosen = [one[0] for one in hypotheses]
    measure(benchmark, lambda: sacrebleu.corpus_bleu(chosen, [references]), LISTS)
    np.testing.assert_allclose(sacrebleu.corpus_bleu(chosen, [references]).score, corpus_bleu(chosen, references))


def test_line_search_ours(benchmark: Any) -> None:
    objective = problem()[0]
    benchmark.group = "exact line search, 700 x 100 hypotheses"
    x, direction = candidates()[:2]
    measure(benchmark, lambda: line_search(objective, x, direction), LISTS * SIZE)
