"""What both routers do with a request that a server took and did not answer: a real HAProxy, with
their own texts, between a server that hangs up and one that serves."""

from __future__ import annotations

import itertools
import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import closing
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
from tests.runtimes.upstream import Upstream, says

TEXTS = {
    "docker": text_of(Lead("d1", 1, "1.1.0", "c" * 40, "127.0.0.1:1", 1, ())),
    "swarm": Way(Place("staging", "api"), "127.0.0.1:1", 1, HealthCheck(), "image").text,
}
TIMES = 6
HALF = b"HTTP/1.1 200 OK\r\nContent-Le"


def hangs_up(line: socket.socket, _: bytes) -> bool:
    return False


def breaks_off(line: socket.socket, _: bytes) -> bool:
    """As one does that ends while it answers."""
    line.sendall(HALF)
    return False


def alone(text: str, entry: int, servers: tuple[Upstream, ...]) -> str:
    """The text without what only a network of containers has: its names, and who goes by them."""
    text = re.sub(r"^resolvers .*?(?=^frontend)", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^ +(server-template|stats socket) .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r" resolvers \w+ init-addr none", "", text)
    text = re.sub(r"^ +default-server\n", "", text, flags=re.MULTILINE)
    text = text.replace(f"bind :{ENTRY}", f"bind 127.0.0.1:{entry}")
    lines = (
        f"    server s{number} 127.0.0.1:{server.port} no-check\n"
        for number, server in enumerate(servers)
    )
    return text + "".join(lines)


def resets(line: socket.socket, _: bytes) -> bool:
    """As the system does for one that is killed with something unread."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def breaks_off_and_resets(line: socket.socket, head: bytes) -> bool:
    line.sendall(HALF)
    return resets(line, head)


RUDE = (hangs_up, breaks_off, resets, breaks_off_and_resets)


@pytest.fixture(params=itertools.product(sorted(TEXTS), RUDE))
def ways(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[str, Upstream, Upstream]]:
    """An address, and behind it one that hangs up, or breaks off, and one that serves."""
    if shutil.which("haproxy") is None:
        missing("HAProxy")
    entry, file = free_port(), tmp_path / "router.cfg"
    serves = says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    text, is_rude = request.param
    with closing(Upstream(is_rude)) as rude, closing(Upstream(serves)) as good:
        file.write_text(alone(TEXTS[text], entry, (rude, good)))
        with subprocess.Popen(["haproxy", "-db", "-f", str(file)]) as router:
            try:
                wait_for(lambda: _status("OPTIONS", f"127.0.0.1:{entry}", "/ready") == 200)
                yield f"127.0.0.1:{entry}", rude, good
            finally:
                router.terminate()


def times(server: Upstream) -> int:
    """How often it was asked for what the test asks for."""
    return sum(b" /a " in head for head in server.asked)


def _status(method: str, address: str, path: str) -> int:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.request(method, f"http://{address}{path}", timeout=10).status_code
        except requests.ConnectionError:
            return 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_is_asked_of_another(
    ways: tuple[str, Upstream, Upstream], method: str
) -> None:
    address, rude, good = ways
    assert [_status(method, address, "/a") for _ in range(TIMES)] == TIMES * [200]
    assert times(rude) > 0
    assert times(good) == TIMES


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_may_have_been_done_is_asked_once(
    ways: tuple[str, Upstream, Upstream], method: str
) -> None:
    address, rude, good = ways
    said = [_status(method, address, "/a") for _ in range(TIMES)]
    assert set(said) == {200, 502}
    assert times(rude) == said.count(502)
    assert times(good) == said.count(200)
