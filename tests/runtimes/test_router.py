"""The router as a proxy: it adds nothing, loses nothing, and half an answer never looks whole."""

from __future__ import annotations

import gzip
import itertools
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path

import pytest

from handlers.ports import PortError
from integrations.runtimes.process.control import Control
from integrations.runtimes.process.route import Route
from integrations.runtimes.process.spawn import has_ended
from tests.runtimes.stage import free_port, wait_for
from tests.runtimes.upstream import WELL, Answer, Upstream, echoes, says

FENCES = itertools.count(1)


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    control = Control(tmp_path_factory.mktemp("home"))
    yield control
    control.stop()


@pytest.fixture(scope="module")
def address() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest.fixture
def lead(control: Control, address: str) -> Iterator[Callable[..., Upstream]]:
    made: list[Upstream] = []

    def lead(*answers: Answer) -> Upstream:
        upstream = Upstream(*answers)
        made.append(upstream)
        fence = next(FENCES)
        who = ("staging", "api", "1.0.0", "c" * 40)
        control.lead(Route(address, upstream.port, f"d{fence}", fence, *who))
        return upstream

    yield lead
    for upstream in made:
        upstream.close()


@contextmanager
def asking(address: str) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection(address, timeout=5)) as connection:
        yield connection


def get(connection: HTTPConnection, path: str = "/", method: str = "GET") -> HTTPResponse:
    connection.request(method, path)
    return connection.getresponse()


def test_the_path_arrives_as_it_was_written(lead: Callable[..., Upstream], address: str) -> None:
    upstream = lead(WELL)
    path = "/a%2Fb/../c%20d//e?q=%C3%A9&r=a+b&s=[1]&t"
    with asking(address) as connection:
        assert get(connection, path).read() == b"ok"
    assert upstream.asked[0].startswith(b"GET %s HTTP/1.1\r\n" % path.encode())


def test_headers_pass_and_those_of_one_connection_do_not(
    lead: Callable[..., Upstream], address: str
) -> None:
    upstream = lead(says(b"HTTP/1.1 200 Fine\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
                         b"Keep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n"))  # fmt: skip
    mine = {"X-Mine": "yes", "X-Hop": "no", "Connection": "X-Hop, keep-alive", "TE": "trailers"}
    with asking(address) as connection:
        connection.request("GET", "/", headers=mine)
        response = connection.getresponse()
        response.read()
    assert response.reason == "Fine"
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert response.headers["Keep-Alive"] is None
    asked = upstream.asked[0].lower()
    assert b"x-mine: yes" in asked
    assert f"host: {address}".encode() in asked
    assert b"x-forwarded-for: 127.0.0.1" in asked
    assert b"x-hop" not in asked
    assert b"trailers" not in asked
    assert b"user-agent" not in asked


