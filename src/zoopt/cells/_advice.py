"""What a message says of an option that an algorithm does not have."""

from difflib import get_close_matches

# What is given beside the options, and how other packages call what we have.
ARGUMENTS = (
    "bounds",
    "bounds_handling",
    "budget",
    "callback",
    "covariance",
    "maximize",
    "memory_limit",
    "method",
    "most_effort",
    "noise_handling",
    "options",
    "record",
    "scale",
    "seed",
    "sense",
    "target",
    "threads",
    "time_limit",
    "workers",
)
ELSEWHERE = {
    "lr": "learning_rate",
    "maxfevals": "budget",
    "maxiter": "budget",
    "popsize": "population",
    "population_size": "population",
    "sigma": "scale",
    "sigma0": "scale",
    "step_size": "learning_rate",
}


def unknown_option(algorithm: str, name: object, known: list[str]) -> str:
    """Return the message that names the closest option, or the argument that was meant."""
    word = str(name)
    close = get_close_matches(ELSEWHERE.get(word, word).lower(), [*known, *ARGUMENTS], n=1)
    hint = f"; {_hint(close[0], known)}" if close else "."
    return f"{algorithm} has no option {word!r}{hint} Its options are: {', '.join(known)}"


def _hint(meant: str, known: list[str]) -> str:
    if meant in known:
        return f"did you mean {meant!r}?"
    if meant == "options":
        return "optimizer() takes options as arguments of their own."
    return f"did you mean the argument {meant!r} of minimize or optimizer? It is no option."
