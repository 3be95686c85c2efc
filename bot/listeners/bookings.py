"""The buttons of bookings, offers and the wait-list, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Callable

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import facts_of, listen, show, tell
from bot.listeners.forms import draw_form
from bot.listeners.wrap import Body, actor_of
from bot.parse import OpenForm
from bot.reply import reply
from bot.views import actions
from bot.views.bookings import forms
from bot.views.fields import View, number
from handlers.messages import (
    ApproveBooking,
    AskHolder,
    BookEnvironments,
    ClaimOffer,
    Command,
    ExtendBooking,
    Facts,
    FreeEnvironment,
    JoinWaitList,
    OverrideBooking,
    PassOffer,
    RejectBooking,
    TakeOver,
)


def _booking(facts: Facts) -> int:
    return number(facts.get("booking"))


def _place(facts: Facts) -> str:
    return str(facts["environment"])


def slot_command(facts: Facts) -> Command:
    return BookEnvironments(
        [str(name) for name in facts["environments"]],
        str(facts["when"]),
        bool(facts["shared"]),
        str(facts["purpose"]),
        str(facts["title"]),
        [str(user) for user in facts.get("people", ())],
        str(facts.get("service", "")),
        str(facts.get("version", "")),
    )


COMMANDS: dict[str, Callable[[Facts], Command]] = {
    actions.BOOKING_APPROVE: lambda f: ApproveBooking(_booking(f), str(f["fingerprint"])),
    actions.BOOKING_FREE: lambda f: FreeEnvironment(_place(f), _booking(f)),
    actions.BOOKING_EXTEND: lambda f: ExtendBooking(_place(f), "by 1h", _booking(f)),
    actions.BOOKING_ASK: lambda f: AskHolder(_booking(f)),
    actions.WAIT_JOIN: lambda f: JoinWaitList(_place(f), "for 1h"),
    actions.OFFER_CLAIM: lambda f: ClaimOffer(_booking(f)),
    actions.OFFER_DECLINE: lambda f: PassOffer(_booking(f)),
}
"""What a click asks for at once. A value only says which row; the row says everything else."""

FORMS: dict[str, tuple[Callable[[Facts], Command], Callable[[Facts], View]]] = {
    # what the form will ask for, to refuse before it is typed, and the form
    actions.BOOKING_REJECT: (
        lambda f: RejectBooking(_booking(f), str(f["fingerprint"]), ""),
        lambda f: forms.reject_booking_form(_booking(f), str(f["fingerprint"])),
    ),
    actions.BOOKING_OVERRIDE: (
        lambda f: OverrideBooking(_booking(f), ""),
        lambda f: forms.override_form(_booking(f)),
    ),
    actions.BOOKING_TAKE_OVER: (
        lambda f: TakeOver(_place(f), "", _booking(f)),
        lambda f: forms.take_over_form(_booking(f), _place(f)),
    ),
}


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    slots = re.compile(rf"^{re.escape(actions.BOOK_SLOT)}\.\d$")
    listen(app, desk, clerk, [*COMMANDS, slots], _command)

    def open_asked(ack: Ack, body: Body, client: WebClient) -> None:
        action = body["actions"][0]
        facts = facts_of(action)
        command, draw = FORMS[action["action_id"]]
        no = desk.refusal(command(facts), actor_of(body))
        if no is None:
            show(draw(facts), body, client)
        ack()
        if no is not None:
            tell(reply(no), body, client)

    for action in FORMS:
        app.action(action)(open_asked)

    @app.action(actions.BOOKING_OPEN)
    def open_empty(ack: Ack, body: Body, client: WebClient) -> None:
        place = str(facts_of(body["actions"][0]).get("environment", ""))
        wanted = OpenForm("book", environments=(place,))
        view, no = draw_form(desk, wanted, actor_of(body))
        if view is not None:
            show(view, body, client)
        ack()
        if no is not None:
            tell(no, body, client)


def _command(name: str, facts: Facts) -> Command:
    make = slot_command if name.startswith(actions.BOOK_SLOT) else COMMANDS[name]
    return make(facts)
