"""Restarts: the rules of IPOP and BIPOP by a simulation of their own, success where one search fails, resuming."""

import math

import numpy as np
import pytest

import zoopt
from zoopt import _core

D = 5
DRIVER_SAMPLE, RESAMPLE_STREAM = 1, 4


def uniform(seed, leg, k):
    """Return the number k that belongs to a leg, from the bare generator."""
    words = _core.threefry4x32(
        [0, DRIVER_SAMPLE, leg, 0], [seed & 0xFFFFFFFF, seed >> 32, RESAMPLE_STREAM, _core.NOISE_VERSION]
    )
    return ((words[k] >> 9) + 0.5) / 2**23


def bipop(seed, first_population, first_scale, evaluations, restarts=9, increase=2.0):
    """Yield (population, scale, most evaluations) of every leg after the first, told what each leg used."""
    used, last_large, doublings, leg, kind = {"large": 0, "small": 0}, 0, 0, 0, None
    while True:
        spent = evaluations[leg]
        if kind is not None:
            used[kind] += spent
        if kind == "large":
            last_large = spent
        leg += 1
        if doublings and used["small"] < used["large"]:
            kind = "small"
            large = math.floor(first_population * increase**doublings)
            ratio = large / first_population / 2
            population = max(2, math.floor(first_population * ratio ** (uniform(seed, leg, 0) ** 2)))
            yield population, first_scale * 10 ** (-2 * uniform(seed, leg, 1)), last_large // 2
        elif doublings < restarts:
            kind, doublings = "large", doublings + 1
            yield math.floor(first_population * increase**doublings), first_scale, math.inf
        else:
            return


def run(name, seed, budget, objective="rastrigin", dim=D, target=None, **keywords):
    opt = zoopt.optimizer(name, np.full(dim, 2.0), scale=2.0, seed=seed, **keywords)
    opt.run(zoopt.objectives.function(objective, dim), budget, target=target)
    return opt


@pytest.mark.parametrize("seed", [0, 1, 2**40 + 3])
@pytest.mark.parametrize(("restarts", "increase"), [(9, 2.0), (3, 2.0), (4, 1.5), (0, 2.0)])
def test_bipop_follows_its_rule(seed, restarts, increase):
    opt = run("bipop-cma-es", seed, 60_000, restarts=restarts, increase=increase)
    legs = opt.legs
    evaluations = [leg.evaluations for leg in legs]
    rule = list(zip(bipop(seed, 8, 2.0, [*evaluations, 0], restarts, increase), legs[1:], strict=False))
    assert len(rule) == len(legs) - 1
    for (population, scale, most), leg in rule:
        assert leg.population == population
        assert leg.scale == pytest.approx(scale, rel=1e-12)
        assert leg.evaluations <= max(most, leg.population)
        if leg.status is None and leg is not legs[-1]:
            assert leg.evaluations + leg.population > most
    assert sum(evaluations) == opt.nfev
    if restarts == 0:
        assert len(legs) == 1


@pytest.mark.parametrize("increase", [2.0, 1.5])
def test_ipop_multiplies_the_population(increase):
    opt = run("ipop-cma-es", 3, 50_000, increase=increase)
    populations = [leg.population for leg in opt.legs]
    expected = [8]
    while len(expected) < len(populations):
        expected.append(math.floor(expected[-1] * increase))
    assert populations == expected
    assert len(populations) > 3
    assert all(leg.scale == 2.0 for leg in opt.legs)
    assert opt.restarts == len(populations) - 1
    assert all(leg.status in (4, 5, 6, -2, -4, -5) for leg in opt.legs[:-1])


def test_a_run_ends_with_its_restarts():
    opt = run("ipop-cma-es", 3, 10**6, restarts=2)
    assert len(opt.legs) == 3
    assert opt.nfev < 10**6
    assert opt.stop() is not None
    assert opt.legs[-1].status == opt.status
    ended = opt.legs
    X = opt.ask()
    opt.tell((X**2).sum(axis=1))  # told after the end: no leg begins
    assert opt.status == ended[-1].status
    assert len(opt.legs) == 3


