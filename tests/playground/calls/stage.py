"""A workspace with an app that does what a case needs: where the rules of calls are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from playground.clock import StandingClock
from playground.server import Playground
from tests.playground.kit import modal, section
from tests.playground.webapi import seed as webapi
from tests.workspace import JSON, Person, eventually, given_up, request

if TYPE_CHECKING:
    from slack_bolt import App

BOT = {"Authorization": "Bearer xoxb-playground"}
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COMMANDS = ("/say", "/escaped", "/silent")


def manifest(**features: Any) -> JSON:
    """An app with commands, shortcuts and events, which may do almost everything."""
    made = webapi.manifest()
    made["features"] |= {
        "slash_commands": [
            {"command": name, "description": "x", "should_escape": name == "/escaped"}
            for name in COMMANDS
        ],
        "shortcuts": [
            {"name": kind, "type": kind, "callback_id": kind, "description": "x"}
            for kind in ("global", "message")
        ],
        **features,
    }
    made["oauth_config"]["scopes"]["bot"].append("app_mentions:read")
    events = ["app_home_opened", "app_mention", "message.channels", "message.im"]
    made["settings"] |= {
        "event_subscriptions": {"bot_events": events},
        "interactivity": {"is_enabled": True},
    }
    return made


def seed(**team: Any) -> JSON:
    """The workspace of the Web API's tables, with a channel for every reason to refuse."""
    return webapi.seed(**team)


@dataclass
class Stage:
    """One workspace; the app keeps what reaches it and acks with what it was told to."""

    base_url: str
    heard: list[JSON] = field(default_factory=list)
    events: list[JSON] = field(default_factory=list)
    answers: JSON = field(default_factory=dict)

    @property
    def ana(self) -> Person:
        return Person(self.base_url, "U0ANA")

    @property
    def ben(self) -> Person:
        return Person(self.base_url, "U0BEN")

    def begin(self) -> None:
        """Forget what an earlier case asked for and left open."""
        self.answers = {}
        if stack := self.ana.get("modal")["stack"]:
            self.ana.do("close", view_id=stack[-1]["id"], all=True)

    def raw(self, method: str, body: bytes = b"", headers: dict[str, str] | None = None) -> JSON:
        """One request to the Web API, just as it is written."""
        url = f"{self.base_url}/api/{method}"
        _, answer = request(url, body, BOT | AS_JSON if headers is None else headers)
        found: JSON = json.loads(answer)
        return found

    def form(self, method: str, body: str) -> JSON:
        return self.raw(method, body.encode(), BOT | AS_FORM)

    def api(self, method: str, **sent: Any) -> JSON:
        return self.raw(method, json.dumps(sent).encode())

    def post(self, **sent: Any) -> JSON:
        return self.api("chat.postMessage", **{"channel": "C0OPS", **sent})

    def posted(self, **sent: Any) -> str:
        """Post a message that Slack takes; its ts."""
        return str(done(self.post(**{"text": "x", **sent}))["ts"])

    def whisper(self, **sent: Any) -> JSON:
        whole = {"channel": "C0OPS", "user": "U0ANA", "text": "psst", **sent}
        return self.api("chat.postEphemeral", **whole)

    def edit(self, ts: str, **sent: Any) -> JSON:
        return self.api("chat.update", **{"channel": "C0OPS", "ts": ts, **sent})

    def types(self, text: str, channel: str = "C0OPS") -> JSON:
        """What Ana says, as everybody sees it."""
        ts = self.ana.do("message", channel=channel, text=text)["ts"]
        return next(m for m in self.ana.messages(channel) if m["ts"] == ts)

    def mentions(self, person: Person) -> int:
        """How often somebody is called in the channel and has not seen it."""
        (ops,) = [c for c in person.get("boot")["channels"] if c["id"] == "C0OPS"]
        return int(ops["mentions"])

    def told(self, act: Callable[[], JSON]) -> JSON:
        """What the app hears because of this, which has to work."""
        before = len(self.heard)
        done(act())
        return eventually(lambda: self.heard[before:], "what the app hears")[0]

    def command(self, text: str = "/say hello", channel: str = "C0OPS", **ack: Any) -> JSON:
        """The payload of a command of Ana's, which the app acks with this."""
        self.answers = ack
        return self.told(lambda: self.ana.command(text, channel))

    def trigger(self) -> str:
        """A fresh trigger id, from a command Ana typed."""
        return str(self.command()["trigger_id"])

    def click(self, ts: str, **ids: Any) -> JSON:
        """The payload of Ana's click on a button of a message."""
        self.answers = {}
        where = {"channel": "C0OPS", "ts": ts, "block_id": "row", "action_id": "go", **ids}
        return self.told(lambda: self.ana.do("action", **where))

    def open(self, **fields: Any) -> JSON:
        """Open a modal for Ana, in place of any other."""
        return self.api("views.open", trigger_id=self.trigger(), view=modal(**fields))

    def opened(self, *blocks: JSON, **fields: Any) -> JSON:
        """The modal Ana has in front of her, just opened."""
        shown = modal(*blocks, **fields)
        view: JSON = done(self.api("views.open", trigger_id=self.trigger(), view=shown))["view"]
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

    def hook(self, url: str, **sent: Any) -> JSON:
        """One post to a response URL: the refusal, or what was answered."""
        status, body = request(url, sent)
        return {"ok": status == 200, "status": status, "body": body.decode()}

    def ignored(self, act: Callable[[], JSON]) -> JSON:
        """What comes of something that the app never answers."""
        return given_up(self.ana.workspace, act)

    def advance(self, seconds: float) -> None:
        self.ana.do("control", action="advance", seconds=seconds)


def done(answer: JSON) -> JSON:
    """An answer that has to be a yes."""
    assert answer["ok"], answer
    return answer


def holds(so: object, otherwise: str = "", **facts: Any) -> JSON:
    """The answer of a case that looks at something: ok, or what is the case instead."""
    return {"ok": True, **facts} if so else {"ok": False, "error": otherwise, **facts}


@contextmanager
def elsewhere(made: JSON | None = None, **team: Any) -> Iterator[Stage]:
    """Another workspace, in which no app listens."""
    with Playground(made or manifest(), seed(**team), clock=StandingClock()) as playground:
        yield Stage(playground.base_url)


def attend(app: App, stage: Stage) -> None:
    """Let the app hear everything but one command, and ack as the stage says."""
    anything = re.compile(".*")

    @app.command(re.compile("/(say|escaped)"))
    @app.view(re.compile("^(?!deaf)"))
    @app.view_closed(anything)
    @app.action(anything)
    @app.options(anything)
    @app.shortcut(anything)
    def heard(ack: Any, body: JSON) -> None:
        stage.heard.append(body)
        ack(**stage.answers)

    @app.event(anything)
    def happened(body: JSON) -> None:
        stage.events.append(body)


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
