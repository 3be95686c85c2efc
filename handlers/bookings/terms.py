"""Who may book what, and what they mean by a time."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from handlers.ask import Ask
from handlers.created import going
from handlers.environments import known_environment
from handlers.messages import Refusal
from handlers.people import require
from handlers.rules.time_words import Unreadable
from handlers.rules.times import EXAMPLES, Span, read_span
from handlers.setup import Bookings
from handlers.tables import Account


def bookable(ask: Ask, name: str) -> Bookings:
    """The rules by which this person may book an environment, or why not."""
    environment = known_environment(ask.setup, name)
    if environment.bookings is None:
        raise Refusal("not_bookable", environment=name)
    require(ask, "book", environment.may("book"))
    gone = going(ask.session, name)
    if gone:
        raise Refusal("environment_going", **gone)
    return environment.bookings


def read_when(ask: Ask, when: str) -> Span:
    """The range in the words and the time zone of the person who asks."""
    try:
        return read_span(when, ask.now, zone_of(ask.session, ask.actor.team, ask.actor.user))
    except Unreadable as error:
        raise Refusal(
            "unreadable_time", why=error.code, word=error.word, said=when, examples=list(EXAMPLES)
        ) from None


def zone_of(session: Session, team: str, user: str) -> ZoneInfo:
    """A person's own time zone as Slack has it; UTC where nobody knows."""
    account = session.get(Account, (team, user))
    try:
        return ZoneInfo(account.timezone if account else "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
