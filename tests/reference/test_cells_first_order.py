"""The descent updates along exact gradients: against formulas in numpy, and against torch.optim."""

import numpy as np
import pytest
from textbook import GENERATIONS, START, D, bumpy, bumpy_gradient, close

import zoopt

DECAY = 0.07


def first_order(update):
    """Return the cell of any descent update that is told gradients."""
    return zoopt.cell(distribution="point", shaping="exact", metric="vanilla", update=update, population=1)


def run(algorithm, generations=GENERATIONS, sense="min", **options):
    """Return the means of a run on `bumpy`, shape (generations, D)."""
    opt = zoopt.optimizer(algorithm, START, seed=1, sense=sense, **options)
    sign = 1 if sense == "min" else -1
    means = []
    for _ in range(generations):
        x = opt.ask()
        assert x.shape == (1, D)
        assert np.array_equal(x[0], opt.mean)
        opt.tell(sign * bumpy(x), gradients=sign * bumpy_gradient(x[0])[None])
        means.append(opt.mean)
    return np.array(means)


def by_formula(step, *, rate, decay=0.0):
    """Return the means of x <- (1 - rate decay) x - rate step(t, g(x)), t counted from 1."""
    x, means = START.copy(), []
    for t in range(1, GENERATIONS + 1):
        g = bumpy_gradient(x)
        x = (1 - rate * decay) * x - rate * step(t, g)
        means.append(x)
    return np.array(means)


def gd():
    return lambda t, g: g


def momentum(share):
    v = np.zeros(D)

    def step(t, g):
        v[:] = share * v + g
        return v.copy()

    return step


def nesterov(share):
    velocity = momentum(share)
    return lambda t, g: g + share * velocity(t, g)


def adam(beta_1, beta_2, epsilon):
    m, v = np.zeros(D), np.zeros(D)

    def step(t, g):
        m[:] = beta_1 * m + (1 - beta_1) * g
        v[:] = beta_2 * v + (1 - beta_2) * g**2
        return (m / (1 - beta_1**t)) / (np.sqrt(v / (1 - beta_2**t)) + epsilon)

    return step


def adamm(beta_1, beta_2, epsilon):
    m, v, top = np.zeros(D), np.zeros(D), np.zeros(D)

    def step(t, g):
        m[:] = beta_1 * m + (1 - beta_1) * g
        v[:] = beta_2 * v + (1 - beta_2) * g**2
        top[:] = np.maximum(top, v)
        return m / (np.sqrt(top) + epsilon)

    return step


def rmsprop(beta_2, epsilon):
    v = np.zeros(D)

    def step(t, g):
        v[:] = beta_2 * v + (1 - beta_2) * g**2
        return g / (np.sqrt(v) + epsilon)

    return step


ADAM = {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}
RMS = {"beta_2": 0.9, "epsilon": 1e-3}
UPDATES = {  # update: (formula with the defaults, formula with these options, options, default rate)
    "momentum": (lambda: momentum(0.9), lambda: momentum(0.6), {"momentum": 0.6}, 0.01),
    "nesterov": (lambda: nesterov(0.9), lambda: nesterov(0.6), {"momentum": 0.6}, 0.01),
    "adam": (lambda: adam(0.9, 0.999, 1e-8), lambda: adam(*ADAM.values()), ADAM, 0.01),
    "adamm": (lambda: adamm(0.9, 0.3, 1e-8), lambda: adamm(*ADAM.values()), ADAM, 0.01),
    "rmsprop": (lambda: rmsprop(0.99, 1e-8), lambda: rmsprop(*RMS.values()), RMS, 0.01),
    "sign": (lambda: lambda t, g: np.sign(g), lambda: lambda t, g: np.sign(g), {}, 0.01),
}


@pytest.mark.parametrize("update", ["adam", "adamm", "rmsprop"])
def test_no_gradient_moves_nothing_without_an_epsilon(update):
    """Where 0 would be divided by 0."""
    opt = zoopt.optimizer(first_order(update), START, seed=1, learning_rate=0.1, epsilon=0.0)
    for _ in range(3):
        opt.ask()
        opt.tell([0.0], gradients=np.zeros((1, D)))
        assert np.array_equal(opt.mean, START)


@pytest.mark.parametrize("update", UPDATES)
def test_defaults_follow_the_formula(update):
    formula, _, _, rate = UPDATES[update]
    close(run(first_order(update)), by_formula(formula(), rate=rate))


@pytest.mark.parametrize("update", UPDATES)
def test_options_and_decoupled_decay_follow_the_formula(update):
    _, formula, options, _ = UPDATES[update]
    expected = by_formula(formula(), rate=0.03, decay=DECAY)
    close(run(first_order(update), learning_rate=0.03, weight_decay=DECAY, **options), expected)