def test_small_legs_that_use_their_evaluations_up_end_the_run_too():
    """The last leg that the rule allows is small and stopped by its limit: the run says so and does not go on."""
    for seed in range(40):
        opt = run("bipop-cma-es", seed, 200_000, restarts=1, tolfun=0, tolx=0, stagnation=100)
        assert opt.stop() is not None
        assert opt.nfev < 200_000
        if opt.status == 8:
            assert "restarts" in opt.stop()
            break
    else:
        pytest.fail("no run ended in a small leg")


def test_antithetic_legs_have_even_populations():
    cell = zoopt.cell(
        distribution="isotropic", shaping="centred-rank", metric="natural", update="sgd", driver="ipop",
        population=6, antithetic=True,
    )  # fmt: skip
    opt = zoopt.optimizer(cell, np.ones(3), scale=0.5, seed=1, increase=1.5, plateau=2, restarts=4)
    while opt.stop() is None:
        opt.tell(np.ones(len(opt.ask())))
    assert [leg.population for leg in opt.legs] == [6, 10, 16, 24, 36]  # 9, 15, 24, 36, odd ones one more


def test_a_population_beyond_the_memory_limit_ends_the_restarts():
    opt = zoopt.optimizer(
        "ipop-cma-es", np.ones(2), scale=1.0, seed=1, increase=100, restarts=1000, memory_limit=2**20, plateau=2
    )
    while opt.stop() is None:
        opt.tell(np.ones(len(opt.ask())))
    assert [leg.population for leg in opt.legs] == [6, 600]


def test_restarts_solve_what_one_search_does_not():
    """Rastrigin in 5 dimensions from 2 at scale 2, 10^5 evaluations: 20 seeds each."""
    solved = {
        name: sum(run(name, seed, 100_000, target=1e-8).best.fun <= 1e-8 for seed in range(20))
        for name in ("cma-es", "ipop-cma-es", "bipop-cma-es")
    }
    assert solved["cma-es"] <= 4
    assert solved["ipop-cma-es"] >= 18
    assert solved["bipop-cma-es"] >= 18


def test_later_legs_start_elsewhere():
    """Round x0 by the first scale; anywhere in a box."""
    free, boxed = [], []
    for seed in range(60):
        for starts, bounds in ((free, None), (boxed, [(-5.0, 5.0), (0.0, 10.0)])):
            opt = zoopt.optimizer("ipop-cma-es", [2.0, 7.0], scale=0.5, seed=seed, plateau=1, restarts=1, bounds=bounds)
            opt.ask()
            opt.tell(np.ones(opt.rows))
            assert len(opt.legs) == 2
            starts.append(opt.mean)
    free, boxed = np.array(free), np.array(boxed)
    assert np.abs(free.mean(axis=0) - [2.0, 7.0]).max() < 4 * 0.5 / math.sqrt(60)
    assert 0.35 < free.std(axis=0).min() <= free.std(axis=0).max() < 0.65
    assert boxed.min(axis=0)[0] < -3.5
    assert boxed.max(axis=0)[0] > 3.5
    assert np.abs(boxed.mean(axis=0) - [0.0, 5.0]).max() < 4 * 10 / math.sqrt(12 * 60)


@pytest.mark.parametrize("name", ["ipop-cma-es", "bipop-cma-es"])
def test_resumed_across_legs_bit_for_bit(name):
    """Saved in the middle of legs, loaded into an optimizer of another start and scale, and gone on with."""
    objective = zoopt.objectives.function("rastrigin", D)
    whole = zoopt.optimizer(name, np.full(D, 2.0), scale=2.0, seed=6)
    whole.run(objective, 20_000)
    state = zoopt.optimizer(name, np.full(D, 2.0), scale=2.0, seed=6).state_dict()
    for limit in (700, 1900, 2500, 5000, 5100, 9000, 15_000, 20_000):
        part = zoopt.optimizer(name, np.zeros(D), scale=0.1, seed=1)
        part.load_state_dict(state)
        part.run(objective, limit)
        state = part.state_dict()
    assert part.legs == whole.legs
    assert len(whole.legs) > 4
    final = whole.state_dict()
    assert final.keys() == state.keys()
    assert all(np.array_equal(final[key], state[key]) for key in final)
