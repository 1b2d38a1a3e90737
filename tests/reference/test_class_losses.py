"""Losses of classes beside the cross-entropy: against numpy, finite differences, torch, and each other."""

import numpy as np
import pytest
from scipy import special

from zoopt import flows
from zoopt.objectives import LossObjective

DTYPES = [np.float32, np.float64]
KINDS = {
    "cross-entropy": {},
    "focal": {"focusing": 1.7},
    "smooth-accuracy": {},
    "dice": {},
    "squared-dice": {},
}
MODELS = [{"model": "linear"}, {"model": "mlp", "hidden": (12, 5), "activation": "tanh"}]


def problem(classes, samples=1150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((samples, 6)).astype(np.float32).astype(np.float64)
    noise = 2 * rng.standard_normal((samples, classes)) - np.arange(classes)
    return X, (X @ rng.standard_normal((6, classes)) + noise).argmax(axis=1), rng


def expected(loss, scores, y, weights, settings):
    """Return the value by its definition, from scores of every class."""
    classes = scores.shape[1]
    shares = np.bincount(y, weights, classes) / weights.sum()
    logs = special.log_softmax(scores + settings.get("logit_adjustment", 0.0) * np.log(shares), axis=1)
    log_p = logs[np.arange(len(y)), y]
    each = {
        "cross-entropy": -log_p,
        "focal": (-special.expm1(log_p)) ** settings.get("focusing", 2.0) * -log_p,
        "smooth-accuracy": -special.expm1(log_p),
    }
    if loss in each:
        return (weights * each[loss]).sum() / weights.sum()
    p, truth, share = np.exp(logs), np.eye(classes)[y], weights[:, None]
    power = 2 if loss == "squared-dice" else 1
    overlaps = 2 * (share * p * truth).sum(axis=0) / (share * (p**power + truth)).sum(axis=0)
    return 1 - (overlaps[1] if classes == 2 else overlaps.mean())


def every_score(objective, theta):
    scores = objective.scores(theta).astype(np.float64)
    return scores if scores.ndim == 2 else np.column_stack([np.zeros(len(scores)), scores])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("adjustment", [0.0, 0.8])
@pytest.mark.parametrize("loss", KINDS)
def test_values_are_those_of_their_definitions(loss, adjustment, dtype):
    for classes in (2, 3, 7):
        X, y, rng = problem(classes)
        weights = rng.uniform(0, 2, len(X))
        settings = KINDS[loss] | {"logit_adjustment": adjustment}
        for model in MODELS:
            objective = LossObjective(X, y, loss=loss, sample_weight=weights, dtype=dtype, **model, **settings)
            thetas = rng.standard_normal((4, objective.dim))
            wanted = [expected(loss, every_score(objective, theta), y, weights, settings) for theta in thetas]
            np.testing.assert_allclose(objective(thetas), wanted, rtol=300 * np.finfo(dtype).eps)


@pytest.mark.parametrize("loss", KINDS)
def test_gradients_are_finite_differences(loss):
    for classes in (2, 4):
        X, y, rng = problem(classes, samples=300)
        for model in MODELS:
            objective = LossObjective(
                X, y, loss=loss, sample_weight=rng.uniform(0, 2, 300), logit_adjustment=-0.6, **model, **KINDS[loss]
            )
            theta = rng.standard_normal(objective.dim)
            value, gradient = objective.value_and_gradient(theta)
            assert value == objective(theta)
            steps = 1e-5 * np.eye(objective.dim)
            differences = (objective(theta + steps) - objective(theta - steps)) / 2e-5
            np.testing.assert_allclose(gradient, differences, rtol=0, atol=2e-9 * (1 + np.abs(gradient).max()))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", KINDS)
def test_gradients_are_those_of_torch(loss, dtype):
    torch = pytest.importorskip("torch")
    for classes in (2, 5):
        X, y, rng = problem(classes)
        weights = rng.uniform(0.5, 2, len(X))
        objective = LossObjective(
            X, y, loss=loss, sample_weight=weights, logit_adjustment=0.7, dtype=dtype, **MODELS[0], **KINDS[loss]
        )
        theta = rng.standard_normal(objective.dim)
        value, gradient = objective.value_and_gradient(theta)

        parameter = torch.tensor(theta, requires_grad=True)
        rows = parameter.reshape(-1, 7)
        scores = torch.tensor(X) @ rows[:, :6].T + rows[:, 6]
        if classes == 2:
            scores = torch.cat([torch.zeros_like(scores), scores], dim=1)
        share = torch.tensor(weights)
        truth = torch.nn.functional.one_hot(torch.tensor(y), classes)
        shares = (share[:, None] * truth).sum(dim=0) / share.sum()
        log_p = torch.log_softmax(scores + 0.7 * torch.log(shares), dim=1)
        of_truth = (truth * log_p).sum(dim=1)
        if "dice" in loss:
            p, own = log_p.exp(), slice(1, None) if classes == 2 else slice(None)
            sizes = (share[:, None] * (truth + (p**2 if loss == "squared-dice" else p))).sum(dim=0)
            theirs = 1 - (2 * (share[:, None] * truth * p).sum(dim=0) / sizes)[own].mean()
        else:
            q = -torch.expm1(of_truth)
            each = {"cross-entropy": -of_truth, "focal": -(q**1.7) * of_truth, "smooth-accuracy": q}[loss]
            theirs = (share * each).sum() / share.sum()
        theirs.backward()
        accuracy = 2e-13 if dtype == np.float64 else 3e-5
        assert value == pytest.approx(theirs.item(), rel=accuracy)
        wanted = parameter.grad.numpy()
        np.testing.assert_allclose(gradient, wanted, rtol=0, atol=accuracy * np.abs(wanted).max())


def test_focal_loss_without_focusing_is_the_cross_entropy():
    for classes in (2, 4):
        X, y, rng = problem(classes)
        plain, focal = LossObjective(X, y), LossObjective(X, y, loss="focal", focusing=0)
        theta = rng.standard_normal(plain.dim)
        value, gradient = focal.value_and_gradient(theta)
        other, slopes = plain.value_and_gradient(theta)
        assert value == pytest.approx(other, rel=1e-14)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-15)


