"""Models beside numpy's batched evaluation and torch's training step: digits, 64 candidates, one thread.

Run with ``OPENBLAS_NUM_THREADS=1 taskset -c 1 pytest benchmarks/test_models.py -o addopts=``, OPENBLAS_CORETYPE and
OPENBLAS_L2_SIZE unset. Each notes GFLOP/s of the products; ``test_peak`` of test_metric_objective.py is what the CPU
could do. torch is measured where it is installed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

import _common  # noqa: F401  (limits the threads of libraries before they are loaded)
from test_metric_objective import CANDIDATES, DTYPES, note_speed
from zoopt import flows
from zoopt.objectives import Layout, LossObjective, MetricObjective

HIDDEN = {"linear": (), "relu": (32,), "tanh": (32,), "gelu": (32,)}


def digits(dtype: Any) -> tuple[Any, Any]:
    X, y = load_digits(return_X_y=True)
    return np.ascontiguousarray((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9), dtype=dtype), y


def of_kind(kind: str) -> dict[str, Any]:
    return {"hidden": HIDDEN[kind], "activation": kind, "model": "mlp"} if HIDDEN[kind] else {"model": "linear"}


def operations(layout: Layout, samples: int) -> int:
    return 2 * samples * sum(units * inputs for units, inputs in layout.sizes)


def activated(kind: str, hidden: Any) -> Any:
    if kind == "relu":
        return np.maximum(hidden, 0, out=hidden)
    if kind == "tanh":
        return np.tanh(hidden, out=hidden)
    from scipy.special import ndtr

    return np.multiply(hidden, ndtr(hidden), out=hidden)


def rows_of_layers(layout: Layout, dtype: Any, thetas: Any) -> list[Any]:
    """Return of every layer the rows of all candidates, intercepts last: shape (candidates, units, inputs + 1)."""
    parts, begin = [], 0
    for units, inputs in layout.sizes:
        end = begin + units * (inputs + 1)
        parts.append(thetas[:, begin:end].astype(dtype).reshape(len(thetas), units, inputs + 1))
        begin = end
    return parts


def numpy_as_written(kind: str, layout: Layout, X: Any, y: Any, thetas: Any) -> Any:
    """Samples by units: a batched product for every layer."""
    values = X
    for number, rows in enumerate(rows_of_layers(layout, X.dtype, thetas)):
        values = activated(kind, values) if number else values
        values = np.matmul(values, np.ascontiguousarray(rows[:, :, :-1].transpose(0, 2, 1)))
        values += rows[:, None, :, -1]
    return (values.argmax(axis=2) == y).mean(axis=1)


def numpy_quickest(kind: str, layout: Layout, X: Any, y: Any, thetas: Any) -> Any:
    """One product of all candidates for the first layer; units by samples where there is a second one."""
    first, *rest = rows_of_layers(layout, X.dtype, thetas)
    samples = np.column_stack([X, np.ones(len(X), X.dtype)])
    flat = first.reshape(-1, first.shape[2])
    if not rest:
        values = (samples @ flat.T).reshape(len(X), len(thetas), -1)
        return (values.argmax(axis=2) == y[:, None]).mean(axis=0)
    hidden = activated(kind, (flat @ samples.T).reshape(*first.shape[:2], len(X)))
    values = np.matmul(rest[0][:, :, :-1], hidden)
    values += rest[0][:, :, -1:]
    return (values.argmax(axis=1) == y).mean(axis=1)


def candidates(layout: Layout) -> Any:
    rng = np.random.default_rng(0)
    return layout.initial("he-normal", seed=1) + 0.1 * rng.standard_normal((CANDIDATES, layout.dim))


@pytest.mark.parametrize("who", ["ours", numpy_as_written, numpy_quickest])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", HIDDEN)
def test_digits_accuracy(benchmark: Any, kind: str, dtype: str, who: Any) -> None:
    X, y = digits(DTYPES[dtype])
    objective = MetricObjective(X, y, metric="accuracy", dtype=DTYPES[dtype], **of_kind(kind))
    assert objective.layout is not None
    thetas = candidates(objective.layout)
    benchmark.group = f"accuracy of digits, {kind} {dtype}"
    if who == "ours":
        benchmark(objective, thetas)
    else:
        values = benchmark(who, kind, objective.layout, X, y, thetas)
        np.testing.assert_allclose(values, objective(thetas), atol=2e-3)
    note_speed(benchmark, CANDIDATES * operations(objective.layout, len(X)))


def torch_step(X: Any, y: Any, layout: Layout) -> Any:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    samples, labels = torch.tensor(X), torch.tensor(y)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    loss = torch.nn.CrossEntropyLoss()

    def step() -> None:
        optimizer.zero_grad()
        loss(net(samples), labels).backward()
        optimizer.step()

    return step


def our_step(X: Any, y: Any, layout: Layout) -> Any:
    import zoopt

    loss = LossObjective(X, y, model="mlp", hidden=32, dtype=np.float32)
    search = zoopt.optimizer("adam", layout.initial("he-normal", seed=1), seed=0, learning_rate=1e-3)

    def step() -> None:
        value, gradient = loss.value_and_gradient(search.ask()[0])
        search.tell([value], gradients=[gradient])

    return step


@pytest.mark.parametrize("make", [our_step, torch_step], ids=["ours", "torch"])
def test_training_step(benchmark: Any, make: Any) -> None:
    """Forward, backward and Adam on all of digits, float32."""
    X, y = digits(np.float32)
    benchmark.group = "training step of 64-32-10, 1797 samples, float32"
    benchmark(make(X, y, Layout(64, 10, 32)))


STEPS = 100


def test_descent(benchmark: Any) -> None:
    """The same step by zoopt.flows.descend, many in a call."""
    X, y = digits(np.float32)
    loss = LossObjective(X, y, model="mlp", hidden=32, dtype=np.float32)
    field, start = flows.field(loss), loss.layout.initial("he-normal", seed=1)
    benchmark.group = f"{STEPS} training steps of 64-32-10, 1797 samples, float32"
    benchmark(flows.descend, field, start, learning_rate=1e-3, steps=STEPS, method="adam", save_every=STEPS)


def torch_product(loss: LossObjective, X: Any, y: Any, theta: Any, v: Any) -> Any:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    samples, labels = torch.tensor(X), torch.tensor(y)
    layers = [
        torch.tensor(part.astype(np.float32), requires_grad=True) for pair in loss.layout.layers(theta) for part in pair
    ]
    along = [torch.tensor(part.astype(np.float32)) for pair in loss.layout.layers(v) for part in pair]

    def product() -> Any:
        hidden = torch.relu(samples @ layers[0].T + layers[1])
        value = torch.nn.functional.cross_entropy(hidden @ layers[2].T + layers[3], labels)
        gradient = torch.autograd.grad(value, layers, create_graph=True)
        found = torch.autograd.grad(gradient, layers, grad_outputs=along)
        return np.concatenate([part.detach().numpy().ravel() for part in found])

    return product


@pytest.mark.parametrize("who", ["ours", "torch"])
def test_hessian_vector(benchmark: Any, who: str) -> None:
    """A Hessian-vector product of the loss; torch differentiates its gradient."""
    X, y = digits(np.float32)
    loss = LossObjective(X, y, model="mlp", hidden=32, dtype=np.float32)
    field, theta = flows.field(loss), loss.layout.initial("he-normal", seed=1)
    v = np.random.default_rng(2).standard_normal(loss.dim)
    benchmark.group = "Hessian-vector product of 64-32-10, 1797 samples, float32"
    if who == "ours":
        benchmark(field.hessian_vector, theta, v)
    else:
        found = benchmark(torch_product(loss, X, y, theta, v))
        pairs = loss.layout.layers(field.hessian_vector(theta, v))
        expected = np.concatenate([part.ravel() for pair in pairs for part in pair])
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("dtype", DTYPES)
def test_value_and_gradient(benchmark: Any, dtype: str) -> None:
    X, y = digits(DTYPES[dtype])
    loss = LossObjective(X, y, model="mlp", hidden=32, dtype=DTYPES[dtype])
    benchmark.group = f"value and gradient of 64-32-10, 1797 samples, {dtype}"
    benchmark(loss.value_and_gradient, loss.layout.initial("he-normal", seed=1))
    note_speed(benchmark, 2 * operations(loss.layout, len(X)))
