"""What becomes of a step that failed: the buttons of a preparation's card."""

from __future__ import annotations

from typing import Any, Literal

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk, Delivery, bring
from bot.listeners.wrap import Body, actor_of, click_key, click_way
from bot.reply import reply
from bot.views import actions
from handlers.messages import DecidePreparation, Outcome

CHOICES: dict[str, Literal["retry", "skip", "abort"]] = {
    actions.PREPARATION_RETRY: "retry",
    actions.PREPARATION_SKIP: "skip",
    actions.PREPARATION_ABORT: "abort",
}


def register(app: App, clerk: Clerk) -> None:
    def submit(ack: Ack, body: Body, client: WebClient) -> None:
        command = _command(body["actions"][0])
        if command is None:
            ack()
            bring(reply(Outcome("stale_button", refused=True)), click_way(body), client)
            return
        clerk.accept(Delivery(click_key(body), command, actor_of(body), click_way(body)))
        ack()

    for action in CHOICES:
        app.action(action)(submit)


def _command(action: dict[str, Any]) -> DecidePreparation | None:
    facts = actions.unpack(action.get("value", ""))
    try:
        number, attempt = int(facts["preparation"]), int(facts["attempt"])
    except (KeyError, TypeError, ValueError):
        return None
    return DecidePreparation(number, attempt, CHOICES[action["action_id"]])
