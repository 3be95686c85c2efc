"""Bookings: who has an environment and until when, who waits for it, and locks that people take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.messages.base import Command, Question


@dataclass(frozen=True)
class BookEnvironments(Command):
    """Book all of ``environments`` for one range of time, or none of them.

    ``when`` is the range in the person's own words and time zone (``handlers/rules/times.py``).
    ``people`` may use the booking as well; ``service`` and ``version`` name the release that it is
    for, which anybody who may deploy there may then bring.
    """

    environments: Sequence[str]
    when: str
    shared: bool = False
    purpose: str = "change"
    title: str = ""
    people: Sequence[str] = ()
    service: str = ""
    version: str = ""


@dataclass(frozen=True)
class FreeEnvironment(Command):
    """Give a booking back: what is left of one that runs, or all of one that is to come. Without
    a number the person's own one there is meant."""

    environment: str
    booking: int = 0


@dataclass(frozen=True)
class ExtendBooking(Command):
    """Have a booking end later: ``by 1h`` or ``until 18:00``."""

    environment: str
    when: str
    booking: int = 0


@dataclass(frozen=True)
class TakeOver(Command):
    """Take what is left of somebody else's booking; they are told why."""

    environment: str
    reason: str
    booking: int = 0


@dataclass(frozen=True)
class OverrideBooking(Command):
    """Let this person deploy despite a booking that stays; its owner is told why."""

    booking: int
    reason: str


@dataclass(frozen=True)
class AskHolder(Command):
    """Ask the owner of a booking, in private, whether the environment can be had."""

    booking: int


@dataclass(frozen=True)
class ApproveBooking(Command):
    """One person's yes to a booking that needs it, as it was seen."""

    booking: int
    fingerprint: str


@dataclass(frozen=True)
class RejectBooking(Command):
    """One person's no to a booking, with the reason; it frees the time."""

    booking: int
    fingerprint: str
    reason: str


@dataclass(frozen=True)
class JoinWaitList(Command):
    """Be offered an environment for ``when`` (``for 2h``) as soon as it is free."""

    environment: str
    when: str
    shared: bool = False
    purpose: str = "change"
    title: str = ""


@dataclass(frozen=True)
class LeaveWaitList(Command):
    """Not wait any more."""

    environment: str


@dataclass(frozen=True)
class ClaimOffer(Command):
    """Take what was offered from the wait-list; the booking begins now."""

    booking: int


@dataclass(frozen=True)
class PassOffer(Command):
    """Let the next one have what was offered."""

    booking: int


@dataclass(frozen=True)
class LockEnvironment(Command):
    """Keep everybody's deployments out until a time: of an environment, of all of a tier
    (``tier:production``), or of all there are (``all``)."""

    environment: str
    when: str
    reason: str


@dataclass(frozen=True)
class SweepBookings(Command):
    """Do what time has made due: ends, offers, reminders, nags."""


@dataclass(frozen=True)
class ListBookings(Question):
    """Who has what, when; of one environment or of all."""

    environment: str = ""


@dataclass(frozen=True)
class ShowUsage(Question):
    """How much was booked in the last ``days``, and how much of that was of use."""

    environment: str = ""
    days: int = 30


@dataclass(frozen=True)
class ChooseBooking(Question):
    """The environments and people to choose from in the form, with what was said filled in."""

    environments: Sequence[str] = ()
    when: str = ""
    shared: bool = False
    purpose: str = "change"
    title: str = ""
