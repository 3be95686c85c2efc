"""Whom a message calls: by mrkdwn and mentions of rich text, never by words that look alike."""

import re
from collections.abc import Iterator
from typing import Any

from playground.shapes import JSON

_EVERYONE = re.compile(r"<!(?:here|channel|everyone)(?:\|[^>]*)?>")
_MARKUP = ("mrkdwn", "markdown")
_LEAVES = {
    "user": ("user_id", "<@{}>"),
    "usergroup": ("usergroup_id", "<!subteam^{}>"),
    "broadcast": ("range", "<!{}>"),
}


def calls(message: JSON, user: str, groups: list[str]) -> bool:
    """Return whether a message calls this person, one of these groups, or everyone."""
    said = " ".join([message.get("text", ""), *_markup(message.get("blocks", []))])
    names = [f"<@{user}>", f"<@{user}|", *(f"<!subteam^{group}" for group in groups)]
    return any(name in said for name in names) or bool(_EVERYONE.search(said))


def _markup(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _markup(item)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind in _MARKUP:
            yield part["text"]
        elif kind in _LEAVES:
            name, form = _LEAVES[kind]
            yield form.format(part[name])
        else:
            yield from _markup(list(part.values()))
