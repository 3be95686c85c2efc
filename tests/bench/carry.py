"""Commands a second that the workspace carries to an app that only acks, beside what that app can
take when its envelopes come from nothing but a socket: by turns, on the same connection."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web

from tests.bench.crowd import Crowd
from tests.bench.mix import Said
from tests.bench.place import BARE, Place, child, open_place, running

AT_A_TIME, WITHIN = 64, 60
SAID = Said("U0ANA", "C0OPS", "/ops help")
PAYLOAD = {
    "token": "x", "team_id": "T0STATION", "team_domain": "station", "channel_id": SAID.channel,
    "channel_name": "ops", "user_id": SAID.user, "user_name": "ana", "command": "/ops",
    "text": "help", "api_app_id": "A0STATION", "is_enterprise_install": "false",
    "response_url": "http://127.0.0.1:9/", "trigger_id": "1.1.a",
}  # fmt: skip
APP = {"ok": True, "user_id": "U0STATION", "bot_id": "B0STATION", "team_id": "T0STATION"}


@dataclass
class Carried:
    """Rates of each turn in commands a second, and the processor's seconds they cost."""

    own: list[float] = field(default_factory=list)
    through: list[float] = field(default_factory=list)
    commands: int = 0
    workspace_cpu: float = 0.0
    app_cpu: float = 0.0


def measure(home: Path, turns: int, commands: int) -> Carried:
    """The app on a mere socket and on the workspace, by turns."""
    carried = Carried()
    with open_place(home, {"free": 1}, 0) as place:
        for _ in range(turns):
            carried.own.append(asyncio.run(_own_limit(place, commands)))
            _through(place, commands, carried)
    return carried


def _through(place: Place, commands: int, carried: Carried) -> None:
    crowd = Crowd(place.workspace)
    workspace = next(p for p in psutil.Process().children() if "playground" in p.cmdline())
    with running(place, BARE) as app:
        crowd.types([SAID] * AT_A_TIME, AT_A_TIME)
        before = (_cpu(workspace), _cpu(app.process))
        lines = [SAID] * commands
        took = crowd.hurries(lines, AT_A_TIME)
        after = (_cpu(workspace), _cpu(app.process))
        lost = crowd.acks(lines).lost
    carried.through.append((commands - lost) / took)
    carried.commands += commands
    carried.workspace_cpu += after[0] - before[0]
    carried.app_cpu += after[1] - before[1]


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _own_limit(place: Place, commands: int) -> float:
    """Let the app connect to a socket, and give it ``commands`` envelopes as fast as it acks."""
    connected: asyncio.Future[web.WebSocketResponse] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()
    async with _socket_alone(connected, over) as address:
        with child(replace(place, address=address), *BARE):
            socket = await asyncio.wait_for(connected, WITHIN)
            await asyncio.wait_for(_acked(socket, AT_A_TIME), WITHIN)
            began = time.monotonic()
            await asyncio.wait_for(_acked(socket, commands), WITHIN)
            took = time.monotonic() - began
            over.set()
    return commands / took


async def _acked(socket: web.WebSocketResponse, commands: int) -> None:
    """``AT_A_TIME`` envelopes are under way, and the next one is sent for each ack."""
    numbers = itertools.count()
    for _ in range(min(AT_A_TIME, commands)):
        await _send(socket, next(numbers))
    for _ in range(commands):
        while "envelope_id" not in json.loads((await socket.receive()).data or "{}"):
            pass
        if (number := next(numbers)) < commands:
            await _send(socket, number)


async def _send(socket: web.WebSocketResponse, number: int) -> None:
    envelope: dict[str, Any] = {
        "envelope_id": str(uuid.uuid4()), "type": "slash_commands",
        "accepts_response_payload": True, "payload": PAYLOAD | {"trigger_id": f"1.{number}.a"},
    }  # fmt: skip
    await socket.send_json(envelope)


@asynccontextmanager
async def _socket_alone(
    connected: asyncio.Future[web.WebSocketResponse], over: asyncio.Event
) -> AsyncIterator[str]:
    """All of Slack that an app needs to be connected; yields its address."""
    told = {"ok": True, "url": ""}

    async def open_connection(_request: web.Request) -> web.Response:
        return web.json_response(told)

    async def who(_request: web.Request) -> web.Response:
        return web.json_response(APP)

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        connected.set_result(socket)
        await over.wait()
        return socket

    site = web.Application()
    site.router.add_post("/api/apps.connections.open", open_connection)
    site.router.add_post("/api/auth.test", who)
    site.router.add_get("/link", link)
    runner = web.AppRunner(site, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        told["url"] = f"ws://{host}:{port}/link"
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
