"""When an environment is free: the rules against a model that looks at every single minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.bookings import (
    ALTERING,
    PURPOSES,
    ExtensionFacts,
    Held,
    clashes,
    extended_end,
    free_slots,
    may_book,
    offered_span,
)
from handlers.rules.times import Span

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
DAY = 40
"""Minutes that the model looks at."""


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def span(start: int, end: int) -> Span:
    return Span(at(start), at(end))


def held(start: int, end: int, shared: bool = False, purpose: str = "change") -> Held:
    return Held(span(start, end), shared, purpose)


@st.composite
def bookings(draw: st.DrawFn) -> Held:
    start = draw(st.integers(0, DAY - 1))
    end = draw(st.integers(start + 1, DAY))
    return held(start, end, draw(st.booleans()), draw(st.sampled_from(PURPOSES)))


def may_be_together(one: Held, other: Held) -> bool:
    return one.shared and other.shared and not {one.purpose, other.purpose} <= ALTERING


def is_free(wish: Held, there: list[Held], share: int) -> bool:
    """Minute by minute: everybody who is there may be, and there are not too many."""
    for minute in range(-DAY, 2 * DAY):
        if not wish.span.start <= at(minute) < wish.span.end:
            continue
        present = [h for h in there if h.span.start <= at(minute) < h.span.end]
        if not all(may_be_together(wish, h) for h in present):
            return False
        if present and len(present) >= share:
            return False
    return True


THERE, SHARE = st.lists(bookings(), max_size=5), st.integers(1, 3)


@given(bookings(), THERE, SHARE)
def test_a_wish_is_free_just_when_no_minute_of_it_is_taken(
    wish: Held, there: list[Held], share: int
) -> None:
    found = clashes(wish, there, share)
    assert (found == ()) == is_free(wish, there, share)
    assert all(h in there and h.span.overlaps(wish.span) for h in found)
    assert list(found) == sorted(found, key=lambda h: h.span)


@given(bookings(), THERE, SHARE)
def test_the_slots_that_are_offered_are_free_and_the_nearest_is_among_them(
    wish: Held, there: list[Held], share: int
) -> None:
    length = round(wish.span.length.total_seconds() / 60)
    offered = free_slots(wish, there, share, span(0, 2 * DAY))
    free = [
        minute
        for minute in range(2 * DAY - length + 1)
        if is_free(held(minute, minute + length, wish.shared, wish.purpose), there, share)
    ]
    assert all(slot.length == wish.span.length for slot in offered)
    assert {slot.start for slot in offered} <= {at(minute) for minute in free}
    assert len(set(offered)) == len(offered) <= 3
    if free:
        away = [abs(at(minute) - wish.span.start) for minute in free]
        assert min(abs(slot.start - wish.span.start) for slot in offered) == min(away)


def test_bookings_that_touch_do_not_clash() -> None:
    assert clashes(held(10, 20), [held(0, 10), held(20, 30)], 1) == ()


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("regression", "regression", True),
        ("regression", "change", True),
        ("configuration", "regression", True),
        ("change", "change", False),
        ("change", "configuration", False),
    ],
)
def test_only_one_of_those_who_share_may_alter(one: str, other: str, together: bool) -> None:
    assert (clashes(held(0, 9, True, one), [held(0, 9, True, other)], 3) == ()) is together


def test_slots_never_leave_the_window() -> None:
    assert free_slots(held(0, 10), [held(0, 20)], 1, span(0, 25)) == ()
    assert free_slots(held(5, 15), [held(12, 20)], 1, span(0, 30)) == (
        span(0, 10), span(2, 12), span(20, 30),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (0, 5, None),
        (0, 4, "too_short"),
        (0, 120, None),
        (0, 121, "too_long_booking"),
        (600, 630, None),
        (601, 630, "too_far_ahead"),
    ],
)
def test_a_range_may_be_booked(start: int, end: int, code: str | None) -> None:
    longest, ahead = timedelta(hours=2), timedelta(hours=10)
    assert may_book(span(start, end), NOON, longest, ahead) == code


@pytest.mark.parametrize(
    ("until", "latest", "next_start", "waiting", "end", "why"),
    [
        (90, 120, None, 0, 90, ""),
        (180, 120, None, 0, 120, "longest"),
        (90, 120, 75, 0, 75, "next_booking"),
        (180, 120, 150, 0, 120, "longest"),
        (90, 120, 60, 0, 60, "next_booking"),
        (90, 120, None, 1, 60, "waited_for"),
        (90, 30, None, 0, 60, "longest"),
    ],
)
def test_an_extension_is_cut_by_what_comes_next_and_refused_where_people_wait(
    until: int, latest: int, next_start: int | None, waiting: int, end: int, why: str
) -> None:
    begins = None if next_start is None else at(next_start)
    facts = ExtensionFacts(at(60), at(until), at(latest), begins, waiting)
    assert extended_end(facts) == (at(end), why)


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        ([], (0, 40)),
        ([(40, 50)], (0, 40)),
        ([(20, 50)], (0, 20)),
        ([(10, 50)], (0, 10)),
        ([(9, 50)], None),  # under a quarter of what is wanted
        ([(0, 50)], None),
    ],
)
def test_who_waits_is_offered_what_there_is(
    there: list[tuple[int, int]], offered: tuple[int, int] | None
) -> None:
    found = offered_span(NOON, timedelta(minutes=40), held(0, 40), [held(*one) for one in there], 1)
    assert found == (span(*offered) if offered else None)
