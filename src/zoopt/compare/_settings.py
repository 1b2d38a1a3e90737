"""The arguments of an experiment written as the TOML file that gives it again."""

import json
from collections.abc import Mapping, Sequence


def toml(arguments: Mapping[str, object]) -> str:
    r"""Return a file with a table ``[experiment]`` of texts, numbers and lists of them; None is left out.

    Examples
    --------
    >>> print(toml({"optimizers": ["snes"], "budget": 100, "target": None}))
    [experiment]
    optimizers = ["snes"]
    budget = 100
    """
    lines = [f"{key} = {_value(value)}" for key, value in arguments.items() if value is not None]
    return "\n".join(["[experiment]", *lines])


def _value(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        items = [_value(item) for item in value]
        short = f"[{', '.join(items)}]"
        return short if len(short) <= 100 else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    return repr(value)
