"""How the words of the file are written: names, ids, addresses, times."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

NAME = r"^[a-z][a-z0-9-]{0,39}$"

USER = r"^[UW][A-Z0-9]{2,20}$"

GROUP = r"^S[A-Z0-9]{2,20}$"

CHANNEL = r"^[CG][A-Z0-9]{2,20}$"

TEAM = r"^[TE][A-Z0-9]{2,20}$"

ADDRESS = r"^(127\.0\.0\.1|localhost|0\.0\.0\.0):[1-9]\d{0,4}$"

PATH = r"^/[\x21-\x7e]*$"
VARIABLE = r"^[A-Z][A-Z0-9_]*$"
FORMS = {
    NAME: "a name of small letters, digits and hyphens that begins with a letter",
    USER: "the id of a Slack user, such as U0123ABCD (their profile → Copy member ID)",
    GROUP: "the id of a Slack user group, such as S0123ABCD",
    CHANNEL: "the id of a Slack channel, such as C0123ABCD (its details, at the very bottom)",
    TEAM: "the id of a Slack workspace, such as T0123ABCD",
    ADDRESS: "an address of this machine, such as 127.0.0.1:8101",
    PATH: "a path such as /healthz",
    VARIABLE: "the name of a variable in capital letters, such as SHOP_THEME",
}
"""What each pattern means, for people."""


def port(address: str) -> int:
    return int(address.rpartition(":")[2])


def real_port(address: str) -> str:
    if port(address) > 65535:
        raise ValueError("expected a port of at most 65535")
    return address


def formed(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=pattern)


Name = Annotated[str, formed(NAME)]
UserId = Annotated[str, formed(USER)]
GroupId = Annotated[str, formed(GROUP)]
ChannelId = Annotated[str, formed(CHANNEL)]
TeamId = Annotated[str, formed(TEAM)]
Address = Annotated[str, formed(ADDRESS), AfterValidator(real_port)]
Count = Annotated[int, Field(strict=True, ge=0, le=10)]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: Any) -> float:
    """``90s``, ``30m``, ``4h``, ``2d`` -> seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text) if isinstance(text, str) else None
    length = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < length <= 30 * 86400:
        raise ValueError("expected a time such as 45s, 30m, 4h or 2d, at most 30d")
    return length


LENGTH = {"type": "string", "pattern": r"^\d+(\.\d+)?[smhd]$"}

Duration = Annotated[float, BeforeValidator(seconds), WithJsonSchema(LENGTH)]
