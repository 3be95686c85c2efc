"""Nothing that anybody sends breaks the workspace: seeded, so that what fails fails again."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest

from playground.api.registry import METHODS
from playground.server import Playground
from tests.playground.conftest import MANIFEST
from tests.workspace import JSON, Person, request

ANSWERS = ("action", "command", "control", "message", "options", "state", "submit", "close")
READS = ("boot", "messages", "modal", "home", "inspector", "violations")
ACTIONS = (
    "fault", "disconnect", "strict_rate_limits", "edit_user", "edit_group", "join", "leave",
    "advance",
)  # fmt: skip
FIELDS = (
    "action", "as", "attachments", "blocks", "channel", "cursor", "fields", "group", "hash",
    "limit", "metadata", "method", "mode", "name", "reason", "retry_after", "seconds", "since",
    "text", "thread_ts", "times", "timestamp", "trigger_id", "ts", "user", "user_id", "users",
    "value", "values", "view", "view_id",
)  # fmt: skip
JUNK: tuple[object, ...] = (
    None, True, 0, -1, 10**30, 1e308, float("nan"), float("inf"), "", " ", "\0", "\ud800", "🦊" * 9,
    "a" * 9_000, "C0OPS", "D0ANA", "U0ANA", "1.1", "0", "nan", "429", "slow", "[]", "{", [], [[]],
    {}, {"type": None}, [{"type": "section"}], {"type": "modal", "blocks": [None]}, ["U0ANA", 7],
)  # fmt: skip
BYTES = (b"", b"{", b"\xff\xfe", b"[" * 50_000, b"null", b"7", b'"x"', b"%ZZ=%", b"a" * 70_000)
KINDS = (
    "application/json", "application/json; charset=utf-8", "application/json; charset=latin-9000",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
    "text/plain", ";;;", "",
)  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with Playground(MANIFEST) as running:
        yield running.base_url


@pytest.fixture(params=range(4))
def dice(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)


def fields(dice: random.Random) -> JSON:
    return {name: dice.choice(JUNK) for name in dice.sample(FIELDS, dice.randint(0, 8))}


def body(dice: random.Random) -> bytes:
    shape = dice.randint(0, 2)
    if shape == 0:
        return dice.choice(BYTES)
    if shape == 1:
        return json.dumps(fields(dice)).encode()
    return urlencode({k: json.dumps(v) for k, v in fields(dice).items()}).encode()


def is_answered(url: str, sent: bytes | None, kind: str = "application/json") -> None:
    headers = {"Authorization": "Bearer xoxb-playground", "Content-Type": kind}
    status, answer = request(url, sent, headers)
    assert status < 500, (url, sent, kind)
    json.loads(answer, parse_constant=lambda word: pytest.fail(f"{word} in answer to {sent!r}"))


def test_malformed_calls_are_refused(address: str, dice: random.Random) -> None:
    for method in (*METHODS, *METHODS, "nothing"):
        is_answered(f"{address}/api/{method}", body(dice), dice.choice(KINDS))
    for _ in range(20):
        is_answered(f"{address}/hooks/commands/T0/1/{dice.random()}", body(dice))


def test_well_formed_calls_with_malformed_arguments_are_refused(
    address: str, dice: random.Random
) -> None:
    for method in [name for name in METHODS if name != "apps.connections.open"] * 3:
        sent = fields(dice) | {"channel": "C0OPS", "text": "x"}
        is_answered(f"{address}/api/{method}", json.dumps(sent).encode())


def test_a_malformed_page_or_test_is_refused(address: str, dice: random.Random) -> None:
    for what in ANSWERS * 8:
        known = {"as": "U0ANA", "channel": "C0OPS"} if dice.random() < 0.7 else {}
        is_answered(f"{address}/_play/{what}", json.dumps(fields(dice) | known).encode())
        is_answered(f"{address}/_play/{what}", body(dice))
    for what in READS * 5:
        query = urlencode(
            {k: str(v)[:99].encode("utf-8", "replace") for k, v in fields(dice).items()}
        )
        is_answered(f"{address}/_play/{what}?{query}", None)
    for action in ACTIONS * 8:
        asked = fields(dice) | {"action": action}
        asked["mode"] = dice.choice(("429", "slow", "duplicate", "late_ack", "error", "x", 7))
        asked["method"] = "none.such" if dice.random() < 0.9 else 7
        is_answered(f"{address}/_play/control", json.dumps(asked).encode())
    assert Person(address, "U0ANA").get("boot")["me"]["id"] == "U0ANA"


FRAMES = (
    "", "{", "null", "7", '"x"', "[]", "{}", '{"envelope_id": null}', '{"envelope_id": []}',
    '{"envelope_id": {"a": 1}}', '{"envelope_id": "x", "payload": 1e999}', "[" * 50_000, "\0",
    '{"type": "hello"}', "🦊" * 999,
)  # fmt: skip


async def _sends_frames(address: str, dice: random.Random) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer xapp-playground"}) as app:
        async with app.post(f"{address}/api/apps.connections.open") as opened:
            url = (await opened.json())["url"]
        async with app.ws_connect(url) as line:
            for _ in range(60):
                frame = dice.choice(FRAMES)
                await (line.send_bytes(frame.encode()) if dice.random() < 0.3
                       else line.send_str(frame))  # fmt: skip
            await line.ping(b"still there")
            hello = await line.receive_json(timeout=10)
            assert hello["type"] == "hello" and not line.closed


def test_malformed_frames_leave_the_connection_open(address: str, dice: random.Random) -> None:
    Person(address, "U0ANA").workspace.control("enable_socket_mode")
    asyncio.run(_sends_frames(address, dice))
    assert Person(address, "U0ANA").get("boot")["me"]["id"] == "U0ANA"


@pytest.mark.parametrize(
    "line",
    [
        b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/auth.test HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/auth.test HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /link/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_not_http_ends_its_own_connection_only(address: str, line: bytes) -> None:
    where = urlsplit(address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=5) as sent:
        sent.sendall(line)
        sent.shutdown(socket.SHUT_WR)
        assert b" 500 " not in sent.recv(1_000)
    assert Person(address, "U0ANA").get("boot")["me"]["id"] == "U0ANA"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("command", b"{"),
        ("command", b"[]"),
        ("command", {"as": "U0ANA", "channel": "C0OPS", "text": 7}),
        ("command", {"as": ["U0ANA"]}),
        ("message", {"as": "U0ANA", "channel": "C0NONE", "text": "x"}),
        ("message", {"as": "U0ANA", "channel": "C0OPS", "text": " "}),
        ("message", {"as": "U0ANA", "channel": "C0OPS", "text": "x", "thread_ts": "1.0"}),
        ("action", {"as": "U0ANA", "channel": "C0OPS"}),
        ("action", {"as": "U0ANA", "view_id": 1}),
        ("submit", {"as": "U0ANA", "view_id": "V0", "values": [1]}),
        ("submit", {"as": "U0ANA", "view_id": "V0", "values": {"a": 1}}),
        ("close", {"as": "U0STATION", "view_id": "V0"}),
        ("options", {}),
        ("state", {"as": "U0ANA", "view_id": "V0", "block_id": {}, "action_id": []}),
    ],
)
def test_a_malformed_page_request_is_no_crash(playground: Playground, name: str, body: Any) -> None:
    status, answer = request(f"{playground.base_url}/_play/{name}", body)
    assert status in (200, 400, 404) and not json.loads(answer)["ok"]
