"""The calendar: a picture of who has what when, and secret addresses for other calendars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.messages.base import Command


@dataclass(frozen=True)
class PostCalendar(Command):
    """Post a picture of ``environments``, or of all there are: to the one who asks, or else in
    the channel of those environments."""

    environments: Sequence[str] = ()
    in_channel: bool = False


@dataclass(frozen=True)
class LinkCalendar(Command):
    """Give this person the secret addresses at which other calendars read what is theirs and what
    is booked in ``environments``; with ``renew``, new ones, and the old ones lead nowhere."""

    environments: Sequence[str] = ()
    renew: bool = False
