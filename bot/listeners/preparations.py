"""The buttons of a preparation's card: may it be done, and what becomes of a step that failed."""

from __future__ import annotations

from typing import Literal

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import facts_of, listen, show, tell
from bot.listeners.wrap import Body, actor_of
from bot.reply import reply
from bot.views import actions
from bot.views.forms import reject_reset_form
from handlers.messages import (
    ApproveReset,
    Command,
    DecidePreparation,
    Facts,
    RejectReset,
    WithdrawPreparation,
)

CHOICES: dict[str, Literal["retry", "skip", "abort"]] = {
    actions.PREPARATION_RETRY: "retry",
    actions.PREPARATION_SKIP: "skip",
    actions.PREPARATION_ABORT: "abort",
}


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    buttons = [*CHOICES, actions.RESET_APPROVE, actions.PREPARATION_WITHDRAW]
    listen(app, desk, clerk, buttons, _command)

    @app.action(actions.RESET_REJECT)
    def open_reject(ack: Ack, body: Body, client: WebClient) -> None:
        facts = facts_of(body["actions"][0])
        number, seen = int(facts["preparation"]), str(facts["fingerprint"])
        no = desk.refusal(RejectReset(number, seen, ""), actor_of(body))
        if no is None:
            show(reject_reset_form(number, seen), body, client)
        ack()
        if no is not None:
            tell(reply(no), body, client)


def _command(name: str, facts: Facts) -> Command:
    if name == actions.RESET_APPROVE:
        return ApproveReset(int(facts["preparation"]), str(facts["fingerprint"]))
    if name == actions.PREPARATION_WITHDRAW:
        return WithdrawPreparation(str(facts["environment"]), int(facts["preparation"]))
    return DecidePreparation(int(facts["preparation"]), int(facts["attempt"]), CHOICES[name])
