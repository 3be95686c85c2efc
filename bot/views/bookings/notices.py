"""What people are told in private about bookings; a notice changes when it is answered."""

from __future__ import annotations

from collections.abc import Callable

from bot.views import actions, blocks, words
from bot.views.bookings.card import scope_name
from bot.views.bookings.words import button, place, time, what_for
from bot.views.message import Message, message
from bot.views.told import Told


def _offered(told: Told) -> Message:
    said = (
        f"👋 {place(told)} is free, and you are next: {time(told)}{what_for(told)}. It is kept for"
        f" you until {told.when('expires')}; then the next one is asked."
    )
    drawn = blocks.actions(
        button("Claim", actions.OFFER_CLAIM, told, "primary"),
        button("Pass", actions.OFFER_DECLINE, told),
    )
    return message(said, [blocks.section(said), drawn])


def _ends_soon(told: Told) -> Message:
    said = f"⏰ Your booking of {place(told)}{what_for(told)} ends {told.when('end')}."
    if told.items("waiting"):
        said += f" {told.people('waiting')} will be offered it then, so it cannot be extended."
    drawn = blocks.actions(
        None if told.items("waiting") else button("Extend 1 h", actions.BOOKING_EXTEND, told),
        button("Give back now", actions.BOOKING_FREE, told),
    )
    return message(said, [blocks.section(said), drawn])


def _forgotten(told: Told) -> Message:
    waiting = told.items("waiting")
    said = (
        f"You have {place(told)} until {told.when('end')}, and nothing was deployed there since"
        f" {told.when('idle_since')}. {told.people('waiting')}"
        f" {'waits' if len(waiting) == 1 else 'wait'} for it.{_costs(told)}"
    )
    return message(
        said,
        [
            blocks.section(said),
            blocks.actions(button("Give back", actions.BOOKING_FREE, told, "primary")),
        ],
    )


def _costs(told: Told) -> str:
    """What that costs others: their time, and money where somebody has said what an hour costs."""
    cost = told.part("cost")
    said = []
    if told.number("waited"):
        said.append(f"{words.span(told.number('waited'))} of waiting")
    if cost.has("total"):
        said.append(f"{float(cost.get('total')):.2f} {cost['currency']} for what runs unused")
    return f" That has cost {words.one_of(said, 'and')} since then." if said else ""


def _asked_for(told: Told) -> Message:
    said = (
        f"{told.who('by')} would like to have {place(told)}, which is yours until"
        f" {told.when('end')}{what_for(told)}."
    )
    return message(
        said,
        [blocks.section(said), blocks.actions(button("Give back", actions.BOOKING_FREE, told))],
    )


def _taken_over(told: Told) -> str:
    return (
        f"{told.who('by')} took over {place(told)}, which was yours until {told.when('end')}:"
        f" “{told['reason']}” To be offered it next: `/env wait {told['environment']} for 1h`."
    )


def _overridden(told: Told) -> str:
    return (
        f"{told.who('by')} may deploy to {place(told)} although it is yours until"
        f" {told.when('end')}: “{told['reason']}” Your booking stays."
    )


def _begun(told: Told) -> str:
    return f"📌 {place(told)} is yours now, until {told.when('end')}{what_for(told)}."


def _expired(told: Told) -> str:
    return (
        f"⌛ Nobody approved your booking of {place(told)}, {time(told)}, in time. It is over; book"
        " again if you still want it."
    )


def _lock_taken_away(told: Told) -> str:
    return (
        f"🔓 {told.who('by')} opened your lock of *{scope_name(told.get('environment'))}*, which"
        f" was to hold until {told.when('until')}: “{told['because']}”"
    )


BOOKING_NOTICES: dict[str, Callable[[Told], str | Message]] = {
    "offered": _offered,
    "offer_claimed": lambda t: f"📌 {place(t)} is yours, {time(t)}{what_for(t)}.",
    "offer_passed": lambda t: f"You passed {place(t)} on. You are off its wait-list.",
    "offer_missed": lambda t: (
        f"⌛ The offer of {place(t)} was not answered in time and went to the next one. To wait"
        f" again: `/env wait {t['environment']} for 1h`."
    ),
    "ends_soon": _ends_soon,
    "ends_soon_done": lambda t: f"Extended: {place(t)} is yours until {t.when('end')}.",
    "ended": lambda t: f"Your booking of {place(t)}{what_for(t)} is over.",
    "forgotten": _forgotten,
    "asked_for": _asked_for,
    "booking_taken_over": _taken_over,
    "booking_overridden": _overridden,
    "begun": _begun,
    "booking_expired": _expired,
    "booking_granted": lambda t: (
        f"✅ {t.who('by')} approved: {place(t)} is yours, {time(t)}{what_for(t)}."
    ),
    "booking_rejected": lambda t: (
        f"🚫 {t.who('by')} did not give you {place(t)}, {time(t)}: “{t['reason']}”"
    ),
    "lock_taken_away": _lock_taken_away,
}
