"""Before a registry, what does something to one kind of answer: other bytes than were asked for, or
half of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

MANIFEST, LAYER = "/manifests/", "/blobs/"


@dataclass
class Front:
    """``spoil`` changes the answers to questions that have ``about`` in their path; ``cuts`` of
    them end in the middle, so many more are refused with ``status``, and so many stall in the
    middle until ``over``."""

    registry: str
    address: str = ""
    about: str = ""
    spoil: Callable[[bytes], bytes] = bytes
    cuts: int = 0
    refusals: int = 0
    status: int = 503
    stalls: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def takes(self, what: str, path: str) -> bool:
        """Is this one of the next that are to be cut, or refused?"""
        with self.turn:
            left = getattr(self, what)
            if not left or not self.about or self.about not in path:
                return False
            setattr(self, what, left - 1)
            return True


def flipped(content: bytes) -> bytes:
    """As many bytes, and one of them another."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@contextmanager
def front(registry: str) -> Iterator[Front]:
    one = Front(registry)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, one)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        one.address = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield one
        one.over.set()
        server.shutdown()
        thread.join()


def _answer(asked: BaseHTTPRequestHandler, one: Front) -> None:
    one.asked.append(asked.path)
    kept = {k: v for k, v in asked.headers.items() if k.lower() in ("accept", "range")}
    with requests.Session() as session:
        session.trust_env = False
        said = session.request(
            asked.command, f"http://{one.registry}{asked.path}", headers=kept, timeout=10
        )
    content = said.content
    is_cut = asked.command == "GET" and one.takes("cuts", asked.path)
    if not is_cut and one.takes("refusals", asked.path):
        asked.send_error(one.status)
        return
    if one.about and one.about in asked.path and asked.command == "GET" and content:
        content = one.spoil(content)
    asked.send_response(said.status_code)
    for name, value in said.headers.items():
        if name.lower() not in ("content-length", "connection", "transfer-encoding", "date"):
            asked.send_header(name, value)
    length = said.headers.get("content-length", "0") if asked.command == "HEAD" else len(content)
    asked.send_header("Content-Length", str(length))
    asked.end_headers()
    half = len(content) // 2
    if asked.command == "GET":
        asked.wfile.write(content[:half])
        if one.takes("stalls", asked.path):
            asked.wfile.flush()
            one.over.wait()
        asked.wfile.write(b"" if is_cut else content[half:])
    asked.close_connection = is_cut
