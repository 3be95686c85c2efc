"""The forms of bookings: a calendar to book with, and the reasons that some acts ask for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.views import actions, blocks
from bot.views.blocks import Block
from bot.views.fields import View, form, given, number, reason_field, text_field
from bot.views.told import Told
from handlers.messages import BookEnvironments, Facts, OverrideBooking, RejectBooking, TakeOver

MODES = {"exclusive": "Only for me and those I name", "shared": "Shared with others"}


def book_form(facts: Facts) -> View:
    """Environments, day, times, how it is shared, with whom and what for. Times are read off the
    clock of the person who fills it in."""
    told = Told(facts)
    drawn = [
        _environments(told),
        _day("day", "On", "Today, if left empty"),
        _time("from", "From", "Now, if left empty"),
        _time("until", "Until"),
        _day("last_day", "Until the day", "The same day, if left empty"),
        _radio("mode", "How", MODES, "shared" if told.get("shared") else "exclusive"),
        _purpose(told),
        _people(),
        text_field("title", "What for", str(told.get("title") or ""), optional=True),
    ]
    return form(actions.BOOK_FORM, "Book", "Book", drawn)


def _environments(told: Told) -> Block:
    options = [blocks.option(str(name)) for name in told.items("environments")[:100]]
    chosen = [blocks.option(str(name)) for name in told.items("chosen")]
    element: Block = {"type": "multi_static_select", "action_id": "environments"}
    element |= {"options": options} | ({"initial_options": chosen} if chosen else {})
    return _input("environments", "Environments", element)


def _day(name: str, label: str, hint: str) -> Block:
    return _input(name, label, {"type": "datepicker", "action_id": name}, hint)


def _time(name: str, label: str, hint: str = "") -> Block:
    return _input(name, label, {"type": "timepicker", "action_id": name}, hint)


def _radio(name: str, label: str, choices: Mapping[str, str], now: str) -> Block:
    options = {value: blocks.labelled_option(value, said) for value, said in choices.items()}
    element = {
        "type": "radio_buttons",
        "action_id": name,
        "options": list(options.values()),
        "initial_option": options[now],
    }
    return _input(name, label, element)


def _purpose(told: Told) -> Block:
    options = [blocks.option(str(one)) for one in told.items("purposes")]
    element: Block = {"type": "static_select", "action_id": "purpose", "options": options}
    element["initial_option"] = blocks.option(str(told.get("purpose") or "change"))
    return _input("purpose", "To do what", element, "Only one of those who share may alter it")


def _people() -> Block:
    element = {"type": "multi_users_select", "action_id": "people", "max_selected_items": 20}
    return _input("people", "With", element, "They may use and change the booking as well")


def _input(name: str, label: str, element: Block, hint: str = "") -> Block:
    drawn: Block = {
        "type": "input",
        "block_id": name,
        "label": blocks.plain_text(label, 100),
        "element": element,
    }
    if hint:
        drawn["hint"] = blocks.plain_text(hint, 150)
    # What may be left empty says in its hint what it means then.
    optional = name in ("day", "from", "last_day", "people")
    return drawn | ({"optional": True} if optional else {})


def read_book_form(view: View) -> BookEnvironments:
    """What was chosen, as the same words that could have been typed."""
    filled = given(view)
    start = " ".join(filter(None, [filled.one("day"), filled.one("from")]))
    end = " ".join(filter(None, [filled.one("last_day"), filled.one("until")]))
    return BookEnvironments(
        filled.many("environments"),
        f"from {start} until {end}" if start else f"until {end}",
        filled.one("mode") == "shared",
        filled.one("purpose") or "change",
        filled.one("title"),
        filled.many("people"),
    )


def take_over_form(booking: int, environment: str) -> View:
    seen = actions.pack(booking=booking, environment=environment)
    drawn = [reason_field("Why do you need it now?", "Who has it is told, with your reason.")]
    return form(actions.TAKE_OVER_FORM, "Take over", "Take over", drawn, seen)


def override_form(booking: int) -> View:
    seen = actions.pack(booking=booking)
    drawn = [reason_field("Why can it not wait?", "Who has it is told, with your reason.")]
    return form(actions.OVERRIDE_FORM, "Deploy all the same", "Allow me", drawn, seen)


def reject_booking_form(booking: int, fingerprint: str) -> View:
    seen = actions.pack(booking=booking, fingerprint=fingerprint)
    drawn = [reason_field("Why not?", "Whoever asked reads it.")]
    return form(actions.REJECT_BOOKING_FORM, "Refuse", "Refuse", drawn, seen)


def read_take_over(seen: Facts, reason: str) -> TakeOver:
    return TakeOver(str(seen.get("environment", "")), reason, number(seen.get("booking")))


def read_override(seen: Facts, reason: str) -> OverrideBooking:
    return OverrideBooking(number(seen.get("booking")), reason)


def read_reject_booking(seen: Facts, reason: str) -> RejectBooking:
    return RejectBooking(number(seen.get("booking")), str(seen.get("fingerprint", "")), reason)
