"""Calendars that others read at secret addresses: whose each is, and who has lost theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from handlers.ask import Ask
from handlers.created import with_created
from handlers.environments import known_environment
from handlers.messages import Actor, LinkCalendar, Outcome
from handlers.people import person_facts
from handlers.rules.people import may_act
from handlers.setup import Setup
from handlers.snapshots.feeds import FeedView, environment_feed, person_feed
from handlers.store import Store
from handlers.tables import Feed


def link(ask: Ask, command: LinkCalendar) -> Outcome:
    """The number and generation of which this person's addresses are made; the addresses
    themselves are made where they are told, so that neither receipts nor the audit log have them.
    """
    for name in command.environments:
        known_environment(ask.setup, name)
    who = (Feed.team == ask.actor.team) & (Feed.user == ask.actor.user)
    feed = ask.session.scalar(select(Feed).where(who))
    if feed is None:
        feed = Feed(team=ask.actor.team, user=ask.actor.user, renewed_at=ask.now)
        ask.session.add(feed)
    elif command.renew:
        feed.generation, feed.renewed_at = feed.generation + 1, ask.now
    ask.session.flush()
    return Outcome(
        "calendar_links",
        {
            "feed": feed.id,
            "generation": feed.generation,
            "environments": list(dict.fromkeys(command.environments)),
            "renewed": command.renew,
        },
    )


@dataclass(frozen=True)
class Whose:
    """A person's addresses, as long as they may act at all."""

    id: int
    generation: int
    actor: Actor


def whose(store: Store, setup: Setup, now: datetime, number: int) -> Whose | None:
    """Who reads at the addresses of this number; None when there is nobody, or not any more."""
    with store.read() as session:
        feed = session.get(Feed, number) if 0 < number < 2**31 else None
        if feed is None:
            return None
        actor = Actor(feed.team, feed.user)
        # Only whether it is a person of ours: that the directory was not read for a while is no
        # reason for a calendar to lose its events.
        code = may_act(person_facts(session, setup, now, actor))
        return (
            None if code and code != "directory_stale" else Whose(feed.id, feed.generation, actor)
        )


def read(
    store: Store, setup: Setup, now: datetime, who: Whose, environment: str
) -> FeedView | None:
    """What stands in a calendar: of an environment, or else of this person."""
    with store.read() as session:
        if not environment:
            return person_feed(session, now, who.actor)
        seen = with_created(session, setup)
        if environment not in seen.environments:
            return None
        return environment_feed(session, seen, now, who.actor.team, environment)
