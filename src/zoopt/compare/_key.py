"""The key of a run: a hash of all that decides it, the same in every process."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def digest(content: object) -> str:
    """Return the SHA-256 of content as canonical JSON, in hexadecimal digits.

    Raises
    ------
    TypeError, ValueError
        Something in it is nothing that JSON can hold.

    Examples
    --------
    >>> digest({"b": 1, "a": [1.5, None]}) == digest({"a": (1.5, None), "b": 1})
    True
    """
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def canonical(content: object) -> str:
    """Return content as JSON in the one form that it has: keys sorted, no spaces, floats as short as exact.

    Infinities and NaN, for which JSON has no number, become ``{"float": "inf"}`` and the like.
    """
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=True)


def _plain(content: Any) -> Any:
    if content is None or type(content) in (str, bool, int):
        return content
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, np.ndarray | np.generic):
        return _plain(content.tolist())
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    odd = isinstance(content, float) and not math.isfinite(content)
    return {"float": repr(content)} if odd else content