def test_logit_adjustment_is_a_shift_of_the_intercepts():
    """Training sees the scores plus tau times the log share; the scores that are asked for are without."""
    for classes in (2, 4):
        X, y, rng = problem(classes)
        plain, adjusted = LossObjective(X, y), LossObjective(X, y, logit_adjustment=1.5)
        theta = rng.standard_normal(plain.dim)
        shifts = 1.5 * np.log(np.bincount(y) / len(y))
        moved = theta.copy()
        moved.reshape(-1, 7)[:, 6] += shifts if classes > 2 else shifts[1] - shifts[0]
        assert adjusted(theta) == pytest.approx(plain(moved), rel=1e-14)
        assert (adjusted.scores(theta) == plain.scores(theta)).all()


def test_shares_of_the_adjustment_are_those_of_sample_weights_but_not_of_class_weights():
    X, y, rng = problem(2)
    weights, theta = rng.uniform(0, 2, len(X)), rng.standard_normal(7)
    shift = np.log((weights * y).sum() / (weights * (1 - y)).sum())
    moved = theta + shift * np.eye(7)[6]
    both = {"sample_weight": weights, "class_weight": {1: 5.0}}
    adjusted, plain = LossObjective(X, y, logit_adjustment=1.0, **both), LossObjective(X, y, **both)
    assert adjusted(theta) == pytest.approx(plain(moved), rel=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", KINDS)
def test_values_and_gradients_have_the_same_bits_however_they_are_asked_for(loss, dtype):
    for classes in (2, 4):
        X, y, rng = problem(classes, samples=2500)
        alone, spread = (
            LossObjective(X, y, loss=loss, dtype=dtype, threads=threads, logit_adjustment=1.0) for threads in (1, 5)
        )
        thetas = rng.standard_normal((40, alone.dim))
        values = alone(thetas)
        assert (values == spread(thetas)).all()
        assert (values == [alone(theta) for theta in thetas]).all()
        value, gradient = alone.value_and_gradient(thetas[0])
        again, spread_gradient = spread.value_and_gradient(thetas[0])
        assert value == again == values[0]
        assert (gradient == spread_gradient).all()


@pytest.mark.parametrize("loss", KINDS)
def test_a_batch_is_the_loss_of_its_samples(loss):
    """The shares of an adjustment stay those of all samples."""
    X, y, rng = problem(3, samples=400)
    batched = LossObjective(X, y, loss=loss, batch_size=90, seed=4, logit_adjustment=1.0, **KINDS[loss])
    theta = rng.standard_normal(batched.dim)
    shifts = np.log(np.bincount(y) / len(y))
    moved = theta.copy()
    moved.reshape(3, 7)[:, 6] += shifts
    for generation in (0, 3, 4):
        chosen = batched.batch(generation)
        part = LossObjective(X[chosen], y[chosen], loss=loss, classes=[0, 1, 2], **KINDS[loss])
        value, gradient = batched.value_and_gradient(theta, generation=generation)
        wanted, slopes = part.value_and_gradient(moved)
        assert value == pytest.approx(wanted, rel=1e-13)
        np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-15)
        named, _ = batched.value_and_gradient(theta, samples=chosen)
        assert named == value


