"""HTTP mode as it goes over the wire: the echo asked for, signatures, and deliveries again."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from playground.server import Playground
from tests.playground.twins import MANIFEST
from tests.workspace import JSON, Person, Workspace, eventually

SECRET = b"playground-signing-secret"


@dataclass
class Listener:
    """An app's end: what came there, how it answers, and whether it does what Slack asks first."""

    status: int = 200
    echoes: bool = True
    checks: tuple[str, ...] = ("POST",)
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def texts(self) -> list[str]:
        """What the events said, one for each delivery."""
        return [json.loads(body)["event"]["text"] for _, body in self.got]

    def handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.checked(self.path.partition("?")[2])

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if "ssl_check" in body:
                    self.checked(body)
                    return
                asked = json.loads(body) if body.startswith("{") else {}
                if "challenge" in asked:
                    listener.asked.append((self.command, body))
                    self.answer(200, {}, asked["challenge"] if listener.echoes else "hello")
                    return
                listener.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.answer(listener.status, listener.headers, "")

            def checked(self, asked: str) -> None:
                listener.asked.append((self.command, asked))
                self.answer(200 if self.command in listener.checks else 500, {}, "")

            def answer(self, status: int, headers: dict[str, str], text: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        return Handler


@pytest.fixture
def listener() -> Listener:
    return Listener()


@contextmanager
def told(listener: Listener, manifest: Path | JSON = MANIFEST) -> Iterator[Person]:
    """Ana in a workspace that sends everything to this listener."""
    with ThreadingHTTPServer(("127.0.0.1", 0), listener.handler()) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
        with Playground(manifest, request_url=url) as playground:
            yield Person(playground.base_url, "U0ANA")
            assert Workspace(playground.base_url).violated() == []
        server.shutdown()


def is_connected(ana: Person) -> bool:
    return bool(ana.get("boot")["app"]["connected"])


@pytest.fixture
def ana(listener: Listener) -> Iterator[Person]:
    with told(listener) as ana:
        eventually(lambda: is_connected(ana), "the echo")
        yield ana


def says(ana: Person, text: str) -> None:
    assert ana.do("message", channel="D0ANA", text=text)["ok"]


def test_a_request_is_signed_and_says_who_sends_it(ana: Person, listener: Listener) -> None:
    says(ana, "hello")
    eventually(lambda: listener.got, "the event")
    headers, body = listener.got[0]
    basis = f"v0:{headers['x-slack-request-timestamp']}:{body}".encode()
    expected = "v0=" + hmac.new(SECRET, basis, hashlib.sha256).hexdigest()
    assert headers["x-slack-signature"] == expected
    assert headers["user-agent"].startswith("Slackbot 1.0")
    assert "x-slack-retry-num" not in headers


def test_an_event_that_was_refused_comes_again_and_says_why(
    ana: Person, listener: Listener
) -> None:
    listener.status = 500
    says(ana, "again")
    eventually(lambda: len(listener.got) >= 2, "the second delivery")
    listener.status = 200
    headers = listener.got[1][0]
    assert (headers["x-slack-retry-num"], headers["x-slack-retry-reason"]) == ("1", "http_error")
    assert any("http_error" in v or "HTTP 500" in v for v in ana.workspace.violated())


def test_an_app_may_ask_not_to_be_told_again(ana: Person, listener: Listener) -> None:
    listener.status, listener.headers = 500, {"X-Slack-No-Retry": "1"}
    says(ana, "once")
    eventually(lambda: listener.got, "the event")
    ana.workspace.control("advance", seconds=600)
    listener.status = 200
    says(ana, "after it")
    eventually(lambda: "after it" in listener.texts(), "the next event")
    assert listener.texts() == ["once", "after it"]
    assert any("HTTP 500" in v for v in ana.workspace.violated())


COMMANDS_ONLY = {
    "display_information": {"name": "Commands"},
    "features": {"slash_commands": [{"command": "/say", "description": "Says it"}]},
    "oauth_config": {"scopes": {"bot": ["commands"]}},
}


@pytest.mark.parametrize("checks", [("GET",), ("POST",), ("GET", "POST")])
def test_an_app_of_commands_is_there_once_it_answers_an_ssl_check(checks: tuple[str, ...]) -> None:
    listener = Listener(checks=())
    with told(listener, COMMANDS_ONLY) as ana:
        eventually(lambda: len(listener.asked) >= 2, "both ways to ask")
        assert [verb for verb, _ in listener.asked[:2]] == ["GET", "POST"]
        for _, asked in listener.asked:
            form = parse_qs(asked)
            assert form["ssl_check"] == ["1"] and set(form) == {"ssl_check", "token"}
        assert ana.command("/say hello")["error"] == '/say failed with the error "dispatch_failed"'
        assert not is_connected(ana) and listener.got == []
        (violation,) = ana.workspace.violated()
        assert violation.endswith(
            "does not answer ssl_check with 200 but 500: nothing is sent there"
        )
        listener.checks = checks
        eventually(lambda: is_connected(ana), "the app")
        assert ana.command("/say hello") == {"ok": True}
        assert "text=hello" in listener.got[0][1]


def test_a_url_that_does_not_echo_the_challenge_is_named_and_gets_nothing() -> None:
    listener = Listener(echoes=False)
    with told(listener) as ana:
        eventually(lambda: len(listener.asked) >= 2, "the challenge, again")
        assert not is_connected(ana)
        assert ana.command("/say hello")["error"] == '/say failed with the error "dispatch_failed"'
        assert ana.do("message", channel="D0ANA", text="hello")["ok"]
        assert ana.do("shortcut", callback_id="open")["error"].startswith("The app did not respond")
        (violation,) = ana.workspace.violated()
        sentence = "does not echo the challenge (HTTP 200): nothing is sent there"
        assert violation.startswith("url_verification: http://127.0.0.1:")
        assert violation.endswith(sentence) and listener.got == []
        listener.echoes = True
        eventually(lambda: is_connected(ana), "the echo")
        assert ana.command("/say hello") == {"ok": True}


def test_more_events_than_slack_sends_in_an_hour_are_one_that_says_so(
    ana: Person, listener: Listener
) -> None:
    ana.workspace.control("strict_rate_limits", on=True, events_per_hour=2)
    for text in ("one", "two", "three", "four"):
        says(ana, text)
    eventually(lambda: len(listener.got) >= 3, "two events, and one for the others")
    events, (limited,) = sorts(listener)
    assert [event["event"]["text"] for event in events] == ["one", "two"]
    assert limited["minute_rate_limited"] % 60 == 0
    assert {k: v for k, v in limited.items() if k not in ("token", "minute_rate_limited")} == {
        "type": "app_rate_limited",
        "team_id": events[0]["team_id"],
        "api_app_id": events[0]["api_app_id"],
    }
    ana.workspace.control("advance", seconds=60)
    says(ana, "five")
    eventually(lambda: len(sorts(listener)[1]) == 2, "the next minute's")
    later = sorts(listener)[1][1]["minute_rate_limited"]
    assert later == limited["minute_rate_limited"] + 60
    ana.workspace.control("advance", seconds=3600)
    says(ana, "six")
    eventually(lambda: len(sorts(listener)[0]) == 3, "an event, an hour later")
    assert len(sorts(listener)[1]) == 2


def test_without_the_strict_switch_any_number_of_events_comes(
    ana: Person, listener: Listener
) -> None:
    ana.workspace.control("strict_rate_limits", on=False, events_per_hour=1)
    for text in ("one", "two"):
        says(ana, text)
    eventually(lambda: len(listener.got) == 2, "both events")
    assert sorts(listener)[1] == []


def sorts(listener: Listener) -> tuple[list[JSON], list[JSON]]:
    """What came: events, in the order of their texts' posting, and words about a limit."""
    bodies: list[JSON] = [json.loads(body) for _, body in listener.got]
    events = [body for body in bodies if body["type"] == "event_callback"]
    events.sort(key=lambda body: str(body["event"]["ts"]))
    return events, [body for body in bodies if body["type"] == "app_rate_limited"]
