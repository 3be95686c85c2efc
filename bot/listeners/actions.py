"""Buttons: each click is authorised on the server before anything changes, and answered."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk, Delivery, bring
from bot.desk import Desk
from bot.listeners.forms import draw_form, redraw_deploy_form
from bot.listeners.wrap import Body, actor_of, click_key, click_way, in_form
from bot.parse import OpenForm
from bot.reply import reply
from bot.views import actions, forms
from bot.views.message import Message
from handlers.messages import (
    ApproveDeployment,
    CancelDeployment,
    Command,
    Outcome,
    RejectDeployment,
    RequestRollback,
)


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    def submit(ack: Ack, body: Body, client: WebClient) -> None:
        command = _command(body["actions"][0])
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

    for action in (actions.APPROVE, actions.CANCEL, actions.CONFIRM_ROLLBACK):
        app.action(action)(submit)

    @app.action(actions.REJECT)
    def reject(ack: Ack, body: Body, client: WebClient) -> None:
        facts = _facts(body)
        seen = int(facts["deployment"]), str(facts["fingerprint"])
        no = desk.refusal(RejectDeployment(*seen, ""), actor_of(body))
        if no is None:
            client.views_open(trigger_id=body["trigger_id"], view=forms.reject_form(*seen))
        ack()
        if no is not None:
            tell(reply(no), body, client)

    @app.action(actions.CLEAR_LOCK)
    def clear_lock(ack: Ack, body: Body, client: WebClient) -> None:
        facts = _facts(body)
        place, claim = str(facts["environment"]), int(facts["claim"])
        wanted = OpenForm("unlock", environment=place, claim=claim)
        view, no = draw_form(desk, wanted, actor_of(body))
        if view and in_form(body):
            client.views_update(view_id=body["view"]["id"], view=view)
        elif view:
            client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()
        if no is not None:
            tell(no, body, client)

    @app.action(actions.CHOOSE_SERVICE)
    def choose_service(ack: Ack, body: Body, client: WebClient) -> None:
        redraw_deploy_form(desk, client, body, actor_of(body))
        ack()

    @app.action(actions.OPEN_URL)
    def open_url(ack: Ack) -> None:
        ack()  # the browser has opened the address already; Slack only wants to hear of it


def tell(message: Message, body: Body, client: WebClient) -> None:
    """The answer to a click: in the form where it was made, else privately where that was."""
    if in_form(body):
        client.views_update(view_id=body["view"]["id"], view=forms.answer_view(message))
    else:
        bring(message, click_way(body), client)


def _command(action: dict[str, Any]) -> Command | None:
    """What the button asks for. Its value only says which row; the row says everything else."""
    facts = actions.unpack(action.get("value", ""))
    try:
        match action["action_id"]:
            case actions.APPROVE:
                return ApproveDeployment(int(facts["deployment"]), str(facts["fingerprint"]))
            case actions.CANCEL:
                return CancelDeployment(int(facts["deployment"]))
            case actions.CONFIRM_ROLLBACK:
                return RequestRollback(
                    str(facts["service"]),
                    str(facts["environment"]),
                    str(facts["version"]),
                    str(facts.get("reason", "")),
                )
    except (KeyError, ValueError, TypeError):
        return None
    return None


def _facts(body: Body) -> dict[str, Any]:
    return actions.unpack(body["actions"][0].get("value", ""))
