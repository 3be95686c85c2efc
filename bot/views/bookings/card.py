"""The one message of a booking, and of a lock that a person took, edited in place to the end."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.blocks import Block
from bot.views.bookings.words import button, time, what_for
from bot.views.message import Message, message
from bot.views.told import Told
from handlers.messages import Facts
from handlers.snapshots import BookingView, LockView

HEADS = {
    "asked": ("⏳", "Asks for {place}"),
    "offered": ("👋", "{place} is offered"),
    "booked": ("📌", "{place} is booked"),
    "ended": ("▫️", "Booking of {place} ended"),
    "freed": ("▫️", "{place} was given back"),
    "taken_over": ("▫️", "Booking of {place} was taken over"),
    "rejected": ("🚫", "{place} was not given"),
    "expired": ("⌛", "{place} was not given in time"),
}


def draw_booking(card: BookingView) -> Message:
    """The booking as it is now."""
    told = Told(card.facts)
    icon, head = HEADS.get(card.state, ("▫️", "Booking of {place}: " + card.state))
    if card.state == "booked" and card.begins_later:
        head = "{place} is booked ahead"
    place = words.escape(card.environment, 60)
    title = head.format(place=place)
    by = f"by {words.person(card.owner)}"
    text = f"{icon} {title}, {by}, {time(told)}{what_for(told)}"
    drawn = [
        blocks.section(f"{icon} *{title}* {by}\n{time(told)}{what_for(told)}"),
        blocks.context(*_small_print(card, told)),
        _buttons(card, told),
    ]
    return message(text, drawn)


def _small_print(card: BookingView, told: Told) -> list[str]:
    said = [f"#{card.id}"]
    if told.items("people"):
        said.append(f"with {told.people('people')}")
    if card.state == "asked":
        said.append(f"{len(card.approved_by)} of {words.plural(card.needed, 'approval')}")
        said.append(f"who may approve: {_deciders(card)}")
        said.append(f"until {words.when(card.expires_at)}")
    elif card.needed:
        said.append(f"approved by {words.one_of(map(words.person, card.approved_by), 'and')}")
    if card.waiting:
        said.append(f"waiting: {words.one_of(map(words.person, card.waiting), 'and')}")
    if card.passes:
        said.append(f"may deploy as well: {words.one_of(map(words.person, card.passes), 'and')}")
    if card.ended_at is not None and card.ended_by not in ("", "clock"):
        said.append(f"{words.person(card.ended_by)} {words.when(card.ended_at)}")
    if card.ending:
        said.append(f"“{words.escape(card.ending, 200)}”")
    return said


def _deciders(card: BookingView) -> str:
    return words.one_of(map(words.person, card.deciders)) or "nobody today"


def _buttons(card: BookingView, told: Told) -> Block | None:
    if card.state == "asked":
        value = actions.pack(booking=card.id, fingerprint=card.fingerprint)
        what = f"{card.environment} for this booking"
        return blocks.actions(
            blocks.button("Approve", actions.BOOKING_APPROVE, value, f"Give {what}", "primary"),
            blocks.button("Reject", actions.BOOKING_REJECT, value, f"Refuse {what}", "danger"),
            button("Give back", actions.BOOKING_FREE, told),
        )
    if card.state != "booked":
        return None
    return blocks.actions(
        button("Extend 1 h", actions.BOOKING_EXTEND, told),
        button("Give back", actions.BOOKING_FREE, told),
        None if card.begins_later else button("Ask for it", actions.BOOKING_ASK, told),
        None if card.begins_later else button("Wait for it", actions.WAIT_JOIN, told),
    )


def draw_booking_note(code: str, facts: Facts) -> Message | None:
    """A line of its history; None for what the card says well enough by itself."""
    told = Told(facts)
    line = BOOKING_NOTES.get(code)
    return message(line(told)) if line else None


BOOKING_NOTES: dict[str, Callable[[Told], str]] = {
    # Not here, because the card says it already: ended, booking_expired.
    "asked_for": lambda told: f"{told.who('by')} asked {told.who('owner')} for it.",
    "begun": lambda told: f"It begins now and ends {told.when('end')}.",
    "freed": lambda told: f"{told.who('by')} gave it back.",
    "owner_left": lambda told: f"The account of {told.who('owner')} was deactivated: it is free.",
    "extended": lambda told: f"{told.who('by')} extended it to {told.when('end')}.",
    "taken_over": lambda told: f"{told.who('by')} took it over: “{told['reason']}”",
    "overridden": lambda told: (
        f"{told.who('by')} may deploy here as well until it ends: “{told['reason']}”"
    ),
    "booking_approved": lambda told: (
        f"{told.who('by')} approved: {told['count']} of {told['needed']}."
    ),
    "booking_rejected": lambda told: f"{told.who('by')} said no: “{told['reason']}”",
}


def draw_lock(lock: LockView) -> Message:
    """The lock as it is now; its button opens this one and no newer one."""
    scope = scope_name(lock.environment)
    reason = words.escape(lock.reason, 500)
    if lock.released_at is not None:
        who = "" if lock.released_by == "clock" else f" by {words.person(lock.released_by)}"
        because = f": “{words.escape(lock.because, 300)}”" if lock.because else ""
        how = "its time was over" if lock.released_by == "clock" else f"opened{who}{because}"
        text = f"🔓 {scope} is open again: {how}"
        return message(text, [blocks.section(text), blocks.context(f"It was locked: {reason}")])
    text = f"🔒 {scope} is locked by {words.person(lock.owner)} until {words.when(lock.until)}"
    value = actions.pack(environment=lock.environment, claim=lock.id)
    return message(
        f"{text}: {reason}",
        [
            blocks.section(f"*{text}*\n{reason}"),
            blocks.context(
                f"since {words.when(lock.since)}", "nobody else deploys there meanwhile"
            ),
            blocks.actions(
                blocks.button("Clear lock", actions.CLEAR_LOCK, value, f"Clear the lock of {scope}")
            ),
        ],
    )


def scope_name(scope: object) -> str:
    """What a lock covers, in words."""
    name = str(scope or "")
    if name == "all":
        return "every environment"
    if name.startswith("tier:"):
        return f"every {words.escape(name.removeprefix('tier:'), 40)} environment"
    return words.escape(name, 60)


def draw_lock_note(code: str, facts: Facts) -> Message | None:
    return None  # the card says all there is
