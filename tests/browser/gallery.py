"""A small Bolt app that shows every block and element, and says what it was told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from playground.server import Playground
from tests.browser import gallery_blocks as kit
from tests.playground.kit import option
from tests.workspace import PATIENCE, PING, Person, eventually

JSON = dict[str, Any]
CHANNEL = "C0OPS"
MANIFEST: JSON = {
    "display_information": {"name": "Gallery"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Gallery"},
        "slash_commands": [
            {"command": "/show", "description": "Post blocks", "usage_hint": "[which blocks]"},
            {"command": "/form", "description": "Open a form", "usage_hint": "[which inputs]"},
        ],
        "shortcuts": [
            {"name": "New release", "type": "global", "callback_id": "release",
             "description": "Start a release"},
            {"name": "Copy to notes", "type": "message", "callback_id": "notes",
             "description": "Keep this message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": [
        "app_mentions:read", "channels:history", "channels:read", "chat:write",
        "chat:write.public", "commands", "files:read", "files:write", "im:history", "im:write",
        "links.embed:write", "reactions:write", "users:read",
    ]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


@dataclass
class Gallery:
    """The running app, and what its next answers are."""

    playground: Playground
    client: WebClient
    home: JSON | None = None
    form: JSON = field(default_factory=kit.form)
    answer: Callable[[JSON], JSON] = lambda body: {}
    """What the next submission is acknowledged with."""

    def begin(self) -> None:
        """Forget what an earlier test asked for."""
        self.home, self.form, self.answer = None, kit.form(), lambda body: {}

    @property
    def base_url(self) -> str:
        return self.playground.base_url

    def says(self, text: str, channel: str = CHANNEL, **more: Any) -> str:
        """Post a message and return its ts."""
        return str(self.client.chat_postMessage(channel=channel, text=text, **more)["ts"])

    def shows(self, which: str, **more: Any) -> str:
        """Post one message of the gallery and return its ts."""
        blocks = kit.messages(self.base_url)[which]
        return self.says(which, blocks=blocks, **more)

    def shares(self, name: str, content: bytes, alt_text: str = "", **more: Any) -> str:
        """Upload a file into the channel; its id."""
        sent = self.client.files_upload_v2(
            filename=name, content=content, alt_txt=alt_text, channel=CHANNEL, **more
        )
        return str(sent["files"][0]["id"])

    def forgive(self) -> None:
        """Forget the violations a test made on purpose."""
        Person(self.base_url, "U0ANA").do("control", action="clear_violations")

    @property
    def violations(self) -> list[Any]:
        found: list[Any] = Person(self.base_url, "U0ANA").get("violations")["violations"]
        return found


def chosen(action: JSON) -> Any:
    """What an action says was chosen, in short."""
    for key, value in action.items():
        if key.startswith("selected_") or key in ("value", "rich_text_value"):
            return _short(value)
    return None


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in value]
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _listen(app: App, gallery: Gallery) -> None:
    @app.action({"action_id": _any()})
    def acted(ack: Ack, action: JSON) -> None:
        ack()
        gallery.says(f"{action['action_id']} = {json.dumps(chosen(action))}")

    @app.options({"action_id": _any()})
    def offers(ack: Ack, payload: JSON) -> None:
        found = [option(f"{payload['value']}-{n}", f"{payload['value']} {n}") for n in range(3)]
        ack(options=found)

    @app.command("/show")
    def show(ack: Ack, command: JSON) -> None:
        ack()
        for which in command["text"].split() or kit.messages(""):
            gallery.shows(which, channel=command["channel_id"])

    @app.command("/form")
    def open_form(ack: Ack, command: JSON, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=gallery.form)

    @app.view(_any())
    def submitted(ack: Ack, body: JSON) -> None:
        answer = gallery.answer(body)
        ack(**answer)
        if not answer:
            gallery.says(f"form = {json.dumps(_entered(body['view']))}")

    @app.view_closed(_any())
    def closed(ack: Ack, body: JSON) -> None:
        ack()
        gallery.says(f"closed {body['view']['callback_id']}")

    @app.shortcut(_any())
    def shortcut(ack: Ack, body: JSON) -> None:
        ack()
        gallery.says(f"{body['type']} {body['callback_id']} {body.get('message_ts', '')}".strip())

    @app.event("app_home_opened")
    def opened(event: JSON, client: WebClient) -> None:
        if gallery.home:
            client.views_publish(user_id=event["user"], view=gallery.home)


def _any() -> Any:
    import re

    return re.compile(".*")


def _entered(view: JSON) -> JSON:
    entries = (entry for block in view["state"]["values"].items() for entry in [block])
    found = {}
    for block_id, by_action in entries:
        for entry in by_action.values():
            value = chosen(entry) if "files" not in entry else [f["name"] for f in entry["files"]]
            if value not in (None, []):
                found[block_id] = value
    return found


@contextmanager
def open_gallery() -> Iterator[Gallery]:
    """A workspace with the gallery connected to it."""
    with Playground(MANIFEST, ack_seconds=PATIENCE) as playground:
        client = WebClient(token="xoxb-playground", base_url=playground.api_url, timeout=10)
        app = App(client=client)
        gallery = Gallery(playground, client)
        _listen(app, gallery)
        handler = SocketModeHandler(app, "xapp-playground", ping_interval=PING)
        handler.connect()  # type: ignore[no-untyped-call]
        ana = Person(playground.base_url, "U0ANA")
        eventually(lambda: ana.get("boot")["app"]["connected"])
        yield gallery
        _close(handler, playground)


def _close(handler: SocketModeHandler, playground: Playground) -> None:
    # The client would wait 3 s for a silent socket and 1 s for a message: give it an end to both.
    handler.client.auto_reconnect_enabled = False
    playground.stop()
    eventually(lambda: not handler.client.is_connected())
    handler.client.closed = True
    handler.client.enqueue_message("{}")
    handler.close()  # type: ignore[no-untyped-call]
