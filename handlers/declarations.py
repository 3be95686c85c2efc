"""Since when the setup file has had each environment, as far as the bot was there to see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from handlers.audit import first_record
from handlers.created import created_row, made
from handlers.rules.times import Span
from handlers.setup import Setup
from handlers.tables import Declaration


def note_declared(session: Session, setup: Setup, now: datetime) -> None:
    """Write down what the file has now and what it has no more. What it had when this was first
    asked has been there since the first thing on record, for all that anybody knows."""
    rows = list(session.scalars(select(Declaration).where(Declaration.until.is_(None))))
    has = setup.environments.keys() - made(session).keys()
    since = now if _is_kept(session) else first_record(session) or now
    session.add_all(
        Declaration(environment=name, since=since, until=None)
        for name in sorted(has - {row.environment for row in rows})
    )
    for row in rows:
        if row.environment not in has:
            row.until = now


def times_there(session: Session, name: str, window: Span) -> list[Span]:
    """The parts of a window in which an environment was there: from when it was made, or for as
    long as the file had it. Nobody can say anything of the time before the first record."""
    if one := created_row(session, name):
        times = [Span(one.created_at, window.end)]
    elif _is_kept(session):
        times = _declared(session, name, window)
    else:
        times = [Span(first_record(session) or window.end, window.end)]
    cut = (Span(max(window.start, t.start), min(window.end, t.end)) for t in times)
    return [span for span in cut if span.start < span.end]


def _is_kept(session: Session) -> bool:
    return session.scalar(select(Declaration.id).limit(1)) is not None


def _declared(session: Session, name: str, window: Span) -> list[Span]:
    rows = session.scalars(
        select(Declaration)
        .where(
            Declaration.environment == name,
            Declaration.since < window.end,
            or_(Declaration.until.is_(None), Declaration.until > window.start),
        )
        .order_by(Declaration.since)
    )
    return [Span(row.since, row.until or window.end) for row in rows]
