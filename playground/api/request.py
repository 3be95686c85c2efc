"""Reading a request as Slack does: three encodings, a token in the header or in the body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from playground.api.errors import Refused, missing
from playground.shapes import JSON, parse

_MAX_NAME = 255


class Args:
    """The arguments of one call, read by type; a value of another type is refused."""

    def __init__(self, values: JSON) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """Return a string argument, empty when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            pointer = f"[json-pointer:/{name}]"
            raise Refused("invalid_arguments", [f"must provide a string {pointer}"])
        return str(value)

    def required(self, name: str) -> str:
        """Return a string argument that must be there."""
        if not (value := self.text(name)):
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument; forms write it as a word."""
        return self.values.get(name) in (True, 1, "true", "True", "1")

    def number(self, name: str, default: int, most: int) -> int:
        """Return a whole number from 1 to ``most``."""
        raw = self.text(name)
        if not raw:
            return default
        if not raw.isascii() or not raw.isdigit() or not 1 <= len(raw) <= 9 or int(raw) < 1:
            raise Refused("invalid_limit")
        return min(int(raw), most)

    def json(self, name: str, refusal: Refused) -> Any:
        """Return a JSON argument, which a form carries as a string; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return parse(value)
        except ValueError:
            raise refusal from None


@dataclass(frozen=True)
class Incoming:
    """One decoded request."""

    token: str
    args: Args
    is_json: bool = False
    warnings: list[str] = field(default_factory=list)


async def read(request: web.Request) -> Incoming:
    """Decode a request; raise Refused with the error Slack has for each malformed encoding."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    query = _plain(request.query)
    query.pop("token", None)  # Slack refuses tokens in a URL
    if request.method == "GET" or not request.body_exists:
        return Incoming(token, Args(query))
    if request.headers.get("Content-Type") is None:
        raise Refused("missing_post_type")
    _check_charset(request)
    if request.content_type == "application/json":
        args = Args(_json_object(await request.read() or b"{}"))
        warnings = [] if request.charset else ["missing_charset"]
        return Incoming(token, args, is_json=True, warnings=warnings)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values = {**query, **await _form(request)}
        return Incoming(token or str(values.pop("token", "")), Args(values))
    raise Refused("invalid_post_type")


def _check_charset(request: web.Request) -> None:
    if request.charset and request.charset.lower() not in ("utf-8", "utf8", "iso-8859-1"):
        raise Refused("invalid_charset")


def _json_object(body: bytes) -> JSON:
    try:
        values = parse(body)
    except ValueError:
        raise Refused("invalid_json") from None
    if not isinstance(values, dict):
        raise Refused("json_not_object")
    return values


async def _form(request: web.Request) -> JSON:
    try:
        return _plain(await request.post())
    except (ValueError, LookupError, web.HTTPException):
        raise Refused("invalid_form_data") from None


def _plain(values: Mapping[str, Any]) -> JSON:
    for name in values:
        if len(name) > _MAX_NAME or name.endswith("[]"):
            raise Refused("invalid_array_arg" if name.endswith("[]") else "invalid_arg_name")
    return {name: value for name, value in values.items() if isinstance(value, str)}
