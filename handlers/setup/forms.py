"""How the words of the file are written: names, ids, addresses, times."""

from __future__ import annotations

import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from handlers.rules.versions import is_range, is_version

NAME = r"^[a-z][a-z0-9-]{0,39}$"

USER = r"^[UW][A-Z0-9]{2,20}$"

GROUP = r"^S[A-Z0-9]{2,20}$"

CHANNEL = r"^[CG][A-Z0-9]{2,20}$"

TEAM = r"^[TE][A-Z0-9]{2,20}$"

ADDRESS = r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[1-9]\d{0,4}$"

ADDRESSES = r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[1-9]\d{0,4}-[1-9]\d{0,4}$"

HERE = re.compile(r"(127\.0\.0\.1|localhost|0\.0\.0\.0):\d+")
"""Addresses of this machine, where processes run."""

EXACT = r"^([a-z0-9][a-z0-9./:_-]*@)?sha256:[0-9a-f]{64}$"

IMAGE = (
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?"
    r"(/[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*)+$"
)
"""With its registry, and neither tag nor digest: the version is the tag."""

REGISTRY = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$"

ACCOUNT = r"^([a-z0-9_][a-z0-9_-]{0,31}(:[a-z0-9_][a-z0-9_-]{0,31})?)?$"

CONSTRAINT = r"^[a-z][A-Za-z0-9._/-]{0,100} ?(==|!=) ?[A-Za-z0-9][A-Za-z0-9 :._/-]{0,100}$"

KEPT = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

VERSION = r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$"

PATH = r"^/[\x21-\x7e]*$"
CURRENCY = r"^[A-Z]{3}$"
CLOCK = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
WEEKDAY = r"(mon|tue|wed|thu|fri|sat|sun)"
WEEKDAYS = rf"^{WEEKDAY}(-{WEEKDAY})?(, ?{WEEKDAY}(-{WEEKDAY})?)*$"
VARIABLE = r"^[A-Z][A-Z0-9_]*$"
ARGUMENT = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
FORMS = {
    NAME: "a name of small letters, digits and hyphens that begins with a letter",
    USER: "the id of a Slack user, such as U0123ABCD (their profile → Copy member ID)",
    GROUP: "the id of a Slack user group, such as S0123ABCD",
    CHANNEL: "the id of a Slack channel, such as C0123ABCD (its details, at the very bottom)",
    TEAM: "the id of a Slack workspace, such as T0123ABCD",
    ADDRESS: "an address such as 127.0.0.1:8101",
    ADDRESSES: "a range of addresses such as 127.0.0.1:8600-8699",
    EXACT: "an image by its digest (name@sha256:…) or its id (sha256:…)",
    IMAGE: "an image with its registry and without a tag, such as registry.example.com/shop/api",
    REGISTRY: "a registry, such as registry.example.com or registry.example.com:5000",
    ACCOUNT: "a user of the image, such as 1000:1000",
    CONSTRAINT: "a constraint on nodes, such as node.labels.disk == ssd",
    KEPT: "the name of a secret or a config",
    CURRENCY: "a currency of three letters, such as EUR",
    VERSION: "a version of the service such as 1.4.2, in quotes",
    CLOCK: 'a time of day such as "08:00", in quotes',
    WEEKDAYS: "days of the week such as mon-fri, or mon,wed,sat",
    PATH: "a path such as /healthz",
    ARGUMENT: "the name of an argument such as PYTHON_VERSION",
    VARIABLE: "the name of a variable in capital letters, such as SHOP_THEME",
}
"""What each pattern means, for people."""


def port(address: str) -> int:
    return int(address.rpartition(":")[2])


def real_port(address: str) -> str:
    if port(address) > 65535:
        raise ValueError("expected a port of at most 65535")
    return address


def real_ports(addresses: str) -> str:
    low, high = map(int, addresses.rpartition(":")[2].split("-"))
    if not low <= high <= 65535:
        raise ValueError("expected ports in their order, of at most 65535")
    return addresses


def formed(pattern: str) -> StringConstraints:
    return StringConstraints(pattern=pattern)


Name = Annotated[str, formed(NAME)]
UserId = Annotated[str, formed(USER)]
GroupId = Annotated[str, formed(GROUP)]
ChannelId = Annotated[str, formed(CHANNEL)]
TeamId = Annotated[str, formed(TEAM)]
Address = Annotated[str, formed(ADDRESS), AfterValidator(real_port)]
Version = Annotated[str, formed(VERSION)]
Addresses = Annotated[str, formed(ADDRESSES), AfterValidator(real_ports)]
Count = Annotated[int, Field(strict=True, ge=0, le=10)]


def known_zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None


Zone = Annotated[str, AfterValidator(known_zone)]

Rate = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


KEPT_BY_US = {"kept": True}
"""The context in which a part is read that was read once before: amounts are numbers already."""


def seconds(text: Any, info: ValidationInfo) -> float:
    """``90s``, ``30m``, ``4h``, ``2d`` -> seconds."""
    if info.context == KEPT_BY_US and isinstance(text, float):
        return text
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text) if isinstance(text, str) else None
    length = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < length <= 30 * 86400:
        raise ValueError("expected a time such as 45s, 30m, 4h or 2d, at most 30d")
    return length


LENGTH = {"type": "string", "pattern": r"^\d+(\.\d+)?[smhd]$"}

Duration = Annotated[float, BeforeValidator(seconds), WithJsonSchema(LENGTH)]
_SIZES = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
READ_AT = re.compile(
    r"(?:https?://[\w.-]+(?::\d{1,5})?|tcp://[\w.-]+:\d{1,5})(?:/[!-\"$-~]*)?(?:#[!-~]{1,40})?",
    re.ASCII,
)


def size(text: Any, info: ValidationInfo) -> int:
    """``64M``, ``1.5G`` -> bytes, in steps of 1024."""
    if info.context == KEPT_BY_US and isinstance(text, int):
        return text
    match = (
        re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([KMGT])", text) if isinstance(text, str) else None
    )
    found = int(float(match[1]) * _SIZES[match[2]]) if match else 0
    if not found:
        raise ValueError("expected a size such as 64M or 1.5G")
    return found


def version_range(text: str) -> str:
    if not is_range(text):
        raise ValueError("expected a range of versions such as '>=15,<17', or any")
    return re.sub(r"\s", "", text)


def version_or_address(text: str) -> str:
    if not (READ_AT.fullmatch(text) if "://" in text else is_version(text)):
        raise ValueError(
            "expected a version such as 14.8, or where to read it, such as"
            " http://10.0.0.5:8080/version or tcp://10.0.0.7:6379/INFO#redis_version"
        )
    return text


AMOUNT = {"type": "string", "pattern": r"^\d{1,6}(\.\d{1,3})?[KMGT]$"}

Size = Annotated[int, BeforeValidator(size), WithJsonSchema(AMOUNT)]
Cores = Annotated[float, Field(strict=True, gt=0, le=1024)]
Range = Annotated[str, AfterValidator(version_range)]
Attached = Annotated[str, AfterValidator(version_or_address)]
