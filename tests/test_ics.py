"""The text of calendars, by the letter of RFC 5545 and as a reader of others understands it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.ics import escape, fold, ics
from bot.views.words import clean
from handlers.snapshots.feeds import Entry, FeedView

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
PLAIN = Entry(
    uid="booking-7",
    start=AT,
    end=AT + timedelta(hours=2),
    title="staging: load test",
    lines=("Environment staging, booked alone, by Ana", "For: load test; a, b \\ c"),
    status="confirmed",
    made_at=AT - timedelta(days=1),
    changed_at=AT - timedelta(hours=1),
    revision=3,
    url="https://slack.example.com/archives/C1/p1",
    kind="booked",
)
TEXT = st.text(max_size=120)
MOMENTS = st.integers(-800_000_000, 1_800_000_000).map(lambda n: AT + timedelta(seconds=n))


def understood(content: bytes) -> Any:
    return icalendar.Calendar.from_ical(content)


def events(content: bytes) -> list[Any]:
    return list(understood(content).walk("VEVENT"))


def test_one_entry_is_written_to_the_letter() -> None:
    text = ics(FeedView("staging", (PLAIN,)), "t0.stationmaster").decode()
    event = text[text.index("BEGIN:VEVENT") : text.index("END:VCALENDAR")]
    assert event.replace("\r\n ", "") == "\r\n".join(
        [
            "BEGIN:VEVENT",
            "UID:booking-7@t0.stationmaster",
            "DTSTAMP:20261126T110000Z",
            "CREATED:20261125T120000Z",
            "LAST-MODIFIED:20261126T110000Z",
            "SEQUENCE:3",
            "DTSTART:20261126T120000Z",
            "DTEND:20261126T140000Z",
            "SUMMARY:staging: load test",
            "DESCRIPTION:Environment staging\\, booked alone\\, by Ana\\nFor: load test\\; a\\,"
            " b \\\\ c",
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "CATEGORIES:booked",
            "URL:https://slack.example.com/archives/C1/p1",
            "END:VEVENT",
            "",
        ]
    )


def test_a_calendar_without_entries_is_still_one() -> None:
    calendar = understood(ics(FeedView("lab", ()), "t0.stationmaster"))
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


@pytest.mark.parametrize("length", [73, 74, 75, 76, 148, 149, 150, 151])
@pytest.mark.parametrize("character", ["a", "é", "日", "🚂"])
def test_lines_are_folded_at_75_octets_and_no_character_is_cut(length: int, character: str) -> None:
    line = "SUMMARY:" + character * length
    folded = fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))


@settings(max_examples=150)
@given(
    title=TEXT, lines=st.lists(TEXT, max_size=3), start=MOMENTS,
    length=st.integers(1, 10**6), status=st.sampled_from(["confirmed", "tentative", "cancelled"]),
    revision=st.integers(0, 99), name=TEXT,
)  # fmt: skip
def test_whatever_is_in_it_others_read_what_was_meant(
    title: str,
    lines: list[str],
    start: datetime,
    length: int,
    status: str,
    revision: int,
    name: str,
) -> None:
    end = start + timedelta(seconds=length)
    entry = Entry(
        "booking-1", start, end, title, tuple(lines), status, start, end, revision, "", "shared"
    )
    content = ics(FeedView(name, (entry,)), "t0.stationmaster")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.decode().count("BEGIN:VEVENT") == 1
    (event,) = events(content)
    assert event["UID"] == "booking-1@t0.stationmaster"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (start, end)
    assert event["DTSTART"].dt.tzinfo is not None
    assert (str(event["STATUS"]), event["SEQUENCE"]) == (status.upper(), revision)
    assert str(event["SUMMARY"]) == clean(title)
    if lines:
        assert str(event["DESCRIPTION"]) == "\n".join(map(clean, lines))


def test_no_text_can_add_a_line_of_its_own() -> None:
    nasty = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:http://evil/\u2028\x00"
    assert "\n" not in escape(nasty) and "\r" not in escape(nasty)
    assert len(escape("," * 5000)) <= 1000
