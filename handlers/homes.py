"""Whose App Home is behind. Nobody who changes a row has to know what is shown at somebody's home:
the ends of the audit log and of all histories say whether anything has happened since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from handlers.messages import Actor
from handlers.store import Store
from handlers.tables import AuditHead, Home, Note

FRESH = timedelta(hours=1)
"""Slack does not say when a Home is left: for so long after it was opened it is kept up to date."""


@dataclass(frozen=True)
class HomeDue:
    """A Home to draw: whose, for which opening, what it shows, and how far the rows are."""

    actor: Actor
    revision: int
    shown: str
    mark: str


def opened(store: Store, actor: Actor, now: datetime, is_empty: bool) -> None:
    """Somebody looks at their Home; ``is_empty`` when Slack has nothing of ours to show there."""
    with store.write() as session:
        home = session.get(Home, (actor.team, actor.user))
        if home is None:
            session.add(Home(team=actor.team, user=actor.user, opened_at=now))
            return
        home.opened_at, home.error = now, ""
        home.revision += 1
        home.shown = "" if is_empty else home.shown


def next_due(store: Store, now: datetime) -> HomeDue | None:
    """The Home to look at next: one that was just opened, else the one that has waited longest."""
    with store.read() as session:
        head, note = session.scalar(select(AuditHead.entry)), session.scalar(func.max(Note.id))
        mark = f"{head or 0}:{note or 0}"
        behind = (Home.opened_at > now - FRESH) & (Home.mark != mark)
        home = session.scalar(
            select(Home)
            .where(Home.error == "", or_(Home.drawn < Home.revision, behind))
            .order_by(Home.drawn >= Home.revision, Home.drawn_at.nulls_first(), Home.user)
            .limit(1)
        )
        if home is None:
            return None
        return HomeDue(Actor(home.team, home.user), home.revision, home.shown, mark)


def drawn(store: Store, due: HomeDue, now: datetime, shown: str) -> None:
    """It shows what was true at ``due.mark``, at least."""
    with store.write() as session:
        home = session.get_one(Home, (due.actor.team, due.actor.user))
        home.drawn, home.drawn_at, home.mark, home.shown = due.revision, now, due.mark, shown


def failed(store: Store, due: HomeDue, error: str) -> None:
    """Slack does not take it: left alone until it is opened again."""
    with store.write() as session:
        session.get_one(Home, (due.actor.team, due.actor.user)).error = error