def test_plain_gradient_descent_with_and_without_decay():
    close(run(first_order("sgd"), learning_rate=0.03), by_formula(gd(), rate=0.03))
    expected = by_formula(gd(), rate=0.03, decay=DECAY)
    close(run(first_order("sgd"), learning_rate=0.03, weight_decay=DECAY), expected)


def test_the_automatic_rate_of_gradient_descent():
    """q / (4 (d + q + 3)) with q = 1."""
    close(run(first_order("sgd")), by_formula(gd(), rate=1 / (4 * (D + 4))))


@pytest.mark.parametrize(
    ("name", "formula", "rate"),
    [
        ("gd", gd(), 0.01),
        ("momentum", momentum(0.9), 0.01),
        ("nesterov", nesterov(0.9), 0.01),
        ("adam", adam(0.9, 0.999, 1e-8), 0.001),
    ],
)
def test_the_named_algorithms(name, formula, rate):
    close(run(name), by_formula(formula, rate=rate))


@pytest.mark.parametrize("name", ["gd", "momentum", "nesterov", "adam"])
def test_ascent_is_descent_of_the_negated_objective(name):
    assert np.array_equal(run(name), run(name, sense="max"))


def clip_up(share, largest, rate):
    """Return the means of ClipUp, whose velocity already holds the rate."""
    x, v, means, clipped = START.copy(), np.zeros(D), [], 0
    for _ in range(GENERATIONS):
        g = bumpy_gradient(x)
        v = share * v + rate * g / np.linalg.norm(g)
        length = np.linalg.norm(v)
        if length > largest:
            v, clipped = largest * v / length, clipped + 1
        x = x - v
        means.append(x)
    return np.array(means), clipped


@pytest.mark.parametrize(("share", "largest", "rate"), [(0.9, 0.15, 0.075), (0.5, 0.3, 0.1), (0.9, 0.05, 0.2)])
def test_clip_up_follows_the_formula(share, largest, rate):
    expected, clipped = clip_up(share, largest, rate)
    got = run(first_order("clip-up"), momentum=share, largest_step=largest, learning_rate=rate)
    close(got, expected)
    assert (clipped > 0) == (largest < rate / (1 - share))
    steps = np.diff(got, axis=0, prepend=START[None])
    assert np.linalg.norm(steps, axis=1).max() <= largest * (1 + 1e-12)


def test_clip_up_by_default():
    close(run(first_order("clip-up")), clip_up(0.9, 0.15, 0.075)[0])


def test_adam_with_decay_is_adamw_not_l2():
    """A penalty in the gradient would be divided by the root of the second moment."""
    expected = by_formula(adam(0.9, 0.999, 1e-8), rate=0.05, decay=0.5)
    got = run("adam", learning_rate=0.05, weight_decay=0.5)
    close(got, expected)
    penalised = adam(0.9, 0.999, 1e-8)
    x = START.copy()
    for t in range(1, GENERATIONS + 1):
        x = x - 0.05 * penalised(t, bumpy_gradient(x) + 0.5 * x)
    assert np.max(np.abs(got[-1] - x)) > 0.01


TORCH = {  # cell: (class of torch.optim, its arguments, our options)
    "sgd": ("SGD", {}, {}),
    "momentum": ("SGD", {"momentum": 0.8}, {"momentum": 0.8}),
    "nesterov": ("SGD", {"momentum": 0.8, "nesterov": True}, {"momentum": 0.8}),
    "adam": ("Adam", {"betas": (0.8, 0.95), "eps": 1e-4}, {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4}),
    "adamw": (
        "AdamW",
        {"betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.3},
        {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4, "weight_decay": 0.3},
    ),
    "rmsprop": ("RMSprop", {"alpha": 0.9, "eps": 1e-4}, {"beta_2": 0.9, "epsilon": 1e-4}),
}


@pytest.mark.parametrize("name", TORCH)
def test_torch_takes_the_same_steps(name):
    torch = pytest.importorskip("torch")
    kind, arguments, options = TORCH[name]
    x = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    peer = getattr(torch.optim, kind)([x], lr=0.02, **arguments)
    means = []
    for _ in range(GENERATIONS):
        x.grad = torch.tensor(bumpy_gradient(x.detach().numpy()))
        peer.step()
        means.append(x.detach().numpy().copy())
    update = {"adamw": "adam"}.get(name, name)
    close(run(first_order(update), learning_rate=0.02, **options), np.array(means))
