"""HTTP mode as it goes over the wire: the echo asked for, signatures, and deliveries again."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from playground.server import Playground
from tests.playground.twins import MANIFEST
from tests.workspace import Person, Workspace, eventually

SECRET = b"playground-signing-secret"


@dataclass
class Listener:
    """An app's end: what came there, and how it answers everything but the question for an echo."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    def texts(self) -> list[str]:
        """What the events said, one for each delivery."""
        return [json.loads(body)["event"]["text"] for _, body in self.got]

    def handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = json.loads(body)
                if "challenge" in asked:
                    self.answer(200, {}, asked["challenge"])
                    return
                listener.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.answer(listener.status, listener.headers, "")

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


@pytest.fixture
def ana(listener: Listener) -> Iterator[Person]:
    with ThreadingHTTPServer(("127.0.0.1", 0), listener.handler()) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
        with Playground(MANIFEST, request_url=url) as playground:
            ana = Person(playground.base_url, "U0ANA")
            eventually(lambda: ana.get("boot")["app"]["connected"], "the echo")
            yield ana
            assert Workspace(playground.base_url).violated() == []
        server.shutdown()


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
