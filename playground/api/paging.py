"""Cursor pagination: a limit, an opaque cursor, ``response_metadata.next_cursor``."""

import base64
import binascii
import re

from playground.api.errors import Refused
from playground.api.request import Args
from playground.shapes import JSON

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 1000
_POSITION = re.compile(r"[0-9]{1,10}(\.[0-9]{6})?")


def page(args: Args, name: str, items: list[JSON] | list[str]) -> JSON:
    """Return ``{name: items of this page, "response_metadata": {"next_cursor": …}}``."""
    limit = args.number("limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    start = int(decode(args.text("cursor"), "offset").partition(".")[0] or 0)
    end = start + limit
    cursor = encode("offset", str(end)) if end < len(items) else ""
    return {name: items[start:end], "response_metadata": {"next_cursor": cursor}}


def encode(kind: str, value: str) -> str:
    """Return a cursor."""
    return base64.b64encode(f"{kind}:{value}".encode()).decode()


def decode(cursor: str, kind: str) -> str:
    """Return the value of a cursor, empty for none; raise Refused invalid_cursor."""
    if not cursor:
        return ""
    try:
        found, _, value = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise Refused("invalid_cursor") from None
    if found != kind or not _POSITION.fullmatch(value):
        raise Refused("invalid_cursor")
    return value
