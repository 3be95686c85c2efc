"""The words of time, and that they are exact on the nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.time_words import Unreadable
from handlers.rules.times import Span, read_span

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
"""A Wednesday, half past three in Berlin."""

SAID = {
    # said                                        begins            ends
    "for 2h": ("25 15:30", "25 17:30"),
    "for 90m": ("25 15:30", "25 17:00"),
    "for 1h30m": ("25 15:30", "25 17:00"),
    "for 1.5 hours": ("25 15:30", "25 17:00"),
    "for 1 day 2 hours": ("25 15:30", "26 17:30"),
    "for 2 days and 30 minutes": ("25 15:30", "27 16:00"),
    "until 17:00": ("25 15:30", "25 17:00"),
    "till 5pm": ("25 15:30", "25 17:00"),
    "until noon tomorrow": ("25 15:30", "26 12:00"),
    "until midnight": ("25 15:30", "26 00:00"),
    "until friday": ("25 15:30", "28 00:00"),
    "from now for 2h": ("25 15:30", "25 17:30"),
    "in 30m for 1h": ("25 16:00", "25 17:00"),
    "from tomorrow 9:00 until 12:00": ("26 09:00", "26 12:00"),
    "from tomorrow 9:00 until tomorrow 12:00": ("26 09:00", "26 12:00"),
    "tomorrow from 9:00 until 12:00": ("26 09:00", "26 12:00"),
    "tomorrow 9:00-12:00": ("26 09:00", "26 12:00"),
    "tomorrow 9:00 – 12:00": ("26 09:00", "26 12:00"),
    "Tomorrow at 9am to 12pm": ("26 09:00", "26 12:00"),
    "tomorrow for 1d": ("26 00:00", "27 00:00"),
    "for 2h starting tomorrow 9:00": ("26 09:00", "26 11:00"),
    "for 2h tomorrow 9:00": ("26 09:00", "26 11:00"),
    "friday 14:00 for 90m": ("27 14:00", "27 15:30"),
    "on friday at 14:00 until monday 10:00": ("27 14:00", "30 10:00"),
    "27 nov 9:00 for 1h": ("27 09:00", "27 10:00"),
    "nov 27th 9:00 for 1h": ("27 09:00", "27 10:00"),
    "2026-11-27 9:00 until 2026-11-28 9:00": ("27 09:00", "28 09:00"),
    "2026-11-27T09:00 until 12:00": ("27 09:00", "27 12:00"),
    "wednesday 16:00 for 1h": ("25 16:00", "25 17:00"),
}


@pytest.mark.parametrize("said", SAID)
def test_what_people_say_is_a_range(said: str) -> None:
    found = read_span(said, NOW, BERLIN)
    assert tuple(f"{at.astimezone(BERLIN):%d %H:%M}" for at in found) == SAID[said]


def test_a_button_says_moments_and_what_has_gone_by_is_not_asked_for() -> None:
    begin, end = int(NOW.timestamp()) + 600, int(NOW.timestamp()) + 1200
    found = read_span(f"from @{begin} until @{end}", NOW, BERLIN)
    assert [int(at.timestamp()) for at in found] == [begin, end]
    late = NOW + timedelta(minutes=15)
    assert read_span(f"from @{begin} until @{end}", late, BERLIN) == Span(late, found.end)
    with pytest.raises(Unreadable):
        read_span(f"from @{begin} until @{end}", NOW + timedelta(minutes=20), BERLIN)


@pytest.mark.parametrize(
    ("said", "day"),
    [("wednesday 9:00 for 1h", 2), ("next wednesday 16:00 for 1h", 2), ("1 dec 9:00 for 1h", 1)],
)
def test_a_day_that_is_over_is_the_next_of_its_name(said: str, day: int) -> None:
    start, _ = read_span(said, NOW, BERLIN)
    assert (start.month, start.day) == (12, day)


def test_a_date_that_is_over_this_year_is_of_the_next() -> None:
    assert read_span("1 feb 9:00 for 1h", NOW, BERLIN).start.year == 2027


REFUSED = {
    "": "no_length",
    "for": "no_length",
    "tomorrow": "no_length",
    "banana": "unreadable",
    "for 2 bananas": "unreadable",
    "for banana": "unreadable",
    "until banana": "unreadable",
    "in -5m for 1h": "unreadable",
    "in 5m from 9:00 for 1h": "unreadable",
    "for 1h until 17:00": "unreadable",
    "for 1h for 2h": "unreadable",
    "until 17:00 until 18:00": "unreadable",
    "for 0m": "zero_length",
    "from tomorrow 9:00 until tomorrow 9:00": "zero_length",
    "from 25:00 for 1h": "no_such_time",
    "from 13pm for 1h": "no_such_time",
    "until 23:60": "no_such_time",
    "31 feb 9:00 for 1h": "no_such_day",
    "2026-02-30 9:00 for 1h": "no_such_day",
    "2026-13-01 9:00 for 1h": "no_such_day",
    "for " + 50 * "9999 weeks ": "no_such_day",
    "9999-12-31 until 9999-12-31": "no_such_day",
    "from tomorrow 12:00 until 9:00": "reversed",
    "friday 14:00 until tomorrow 10:00": "reversed",
    "until 9:00": "in_the_past",
    "from 9:00 until 18:00": "in_the_past",
    "2020-01-01 9:00 for 1h": "in_the_past",
    "from 15:00 for 15m": "in_the_past",
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_no_range_is_refused_for_its_reason(said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_span(said, NOW, BERLIN)
    assert refused.value.code == REFUSED[said]


def test_hours_are_elapsed_time_and_days_are_days_of_the_calendar() -> None:
    spring = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)  # 23:00; the clocks go from 2 to 3 at night
    assert read_span("for 24h", spring, BERLIN).length == timedelta(hours=24)
    assert read_span("for 1 day", spring, BERLIN).length == timedelta(hours=23)
    autumn = datetime(2026, 10, 24, 21, 0, tzinfo=UTC)
    assert read_span("for 1 day", autumn, BERLIN).length == timedelta(hours=25)


NIGHTS = {
    "Europe/Berlin": [date(2027, 3, 28), date(2026, 10, 25)],
    "America/New_York": [date(2027, 3, 14), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2027, 4, 4)],  # by half an hour
}

CLOCKS = st.tuples(st.integers(0, 4), st.integers(0, 59))


@given(st.sampled_from([(z, n) for z in NIGHTS for n in NIGHTS[z]]), CLOCKS, CLOCKS)
def test_on_nights_with_a_change_ranges_are_what_the_clocks_on_the_wall_showed(
    night: tuple[str, date], begin: tuple[int, int], end: tuple[int, int]
) -> None:
    zone, day = ZoneInfo(night[0]), night[1]
    before = datetime.combine(day - timedelta(days=1), time(), UTC)
    minutes = [before + timedelta(minutes=m) for m in range(3 * 24 * 60)]
    shown: dict[tuple[int, int], list[datetime]] = {}
    for minute in minutes:
        wall = minute.astimezone(zone)
        if wall.date() == day and wall.hour < 5:
            shown.setdefault((wall.hour, wall.minute), []).append(minute)
    text = f"from {day:%Y-%m-%d} {begin[0]}:{begin[1]:02} until {day:%Y-%m-%d} {end[0]}:{end[1]:02}"
    now = minutes[0] - timedelta(days=2)
    if begin not in shown or end not in shown:
        expected: Span | str = "left_out"
    else:
        first, last = shown[begin][0], shown[end][-1]
        wrong = "zero_length" if first == last else "reversed" if last < first else ""
        expected = wrong or Span(first, last)
    try:
        found: Span | str = read_span(text, now, zone)
    except Unreadable as refused:
        found = refused.code
    assert found == expected


def is_a_range_ahead_or_refused(text: str, zone: str) -> None:
    try:
        found = read_span(text, NOW, ZoneInfo(zone))
    except Unreadable:
        return
    assert NOW <= found.start < found.end


@given(st.text(max_size=60), st.sampled_from(sorted(NIGHTS)))
def test_whatever_is_typed_is_a_range_ahead_or_refused(text: str, zone: str) -> None:
    is_a_range_ahead_or_refused(text, zone)


WORDS = "for from until in at on now today tomorrow friday 9:00 17 2h 30m 1d noon midnight dec 1"


@given(st.lists(st.sampled_from([*WORDS.split(), "2026-12-01", "next", "-"]), max_size=8))
def test_whatever_the_order_of_the_words_is_nothing_crashes(words: list[str]) -> None:
    is_a_range_ahead_or_refused(" ".join(words), "Europe/Berlin")
