"""Windows in which nothing changes, against a model that looks at every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.rules.freezes import is_window, read_edge, spans
from handlers.rules.hours import DAYS
from handlers.rules.times import Span

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
QUARTER = timedelta(minutes=15)
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
EDGES = st.builds("{} {}".format, st.sampled_from(DAYS), CLOCKS)
STARTS = st.sampled_from(
    [datetime(2027, month, day, tzinfo=UTC) for month, day in ((3, 12), (3, 26), (4, 2), (10, 29))]
)
"""Two weeks from these have a change of the clocks in one of the zones."""


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def of(begins: str, ends: str, zone: str, within: Span) -> list[Span]:
    return spans(read_edge(begins), read_edge(ends), ZoneInfo(zone), within)


@pytest.mark.parametrize(
    "text",
    ["", "friday", "fri", "fri 25:00", "fry 10:00", "2026-13-01 10:00", "2026-12-20",
     "2026-12-20T18:00", "fri 10:60", " fri 10:00"],
)  # fmt: skip
def test_what_is_no_day_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_edge(text)


@pytest.mark.parametrize(
    ("begins", "ends", "is_one"),
    [
        ("2026-12-20 18:00", "2027-01-04 08:00", True),
        ("2026-12-20 18:00", "2026-12-20 18:00", False),
        ("2027-01-04 08:00", "2026-12-20 18:00", False),
        ("fri 16:00", "mon 08:00", True),
        ("mon 08:00", "mon 08:00", False),
        ("fri 16:00", "2026-12-20 18:00", False),
        ("2026-12-20 18:00", "fri 16:00", False),
    ],
)
def test_both_ends_are_of_one_kind_and_in_their_order(begins: str, ends: str, is_one: bool) -> None:
    assert is_window(read_edge(begins), read_edge(ends)) is is_one


def test_a_window_between_two_days_is_there_once() -> None:
    window = Span(at("2026-12-20 18:00", "Europe/Berlin"), at("2027-01-04 08:00", "Europe/Berlin"))
    year = Span(at("2026-06-01"), at("2027-06-01"))
    words = ("2026-12-20 18:00", "2027-01-04 08:00", "Europe/Berlin")
    assert of(*words, year) == [window]
    assert of(*words, Span(window.start - QUARTER, window.start)) == []
    assert of(*words, Span(window.start, window.start + QUARTER)) == [window]
    assert of(*words, Span(window.end, window.end + QUARTER)) == [], "its end is not in it"


def test_a_night_that_has_an_hour_twice_belongs_to_it_wholly() -> None:
    words = ("2027-10-31 02:30", "2027-11-01 02:30", "Europe/Berlin")
    (window,) = of(*words, Span(at("2027-10-30"), at("2027-11-02")))
    assert window.start == at("2027-10-31 00:30"), "the first half past two"
    words = ("2027-10-30 02:30", "2027-10-31 02:30", "Europe/Berlin")
    (window,) = of(*words, Span(at("2027-10-29"), at("2027-11-02")))
    assert window.end == at("2027-10-31 01:30"), "the second"


def is_in(begins: str, ends: str, here: datetime) -> bool:
    """The model: how far the clock on the wall has come in its week."""
    minute = here.weekday() * 1440 + here.hour * 60 + here.minute
    first, last = (
        DAYS.index(text[:3]) * 1440 + int(text[4:6]) * 60 + int(text[7:]) for text in (begins, ends)
    )
    if first < last:
        return first <= minute < last
    return minute >= first or minute < last


@given(EDGES, EDGES, st.sampled_from(ZONES), STARTS)
@example("fri 16:00", "mon 08:00", "Europe/Berlin", datetime(2027, 3, 26, tzinfo=UTC))
@example("sun 01:00", "sun 04:00", "America/New_York", datetime(2027, 3, 12, tzinfo=UTC))
def test_every_week_it_is_what_the_clock_on_the_wall_says(
    begins: str, ends: str, zone: str, start: datetime
) -> None:
    if begins == ends:
        return
    within = Span(start, start + timedelta(days=10))
    found = of(begins, ends, zone, within)
    assert found == sorted(found)
    moment = within.start
    while moment < within.end:
        here = moment.astimezone(ZoneInfo(zone))
        inside = any(span.start <= moment < span.end for span in found)
        # Beside an end of it, a night that changes the clocks may only make it longer.
        if inside != is_in(begins, ends, here):
            assert inside
            assert is_odd(here)
        moment += QUARTER


def is_odd(here: datetime) -> bool:
    """Whether the clocks change within a few hours."""
    around = (here.astimezone(UTC) + timedelta(hours=h) for h in (-4, 4))
    before, after = (moment.astimezone(here.tzinfo).utcoffset() for moment in around)
    return before != after
