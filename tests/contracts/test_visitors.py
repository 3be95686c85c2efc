"""What every visitor promises: the docstrings of ``Visitor``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.http_visitor import SIZE, HttpVisitor

VISITOR = HttpVisitor()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/never":
            time.sleep(1)
            return
        status = {"/gone": 404, "/elsewhere": 302}.get(self.path, 200)
        body = b"x" * (2 * SIZE) if self.path == "/long" else f"at {self.path}".encode()
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(("path", "status"), [("/ok", 200), ("/gone", 404), ("/elsewhere", 302)])
def test_what_is_answered_is_told_as_it_is(address: str, path: str, status: int) -> None:
    answer = VISITOR.ask(address, path, 5)
    assert (answer.status, answer.text) == (status, f"at {path}")


def test_a_long_answer_is_cut(address: str) -> None:
    assert len(VISITOR.ask(address, "/long", 5).text) == SIZE


def test_no_answer_is_said_so_in_time(address: str) -> None:
    began = time.monotonic()
    assert VISITOR.ask(address, "/never", 0.2).status == 0
    assert "0.2 s" in VISITOR.ask(address, "/never", 0.2).text
    assert time.monotonic() - began < 0.9
    assert VISITOR.ask("127.0.0.1:1", "/", 5).text == "does not answer"
