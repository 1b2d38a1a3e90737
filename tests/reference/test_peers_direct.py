"""A peer in an experiment finds what its package finds when it is called directly with the same seed."""

import importlib.util

import numpy as np
import pytest
from scipy import optimize

from zoopt.compare._entry import contender
from zoopt.compare._plugins import objective as named
from zoopt.compare._search import Terms, search, search_seed
from zoopt.compare.optimizers._peer import BOX

OBJECTIVE, SEED, BUDGET = "rosenbrock:dim=4,shift=yes", 7, 400
PROBLEM = named(OBJECTIVE).prepare(SEED)
START, SCALE = PROBLEM.starts[""], PROBLEM.scales[""]


def cost(x):
    return float(PROBLEM.search(np.asarray(x, dtype=np.float64)[np.newaxis])[0])


def in_an_experiment(text, budget=BUDGET):
    """Return the record of a search, and the seed that the optimiser was given."""
    (entry,) = contender(text).entries(named(OBJECTIVE))
    found = search(PROBLEM, entry, Terms(OBJECTIVE, SEED, budget, "best", checkpoints=range(1, budget + 1)))
    assert found.status == "done", found.message
    return found.record, 1 + search_seed(OBJECTIVE, entry.label, SEED) % (2**31 - 1)


class Followed:
    """The function, and the curve of its best values."""

    def __init__(self):
        self.values, self.points = [], []

    def __call__(self, x, *_):
        self.points.append(np.array(x))
        self.values.append(cost(x))
        return self.values[-1]

    def agrees_with(self, record):
        seen = len(record.curve_values)
        best = np.minimum.accumulate(self.values)[:seen]
        return record.evaluations == seen and np.array_equal(record.curve_values, best) and best[-1] < best[0]


@pytest.mark.parametrize(("text", "options"), [("cma", {}), ("cma:population=20,active=no", {"popsize": 20})])
def test_cma(text, options):
    import cma

    record, seed = in_an_experiment(text)
    followed = Followed()
    _, strategy = cma.fmin2(
        followed, START, SCALE, {"seed": seed, "maxfevals": BUDGET, "verbose": -9, "CMA_active": not options, **options}
    )
    assert followed.agrees_with(record)
    if len(followed.values) == BUDGET:  # else the budget has cut its last generation
        assert np.array_equal(record.point, strategy.result.xfavorite)


@pytest.mark.parametrize(("text", "name"), [("cmaes", "CMA"), ("cmaes-sep", "SepCMA")])
def test_cmaes(text, name):
    import cmaes

    record, seed = in_an_experiment(text)
    followed = Followed()
    strategy = getattr(cmaes, name)(mean=START.copy(), sigma=SCALE, seed=seed)
    while len(followed.values) < BUDGET and not strategy.should_stop():
        points = [strategy.ask() for _ in range(strategy.population_size)]
        strategy.tell([(x, followed(x)) for x in points])
    assert followed.agrees_with(record)


@pytest.mark.parametrize(
    ("text", "method", "options"),
    [
        (
            "scipy-nelder-mead",
            "Nelder-Mead",
            {
                "initial_simplex": START + SCALE * np.vstack([np.zeros(4), np.eye(4)]),
                "adaptive": True,
                "xatol": 1e-11,
                "fatol": 1e-11,
            },
        ),
        ("scipy-powell", "Powell", {"direc": SCALE * np.eye(4), "xtol": 1e-11, "ftol": 1e-11}),
    ],
)
def test_scipy(text, method, options):
    record, _ = in_an_experiment(text)
    followed = Followed()
    found = optimize.minimize(followed, START, method=method, options={"maxfev": 2 * BUDGET, **options})
    assert followed.agrees_with(record)
    assert found.fun <= record.search


def test_scipy_differential_evolution():
    text = "scipy-differential-evolution:popsize=5"
    record, _ = in_an_experiment(text)
    followed = Followed()
    optimize.differential_evolution(
        followed,
        [(x - BOX * SCALE, x + BOX * SCALE) for x in START],
        x0=START,
        popsize=5,
        polish=False,
        tol=0,
        maxiter=BUDGET // 20,
        seed=np.random.default_rng(search_seed(OBJECTIVE, text, SEED)),
    )
    assert followed.agrees_with(record)


def test_nlopt_bobyqa():
    nlopt = pytest.importorskip("nlopt")
    record, _ = in_an_experiment("nlopt")
    followed = Followed()
    optimizer = nlopt.opt(nlopt.LN_BOBYQA, 4)
    optimizer.set_min_objective(followed)
    optimizer.set_initial_step(SCALE)
    optimizer.set_xtol_abs(1e-12)
    optimizer.set_maxeval(BUDGET)
    found = optimizer.optimize(START)
    assert followed.agrees_with(record)
    assert np.array_equal(found, record.point)


@pytest.mark.parametrize("algorithm", ["CMA", "OnePlusOne"])
def test_nevergrad(algorithm):
    if importlib.util.find_spec("nevergrad") is None:
        pytest.skip("nevergrad is not installed")
    import nevergrad

    record, seed = in_an_experiment(f"nevergrad:algorithm={algorithm}", budget=60)
    followed = Followed()
    array = nevergrad.p.Array(init=START).set_mutation(sigma=SCALE)
    array.random_state.seed(seed)
    nevergrad.optimizers.registry[algorithm](array, budget=60).minimize(followed)
    assert followed.agrees_with(record)


def test_optuna():
    optuna = pytest.importorskip("optuna")
    record, seed = in_an_experiment("optuna", budget=30)
    followed = Followed()

    def trial_value(trial):
        pairs = zip(range(4), START, strict=True)
        return followed([trial.suggest_float(f"x{i}", x - BOX * SCALE, x + BOX * SCALE) for i, x in pairs])

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.enqueue_trial({f"x{i}": x for i, x in enumerate(START.tolist())})
    study.optimize(trial_value, n_trials=30)
    assert followed.agrees_with(record)