def test_compressed_bodies_pass_untouched(lead: Callable[..., Upstream], address: str) -> None:
    body = gzip.compress(b"x" * 1000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    lead(says(head + body), echoes)
    with asking(address) as connection:
        response = get(connection)
        assert (response.read(), response.headers["Content-Encoding"]) == (body, "gzip")
        connection.request("POST", "/", body, {"Content-Encoding": "gzip"})
        assert connection.getresponse().read() == body


def test_an_answer_to_head_keeps_its_length(lead: Callable[..., Upstream], address: str) -> None:
    lead(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"), WELL)
    with asking(address) as connection:
        response = get(connection, method="HEAD")
        assert (response.read(), response.headers["Content-Length"]) == (b"", "1234")
        assert get(connection).read() == b"ok"


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_does_not_spoil_the_connection(
    lead: Callable[..., Upstream], address: str, status: bytes
) -> None:
    lead(says(b"HTTP/1.1 %s\r\nETag: x\r\n\r\n" % status), WELL)
    with asking(address) as connection:
        assert get(connection).read() == b""
        assert get(connection).read() == b"ok"


def test_a_large_body_of_unknown_length_passes(lead: Callable[..., Upstream], address: str) -> None:
    lead(echoes)
    with asking(address) as connection:
        pieces = (b"x" * 50_000 for _ in range(40))
        connection.request(
            "POST", "/", pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        assert connection.getresponse().read().count(b"x") == 2_000_000


def test_who_asks_before_sending_is_told_to_go_on(
    lead: Callable[..., Upstream], address: str
) -> None:
    lead(echoes)
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        )
        assert raw.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"abc")
        assert raw.recv(4096).startswith(b"HTTP/1.1 200 OK")


def test_an_answer_is_passed_on_while_it_comes(lead: Callable[..., Upstream], address: str) -> None:
    go_on = threading.Event()

    def slowly(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        go_on.wait(5)
        connection.sendall(b"4\r\nlast\r\n0\r\n\r\n")
        return True

    lead(slowly)
    with asking(address) as connection:
        response = get(connection)
        assert response.read(5) == b"first"
        go_on.set()
        assert response.read() == b"last"


@pytest.mark.parametrize(
    "half",
    [b"Content-Length: 100\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
)
def test_half_an_answer_never_looks_whole(
    lead: Callable[..., Upstream], address: str, half: bytes
) -> None:
    lead(says(b"HTTP/1.1 200 OK\r\n" + half, keep=False))
    with asking(address) as connection, pytest.raises((IncompleteRead, ConnectionError)):
        get(connection).read()


def test_a_connection_that_the_service_closed_fails_no_request(
    lead: Callable[..., Upstream], address: str
) -> None:
    """The service closes every connection after one answer, without having said so."""
    upstream = lead(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", keep=False))
    with asking(address) as connection:
        for number in range(40):
            assert get(connection, f"/{number}").read() == b"ok"
            connection.request("POST", "/", b"")
            assert connection.getresponse().read() == b"ok"
    assert len(upstream.asked) == 80


def test_a_request_that_must_not_be_repeated_is_asked_once(
    lead: Callable[..., Upstream], address: str
) -> None:
    upstream = lead(says(b"", keep=False))
    with asking(address) as connection:
        connection.request("POST", "/pay", b"1")
        response = connection.getresponse()
        assert response.status == 502
        assert response.read() == b"api broke off before it answered.\n"
    assert len(upstream.asked) == 1


def test_an_instance_that_is_gone_is_said_plainly(
    lead: Callable[..., Upstream], address: str
) -> None:
    lead(WELL).close()
    with asking(address) as connection:
        response = get(connection)
        assert response.status == 503
        assert response.read() == b"api does not run at the moment.\n"


def test_before_anything_serves_the_address_says_so(control: Control) -> None:
    reserved = f"127.0.0.1:{free_port()}"
    control.reserve(reserved)
    with asking(reserved) as connection:
        response = get(connection)
        assert (response.status, response.read()) == (503, b"Nothing serves here yet.\n")


def test_a_caller_who_hangs_up_is_not_counted_any_more(
    control: Control, lead: Callable[..., Upstream], address: str
) -> None:
    lead(lambda connection, head: bool(connection.recv(1)))
    host, port = address.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_for(lambda: sum(control.traffic().flying.values()) == 1)
    wait_for(lambda: sum(control.traffic().flying.values()) == 0)


def test_idle_connections_to_an_instance_end_when_it_is_left(
    lead: Callable[..., Upstream], address: str
) -> None:
    ended = threading.Event()

    def well_until_it_ends(connection: socket.socket, head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        if not connection.recv(1):
            ended.set()
        return False

    lead(well_until_it_ends)
    with asking(address) as connection:
        assert get(connection).read() == b"ok"
        lead(WELL)
        assert ended.wait(5)


def test_a_second_router_of_a_home_ends_at_once(control: Control, tmp_path: Path) -> None:
    """Two bots that look for the router at the same time may both start one."""
    twins = [Control(tmp_path), Control(tmp_path)]
    threads = [threading.Thread(target=twin.traffic) for twin in twins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert twins[0].traffic().pid == twins[1].traffic().pid
    twins[0].stop()


def test_an_older_order_is_refused_by_the_router_itself(
    control: Control, lead: Callable[..., Upstream], address: str
) -> None:
    port = lead(WELL).port
    who = ("staging", "api", "0.9.0", "c" * 40)
    with pytest.raises(PortError, match="newer") as refused:
        control.lead(Route(address, port, "old", 0, *who))
    assert refused.value.permanent


def test_a_router_whose_home_was_removed_and_made_anew_ends(tmp_path: Path) -> None:
    control = Control(tmp_path / "home")
    old = control.traffic().pid
    shutil.rmtree(tmp_path / "home")
    anew = Control(tmp_path / "home")
    assert anew.traffic().pid != old
    wait_for(lambda: has_ended(old))
    anew.stop()
