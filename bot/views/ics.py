"""A calendar as other programs read it: iCalendar, RFC 5545. The same rows make the same bytes, so
that who asks again is told that nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.views.words import LINK, clean, trim
from handlers.snapshots.feeds import Entry, FeedView

PRODUCT = "-//Stationmaster//Environments//EN"
FOLD = 75
"""Octets of one line, without its end (3.1)."""

ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Etc/UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "TZNAME:UTC", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
"""A calendar without any component is none (3.4), and there may be no entry at all."""


def ics(view: FeedView, domain: str) -> bytes:
    """The calendar; ``domain`` makes the ids of its entries those of one workspace."""
    return "".join(fold(line) + "\r\n" for line in _lines(view, domain)).encode()


def _lines(view: FeedView, domain: str) -> Iterator[str]:
    name = escape(view.name)
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN")
    yield from (f"NAME:{name}", f"X-WR-CALNAME:{name}")
    yield from ("REFRESH-INTERVAL;VALUE=DURATION:PT15M", "X-PUBLISHED-TTL:PT15M")
    yield from ZONE
    for entry in view.entries:
        yield from _event(entry, domain)
    yield "END:VCALENDAR"


def _event(entry: Entry, domain: str) -> Iterator[str]:
    """Times in UTC: whoever reads it shows them in their own zone."""
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}@{domain}"
    yield f"DTSTAMP:{moment(entry.changed_at)}"
    yield f"CREATED:{moment(entry.made_at)}"
    yield f"LAST-MODIFIED:{moment(entry.changed_at)}"
    yield f"SEQUENCE:{entry.revision}"
    yield f"DTSTART:{moment(entry.start)}"
    yield f"DTEND:{moment(entry.end)}"
    yield f"SUMMARY:{escape(entry.title)}"
    if entry.lines:
        yield "DESCRIPTION:" + "\\n".join(escape(line) for line in entry.lines)
    yield f"STATUS:{entry.status.upper()}"
    free = entry.status == "cancelled" or entry.kind == "made"
    yield f"TRANSP:{'TRANSPARENT' if free else 'OPAQUE'}"
    yield f"CATEGORIES:{escape(entry.kind)}"
    if LINK.fullmatch(entry.url):
        yield f"URL:{entry.url}"
    yield "END:VEVENT"


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escape(text: object) -> str:
    """A value of type TEXT (3.3.11), of visible characters only."""
    said = trim(clean(text), 500).replace("\\", "\\\\")
    return said.replace(";", "\\;").replace(",", "\\,")


def fold(line: str) -> str:
    """Long lines go on after a line end and a blank; no character is cut in two (3.1)."""
    pieces, piece, room = [], "", FOLD
    for character in line:
        size = len(character.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", FOLD - 1  # the blank counts
        piece, room = piece + character, room - size
    return "\r\n ".join([*pieces, piece])
