"""What every probe promises: the docstring of ``Probe``, held against real sockets."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from handlers.ports import PortError, Probe
from integrations.probes.versions import VersionProbe
from tests.fakes import FakeProbe
from tests.runtimes.stage import free_port

Answer = Callable[[bytes], Iterator[bytes]]


@contextmanager
def listener(answer: Answer, greets: bool = False) -> Iterator[int]:
    """A port of this machine that hears one question and answers piece by piece."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                for piece in answer(b"" if greets else self.request.recv(4096)):
                    self.request.sendall(piece)
            except OSError:
                pass  # who asked has heard enough

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def page(body: str, status: str = "200 OK", head: str = "") -> Answer:
    """An HTTP answer; the server's own version stands in its head."""

    def answer(_asked: bytes) -> Iterator[bytes]:
        yield f"HTTP/1.1 {status}\r\nServer: nginx/1.25.3\r\n{head}\r\n{body}".encode()

    return answer


def redis(asked: bytes) -> Iterator[bytes]:
    """Keeps the line open, and its answer comes in pieces that cut the version in two."""
    assert asked == b"INFO server\r\n"
    yield b"$30\r\n# Server\r\nredis_git:0\r\nredis_version:7"
    time.sleep(0.05)
    yield b".2.4\r\nredis_mode:standalone\r\n"
    threading.Event().wait(20)


def mysql(_asked: bytes) -> Iterator[bytes]:
    yield b"\x4a\x00\x00\x00\x0a8.0.35-0ubuntu0.22.04.1\x00\x08\x00\x00\x00"


@dataclass(frozen=True)
class Look:
    """An answer, and where it is asked for."""

    answer: Answer
    form: str
    version: str
    greets: bool = False


LOOKS = {
    "a page": Look(
        page("PostgreSQL 14.8 (Debian 14.8-1)"), "http://127.0.0.1:{port}/version", "14.8"
    ),
    "JSON": Look(
        page(json.dumps({"name": "es-1.0.3", "version": {"number": "8.11.1"}})),
        "http://127.0.0.1:{port}/#number",
        "8.11.1",
    ),
    "a whole number": Look(page("version: 15\n"), "http://127.0.0.1:{port}/#version:", "15"),
    "before its time": Look(page("v17.0-beta1"), "http://127.0.0.1:{port}", "17.0-beta1"),
    "words over TCP": Look(redis, "tcp://127.0.0.1:{port}/INFO%20server#redis_version:", "7.2.4"),
    "a greeting": Look(mysql, "tcp://127.0.0.1:{port}", "8.0.35", greets=True),
}


@pytest.fixture(params=[f"{kind} of {look}" for kind in ("sockets", "fake") for look in LOOKS])
def seen(request: pytest.FixtureRequest) -> Iterator[tuple[Probe, str, str]]:
    kind, _, name = request.param.partition(" of ")
    look = LOOKS[name]
    if kind == "fake":
        address = look.form.format(port=1)
        yield FakeProbe(**{address: look.version}), address, look.version
        return
    with listener(look.answer, look.greets) as port:
        yield VersionProbe(2.0), look.form.format(port=port), look.version


def test_the_version_is_what_the_service_says(seen: tuple[Probe, str, str]) -> None:
    probe, address, version = seen
    assert probe.version(address) == version


@pytest.fixture(params=[VersionProbe, FakeProbe])
def probe(request: pytest.FixtureRequest) -> Probe:
    made: Probe = request.param()
    return made


@pytest.mark.parametrize(
    "form", ["http://127.0.0.1:{}/", "https://127.0.0.1:{}", "tcp://127.0.0.1:{}"]
)
def test_nobody_there_may_be_tried_again_and_is_one_sentence(probe: Probe, form: str) -> None:
    address = form.format(free_port())
    with pytest.raises(PortError) as refused:
        probe.version(address)
    assert not refused.value.permanent
    assert address in refused.value.message
    assert refused.value.message.endswith(".")


MOVED = page("14.8", "302 Found", "Location: /14.8\r\n")
BAD = [
    # what it answers  how it is asked                  what is said
    (page("all is well"), "http://127.0.0.1:{}/", "answers, and says no version.", True),
    (page("redis 7.2.4"), "http://127.0.0.1:{}/#version:", "says no version.", True),
    (page("it is 14.8", "503 Unavailable"), "http://127.0.0.1:{}/", "answered 503.", False),
    (MOVED, "http://127.0.0.1:{}/", "answered 302.", False),
    (lambda _: iter([b"14.8 is not HTTP\r\n"]), "http://127.0.0.1:{}/", "is not HTTP.", False),
    (lambda _: iter([b"-NOAUTH 1\r\n"]), "tcp://127.0.0.1:{}/INFO", "says no version.", True),
]


@pytest.mark.parametrize(("answer", "form", "said", "permanent"), BAD)
def test_an_answer_without_a_version_is_said_plainly(
    answer: Answer, form: str, said: str, permanent: bool
) -> None:
    with listener(answer) as port, pytest.raises(PortError) as refused:
        VersionProbe(2.0).version(form.format(port))
    assert refused.value.message.endswith(said)
    assert refused.value.permanent is permanent


def silent(_asked: bytes) -> Iterator[bytes]:
    threading.Event().wait(20)
    yield b""


def dripping(_asked: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        time.sleep(0.02)
        yield b"x"


def endless(_asked: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 4096


@pytest.mark.parametrize("answer", [silent, dripping, endless])
def test_whoever_does_not_end_is_not_waited_for(answer: Answer) -> None:
    with listener(answer) as port:
        began = time.monotonic()
        with pytest.raises(PortError):
            VersionProbe(0.3).version(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - began < 2
