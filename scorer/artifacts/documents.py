"""JSON without surprises: bounded, finite, no name twice; written in one way, so that hashes hold."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from scorer.artifacts.limits import LIMITS, Flaw, Limits

_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MOST_DIGITS = 400  # longer than any float in full notation


def encode(value: Any) -> bytes:
    """Return JSON for reading by people and machines: sorted names, ASCII, one line each.

    Raises ValueError for NaN and infinities, TypeError for anything that is not JSON.

    >>> encode({"b": 1, "a": [0.5]})
    b'{\\n "a": [\\n  0.5\\n ],\\n "b": 1\\n}\\n'
    """
    return (json.dumps(value, sort_keys=True, indent=1, allow_nan=False) + "\n").encode("ascii")


def canonical(value: Any) -> bytes:
    """Return the JSON that is hashed: sorted names, ASCII, no blanks.

    >>> canonical({"b": 1, "a": "ä"})
    b'{"a":"\\\\u00e4","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def decode(content: bytes, limits: Limits = LIMITS) -> Any:
    """Read JSON. Raises Flaw for anything too large, too deep, not finite, doubled or not JSON.

    >>> decode(b'{"a": [1, 2.5]}')
    {'a': [1, 2.5]}
    """
    if len(content) > limits.json_bytes:
        raise Flaw(f"it has {len(content):,} bytes; {limits.json_bytes:,} is the most")
    if _depth(content) > limits.json_depth:
        raise Flaw(f"it is nested deeper than {limits.json_depth} levels")
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_without_doubles,
        )
    except (ValueError, RecursionError) as why:
        raise Flaw(f"it is not JSON ({why})") from why


def _depth(content: bytes) -> int:
    """Count the deepest nesting without parsing: brackets outside of texts."""
    marks = np.frombuffer(_TEXTS.sub(b"", content), dtype=np.uint8)
    opened = (marks == ord("[")) | (marks == ord("{"))
    closed = (marks == ord("]")) | (marks == ord("}"))
    steps = (opened.astype(np.int8) - closed.astype(np.int8))[opened | closed]
    return int(np.cumsum(steps, dtype=np.int64).max(initial=0))


def _refuse_constant(name: str) -> None:
    raise Flaw(f"it holds {name}, which is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Flaw(f"it holds {digits[:40]}, which is too large for a number")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise Flaw(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _without_doubles(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Flaw(f"the name '{name[:60]}' stands twice in one object")
        found[name] = value
    return found
