"""Cursor pagination: a limit, an opaque cursor, ``response_metadata.next_cursor``."""

import base64
import binascii

from playground.api.errors import Refused
from playground.api.request import Args
from playground.shapes import JSON

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 1000


def page(args: Args, name: str, items: list[JSON] | list[str]) -> JSON:
    """Return ``{name: items of this page, "response_metadata": {"next_cursor": …}}``."""
    limit = args.number("limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    start = int(decode(args.text("cursor"), "offset") or 0)
    end = start + limit
    cursor = encode("offset", str(end)) if end < len(items) else ""
    return {name: items[start:end], "response_metadata": {"next_cursor": cursor}}


def encode(kind: str, value: str) -> str:
    """Return a cursor."""
    return base64.urlsafe_b64encode(f"{kind}:{value}".encode()).decode()


def decode(cursor: str, kind: str) -> str:
    """Return the value of a cursor, empty for none; raise Refused invalid_cursor."""
    if not cursor:
        return ""
    try:
        found, _, value = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_cursor") from None
    if found != kind or not value.replace(".", "", 1).isdigit():
        raise Refused("invalid_cursor")
    return value
