"""Whether an environment is to be stopped or started by itself now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from handlers.rules.hours import Hours, is_open, last_closing, last_opening

LINGER = timedelta(hours=1)
"""What is used outside working hours runs on for so long."""
NOTICE = timedelta(minutes=30)
"""Told at most so long before what is idle is stopped; for short times a quarter of them."""

Due = Literal["", "booking", "hours_begin", "hours_over", "idle"]
BOOKING: Due = "booking"
HOURS_BEGIN: Due = "hours_begin"
HOURS_OVER: Due = "hours_over"
IDLE: Due = "idle"

KINDS = {BOOKING: "start", HOURS_BEGIN: "start", HOURS_OVER: "stop", IDLE: "stop"}
"""What is done about each."""


@dataclass(frozen=True)
class RestFacts:
    """``stopped`` is since when it is stopped, if it is; ``booked`` when the newest booking that
    runs now has begun; ``used`` when somebody last did something with it. It is ``busy`` while
    something is done there or waits to be, and ``closed`` while somebody keeps others out.
    ``asked`` is when its addresses last were, as far as that is known. Not used for ``idle`` it is
    to be stopped; ``told`` is when its owner was told so."""

    now: datetime
    hours: Hours | None
    stopped: datetime | None
    booked: datetime | None
    used: datetime | None
    kept: datetime | None
    busy: bool
    closed: bool
    runs: bool
    asked: datetime | None = None
    idle: timedelta | None = None
    told: datetime | None = None

    @property
    def last_use(self) -> datetime | None:
        return max(filter(None, (self.used, self.asked, self.booked)), default=None)

    @property
    def notice(self) -> timedelta:
        """How long before it is stopped its owner is told."""
        return min(NOTICE, self.idle / 4) if self.idle else NOTICE

    @property
    def is_kept(self) -> bool:
        return self.kept is not None and self.kept > self.now


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


def is_idle(facts: RestFacts) -> bool:
    """Is it time to tell its owner that it is not used, or past that?"""
    used = facts.last_use
    if facts.idle is None or used is None or not facts.runs or facts.stopped is not None:
        return False
    return not facts.is_kept and used + facts.idle - facts.notice <= facts.now


def _stops(facts: RestFacts) -> Due:
    if not facts.runs or facts.is_kept:
        return ""
    return _hours_over(facts) or _idle_over(facts)


def _idle_over(facts: RestFacts) -> Due:
    """Only what was told, and has not been used since."""
    used, told = facts.last_use, facts.told
    if not is_idle(facts) or used is None or told is None or used > told:
        return ""
    return IDLE if told + facts.notice <= facts.now else ""


def _hours_over(facts: RestFacts) -> Due:
    hours, now = facts.hours, facts.now
    if hours is None or is_open(hours, now) or facts.booked is not None:
        return ""
    used = facts.used
    is_late = used is not None and used > last_closing(hours, now) and used + LINGER > now
    return "" if is_late else HOURS_OVER
