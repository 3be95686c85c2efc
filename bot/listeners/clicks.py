"""What every click shares: it is carried out once, and answered where it was made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk, Delivery, bring
from bot.desk import Desk
from bot.listeners.wrap import Body, actor_of, click_key, click_way, in_form
from bot.reply import reply
from bot.views import actions, forms
from bot.views.fields import View
from bot.views.message import Message
from handlers.messages import Command, Facts, Outcome

Read = Callable[[str, Facts], Command]
"""What a button asks for, by its action id and its value. A value only says which row; the row says
everything else. It raises KeyError, TypeError or ValueError for a value of an older bot."""


def listen(
    app: App, desk: Desk, clerk: Clerk, buttons: Iterable[str | re.Pattern[str]], read: Read
) -> None:
    """Carry out what these buttons ask for."""

    def submit(ack: Ack, body: Body, client: WebClient) -> None:
        command = _command(body["actions"][0], read)
        if command is None:
            ack()
            tell(reply(Outcome("stale_button", refused=True)), body, client)
        elif in_form(body):
            message = desk.answer(command, actor_of(body), click_key(body))
            ack()
            tell(message, body, client)
        else:
            clerk.accept(Delivery(click_key(body), command, actor_of(body), click_way(body)))
            ack()

    for button in buttons:
        app.action(button)(submit)


def _command(action: dict[str, Any], read: Read) -> Command | None:
    try:
        return read(action["action_id"], facts_of(action))
    except (KeyError, TypeError, ValueError):
        return None


def facts_of(action: dict[str, Any]) -> dict[str, Any]:
    return actions.unpack(action.get("value", ""))


def show(view: View, body: Body, client: WebClient) -> None:
    """Open a form; one that was asked for in a window takes its place."""
    if in_form(body):
        client.views_update(view_id=body["view"]["id"], view=view)
    else:
        client.views_open(trigger_id=body["trigger_id"], view=view)


def tell(message: Message, body: Body, client: WebClient) -> None:
    """The answer to a click: in the form where it was made, else privately where that was."""
    if in_form(body):
        client.views_update(view_id=body["view"]["id"], view=forms.answer_view(message))
    else:
        bring(message, click_way(body), client)
