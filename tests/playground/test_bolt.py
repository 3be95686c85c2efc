"""A real Bolt app, unmodified, over Socket Mode: what it does is what people see."""

from typing import Any

import pytest
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from tests.workspace import JSON, Person, eventually, given_up

BUTTON = {
    "type": "actions",
    "block_id": "choice",
    "elements": [
        {
            "type": "button",
            "action_id": "approve",
            "value": "v1",
            "text": {"type": "plain_text", "text": "Approve"},
        }
    ],
}
FORM: JSON = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        }
    ],
}


@pytest.fixture(autouse=True)
def _connected(connected: SocketModeHandler, app: App) -> None:
    register(app)


def register(app: App) -> None:
    @app.command("/say")
    def say(ack: Ack, command: JSON, respond: Respond) -> None:
        ack(f"You said {command['text']}")
        respond("later", response_type="in_channel")

    @app.command("/form")
    def form(ack: Ack, command: JSON, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=FORM)

    @app.command("/escaped")
    def escaped(ack: Ack, command: JSON) -> None:
        ack(command["text"])

    @app.action("approve")
    def approve(ack: Ack, body: JSON, client: WebClient) -> None:
        ack()
        channel, ts = body["channel"]["id"], body["message"]["ts"]
        client.chat_update(channel=channel, ts=ts, text=f"Approved by {body['user']['id']}")
        client.chat_postEphemeral(channel=channel, user=body["user"]["id"], text="Thank you")

    @app.view("form")
    def submitted(ack: Ack, view: JSON, body: JSON, client: WebClient) -> None:
        name = view["state"]["values"]["name"]["text"]["value"]
        if name == "taken":
            ack(response_action="errors", errors={"name": "Taken"})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"Hello {name}")


def test_the_text_of_an_ack_is_seen_only_by_who_typed_the_command(ana: Person, ben: Person) -> None:
    assert ana.command("/say hello") == {"ok": True}
    eventually(lambda: len(ana.messages()) == 2)
    seen = {(m["text"], "ephemeral" in m) for m in ana.messages()}
    assert seen == {("You said hello", True), ("later", False)}
    assert [m["text"] for m in ben.messages()] == ["later"]


def test_a_click_updates_the_message_for_everyone_and_whispers_to_one(
    ana: Person, ben: Person, client: WebClient
) -> None:
    client.chat_postMessage(channel="C0OPS", text="Deploy?", blocks=[BUTTON])
    assert ana.click(ana.newest(), "approve", "choice") == {"ok": True}
    eventually(lambda: ana.newest()["text"] == "Thank you")
    assert ben.newest()["text"] == "Approved by U0ANA"
    assert "blocks" not in ben.newest()


def open_form(ana: Person) -> JSON:
    ana.command("/form")
    eventually(lambda: ana.get("modal")["stack"])
    return ana.modal()


def submit(ana: Person, view: JSON, name: Any) -> JSON:
    return ana.do("submit", view_id=view["id"], values={"name": {"text": name}})


def test_a_modal_shows_the_apps_errors_and_keeps_what_was_entered(ana: Person) -> None:
    view = open_form(ana)
    assert submit(ana, view, "taken") == {"ok": False, "errors": {"name": "Taken"}}
    assert ana.modal()["errors"] == {"name": "Taken"}
    assert ana.modal()["state"]["values"]["name"]["text"]["value"] == "taken"


def test_a_submitted_modal_closes(ana: Person) -> None:
    assert submit(ana, open_form(ana), "Zoe") == {"ok": True, "closed": True}
    assert ana.get("modal") == {"stack": []}
    eventually(lambda: ana.messages("D0ANA"))
    assert ana.newest("D0ANA")["text"] == "Hello Zoe"


def test_an_unknown_command_never_reaches_the_app(ana: Person) -> None:
    assert ana.command("/nope now") == {"ok": False, "error": "/nope is not a valid command"}


def test_a_command_without_an_answer_fails_with_operation_timeout(ana: Person) -> None:
    error = '/slow failed with the error "operation_timeout"'
    assert given_up(ana.workspace, lambda: ana.command("/slow")) == {"ok": False, "error": error}
    (violation,) = ana.workspace.violated()
    assert "operation_timeout" in violation


def test_a_refresh_loses_nothing(ana: Person) -> None:
    ana.do("control", action="disconnect", reason="refresh_requested")
    for word in ("one", "two", "three"):
        assert ana.command(f"/say {word}") == {"ok": True}
    eventually(lambda: len(ana.messages()) == 6)
