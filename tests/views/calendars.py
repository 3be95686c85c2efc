"""Calendars as the read model tells of them: an ordinary one, a crowded one, one of nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.times import Span
from handlers.snapshots.calendars import Bar, CalendarView, Lane, Mark

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 12, 40, tzinfo=UTC)


def span(now: datetime = NOW, zone: ZoneInfo = BERLIN) -> Span:
    today = now.astimezone(zone).date()
    start, end = (
        datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(UTC)
        for d in (today - timedelta(days=2), today + timedelta(days=15))
    )
    return Span(start, end)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def bar(kind: str, start: float, end: float | None, name: str = "Ana Ortiz", what: str = "") -> Bar:
    user = "U0" + "".join(c for c in name.upper() if c.isascii() and c.isalpha())[:8].ljust(3, "X")
    return Bar(kind, at(start), None if end is None else at(end), user, name, what)


STAGING = Lane(
    "staging",
    "staging",
    (
        bar("booked", -30, -26, "Ben Okafor", "bug bash"),
        bar("booked", -1, 3, "Ana Ortiz", "load test"),
        bar("shared", 20, 44, "Cleo Martin", "regression of 1.2"),
        bar("shared", 22, 46, "Devi Rao", "configuration"),
        bar("shared", 24, 90, "Opal Lindqvist", "the fair"),
        bar("asked", 120, 126, "Ben Okafor", "demo for sales"),
        bar("booked", 300, 330, "Ana Ortiz", "release 2.0"),
    ),
    (
        Mark(at(-0.5), "shop-api 1.2.0", "running"),
        Mark(at(-3), "shop-api 1.1.0", "live"),
        Mark(at(-26), "shop-web 2.0.0", "failed"),
    ),
)
PRODUCTION = Lane(
    "production",
    "production",
    (
        bar("failed", -3, None, "clock", "shop-api 1.1.0 failed"),
        bar("locked", 10, 60, "Opal Lindqvist", "audit of the year"),
        bar("booked", 200, 204, "Zoë Müller", "go live"),
        bar("frozen", 230, 290, "", "nobody is there"),
    ),
    (Mark(at(-20), "shop-api 1.0.0", "live"),),
)
MADE = Lane(
    "demo",
    "test",
    (
        bar("booked", 2, 26, "Devi Rao", "show the fair"),
        bar("gone", 103.3, None, "Ben Okafor", "preview"),
    ),
    (Mark(at(-2), "shop-api 1.2.0", "live"),),
)
LASTING = Lane("trial", "test", (bar("gone", 500, None, "Zoë Müller", "preview"),), ())
QUIET = Lane("lab", "test", (), ())

ORDINARY = CalendarView(
    "Europe/Berlin", NOW, span(), (STAGING, PRODUCTION, MADE, LASTING, QUIET), ()
)

CROWDED = CalendarView(
    "Europe/Berlin",
    NOW,
    span(),
    tuple(
        Lane(
            f"environment-with-a-long-name-{n:02}",
            "development",
            tuple(
                bar(kind, start, start + 3 + n, f"Person Number {start} Of Many", "what " * 20)
                for start in range(-40, 330, 10)
                for kind in ("booked", "asked")
            ),
            tuple(Mark(at(-h / 3), f"service-{h} 1.{h}.0", "live") for h in range(1, 60)),
        )
        for n in range(12)
    ),
    ("left-a", "left-b", "left-c"),
)

STRANGE = CalendarView(
    "Asia/Tokyo",
    NOW,
    span(zone=ZoneInfo("Asia/Tokyo")),
    (
        Lane(
            "staging",
            "test",
            (
                bar("booked", 4, 8, "山田太郎", "負荷試験"),
                bar("booked", 24, 30, "<!channel> & co", "*bold* `code`\n\u202eevil"),
                bar("booked", 340, 348, "At The Very End", "must not be cut off at the right edge"),
                bar("booked", -60, -40, "", ""),
            ),
            (Mark(at(-49), "a 1", "live"), Mark(at(0), "service 1.0.0+build.5", "live")),
        ),
    ),
    (),
)
EMPTY = CalendarView("UTC", NOW, span(zone=ZoneInfo("UTC")), (), ())
EVERY = {"ordinary": ORDINARY, "crowded": CROWDED, "strange": STRANGE, "empty": EMPTY}
