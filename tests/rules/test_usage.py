"""How much was booked and used: against a model that looks at every single minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.times import Span
from handlers.rules.usage import Had, Rates, spent, usage, without

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
WINDOW = range(10, 30)
"""Minutes that are asked about."""


def span(start: int, end: int) -> Span:
    return Span(NOON + timedelta(minutes=start), NOON + timedelta(minutes=end))


ENDS = st.tuples(st.integers(0, 39), st.integers(1, 15))
HAD = st.lists(st.tuples(ENDS, st.sampled_from("ab"), st.booleans()), max_size=6)


@given(HAD)
def test_every_minute_of_the_window_counts_once(
    had: list[tuple[tuple[int, int], str, bool]],
) -> None:
    minutes = [(range(s, s + n), user, used) for (s, n), user, used in had]
    found = usage(
        span(WINDOW.start, WINDOW.stop),
        [Had(span(m.start, m.stop), user, used) for m, user, used in minutes],
    )

    def count(who: str = "ab", only_used: bool = False) -> timedelta:
        of = [m for m, user, used in minutes if user in who and (used or not only_used)]
        return timedelta(minutes=sum(any(at in m for m in of) for at in WINDOW))

    assert (found.booked, found.used) == (count(), count(only_used=True))
    assert found.idle == count() - count(only_used=True)
    assert found.by_user == {u: t for u in "ab" if (t := count(u))}
    assert list(found.by_user.values()) == sorted(found.by_user.values(), reverse=True)


@given(st.lists(ENDS, max_size=5), HAD)
def test_every_minute_costs_what_it_does_by_whether_anything_ran(
    ran: list[tuple[int, int]], had: list[tuple[tuple[int, int], str, bool]]
) -> None:
    runs = {m for s, n in ran for m in range(s, s + n)} & set(WINDOW)
    in_use = {m for (s, n), _, used in had if used for m in range(s, s + n)}
    found = spent(
        span(WINDOW.start, WINDOW.stop),
        [span(s, s + n) for s, n in ran],
        [Had(span(s, s + n), user, used) for (s, n), user, used in had],
        Rates(60.0, 6.0),
    )
    assert found.running == timedelta(minutes=len(runs))
    assert found.total == pytest.approx(len(runs) * 1.0 + (len(WINDOW) - len(runs)) * 0.1)
    assert found.unused == pytest.approx(len(runs - in_use) * 1.0)


@given(st.lists(ENDS, max_size=5), st.lists(ENDS, max_size=5))
def test_what_was_stopped_did_not_run(
    ran: list[tuple[int, int]], away: list[tuple[int, int]]
) -> None:
    left = without([span(s, s + n) for s, n in ran], [span(s, s + n) for s, n in away])
    gone = {m for s, n in away for m in range(s, s + n)}
    runs = {m for s, n in ran for m in range(s, s + n)} - gone
    found = {m for m in range(-500, 2000) if any(one.overlaps(span(m, m + 1)) for one in left)}
    assert found == runs
