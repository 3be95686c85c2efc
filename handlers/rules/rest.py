"""Whether an environment is to be stopped or started by itself now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.rules.hours import Hours, is_open, last_closing, last_opening

LINGER = timedelta(hours=1)
"""What is used outside working hours runs on for so long."""

Due = Literal["", "booking", "hours_begin", "hours_over"]
BOOKING: Due = "booking"
HOURS_BEGIN: Due = "hours_begin"
HOURS_OVER: Due = "hours_over"

KINDS = {BOOKING: "start", HOURS_BEGIN: "start", HOURS_OVER: "stop"}
"""What is done about each."""


@dataclass(frozen=True)
class RestFacts:
    """``stopped`` is since when it is stopped, if it is; ``booked`` when the newest booking that
    runs now has begun; ``used`` when somebody last did something with it. It is ``busy`` while
    something is done there or waits to be, and ``closed`` while somebody keeps others out."""

    now: datetime
    hours: Hours | None
    stopped: datetime | None
    booked: datetime | None
    used: datetime | None
    kept: datetime | None
    busy: bool
    closed: bool
    runs: bool


def due(facts: RestFacts) -> Due:
    """Why it is to be started or stopped now; empty when it stays as it is."""
    if facts.busy or facts.closed:
        return ""
    return _starts(facts, facts.stopped) if facts.stopped is not None else _stops(facts)


def _starts(facts: RestFacts, since: datetime) -> Due:
    """What began after it was stopped: whoever stops it later means it."""
    if facts.booked is not None and facts.booked > since:
        return BOOKING
    hours = facts.hours
    if hours and is_open(hours, facts.now) and last_opening(hours, facts.now) > since:
        return HOURS_BEGIN
    return ""


def _stops(facts: RestFacts) -> Due:
    hours, now = facts.hours, facts.now
    if not facts.runs or hours is None or is_open(hours, now) or facts.booked is not None:
        return ""
    if facts.kept is not None and facts.kept > now:
        return ""
    used = facts.used
    is_late = used is not None and used > last_closing(hours, now) and used + LINGER > now
    return "" if is_late else HOURS_OVER
