"""Windows in which nothing changes: once between two days, or every week between two weekdays.

Both ends are clock times in one IANA zone. Where a change of the clocks leaves such a time out, or
has it twice, the window is the longer one: nothing slips through a night that has two of its hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.hours import DAYS
from handlers.rules.times import Span

WEEK = timedelta(days=7)
FORM = re.compile(rf"({'|'.join(DAYS)}|\d{{4}}-\d{{2}}-\d{{2}}) (\d{{1,2}}):(\d{{2}})")


@dataclass(frozen=True)
class Edge:
    """One end of a window: a clock time on a date, or on a day of every week (monday is 0)."""

    on: date | int
    clock: time


def read_edge(text: str) -> Edge:
    """``2026-12-20 18:00`` or ``fri 16:00``. Raises ValueError for anything else."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    clock = time(int(found[2]), int(found[3]))
    on = DAYS.index(found[1]) if found[1] in DAYS else date.fromisoformat(found[1])
    return Edge(on, clock)


def is_window(begins: Edge, ends: Edge) -> bool:
    """Whether it is one window: both ends of one kind, and the second after the first."""
    if isinstance(begins.on, int) or isinstance(ends.on, int):
        both = isinstance(begins.on, int) and isinstance(ends.on, int)
        return both and begins != ends
    return (ends.on, ends.clock) > (begins.on, begins.clock)


def spans(begins: Edge, ends: Edge, zone: ZoneInfo, within: Span) -> list[Span]:
    """Every time of the window that has something in common with ``within``, in their order."""
    found = (
        Span(_moments(first, begins.clock, zone)[0], _moments(last, ends.clock, zone)[1])
        for first, last in _dates(begins, ends, within)
    )
    return [span for span in found if span.overlaps(within)]


def _dates(begins: Edge, ends: Edge, within: Span) -> Iterator[tuple[date, date]]:
    if not isinstance(begins.on, int) and not isinstance(ends.on, int):
        yield begins.on, ends.on
        return
    assert isinstance(begins.on, int)
    assert isinstance(ends.on, int)
    days = (ends.on - begins.on) % 7 or (0 if ends.clock > begins.clock else 7)
    # The last one that can reach into it began a week and a day of zones before.
    day = within.start.date() - WEEK - timedelta(days=2)
    day += timedelta(days=(begins.on - day.weekday()) % 7)
    while day <= within.end.date() + timedelta(days=1):
        yield day, day + timedelta(days=days)
        day += WEEK


def _moments(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The moments that a clock time may mean, the earlier first; mostly they are the same."""
    here = datetime.combine(day, clock, zone)
    return sorted(here.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
