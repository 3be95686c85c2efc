"""JSON as it arrives: the one type every wire shape has, and the one way to read it."""

import json
import math
from typing import Any

JSON = dict[str, Any]

# Far deeper than Block Kit goes, far shallower than what Python can write again.
_MAX_DEPTH = 100


def parse(text: str | bytes) -> Any:
    """Parse JSON; raise ValueError also for what is nested absurdly deep or no finite number."""
    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None
    _check_depth([value], _MAX_DEPTH)
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _check_depth(value: JSON | list[Any], left: int) -> None:
    if not left:
        raise ValueError("nested too deep")
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            _check_depth(item, left - 1)
