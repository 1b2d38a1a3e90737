"""What results are besides their runs, as JSON can hold it: what a store and an exchange file keep of them."""

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoopt.compare._facts import Facts, Participant
from zoopt.compare._record import Runs
from zoopt.compare._verdict import Rules
from zoopt.errors import InvalidInput

if TYPE_CHECKING:
    from zoopt.compare._results import Results

FORMAT = 1


def description(results: "Results") -> dict[str, Any]:
    """Return all of results but the runs."""
    return {
        "format": FORMAT,
        "objectives": {name: facts.as_dict() for name, facts in results.objectives.items()},
        "order": list(results.objectives),
        "participants": [
            {**dataclasses.asdict(each), "scale": each.scale if math.isfinite(each.scale) else None}
            for each in results.participants
        ],
        "not_applicable": [[name, label, reason] for (name, label), reason in results.not_applicable.items()],
        "rules": dataclasses.asdict(results.rules),
        "seeds": list(results.seeds),
        "budget": results.budget,
        "environment": dict(results.environment),
        "settings": results.settings,
    }


def results_of(content: Mapping[str, Any], runs: Runs) -> "Results":
    """Return the results of a description and runs.

    Raises
    ------
    InvalidInput
        The description is that of a newer version, or none.
    """
    from zoopt.compare._results import Results

    version = content.get("format")
    if not isinstance(version, int):
        raise InvalidInput("what is to be read is no description of results")
    if version > FORMAT:
        raise InvalidInput(
            f"the results have format {version}, this version reads {FORMAT} and older; update zoopt-engine"
        )
    return Results(
        runs=runs,
        objectives={name: Facts.read(content["objectives"][name]) for name in content["order"]},
        participants=tuple(
            Participant(**{**each, "scale": math.nan if each["scale"] is None else each["scale"]})
            for each in content["participants"]
        ),
        not_applicable={(name, label): reason for name, label, reason in content["not_applicable"]},
        rules=Rules(**content["rules"]),
        seeds=tuple(content["seeds"]),
        budget=content["budget"],
        environment=content["environment"],
        settings=content["settings"],
    )
