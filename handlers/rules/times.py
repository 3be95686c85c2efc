"""The words of time: ``for 2h``, ``from tomorrow 9:00 until 12:00`` -> a half-open range. Pure.

Clock times are the person's own, in their IANA zone. Hours and minutes are elapsed time; a day is
a day on the calendar, so that ``for 1d`` ends at the same time of day whatever the clocks do.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from handlers.rules.time_words import (
    ISO,
    Length,
    Point,
    Said,
    Unreadable,
    calendar_day,
    read_words,
    weekday,
)

EXAMPLES = ("for 2h", "until 17:00", "from tomorrow 9:00 until 12:00", "friday 14:00 for 90m")


class Span(NamedTuple):
    """A half-open range ``[start, end)`` of moments in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Touching is no overlap: one ends where the other begins."""
        return self.start < other.end and other.start < self.end


def read_span(text: str, now: datetime, zone: ZoneInfo) -> Span:
    """The range that ``text`` says, seen from ``now``; it begins now where it names no beginning.

    A time of day that a change of the clocks leaves out is refused; one that comes twice means
    the first where a range begins and the second where it ends, so that the range covers both.
    Raises Unreadable: ``no_length``, ``unreadable``, ``no_such_day``, ``no_such_time``,
    ``left_out``, ``in_the_past``, ``zero_length`` or ``reversed``.
    """
    said = read_words(text)
    if said.end is None and said.length is None:
        raise Unreadable("no_length", text.strip())
    try:
        start = _start(said.start, now, zone)
        end = after(start, said.length, zone) if said.length else _end(said.end, start, now, zone)
    except OverflowError:
        raise Unreadable("no_such_day", text.strip()) from None
    return _checked(Span(start, end), said, now)


def _checked(span: Span, said: Said, now: datetime) -> Span:
    if span.end == span.start:
        raise Unreadable("zero_length")
    if span.end < span.start:
        raise Unreadable("reversed" if said.start else "in_the_past")
    if span.end <= now or (said.start and span.start < now - timedelta(minutes=1)):
        raise Unreadable("in_the_past")
    return Span(max(span.start, now), whole_second(span.end))


def whole_second(end: datetime) -> datetime:
    """Ends are whole seconds, as buttons say them: what is free from then on begins just there."""
    return end.replace(microsecond=0)


def after(start: datetime, length: Length, zone: ZoneInfo) -> datetime:
    """The moment ``length`` after ``start``: first the days of the calendar, then the rest."""
    if length.days:
        here = start.astimezone(zone)
        day = here.date() + timedelta(days=length.days)
        # A length never meets a time that is left out: it ends as much later as the clocks went.
        start = datetime.combine(day, here.time(), zone).replace(fold=here.fold)
    return start.astimezone(UTC) + length.elapsed


def _start(point: Point | None, now: datetime, zone: ZoneInfo) -> datetime:
    if point is None or point == Point():
        return now
    if point.moment is not None:
        # A button offered it a while ago: what has gone by since is not asked for any more.
        return max(now, datetime.fromtimestamp(point.moment, UTC))
    if point.ahead:
        return after(now, point.ahead, zone)
    here = now.astimezone(zone)
    if point.clock is None:
        # A whole day begins with it, and today with now.
        day = _date(point.day, here)
        return now if day == here.date() else _moment(day, time(0), zone, fold=0)
    day = _date(point.day, here, point.clock)
    return _moment(day, point.clock, zone, fold=0)


def _end(point: Point | None, start: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    if point is None or point == Point():
        return start
    if point.moment is not None:
        return datetime.fromtimestamp(point.moment, UTC)
    # Today and tomorrow are the speaker's; "friday until monday" goes on from the beginning.
    here = (now if point.day in ("today", "tomorrow") else start).astimezone(zone)
    day = _date(point.day, here)
    if point.clock is None or (point.clock == time(0) and not point.day):
        day += timedelta(days=1)  # "until friday" includes friday; midnight ends the day
    return _moment(day, point.clock or time(0), zone, fold=1)


def _date(spoken: str, here: datetime, clock: time | None = None) -> date:
    """The day that is meant by somebody whose calendar and clock show ``here``."""
    today = here.date()
    if spoken in ("", "today"):
        return today
    if spoken == "tomorrow":
        return today + timedelta(days=1)
    number = weekday(spoken.removeprefix("next ").strip())
    if number is not None:
        days = (number - today.weekday()) % 7
        gone = clock is not None and days == 0 and clock <= here.time()
        return today + timedelta(days=days + (7 if gone or (days == 0 and "next" in spoken) else 0))
    return _written_date(spoken, today)


def _written_date(spoken: str, today: date) -> date:
    iso = ISO.fullmatch(spoken)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        found = calendar_day(spoken.split())
        assert found is not None
        day, month, year = found
        meant = date(year or today.year, month, day)
        return meant if year or meant >= today else date(today.year + 1, month, day)
    except ValueError:
        raise Unreadable("no_such_day", spoken) from None


def _moment(day: date, clock: time, zone: ZoneInfo, fold: int) -> datetime:
    local = datetime.combine(day, clock, zone).replace(fold=fold)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unreadable("left_out", f"{day.isoformat()} {clock.strftime('%H:%M')}")
    return moment
