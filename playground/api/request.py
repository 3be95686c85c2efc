"""Reading a request as Slack does: three encodings, a token in the header or in the body."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from playground.api.errors import Refused, bad_type, missing
from playground.shapes import JSON, parse

_NAME = re.compile(r"[A-Za-z0-9_]{1,255}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")


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
            raise bad_type(name, "a string")
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
        value = self.whole(name, Refused("invalid_limit"))
        if value is None:
            return default
        if value < 1:
            raise Refused("invalid_limit")
        return min(value, most)

    def whole(self, name: str, refusal: Refused) -> int | None:
        """Return a whole number, None when absent."""
        if not (raw := self.text(name)):
            return None
        if not _WHOLE.fullmatch(raw):
            raise refusal
        return int(raw)

    def items(self, name: str) -> list[str]:
        """Return a list of strings, in a form as JSON or with commas between them."""
        value, refusal = self.values.get(name), bad_type(name, "strings")
        if isinstance(value, str) and value.startswith("["):
            value = self.json(name, refusal)
        if not isinstance(value, list):
            return [item.strip() for item in self.text(name).split(",") if item.strip()]
        if not all(isinstance(item, str) for item in value):
            raise refusal
        return value

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
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    token = credentials.strip() if scheme == "Bearer" else ""
    query = _plain(request.query)
    query.pop("token", None)  # Slack refuses tokens in a URL
    if request.method == "GET" or not request.body_exists:
        return Incoming(token, Args(query | _client(scheme, credentials)))
    if request.headers.get("Content-Type") is None:
        raise Refused("missing_post_type")
    _check_charset(request)
    if request.content_type == "application/json":
        args = Args(_json_object(await request.read() or b"{}"))
        warnings = [] if request.charset else ["missing_charset"]
        return Incoming(token, args, is_json=True, warnings=warnings)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values = {**query, **await _form(request), **_client(scheme, credentials)}
        return Incoming(token or str(values.pop("token", "")), Args(values))
    raise Refused("invalid_post_type")


def _client(scheme: str, credentials: str) -> JSON:
    """Return the client id and secret that oauth.v2.access takes as HTTP Basic authentication."""
    if scheme != "Basic":
        return {}
    try:
        name, _, secret = base64.b64decode(credentials).decode().partition(":")
    except (binascii.Error, ValueError):
        return {}
    return {"client_id": name, "client_secret": secret}


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
        if name.endswith("[]"):
            raise Refused("invalid_array_arg")
        if not _NAME.fullmatch(name):
            raise Refused("invalid_arg_name")
    return {name: value for name, value in values.items() if isinstance(value, str)}
