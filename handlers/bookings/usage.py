"""What became of the time that was booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from handlers.ask import Ask, stamp
from handlers.declarations import times_there
from handlers.environments import known_environment
from handlers.messages import Outcome, Refusal, ShowUsage
from handlers.rest_rows import rest_facts
from handlers.rests import told_idle
from handlers.rules.times import Span
from handlers.rules.usage import Had, Rates, spent, usage, without
from handlers.setup import Cost
from handlers.tables import Booking, Deployment, Stop

LONG = timedelta(days=1)
"""Not used for so long, an environment is called idle where the setup says no time."""
MOST_DAYS, PEOPLE = 366, 3
"""How far back one looks, and how many of those who had it most are named."""

HAD = ("booked", "ended", "freed", "taken_over")
"""States of a booking whose time somebody really had; one given back before it began had none."""


def show_usage(ask: Ask, question: ShowUsage) -> Outcome:
    """Of one environment or of all: booked, used and idle until now."""
    if question.environment:
        known_environment(ask.setup, question.environment)
    if not 0 < question.days <= MOST_DAYS:
        raise Refusal("bad_days", days=question.days, most=MOST_DAYS)
    names = [question.environment] if question.environment else list(ask.setup.environments)
    window = Span(ask.now - timedelta(days=question.days), ask.now)
    had, ran = _had(ask, names, window), _ran(ask, names, window)
    rested = _rested(ask, names, window)
    return Outcome(
        "usage",
        {
            "days": question.days,
            "since": stamp(window.start),
            "environments": [
                _told(name, window, had[name])
                | {"unused": _unused(ask, name)}
                | _cost(
                    ask.setup.environments[name].cost,
                    times_there(ask.session, name, window),
                    ran[name],
                    had[name],
                )
                | {"rested": sum(span.length.total_seconds() for span in rested[name])}
                for name in names
            ],
        },
    )


def _had(ask: Ask, names: list[str], window: Span) -> dict[str, list[Had]]:
    """Only the columns that count: there may be very many bookings."""
    columns = (Booking.environment, Booking.starts_at, Booking.ends_at, Booking.ended_at)
    rows = ask.session.execute(
        select(*columns, Booking.owner, Booking.used_at).where(
            Booking.environment.in_(names),
            Booking.state.in_(HAD),
            Booking.starts_at < window.end,
            Booking.ends_at > window.start,
        )
    )
    found: dict[str, list[Had]] = {name: [] for name in names}
    for environment, start, end, ended, owner, used_at in rows:
        # That its time is over is noticed a little later than it is.
        span = Span(start, min(end, ended or end))
        if window.overlaps(span) and span.start < span.end:
            found[environment].append(Had(span, owner, used_at is not None))
    return found


def _told(name: str, window: Span, had: list[Had]) -> dict[str, Any]:
    found = usage(window, had)
    return {
        "environment": name,
        "bookings": len(had),
        "booked": found.booked.total_seconds(),
        "used": found.used.total_seconds(),
        "idle": found.idle.total_seconds(),
        "people": [
            {"user": user, "booked": time.total_seconds()}
            for user, time in list(found.by_user.items())[:PEOPLE]
        ],
    }


def _unused(ask: Ask, name: str) -> dict[str, Any]:
    """Since when nobody uses what runs there, where that is long."""
    facts = rest_facts(ask.session, ask.setup, ask.now, name)
    used = facts.last_use
    if not facts.runs or facts.stopped or facts.busy or facts.is_kept or used is None:
        return {}
    return told_idle(ask, name, facts) if used + (facts.idle or LONG) <= ask.now else {}


def _ran(ask: Ask, names: list[str], window: Span) -> dict[str, list[Span]]:
    """When anything was live there and not stopped on purpose."""
    rows = ask.session.execute(
        select(Deployment.environment, Deployment.live_at, Deployment.ended_at, Deployment.state)
        .where(
            Deployment.environment.in_(names),
            Deployment.live_at < window.end,
            or_(Deployment.state == "live", Deployment.ended_at > window.start),
        )
    )  # fmt: skip
    found: dict[str, list[Span]] = {name: [] for name in names}
    for environment, start, ended, state in rows:
        end = window.end if state == "live" or ended is None else ended
        if start is not None and start < end:
            found[environment].append(Span(start, end))
    rested = _rested(ask, names, window)
    return {name: without(spans, rested[name]) for name, spans in found.items()}


def _rested(ask: Ask, names: list[str], window: Span) -> dict[str, list[Span]]:
    """When each was stopped on purpose, within the window."""
    rows = ask.session.execute(
        select(Stop.environment, Stop.since, Stop.ended_at).where(
            Stop.environment.in_(names),
            Stop.since < window.end,
            or_(Stop.ended_at.is_(None), Stop.ended_at > window.start),
        )
    )
    found: dict[str, list[Span]] = {name: [] for name in names}
    for environment, since, ended in rows:
        start, end = max(since, window.start), min(ended or window.end, window.end)
        if start < end:  # one that was ended in the moment it began had no time
            found[environment].append(Span(start, end))
    return found


def spent_since(ask: Ask, name: str, start: datetime) -> dict[str, Any]:
    """What an environment has cost since then, nobody using it; nothing where nobody has said what
    an hour costs."""
    window = Span(start, ask.now)
    cost = ask.setup.environments[name].cost if name in ask.setup.environments else None
    there = times_there(ask.session, name, window)
    return _cost(cost, there, _ran(ask, [name], window)[name], [])


def _cost(cost: Cost | None, there: list[Span], ran: list[Span], had: list[Had]) -> dict[str, Any]:
    """What it cost while it was there, where the setup says what an hour does."""
    if cost is None:
        return {}
    rates = Rates(cost.per_hour, cost.stopped)
    found = [spent(span, ran, had, rates) for span in there]
    return {
        "cost": {
            "currency": cost.currency,
            "running": sum(one.running.total_seconds() for one in found),
            "total": round(sum(one.total for one in found), 2),
            "unused": round(sum(one.unused for one in found), 2),
        }
    }
