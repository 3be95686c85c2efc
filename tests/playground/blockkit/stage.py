"""A workspace with an app that does what a case needs: where the rules of calls are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.playground.kit import modal, section
from tests.workspace import JSON, Person, request

if TYPE_CHECKING:
    from slack_bolt import App

BOT = {"Authorization": "Bearer xoxb-playground"}
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Stage:
    """One workspace; the app keeps its last payload and acks with what it was told to."""

    base_url: str
    heard: list[JSON] = field(default_factory=list)
    answers: JSON = field(default_factory=dict)

    @property
    def ana(self) -> Person:
        return Person(self.base_url, "U0ANA")

    def raw(self, method: str, body: bytes = b"", headers: dict[str, str] | None = None) -> JSON:
        """One request to the Web API, just as it is written."""
        url = f"{self.base_url}/api/{method}"
        _, answer = request(url, body, BOT | AS_JSON if headers is None else headers)
        found: JSON = json.loads(answer)
        return found

    def api(self, method: str, **sent: Any) -> JSON:
        return self.raw(method, json.dumps(sent).encode())

    def post(self, **sent: Any) -> JSON:
        return self.api("chat.postMessage", **{"channel": "C0OPS", **sent})

    def posted(self, **sent: Any) -> str:
        """Post a message that Slack takes; its ts."""
        answer = self.post(**{"text": "x", **sent})
        assert answer["ok"], answer
        return str(answer["ts"])

    def trigger(self) -> str:
        """A fresh trigger id, from a command Ana typed."""
        self.answers = {}
        assert self.ana.command("/say hello") == {"ok": True}
        return str(self.heard[-1]["trigger_id"])

    def open(self, **fields: Any) -> JSON:
        """Open a modal for Ana, in place of any other."""
        return self.api("views.open", trigger_id=self.trigger(), view=modal(**fields))

    def opened(self, *blocks: JSON, **fields: Any) -> JSON:
        """The modal Ana has in front of her, just opened."""
        answer = self.api("views.open", trigger_id=self.trigger(), view=modal(*blocks, **fields))
        assert answer["ok"], answer
        view: JSON = answer["view"]
        return view

    def push(self, **fields: Any) -> JSON:
        return self.api("views.push", trigger_id=self.trigger(), view=modal(**fields))

    def update(self, view: JSON, *blocks: JSON, **names: Any) -> JSON:
        return self.api("views.update", view_id=view["id"], view=modal(*blocks), **names)

    def publish(self, **sent: Any) -> JSON:
        view = {"type": "home", "blocks": [section()]}
        return self.api("views.publish", **{"user_id": "U0ANA", "view": view, **sent})

    def submit(self, view: JSON, answer: JSON | None = None, **values: Any) -> JSON:
        """Submit a modal as Ana with values by block id; the app acks with this answer."""
        self.answers = answer or {}
        given = {block: {"a": value} for block, value in values.items()}
        return self.ana.do("submit", view_id=view["id"], values=given)

    def advance(self, seconds: float) -> None:
        self.ana.do("control", action="advance", seconds=seconds)

    def close_all(self) -> None:
        if stack := self.ana.get("modal")["stack"]:
            self.ana.do("close", view_id=stack[-1]["id"], all=True)


def attend(app: App, stage: Stage) -> None:
    """Let the app hear everything, and ack as the stage says."""

    @app.command("/say")
    @app.view({"type": "view_submission", "callback_id": ""})
    def heard(ack: Any, body: JSON) -> None:
        stage.heard.append(body)
        ack(**stage.answers)


@dataclass(frozen=True)
class Call:
    """Something done on a stage, and what Slack says against it."""

    do: Callable[[Stage], JSON]
    said: str = ""
    rule: str = ""

    @property
    def taken(self) -> bool:
        return not self.said


def works(do: Callable[[Stage], JSON]) -> Call:
    return Call(do)


def fails(said: str, do: Callable[[Stage], JSON]) -> Call:
    return Call(do, said)


def calls(name: str, *given: Call) -> list[Call]:
    """Calls of one rule."""
    return [replace(call, rule=name) for call in given]
