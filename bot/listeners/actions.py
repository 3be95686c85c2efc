"""Buttons: each click is authorised on the server before anything changes, and answered."""

from __future__ import annotations

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners.clicks import facts_of, listen, show, tell
from bot.listeners.forms import draw_form, redraw_deploy_form
from bot.listeners.wrap import Body, actor_of
from bot.parse import OpenForm
from bot.reply import reply
from bot.views import actions, forms
from handlers.messages import (
    ApproveDeployment,
    CancelDeployment,
    Command,
    Facts,
    RejectDeployment,
    RequestRollback,
)


def register(app: App, desk: Desk, clerk: Clerk) -> None:
    buttons = (actions.APPROVE, actions.CANCEL, actions.CONFIRM_ROLLBACK)
    listen(app, desk, clerk, buttons, _command)

    @app.action(actions.REJECT)
    def reject(ack: Ack, body: Body, client: WebClient) -> None:
        facts = facts_of(body["actions"][0])
        seen = int(facts["deployment"]), str(facts["fingerprint"])
        no = desk.refusal(RejectDeployment(*seen, ""), actor_of(body))
        if no is None:
            show(forms.reject_form(*seen), body, client)
        ack()
        if no is not None:
            tell(reply(no), body, client)

    @app.action(actions.CLEAR_LOCK)
    def clear_lock(ack: Ack, body: Body, client: WebClient) -> None:
        facts = facts_of(body["actions"][0])
        place, claim = str(facts["environment"]), int(facts["claim"])
        wanted = OpenForm("unlock", environment=place, claim=claim)
        view, no = draw_form(desk, wanted, actor_of(body))
        if view:
            show(view, body, client)
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


def _command(name: str, facts: Facts) -> Command:
    if name == actions.APPROVE:
        return ApproveDeployment(int(facts["deployment"]), str(facts["fingerprint"]))
    if name == actions.CANCEL:
        return CancelDeployment(int(facts["deployment"]))
    return RequestRollback(
        str(facts["service"]),
        str(facts["environment"]),
        str(facts["version"]),
        str(facts.get("reason", "")),
    )