def test_a_class_without_samples_has_no_overlap_and_pulls_nothing():
    X, _, rng = problem(2, samples=100)
    for loss in ("dice", "squared-dice"):
        lone = LossObjective(X, np.zeros(100, dtype=int), loss=loss, classes=[0, 1])
        value, gradient = lone.value_and_gradient(rng.standard_normal(7))
        assert value == 1.0
        assert not gradient.any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", KINDS)
def test_huge_scores_of_either_sign_have_finite_losses_and_gradients(loss, dtype):
    X = np.array([[1.0], [-1.0], [1.0], [0.5]])
    for y in ([1, 0, 0, 1], [0, 1, 2, 2]):
        for settings in ({}, {"focusing": 0.3}, {"focusing": 7.0}):
            objective = LossObjective(X, y, loss=loss, dtype=dtype, **(settings if loss == "focal" else {}))
            for size in (0.0, 20.0, 300.0, 1e4):
                theta = size * np.resize([1.0, -0.3], objective.dim)
                value, gradient = objective.value_and_gradient(theta)
                assert np.isfinite(value), (size, settings)
                assert np.isfinite(gradient).all(), (size, settings)


def test_small_focal_losses_lose_nothing():
    """Where the logit s is large the loss is q^(1 + focusing), with q = exp(-s), and its slope -(1 + focusing) q^..."""
    for classes in ([0, 1], [0, 1, 2]):
        objective = LossObjective([[1.0]], [1], loss="focal", focusing=0.5, classes=classes)
        theta = np.zeros(objective.dim)
        place = 0 if len(classes) == 2 else 2
        theta[place] = 40.0
        q = (len(classes) - 1) * np.exp(-40.0)
        value, gradient = objective.value_and_gradient(theta)
        assert value == pytest.approx(q**1.5, rel=1e-13, abs=0)
        assert gradient[place] == pytest.approx(-1.5 * q**1.5, rel=1e-13, abs=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("loss", KINDS)
def test_hessians_times_vectors_are_differences_of_gradients(loss, dtype):
    for classes in (2, 4):
        X, y, rng = problem(classes, samples=1300)
        weights = rng.uniform(0, 2, len(X))
        for model in MODELS:
            exact, found = (
                LossObjective(
                    X, y, loss=loss, sample_weight=weights, logit_adjustment=0.6, dtype=kind, **model, **KINDS[loss]
                )
                for kind in (np.float64, dtype)
            )
            theta, direction = rng.standard_normal((2, exact.dim))
            ahead, behind = (exact.value_and_gradient(theta + h * direction)[1] for h in (1e-6, -1e-6))
            differences = (ahead - behind) / 2e-6
            product = flows.field(found).hessian_vector(theta, direction)
            accuracy = 1e-8 if dtype == np.float64 else 3e-5
            np.testing.assert_allclose(product, differences, rtol=0, atol=accuracy * (1 + np.abs(differences).max()))
