"""What a calendar of another program shows of us: bookings, and locks that have an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from handlers.locks import scopes_of
from handlers.messages import Actor
from handlers.setup import Setup
from handlers.subjects import BOOKING, created
from handlers.tables import Account, Booking, Card, Created, Lock, Note

BACK = timedelta(days=30)
"""What ended before that is not told any more; what was called off is, so that others drop it."""

MOST = 1000
"""Entries, those that begin last."""


@dataclass(frozen=True)
class Entry:
    """One entry: ``status`` is confirmed, tentative or cancelled; ``revision`` counts its changes
    and ``changed_at`` is the last of them."""

    uid: str
    start: datetime
    end: datetime
    title: str
    lines: tuple[str, ...]
    status: str
    made_at: datetime
    changed_at: datetime
    revision: int
    url: str
    kind: str


@dataclass(frozen=True)
class FeedView:
    name: str
    entries: tuple[Entry, ...]


def person_feed(session: Session, now: datetime, who: Actor) -> FeedView:
    """What somebody booked, or may use as well."""
    shared_with = cast(Booking.people, Text).contains(f'"{who.user}"')
    rows = _bookings(session, now, or_(Booking.owner == who.user, shared_with))
    mine = [row for row in rows if row.team == who.team and who.user in (row.owner, *row.people)][
        -MOST:
    ]
    lives = _lives(session, now, Created.owner == who.user)
    made = [row for row in lives if row.team == who.team]
    names = _names(session, who.team)
    entries = _entries(session, who.team, mine, True)
    return FeedView("My environments", (*entries, *(_life(session, row, names) for row in made)))


def environment_feed(
    session: Session, setup: Setup, now: datetime, team: str, environment: str
) -> FeedView:
    """Everything in one environment, and what locks it."""
    rows = _bookings(session, now, Booking.environment == environment)[-MOST:]
    locks = session.scalars(
        select(Lock).where(
            Lock.environment.in_(scopes_of(setup, environment)),
            Lock.kind == "person",
            Lock.until > now - BACK,
        )
    )
    names = _names(session, team)
    entries = _entries(session, team, rows, False)
    lives = _lives(session, now, (Created.environment == environment) & (Created.state != "gone"))
    found = filter(None, (_lock(lock, environment, names) for lock in locks))
    made = (_life(session, row, names) for row in lives)
    return FeedView(environment, (*entries, *found, *made))


def _lives(session: Session, now: datetime, which: ColumnElement[bool]) -> list[Created]:
    """Environments from blueprints, from when they were made to their end."""
    end = func.coalesce(Created.ended_at, Created.ends_at)
    rows = select(Created).where(which, end > now - BACK).order_by(Created.id)
    return list(session.scalars(rows))[-MOST:]


def _life(session: Session, row: Created, names: dict[str, str]) -> Entry:
    owner = names.get(row.owner, row.owner)
    told = select(func.count(), func.max(Note.at)).where(Note.of == created(row.id))
    count, told_at = session.execute(told).one()
    return Entry(
        uid=f"environment-{row.id}",
        start=row.created_at,
        end=max(row.ended_at or row.ends_at, row.created_at + timedelta(minutes=1)),
        title=f"{row.environment} from {row.blueprint}, by {owner}",
        lines=tuple(filter(None, (_says_of_life(row, owner), row.reason))),
        status="confirmed",
        made_at=row.created_at,
        changed_at=max(filter(None, (row.created_at, row.ended_at, told_at))),
        revision=count,
        url="",
        kind="made",
    )


def _says_of_life(row: Created, owner: str) -> str:
    if row.state == "gone":
        return f"Made by {owner}, destroyed"
    return f"Made by {owner}, destroyed at its end"


def _bookings(session: Session, now: datetime, which: ColumnElement[bool]) -> list[Booking]:
    """Those that were not over long ago, in the order in which they begin."""
    # No booking lasts longer than a month, so that an index finds those that matter.
    since = now - BACK
    rows = select(Booking).where(
        which, Booking.starts_at > since - timedelta(days=31), Booking.ends_at > since
    )
    return list(session.scalars(rows.order_by(Booking.starts_at, Booking.id)))


def _names(session: Session, team: str) -> dict[str, str]:
    rows = session.execute(select(Account.user, Account.name).where(Account.team == team))
    return {user: name for user, name in rows if name}


@dataclass(frozen=True)
class Known:
    """What the rows beside bookings say: names, how often and when last each was told of, and
    where its card stands."""

    names: dict[str, str]
    told: dict[int, tuple[int, datetime]]
    links: dict[int, str]


def _entries(session: Session, team: str, rows: list[Booking], mine: bool) -> tuple[Entry, ...]:
    numbers = [row.id for row in rows]
    notes = session.execute(
        select(Note.number, func.count(), func.max(Note.at))
        .where(Note.subject == BOOKING, Note.number.in_(numbers))
        .group_by(Note.number)
    )
    cards = session.execute(
        select(Card.number, Card.permalink).where(Card.subject == BOOKING, Card.number.in_(numbers))
    )
    known = Known(
        _names(session, team),
        {number: (count, at) for number, count, at in notes},
        {card.number: card.permalink for card in cards},
    )
    return tuple(_booking(row, known, mine) for row in rows)


def _booking(row: Booking, known: Known, mine: bool) -> Entry:
    end = min(row.ends_at, row.ended_at or row.ends_at)
    owner = known.names.get(row.owner, row.owner)
    count, told_at = known.told.get(row.id, (0, None))
    return Entry(
        uid=f"booking-{row.id}",
        start=row.starts_at,
        end=end if row.starts_at < end else row.ends_at,
        title=f"{row.environment}: {row.title or row.purpose}" if mine else _of(row, owner),
        lines=_lines(row, owner),
        status=_status(row, end),
        made_at=row.requested_at,
        changed_at=max(filter(None, (row.requested_at, row.ended_at, told_at))),
        revision=count,
        url=known.links.get(row.id, ""),
        kind="shared" if row.shared else "booked",
    )


def _status(row: Booking, end: datetime) -> str:
    """What was given back before it began, or never granted, nobody had."""
    if row.state in ("asked", "offered"):
        return "tentative"
    had = row.state in ("booked", "ended") or (row.begun_at is not None and row.starts_at < end)
    return "confirmed" if had else "cancelled"


def _lines(row: Booking, owner: str) -> tuple[str, ...]:
    how = "shared" if row.shared else "booked alone"
    said = (
        f"Environment {row.environment}, {how}, by {owner}",
        f"For: {row.title}" if row.title else "",
        f"Purpose: {row.purpose}" if row.shared else "",
        f"Release: {row.service} {row.version}" if row.service else "",
        "Not approved yet" if row.state == "asked" else "",
        "Offered, not claimed yet" if row.state == "offered" else "",
    )
    return tuple(filter(None, said))


def _of(row: Booking, owner: str) -> str:
    return f"{row.environment}: {owner}" + (f", {row.title}" if row.title else "")


def _lock(lock: Lock, environment: str, names: dict[str, str]) -> Entry | None:
    end = min(filter(None, (lock.until, lock.released_at)))
    if end <= lock.since:
        return None
    owner = names.get(lock.owner, lock.owner)
    return Entry(
        uid=f"lock-{lock.id}-{environment}",
        start=lock.since,
        end=end,
        title=f"{environment} is locked by {owner}",
        lines=(f"Reason: {lock.reason}",),
        status="confirmed",
        made_at=lock.since,
        changed_at=lock.released_at or lock.since,
        revision=int(lock.released_at is not None),
        url="",
        kind="locked",
    )
