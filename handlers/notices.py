"""Private messages to one person, which change in place when they are answered or overtaken.

Told in the transaction that makes them true; the courier brings them to the person's direct
messages. ``bot/views/notices.py`` has the sentence and the buttons of each code.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.subjects import Subject
from handlers.tables import Notice

NOTHING = Subject("", 0)


def tell(
    session: Session, user: str, at: datetime, code: str, /, about: Subject = NOTHING, **facts: Any
) -> int:
    """Tell ``user`` something; returns the notice's number, by which it can be changed."""
    notice = Notice(user=user, at=at, code=code, about=about, facts=facts)
    session.add(notice)
    session.flush()
    return notice.id


def change(session: Session, number: int, before: str, after: str, /, **facts: Any) -> bool:
    """Have a notice say something else; its facts are kept and ``facts`` added. False when it
    does not say ``before`` any more: somebody else was first."""
    notice = session.get_one(Notice, number)
    won = session.execute(
        update(Notice)
        .where(Notice.id == number, Notice.code == before)
        .values(code=after, facts={**notice.facts, **facts}, revision=Notice.revision + 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(notice)
    return getattr(won, "rowcount", 0) == 1


def change_all(session: Session, about: Subject, before: str, after: str, /, **facts: Any) -> int:
    """``change`` every notice about a subject that says ``before``; returns how many there were."""
    numbers = select(Notice.id).where(Notice.about == about, Notice.code == before)
    found = session.scalars(numbers.order_by(Notice.id)).all()
    return sum(change(session, number, before, after, **facts) for number in found)
