"""What both routers do with a request that a server took and did not answer: a real HAProxy, with
their own texts, between a server that hangs up and one that serves."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from handlers.ports import HealthCheck
from integrations.runtimes.docker.config import Lead, text_of
from integrations.runtimes.docker.words import ENTRY
from integrations.runtimes.swarm.entry import Way
from integrations.runtimes.swarm.names import Place
from tests.conftest import missing
from tests.runtimes.stage import free_port, wait_for

TEXTS = {
    "docker": text_of(Lead("d1", 1, "1.1.0", "c" * 40, "127.0.0.1:1", 1, ())),
    "swarm": Way(Place("staging", "api"), "127.0.0.1:1", 1, HealthCheck(), "image").text,
}
TIMES = 6


class Server(ThreadingHTTPServer):
    """Knows which requests it was asked, and hangs up on each if that is its nature."""

    def __init__(self, hangs_up: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.hangs_up = hangs_up
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A router that breaks off a kept connection is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.asked.append(self.path)
        self.close_connection = self.server.hangs_up
        if not self.server.hangs_up:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving(hangs_up: bool) -> Iterator[Server]:
    with Server(hangs_up) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def alone(text: str, entry: int, servers: tuple[Server, ...]) -> str:
    """The text without what only a network of containers has: its names, and who goes by them."""
    text = re.sub(r"^resolvers .*?(?=^frontend)", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^ +(server-template|stats socket) .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r" resolvers \w+ init-addr none", "", text)
    text = text.replace(f"bind :{ENTRY}", f"bind 127.0.0.1:{entry}")
    lines = (
        f"    server s{number} 127.0.0.1:{server.server_port} no-check\n"
        for number, server in enumerate(servers)
    )
    return re.sub(r"^ *default-server *\n", "", text, flags=re.MULTILINE) + "".join(lines)


@pytest.fixture(params=sorted(TEXTS))
def ways(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Server, Server]]:
    """An address, and behind it one that hangs up and one that serves."""
    if shutil.which("haproxy") is None:
        missing("HAProxy")
    entry, file = free_port(), tmp_path / "router.cfg"
    with serving(hangs_up=True) as rude, serving(hangs_up=False) as good:
        file.write_text(alone(TEXTS[request.param], entry, (rude, good)))
        with subprocess.Popen(["haproxy", "-db", "-f", str(file)]) as router:
            try:
                wait_for(lambda: _status("OPTIONS", f"127.0.0.1:{entry}", "/ready") == 200)
                yield f"127.0.0.1:{entry}", rude, good
            finally:
                router.terminate()


def _status(method: str, address: str, path: str) -> int:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.request(method, f"http://{address}{path}", timeout=10).status_code
        except requests.ConnectionError:
            return 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_is_asked_of_another(
    ways: tuple[str, Server, Server], method: str
) -> None:
    address, rude, good = ways
    assert [_status(method, address, "/a") for _ in range(TIMES)] == TIMES * [200]
    assert rude.asked.count("/a") > 0
    assert good.asked.count("/a") == TIMES


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_may_have_been_done_is_asked_once(
    ways: tuple[str, Server, Server], method: str
) -> None:
    address, rude, good = ways
    said = [_status(method, address, "/a") for _ in range(TIMES)]
    assert set(said) == {200, 502}
    assert rude.asked.count("/a") == said.count(502)
    assert good.asked.count("/a") == said.count(200)
