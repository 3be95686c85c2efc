"""Working hours against a model that looks at every minute, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.hours import (
    Hours,
    days_of,
    is_open,
    last_closing,
    last_opening,
    next_opening,
)
from handlers.rules.rest import KINDS, LINGER, RestFacts, due, is_idle

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
"""An hour at one in the morning in UTC, an hour at two, and half an hour on the other half."""
NIGHTS = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
}
MINUTE = timedelta(minutes=1)
EVERY = frozenset(range(7))


@cache
def minutes(zone: str, day: date) -> tuple[tuple[datetime, time], ...]:
    """Every minute that a wall clock there shows on that date, as it goes by."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    there = []
    for _ in range(56 * 60):
        wall = at.astimezone(ZoneInfo(zone))
        if wall.date() == day:
            there.append((at, wall.time()))
        at += MINUTE
    return tuple(there)


def model(zone: str, day: date, begin: time, end: time) -> set[datetime]:
    """The minutes of a day in which it is to run: from the first minute that shows ``begin`` to the
    last that shows ``end``; what is never shown means the first one that shows more."""
    there = minutes(zone, day)
    starts = [at for at, wall in there if wall == begin] or [at for at, w in there if w > begin]
    ends = [at for at, wall in there if wall == end][-1:] or [at for at, w in there if w > end]
    last = there[-1][0] + MINUTE if end == time(0) else ends[0]
    return {at for at, _ in there if starts[0] <= at < last}


CLOCKS = st.sampled_from([time(h, m) for h in range(24) for m in (0, 15, 30, 59)])
NEAR = st.sampled_from([time(h, m) for h in (0, 1, 2, 3) for m in (0, 1, 29, 30, 31, 59)])


@given(st.sampled_from(ZONES), st.integers(0, 1), st.integers(-1, 1), CLOCKS | NEAR, CLOCKS | NEAR)
def test_it_is_open_in_exactly_the_minutes_of_the_model(
    zone: str, night: int, beside: int, begin: time, end: time
) -> None:
    if time(0) < end <= begin:
        begin, end = end, time(0)
    day = NIGHTS[zone][night] + timedelta(days=beside)
    hours = Hours(EVERY, begin, end, ZoneInfo(zone))
    wanted = model(zone, day, begin, end)
    there = [at for at, _ in minutes(zone, day)]
    edges = [at for at in there if (at in wanted) != (at - MINUTE in wanted)]
    for at in (*there[::13], *edges, *(at - MINUTE for at in edges if at != there[0]), there[-1]):
        assert is_open(hours, at) == (at in wanted), at


@given(st.sampled_from(ZONES), st.integers(0, 1), CLOCKS | NEAR, st.integers(0, 24 * 60 - 1))
def test_openings_and_closings_are_where_it_changes(
    zone: str, night: int, begin: time, minute: int
) -> None:
    end = time(23, 59) if begin < time(23, 59) else time(0)
    hours = Hours(EVERY, begin, end, ZoneInfo(zone))
    day = NIGHTS[zone][night]
    at = minutes(zone, day)[0][0] + minute * MINUTE
    opening, closing, coming = (
        last_opening(hours, at),
        last_closing(hours, at),
        next_opening(hours, at),
    )
    assert opening <= at < coming
    assert closing <= at
    assert is_open(hours, at) == (opening > closing or opening == closing)
    assert is_open(hours, opening)
    assert is_open(hours, coming)
    assert not is_open(hours, coming - timedelta(seconds=1)) or begin == time(0)


@pytest.mark.parametrize(
    ("said", "days"),
    [("mon-fri", {0, 1, 2, 3, 4}), ("sat,sun", {5, 6}), ("fri-mon", {4, 5, 6, 0}),
     ("mon, wed-thu", {0, 2, 3}), ("tue", {1})],
)  # fmt: skip
def test_days_are_read_as_people_say_them(said: str, days: set[int]) -> None:
    assert days_of(said) == days


