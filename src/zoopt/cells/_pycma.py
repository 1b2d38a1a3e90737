"""What users of the package `cma` know: its constants as a preset, and its option names."""

from __future__ import annotations

import math
from collections.abc import Mapping

from zoopt.errors import InvalidOption

RENAMED = {
    "popsize": "population",
    "tolconditioncov": "condition",
    "updatecovwait": "decomposition_gap",
}
SWITCHES = {"CMA_active": "active", "CMA_rankone": "c_1", "CMA_rankmu": "c_mu"}  # off is 0
NOT_HERE = {
    "AdaptSigma": "the step size is adapted by its path; d_sigma damps it",
    "BoundaryHandler": "give bounds and bounds_handling to minimize or optimizer",
    "CMA_cmean": "the mean moves by the whole recombined step",
    "CMA_diagonal": "use the algorithm sep-cma-es",
    "CMA_elitist": "use the algorithm one-plus-one-es for an elitist search",
    "CMA_mirrors": "candidates are independent here; leave it out",
    "CMA_mu": "the better half is recombined; leave it out",
    "CMA_on": "give c_1=0 and c_mu=0 to keep the covariance",
    "CMA_recombination_weights": "compose a cell with another shaping",
    "CMA_stds": "give covariance, the squares of these, to minimize or optimizer",
    "CSA_dampfac": "give d_sigma itself",
    "bounds": "give bounds to minimize or optimizer, not among the options",
    "ftarget": "give target to minimize",
    "integer_variables": "all variables are real here",
    "maxfevals": "give budget to minimize",
    "maxiter": "give budget, which counts evaluations, to minimize",
    "minstd": "give tolx, which ends the run there",
    "seed": "give seed to minimize or optimizer",
    "timeout": "call run or ask and tell until the time is over",
    "tolfunhist": "give tolfun, which looks at the same history",
    "tolstagnation": "give stagnation",
    "verbose": "nothing is printed; give callback to minimize to follow a run",
    "verb_disp": "nothing is printed; give callback to minimize to follow a run",
    "verb_log": "nothing is logged; Result.trace has the run",
}


def constants(dim: int, population: int) -> dict[str, float]:
    """Return the options that make cma-es take the steps of `cma` 4.5.0: told the same values, it does the same.

    Four of them differ from Hansen (2016) without a word in the literature. The first covariance is no identity but
    diag(exp(1e-4 i / d)), so that no two eigenvalues are equal; E|N(0, I)| is exact up to 100 dimensions and has the
    term 1 / (32 d^2) beyond, not 1 / (21 d^2); 1e-9 is added to the length of a step with a negative weight; and the
    length of a young path is corrected by 2 g generations, not 2 (g + 1), before it stalls the other one.

    Three things are not taken over. `cma` adapts the step size by two points from 300 dimensions on; it limits one
    change of the step size to the factor e; and below six candidates it draws one as the mirror of a bad one, and gives
    that no negative weight. A covariance that is given replaces the first one.

    Parameters
    ----------
    dim, population : int

    Returns
    -------
    dict
        Option names and values.
    """
    n = float(dim)
    raw = [math.log((population + 1) / 2) - math.log(k) for k in range(1, population + 1)]
    better = [w for w in raw if w > 0]
    mu_eff = sum(better) ** 2 / sum(w * w for w in better)
    c_sigma = min(0.5, (mu_eff + 2) / (n + mu_eff + 3))
    inner = max(1.0, 3 * (1 - 0.5 ** (n / 9)))
    excess = max(0.0, inner * math.sqrt((mu_eff - 1) / (n + 1)) - 1)
    mirrored = int(0.79 + 0.16 * min(population, 2 * dim + 2)) if population < 6 else 0
    c_1 = min(1.0, population / 6) * 2 / ((n + 1.3) ** 2 + mu_eff)
    c_mu = min(1 - c_1, 2 * (0.25 + mu_eff - 2 + 1 / mu_eff) / ((n + 2) ** 2 + mu_eff))
    chi = _expected_length(dim)
    return {
        "c_sigma": c_sigma,
        "d_sigma": 0.5 + min(1.0, (mirrored / (0.159 * population) - 1) ** 2) / 2 + 2 * excess + c_sigma,
        "c_c": (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n),
        "c_1": c_1,
        "c_mu": c_mu,
        "stall": math.sqrt(n * (2 + 4 / (n + 1))) / chi,
        "chi": chi,
        "path_offset": 0.0,
        "first_spread": 1e-4,
        "length_floor": 1e-9,
        "decomposition_gap": float(math.ceil(0.1 / (n * (c_1 + c_mu)))),
    }


def _expected_length(dim: int) -> float:
    if dim <= 100:
        return math.sqrt(2) * math.exp(math.lgamma((dim + 1) / 2) - math.lgamma(dim / 2))
    return math.sqrt(dim) * (1 - 1 / (4 * dim) + 1 / (32 * dim**2))


def translated(given: Mapping[str, object]) -> dict[str, object]:
    """Return `given` with pycma's names replaced by ours.

    Raises
    ------
    InvalidOption
        For a name of pycma's that has no counterpart, with what to do instead; for a multiplier that is neither on nor
        off; for an option that is given by both names.
    """
    ours: dict[str, object] = {}
    for name, value in given.items():
        new = _renamed(str(name))
        if new in ours or (new != name and new in given):
            raise InvalidOption(f"cma-es: {new} is given twice, once as pycma's {name!r}; leave one out")
        if name not in SWITCHES:
            ours[new] = value
        elif not _is_on(name, value):
            ours[new] = 0.0
    return ours


def _renamed(name: str) -> str:
    if name in NOT_HERE or (name not in SWITCHES and name.startswith(("CMA_", "CSA_", "TPA_", "verb_"))):
        advice = NOT_HERE.get(name, "leave it out")
        raise InvalidOption(f"cma-es has no counterpart of pycma's option {name!r}: {advice}")
    return RENAMED.get(name, SWITCHES.get(name, name))


def _is_on(name: str, value: object) -> bool:
    if value not in (0, 1):
        raise InvalidOption(
            f"pycma's option {name!r} must be True or False here, got {value!r}; give {SWITCHES[name]} itself"
        )
    return bool(value)
