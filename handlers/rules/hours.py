"""Working hours: from when until when an environment is to run, exact on the nights on which the
clocks change. Pure.

A time of day that comes twice means the first where the hours begin and the second where they end;
one that is left out means the moment at which the clocks go over it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.times import Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AROUND = 9
"""Days before and after a moment among which there is always one on which the hours begin, also
where a zone has left a day out."""


@dataclass(frozen=True)
class Hours:
    """``days`` are those of the week from Monday (0); ``end`` at midnight ends the day."""

    days: frozenset[int]
    begin: time
    end: time
    zone: ZoneInfo


def days_of(text: str) -> frozenset[int]:
    """``mon-fri``, ``sat,sun`` -> days of the week; ``fri-mon`` goes over the weekend."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        at, end = DAYS.index(first), DAYS.index(last or first)
        found |= {(at + n) % 7 for n in range((end - at) % 7 + 1)}
    return frozenset(found)


def is_open(hours: Hours, at: datetime) -> bool:
    return any(span.start <= at < span.end for span in _around(hours, at))


def last_opening(hours: Hours, at: datetime) -> datetime:
    """When the hours last began; also when they begin just now."""
    return max(span.start for span in _around(hours, at) if span.start <= at)


def last_closing(hours: Hours, at: datetime) -> datetime:
    """When the hours last ended; also when they end just now."""
    return max(span.end for span in _around(hours, at) if span.end <= at)


def next_opening(hours: Hours, at: datetime) -> datetime:
    """When the hours begin next, after now."""
    return min(span.start for span in _around(hours, at) if span.start > at)


def _around(hours: Hours, at: datetime) -> Iterator[Span]:
    """The hours of each day near to a moment."""
    today = at.astimezone(hours.zone).date()
    for number in range(-AROUND, AROUND + 1):
        day = today + timedelta(days=number)
        if day.weekday() not in hours.days:
            continue
        start = _moment(day, hours.begin, hours.zone, 0)
        if hours.end == time(0):
            end = _moment(day + timedelta(days=1), hours.end, hours.zone, 0)
        else:
            end = _moment(day, hours.end, hours.zone, 1)
        if start < end:
            yield Span(start, end)


def _moment(day: date, clock: time, zone: ZoneInfo, fold: int) -> datetime:
    local = datetime.combine(day, clock, zone).replace(fold=fold)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # Left out: by the clock before the change it comes after that, by the clock after it before.
    return _change(
        local.replace(fold=1).astimezone(UTC), local.replace(fold=0).astimezone(UTC), zone
    )


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The second between the two from which another time applies."""
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
