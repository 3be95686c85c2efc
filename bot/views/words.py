"""Text for Slack: what users and git wrote is made harmless here, and nowhere else.

Slack reads ``<…>`` and ``&`` in mrkdwn as markup, so they are escaped; control, zero-width and
direction characters never reach a message, because they can make one thing look like another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

USER = re.compile(r"[UW][A-Z0-9]{2,20}")
GROUP = re.compile(r"S[A-Z0-9]{2,20}")
CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,20}")
LINK = re.compile(r"https?://(?![^/]*@)[!#-;=?-{}~]{1,2000}")
"""An address without a user name in it, in ASCII, without the characters that end a link."""

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that show nothing, or change what is shown around them."""

LOOKS_EMPTY = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
"""Letters and marks by category that no font draws."""

LAST_MOMENT = 10**11
"""Slack's dates end there, in the year 5138."""

ENOUGH = 2_000
"""No message shows more of one text than this; the rest is not even looked at."""


def clean(text: object) -> str:
    """The visible characters of ``text``, on one line. A whole structure is no text: nobody could
    read it, and turning it into one may take minutes."""
    shown = "" if isinstance(text, Mapping | list | tuple) else str(text)[:ENOUGH]
    if not shown.isprintable() or not LOOKS_EMPTY.isdisjoint(shown):
        shown = "".join(c if _visible(c) else " " for c in shown)
    return " ".join(shown.split())


def _visible(character: str) -> bool:
    if character.isascii():
        return character.isprintable()
    return unicodedata.category(character) not in INVISIBLE and character not in LOOKS_EMPTY


def trim(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def escape(text: object, limit: int = 300) -> str:
    """Text of strangers for mrkdwn: visible, on one line, at most ``limit`` characters of it, and
    without power. Back-ticks become quotes: three of them would swallow the rest of a message."""
    shown = trim(clean(text), limit).replace("`", "'")
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: object) -> str:
    """A name or version as it is typed."""
    return f"`{escape(text, 80)}`" if clean(text) else "_nothing_"


def fit(text: str, limit: int) -> str:
    """Finished mrkdwn cut to Slack's limit, never in the middle of markup or an entity."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    for opened, closed in (("<", ">"), ("&", ";")):
        if cut.rfind(opened) > cut.rfind(closed):
            cut = cut[: cut.rfind(opened)]
    return cut.rstrip() + "…"


def person(user: object) -> str:
    """A mention; what is no user id is shown as it is and mentions nobody."""
    name = str(user or "")
    if name == "clock":
        return "the clock"
    return f"<@{name}>" if USER.fullmatch(name) else escape(name, 40) or "somebody"


def group(name: object) -> str:
    found = str(name or "")
    return f"<!subteam^{found}>" if GROUP.fullmatch(found) else escape(found, 40)


def channel(name: object) -> str:
    found = str(name or "")
    return f"<#{found}>" if CHANNEL.fullmatch(found) else escape(found, 40)


def link(url: object, label: str) -> str:
    """``label`` leading to ``url``; only the label where the address is none."""
    found = str(url or "")
    return f"<{found.replace('&', '&amp;')}|{label}>" if LINK.fullmatch(found) else label


def seconds_of(moment: object) -> int | None:
    """Whole seconds since the epoch, from a datetime or a number; None where Slack has no date."""
    at = moment.timestamp() if isinstance(moment, datetime) else moment
    return int(at) if isinstance(at, int | float) and 0 < at < LAST_MOMENT else None


def when(moment: object, shape: str = "{date_short_pretty} {time}") -> str:
    """A moment in each reader's own zone; readers of plain text get UTC."""
    at = seconds_of(moment)
    return "an unknown time" if at is None else f"<!date^{at}^{shape}|{utc(at)}>"


def day(moment: object) -> str:
    return when(moment, "{date_short_pretty}")


def clock_of(at: int, zone: object) -> str:
    """A day and time of day where Slack draws no dates, such as on a button: read off the clock of
    the one person who sees it; UTC, said so, where nobody knows which that is."""
    try:
        here = datetime.fromtimestamp(at, ZoneInfo(str(zone)))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return utc(at, "%a %H:%M UTC")
    return here.strftime("%a %H:%M")


def utc(at: int, shape: str = "%-d %b %Y %H:%M UTC") -> str:
    return datetime.fromtimestamp(at, UTC).strftime(shape)


def span(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 9.95:
        return f"{max(0.0, seconds):.1f} s"
    whole = round(seconds)
    for size, word, smaller, rest in ((86400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= size:
            return f"{whole // size} {word} {whole % size // smaller} {rest}"
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def one_of(words: Iterable[str], last: str = "or", most: int = 8) -> str:
    """``a``, ``a or b``, ``a, b or c``; more than ``most`` are counted."""
    items = list(words)
    if len(items) > most:
        items = [*items[: most - 1], f"{len(items) - most + 1} more"]
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def plural(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


_MARKUP = (
    (re.compile(r"<!date\^[^|>]*\|([^>]*)>"), r"\1"),
    (re.compile(r"<(?:https?://)[^|>]*\|([^>]*)>"), r"\1"),
    (re.compile(r"<[@#!][^>]*>"), "somebody"),
    (re.compile(r"[*`]|(?<!\w)_|_(?!\w)"), ""),
)


def plain(mrkdwn: str, limit: int = 150) -> str:
    """Finished mrkdwn as plain text, for the places where Slack knows no markup."""
    for pattern, instead in _MARKUP:
        mrkdwn = pattern.sub(instead, mrkdwn)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        mrkdwn = mrkdwn.replace(entity, character)
    return trim(clean(mrkdwn), limit)


def digest(image: str) -> str:
    """An exact image, as short as people compare it."""
    name, _, hashed = image.rpartition("sha256:")
    return escape(f"{name.removesuffix('@')} {hashed[:12]}".strip(), 120)
