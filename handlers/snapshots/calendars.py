"""Who has which environment when, what keeps people out of it, and what was deployed there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.bookings.rows import HOLDING
from handlers.bookings.terms import zone_of
from handlers.freezes import windows
from handlers.locks import scopes_of
from handlers.rules.times import Span
from handlers.setup import Setup
from handlers.tables import Account, Booking, Created, Deployment, Lock, Picture

BEFORE, AFTER = timedelta(days=2), timedelta(days=15)
"""From the midnight before today: two days back, today and two weeks."""

MOST_LANES, MOST_OF_A_KIND = 12, 60
"""Environments in one picture, and bookings, locks or deployments of one of them."""

LONGEST = timedelta(days=31)
"""No booking lasts longer: what began before that is not even looked at."""

HAD = ("ended", "freed", "taken_over")


@dataclass(frozen=True)
class Bar:
    """A time in which an environment is somebody's, or nobody's: ``kind`` is booked, shared,
    asked, locked, failed, frozen or gone. ``end`` is None where nobody knows it; what is gone, made
    by ``user`` from the blueprint ``what``, does not come back."""

    kind: str
    start: datetime
    end: datetime | None
    user: str
    name: str
    what: str


@dataclass(frozen=True)
class Mark:
    """A deployment: ``state`` is live, failed or running."""

    at: datetime
    what: str
    state: str


@dataclass(frozen=True)
class Lane:
    environment: str
    tier: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class CalendarView:
    """``span`` begins and ends at midnight in ``zone``; ``left_out`` are environments for which
    there was no room."""

    zone: str
    now: datetime
    span: Span
    lanes: tuple[Lane, ...]
    left_out: tuple[str, ...]


def calendar_view(session: Session, setup: Setup, now: datetime, row: Picture) -> CalendarView:
    """The calendar of the environments of a picture that there still are."""
    zone = zone_of(session, row.team, row.user)
    names = [name for name in row.environments if name in setup.environments]
    today = now.astimezone(zone).date()
    start, end = (
        datetime.combine(today + apart, time(), zone).astimezone(UTC) for apart in (-BEFORE, AFTER)
    )
    span, shown = Span(start, end), names[:MOST_LANES]
    bars = _bookings(session, shown, span)
    for name, found in _locks(session, setup, shown, span).items():
        bars[name] += found
    for name in shown:
        bars[name] += [
            Bar("frozen", window.start, window.end, "", "", freeze.because)
            for _, freeze, window in windows(setup, name, span)
        ]
    for made in _created(session, shown):
        goes = made.going_at or made.ends_at
        bars[made.environment].append(Bar("gone", goes, None, made.owner, "", made.blueprint))
    marks = _deployments(session, shown, Span(start, now + timedelta(seconds=1)))
    called = _names(session, row.team, [bar.user for found in bars.values() for bar in found])
    return CalendarView(
        zone=str(zone),
        now=now,
        span=span,
        lanes=tuple(
            Lane(
                name,
                setup.environments[name].tier,
                tuple(
                    sorted(
                        _called(bars[name], called),
                        key=lambda bar: (bar.start, bar.end or span.end, bar.name),
                    )
                ),
                tuple(marks[name]),
            )
            for name in shown
        ),
        left_out=tuple(names[MOST_LANES:]),
    )


def _called(bars: Iterable[Bar], names: dict[str, str]) -> list[Bar]:
    return [Bar(b.kind, b.start, b.end, b.user, names.get(b.user, b.user), b.what) for b in bars]


def _names(session: Session, team: str, users: Sequence[str]) -> dict[str, str]:
    rows = session.execute(
        select(Account.user, Account.name).where(Account.team == team, Account.user.in_(users))
    )
    return {user: name for user, name in rows if name}


def _bookings(session: Session, names: list[str], span: Span) -> dict[str, list[Bar]]:
    """What holds, and of what is over the time that somebody really had."""
    found: dict[str, list[Bar]] = {name: [] for name in names}
    for name in names:
        rows = session.scalars(
            select(Booking)
            .where(
                Booking.environment == name,
                or_(
                    Booking.state.in_(HOLDING),
                    Booking.state.in_(HAD) & Booking.begun_at.is_not(None),
                ),
                Booking.starts_at > span.start - LONGEST,
                Booking.starts_at < span.end,
                Booking.ends_at > span.start,
            )
            .order_by(Booking.ends_at.desc(), Booking.id)
            .limit(MOST_OF_A_KIND)
        )
        for row in rows:
            end = min(row.ends_at, row.ended_at or row.ends_at)
            if row.starts_at < end and end > span.start:
                kind = "asked" if row.state in ("asked", "offered") else "booked"
                kind = "shared" if row.shared and kind == "booked" else kind
                found[name].append(Bar(kind, row.starts_at, end, row.owner, "", row.title))
    return found


def _locks(session: Session, setup: Setup, names: list[str], span: Span) -> dict[str, list[Bar]]:
    """What keeps people out, also by a wider scope; not the holds of work under way."""
    over = {name: scopes_of(setup, name) for name in names}
    scopes = {scope for wider in over.values() for scope in wider}
    rows = session.scalars(
        select(Lock)
        .where(
            Lock.environment.in_(scopes),
            Lock.kind.in_(("person", "failure")),
            or_(Lock.released_at.is_(None), Lock.released_at > span.start),
        )
        .order_by(Lock.id.desc())
        .limit(MOST_OF_A_KIND)
    ).all()
    found: dict[str, list[Bar]] = {name: [] for name in names}
    for lock in rows:
        ends = [at for at in (lock.until, lock.released_at) if at is not None]
        end = min(ends) if ends else None
        if lock.since >= span.end or (end is not None and end <= max(span.start, lock.since)):
            continue
        kind = "failed" if lock.kind == "failure" else "locked"
        for name in names:
            if lock.environment in over[name]:
                found[name].append(Bar(kind, lock.since, end, lock.owner, "", lock.reason))
    return found


def _created(session: Session, names: list[str]) -> Sequence[Created]:
    """Those that were made from blueprints: each has an end, also where it lies beyond the span."""
    there = select(Created).where(Created.environment.in_(names), Created.state != "gone")
    return session.scalars(there.order_by(Created.id)).all()


STATES = {"live": "live", "replaced": "live", "running": "running", "failed": "failed",
          "rolled_back": "failed", "needs_attention": "failed"}  # fmt: skip


def _deployments(session: Session, names: list[str], span: Span) -> dict[str, list[Mark]]:
    """The newest first."""
    found: dict[str, list[Mark]] = {name: [] for name in names}
    for name in names:
        rows = session.scalars(
            select(Deployment)
            .where(
                Deployment.environment == name,
                Deployment.state.in_(list(STATES)),
                Deployment.started_at > span.start - timedelta(days=1),
            )
            .order_by(Deployment.id.desc())
            .limit(MOST_OF_A_KIND)
        )
        for row in rows:
            state = STATES[row.state]
            ends = {"live": row.live_at, "failed": row.ended_at}
            at = ends.get(state) or row.started_at
            if at is not None and span.start <= at < span.end:
                found[name].append(Mark(at, f"{row.service} {row.version}", state))
    return found