WEEK = Hours(days_of("mon-fri"), time(8), time(19), ZoneInfo("Europe/Berlin"))
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)  # a Monday
NIGHT = datetime(2027, 3, 1, 22, tzinfo=UTC)
CLOSED_AT = datetime(2027, 3, 1, 18, tzinfo=UTC)


def facts(now: datetime, **more: object) -> RestFacts:
    values: dict[str, object] = {
        "now": now, "hours": WEEK, "stopped": None, "booked": None, "used": None, "kept": None,
        "busy": False, "closed": False, "runs": True,
    }  # fmt: skip
    return RestFacts(**{**values, **more})  # type: ignore[arg-type]


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (facts(NIGHT), "hours_over"),
        (facts(NOON), ""),
        (facts(NIGHT, hours=None), ""),
        (facts(NIGHT, runs=False), ""),
        (facts(NIGHT, busy=True), ""),
        (facts(NIGHT, closed=True), ""),
        (facts(NIGHT, booked=NOON), ""),
        (facts(NIGHT, kept=NIGHT + HOUR), ""),
        (facts(NIGHT, kept=NIGHT), "hours_over"),
        (facts(NIGHT, used=CLOSED_AT), "hours_over"),
        (facts(NIGHT, used=NIGHT - LINGER / 2), ""),
        (facts(NIGHT, used=NIGHT - LINGER), "hours_over"),
        (facts(NOON, stopped=NOON - 10 * HOUR), "hours_begin"),
        (facts(NOON, stopped=NOON - HOUR), ""),
        (facts(NOON, stopped=NOON - 10 * HOUR, busy=True), ""),
        (facts(NIGHT, stopped=CLOSED_AT), ""),
        (facts(NIGHT, stopped=CLOSED_AT, booked=NIGHT), "booking"),
        (facts(NIGHT, stopped=NIGHT, booked=CLOSED_AT), ""),
        (facts(NIGHT, stopped=CLOSED_AT, booked=NIGHT, hours=None), "booking"),
    ],
)
def test_what_is_due(there: RestFacts, why: str) -> None:
    assert due(there) == why
    assert not why or KINDS[why] == ("start" if there.stopped else "stop")


IDLE = {"hours": None, "idle": timedelta(hours=2)}
SOON = timedelta(minutes=30)


@pytest.mark.parametrize(
    ("more", "idle", "why"),
    [
        ({"used": NOON - HOUR}, False, ""),
        ({"used": NOON - 2 * HOUR + SOON}, True, ""),
        ({"used": NOON - 2 * HOUR, "told": NOON - SOON}, True, "idle"),
        ({"used": NOON - 2 * HOUR, "told": NOON - SOON / 2}, True, ""),
        ({"used": NOON - 9 * HOUR}, True, ""),
        ({"used": NOON - 9 * HOUR, "asked": NOON - HOUR, "told": NOON - 2 * HOUR}, False, ""),
        ({"used": NOON - 9 * HOUR, "booked": NOON - HOUR}, False, ""),
        ({"used": NOON - 9 * HOUR, "kept": NOON + HOUR, "told": NOON - HOUR}, False, ""),
        ({"used": NOON - 9 * HOUR, "told": NOON - HOUR, "busy": True}, True, ""),
        ({"used": NOON - 9 * HOUR, "runs": False}, False, ""),
        ({"used": NOON - 9 * HOUR, "stopped": NOON - HOUR}, False, ""),
        ({"used": NOON - 9 * HOUR, "idle": None}, False, ""),
        ({"used": None}, False, ""),
    ],
)
def test_what_is_not_used_is_told_and_then_stopped(
    more: dict[str, object], idle: bool, why: str
) -> None:
    there = facts(NOON, **{**IDLE, **more})
    assert (is_idle(there), due(there)) == (idle, why)


def test_of_a_short_time_a_quarter_is_left_after_the_reminder() -> None:
    assert facts(NOON, idle=timedelta(minutes=20)).notice == timedelta(minutes=5)
    assert facts(NOON, idle=timedelta(days=3)).notice == timedelta(minutes=30)
