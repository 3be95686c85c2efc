"""Pictures of the calendar: asked for here, drawn and brought by the courier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from handlers import notices
from handlers.ask import Ask
from handlers.created import with_created
from handlers.environments import known_environment
from handlers.messages import Outcome, PostCalendar, Refusal
from handlers.setup import Setup
from handlers.snapshots.calendars import CalendarView, calendar_view
from handlers.store import Store
from handlers.tables import Picture


def post(ask: Ask, command: PostCalendar) -> Outcome:
    """Have a picture brought: to the one who asks, or to the channel of its environments."""
    names = list(dict.fromkeys(command.environments)) or list(ask.setup.environments)
    channels = sorted({known_environment(ask.setup, name).channel for name in names})
    if command.in_channel and len(channels) > 1:
        raise Refusal("several_channels", channels=channels, environments=names)
    channel = channels[0] if command.in_channel else ask.actor.user
    ask.session.add(
        Picture(
            team=ask.actor.team,
            user=ask.actor.user,
            environments=names,
            channel=channel,
            at=ask.now,
        )
    )
    return Outcome(
        "calendar_coming",
        {"environments": names, "channel": channel if command.in_channel else ""},
    )


@dataclass(frozen=True)
class PictureDue:
    """A picture that is to be brought; with a ``file``, one that may have arrived already."""

    id: int
    user: str
    channel: str
    wanted: str
    file: str
    at: datetime


def due(store: Store) -> list[PictureDue]:
    """Of each channel and person the oldest picture that they wait for."""
    waits = (Picture.posted_at.is_(None), Picture.error == "")
    oldest = select(func.min(Picture.id)).where(*waits).group_by(Picture.channel)
    with store.read() as session:
        rows = session.scalars(select(Picture).where(Picture.id.in_(oldest)))
        return [PictureDue(p.id, p.user, p.channel, p.wanted, p.file, p.at) for p in rows]


def read(store: Store, setup: Setup, now: datetime, number: int) -> CalendarView:
    """What the picture is of, as of now, in the time zone of who asked for it."""
    with store.read() as session:
        row = session.get_one(Picture, number)
        return calendar_view(session, with_created(session, setup), now, row)


def begin(store: Store, number: int, file: str) -> None:
    """Write down what is about to be shared, so that it can be looked for."""
    with store.write() as session:
        session.get_one(Picture, number).file = file


def posted(store: Store, number: int, now: datetime) -> None:
    with store.write() as session:
        session.get_one(Picture, number).posted_at = now


def to_asker(store: Store, number: int) -> bool:
    """The channel cannot be reached: have it go to the one who asked. False when it did."""
    with store.write() as session:
        row = session.get_one(Picture, number)
        if row.channel == row.user:
            return False
        row.wanted, row.channel, row.file = row.channel, row.user, ""
        return True


def failed(store: Store, number: int, now: datetime, error: str, said: str) -> None:
    """Slack does not take the picture: who asked gets the words instead."""
    with store.write() as session:
        row = session.get_one(Picture, number)
        row.error = error
        notices.tell(session, row.user, now, "calendar_in_words", said=said, error=error)
