"""Requests nobody would send on purpose: each gets an answer of Slack's, and nothing breaks."""

import json
import random
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest

from playground.api.registry import METHODS
from tests.playground.webapi.accepted import ACCEPTED
from tests.playground.webapi.caller import TOKEN
from tests.playground.webapi.refused import BASICS, CHAT, FILES, VIEWS
from tests.playground.webapi.refused_places import CHANNELS, ITEMS, PEOPLE
from tests.playground.webapi.stage import Stage, staged
from tests.workspace import JSON, request

ROUNDS = 12
AS_JSON = {"Content-Type": "application/json; charset=utf-8"}
AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ODD: list[Any] = [
    *(None, True, 0, -1, 1e308, 2**70, "", " ", "\x00", "\ud800", "x" * 5000, "0", "1.0", "D0ANA"),
    *("U0ANA", "[", "{}", "[1]", '{"a": [', "%ff", "'; DROP TABLE", "<!channel>", "ЁЯ🎉"),
    *([], {}, [[]], [None], [{}], {"": {}}, {"type": None}, [{"type": ["section"]}]),
    *([{"type": "section", "text": "x"}], {"id": {}}, [{"id": 1}], {"blocks": {"type": 1}}),
]
FIELDS = {
    *(name for calls in ACCEPTED.values() for args in calls for name in args),
    *(
        name
        for table in (BASICS, CHAT, FILES, VIEWS, CHANNELS, PEOPLE, ITEMS)
        for calls in table.values()
        for _, args in calls
        for name in args
    ),
} - {"_token"}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.mark.parametrize("method", METHODS)
def test_odd_arguments_get_an_answer(stage: Stage, method: str) -> None:
    chance = random.Random(method)
    for _ in range(ROUNDS):
        args = _odd(chance, dict(ACCEPTED[method][0]))
        body, headers = _encoded(chance, {k: _plain(stage, v) for k, v in args.items()})
        status, answer = request(f"{stage.playground.api_url}{method}", body, headers)
        assert status == 200, (args, answer)
        found = json.loads(answer)
        assert isinstance(found["ok"], bool) and found["ok"] is not ("error" in found), args


def _odd(chance: random.Random, args: JSON) -> JSON:
    """Break one or two arguments, and add one of another method."""
    args.pop("_token", None)
    names = [*args, chance.choice(sorted(FIELDS))]
    for name in chance.sample(names, min(len(names), chance.randint(1, 2))):
        args[name] = chance.choice(ODD)
    return args


def _plain(stage: Stage, value: Any) -> Any:
    """Leave what would open a socket or wait out; its words stay as they are."""
    return value if not isinstance(value, str) or "trigger" in value else stage.filled(value)


def _encoded(chance: random.Random, args: JSON) -> tuple[bytes, dict[str, str]]:
    auth = {"Authorization": f"Bearer {TOKEN}"}
    if chance.random() < 0.5:
        return json.dumps(args).encode(), {**AS_JSON, **auth}
    flat = {k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()}
    pairs = (f"{k}={quote_plus(v.encode('utf-8', 'surrogatepass'))}" for k, v in flat.items())
    return "&".join(pairs).encode(), {**AS_FORM, **auth}


HEADS = {
    "bytes of nothing": b"\x00\xff\xfe\r\n\r\n",
    "no version": b"POST /api/auth.test\r\n\r\n",
    "a length that is no number": b"POST /api/auth.test HTTP/1.1\r\nContent-Length: many\r\n\r\n",
    "a body cut off": b"POST /api/auth.test HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx",
    "broken chunks": b"POST /api/auth.test HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a path that is no text": b"GET /api/%ff%00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "an upgrade to nothing": b"GET /link/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: tea\r\n\r\n",
}


@pytest.mark.parametrize("head", HEADS)
def test_what_is_hardly_http_harms_nobody(stage: Stage, head: str) -> None:
    port = int(stage.playground.base_url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
        wire.sendall(HEADS[head])
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(4096):
            pass
    stage.done("auth.test")


SEEDS = range(60)
KINDS = [
    *("application/json", "application/json; charset=x", "application/json; charset=utf-16"),
    *("application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=x"),
    *("multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "/"),
]


@pytest.mark.parametrize("path", ["api/chat.postMessage", "hooks/x/y/z", "upload/v1/x"])
def test_odd_bodies_get_an_answer(stage: Stage, path: str) -> None:
    for seed in SEEDS:
        chance = random.Random(seed)
        body = chance.randbytes(chance.randint(0, 200))
        headers = {"Content-Type": chance.choice(KINDS), "Authorization": f"Bearer {TOKEN}"}
        status, answer = request(f"{stage.playground.base_url}/{path}", body, headers)
        assert status < 500, (seed, headers, answer)
    stage.done("auth.test")
