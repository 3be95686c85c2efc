"""The ids and secrets a workspace hands out: unguessable, or the same every time on request."""

import random
import string
import uuid
from contextvars import ContextVar

_CAPITALS = string.ascii_uppercase + string.digits
_MIXED = string.ascii_letters + string.digits
# One source for each workspace, because several may run in one process, each in its own context.
_SOURCE: ContextVar[random.Random] = ContextVar("ids")
_UNGUESSABLE = random.SystemRandom()


def repeat(seed: int) -> None:
    """From here on, in this context, hand out the ids that belong to this seed."""
    _SOURCE.set(random.Random(seed))  # noqa: S311 - repeatable is the point


def capitals(prefix: str, count: int = 10) -> str:
    """Return an object's id, such as ``V`` and ten capitals or digits."""
    return prefix + _pick(_CAPITALS, count)


def mixed(count: int) -> str:
    """Return letters of both cases and digits."""
    return _pick(_MIXED, count)


def digits(count: int) -> str:
    """Return a number of exactly this many digits, zeros in front."""
    return _pick(string.digits, count)


def hexadecimal(count: int) -> str:
    """Return this many hexadecimal digits."""
    return _pick("0123456789abcdef", count)


def unique() -> str:
    """Return a UUID."""
    return str(uuid.UUID(int=_SOURCE.get(_UNGUESSABLE).getrandbits(128), version=4))


def _pick(alphabet: str, count: int) -> str:
    """One draw for all of it: each asks the system for random bytes."""
    kinds = len(alphabet)
    drawn = _SOURCE.get(_UNGUESSABLE).randrange(kinds**count)
    picked = []
    for _ in range(count):
        drawn, rest = divmod(drawn, kinds)
        picked.append(alphabet[rest])
    return "".join(picked)
