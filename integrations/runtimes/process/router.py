"""The router: a small process that leads each stable address to one instance.

It outlives the bot, keeps its routes on disk, and takes orders on a port of this machine from
whoever can read the secret in its folder. One per folder, held by a lock.

    python -m integrations.runtimes.process.router FOLDER
"""

from __future__ import annotations

import asyncio
import fcntl
import hmac
import json
import os
import secrets
import signal
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from aiohttp import web

from integrations.disk import write_whole
from integrations.runtimes.process import logs
from integrations.runtimes.process.forward import Upstream, exchange, plainly, session
from integrations.runtimes.process.route import (
    Route,
    read_routes,
    refusal,
    replaced,
    split_address,
    with_newest_fence,
    write_routes,
)

FAREWELL = 5.0  # seconds that requests under way have when the router is asked to end
ROUND = 1.0  # seconds between two rounds of housekeeping
HELD = 75  # exit code
IDLE = 75.0  # seconds a caller may keep a silent connection


class Refused(Exception):
    """An order that cannot be obeyed, in one sentence."""


class Router:
    """All changes happen in one event loop, so that a request sees the old route or the new."""

    def __init__(self, folder: Path, lock: int) -> None:
        self._folder = folder
        self._lock = lock
        self._token = secrets.token_urlsafe(32)
        self._listening: dict[str, web.ServerRunner] = {}
        self._upstreams: dict[str, Upstream] = {}
        self._flown: list[Upstream] = []
        self._asked: Counter[str] = Counter()
        self._orders = asyncio.Lock()
        self._is_over = asyncio.Event()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._is_over.set)
        async with session(keep=False) as self._single:
            for route in read_routes(self._folder / "routes.json"):
                self._upstreams[route.address] = Upstream(route)
            await self._listen_everywhere()
            door = await self._open_door()
            while not self._is_over.is_set():
                await self._round()
            await asyncio.gather(*(r.cleanup() for r in (*self._listening.values(), door)))
            await asyncio.gather(*(u.kept.close() for u in self._all()))

    async def _round(self) -> None:
        try:
            await asyncio.wait_for(self._is_over.wait(), ROUND)
        except TimeoutError:
            async with self._orders:
                await self._listen_everywhere()
            self._flown = [upstream for upstream in self._flown if upstream.flying]
            for log in self._folder.parent.glob("instances/*/log"):
                logs.trim(log)
            if self._is_evicted():
                self._is_over.set()

    def _is_evicted(self) -> bool:
        """The home was removed, and perhaps made anew: then its router is another one."""
        try:
            return not os.path.samestat(os.stat(self._folder / "lock"), os.fstat(self._lock))
        except FileNotFoundError:
            return True

    # -- traffic

    async def _forward(self, address: str, request: web.BaseRequest) -> web.StreamResponse:
        for is_last in (False, True):
            upstream = self._upstreams.get(address)
            if upstream is None:
                return plainly(503, "Nothing serves here yet.")
            self._asked[address] += not is_last
            with upstream.flight():
                response = await exchange(request, upstream, self._single, is_last)
                if response is not None:
                    return response
        raise AssertionError("the last try always answers")

    async def _listen(self, address: str) -> None:
        if address in self._listening:
            return
        try:
            host, port = split_address(address)
        except ValueError as error:
            raise Refused(f"{error}.") from None
        runner = web.ServerRunner(
            web.Server(
                partial(self._forward, address),
                access_log=None,
                auto_decompress=False,
                handler_cancellation=True,
                keepalive_timeout=IDLE,
                max_line_size=65536,
                max_field_size=65536,
            ),
            shutdown_timeout=FAREWELL,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, backlog=1024).start()
        except OSError as error:
            await runner.cleanup()
            raise Refused(f"{address} cannot be listened on: {_reason(error)}.") from None
        self._listening[address] = runner

    async def _listen_everywhere(self) -> None:
        for address in self._upstreams:
            try:
                await self._listen(address)
            except Refused:
                continue  # it shows as silent, and the next round tries again

    # -- orders

    async def _open_door(self) -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(self._order, access_log=None), shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        door = {"port": runner.addresses[0][1], "token": self._token, "pid": os.getpid()}
        write_whole(self._folder / "control.json", json.dumps(door))
        return runner

    async def _order(self, request: web.BaseRequest) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
            return plainly(401, "This is not your router.")
        body = await request.read()
        try:
            async with self._orders:
                return await self._obey(request.path, json.loads(body or b"{}"))
        except Refused as refused:
            return web.json_response({"refused": str(refused)}, status=409)
        except (ValueError, TypeError, KeyError) as error:
            return web.json_response({"refused": f"Not an order: {error}."}, status=400)

    async def _obey(self, path: str, order: dict[str, object]) -> web.Response:
        match path:
            case "/ping":
                return web.json_response({"pid": os.getpid()})
            case "/traffic":
                return web.json_response(self._traffic())
            case "/lead":
                await self._lead(Route(**order))  # type: ignore[arg-type]
            case "/reserve":
                await self._listen(str(order["address"]))
            case "/leave":
                await self._leave(str(order["environment"]), str(order["service"]))
            case "/stop":
                self._is_over.set()
            case _:
                return web.json_response({}, status=404)
        return web.json_response({})

    async def _lead(self, new: Route) -> None:
        """Listen, then remember, then lead: a crash in between repeats, it never loses."""
        routes = [upstream.route for upstream in self._upstreams.values()]
        if why := refusal(routes, new):
            raise Refused(why)
        new = with_newest_fence(routes, new)
        await self._listen(new.address)
        if new in routes:
            return
        left = [route.address for route in routes if route.is_of(new.environment, new.service)]
        path = self._folder / "routes.json"
        await asyncio.to_thread(write_routes, path, replaced(routes, new))
        for address in left:
            upstream = self._upstreams.pop(address)
            self._flown.append(upstream)
            upstream.leave()
        self._upstreams[new.address] = Upstream(new)
        for address in set(left) - {new.address}:
            await self._listening.pop(address).cleanup()

    async def _leave(self, environment: str, service: str) -> None:
        routes = [upstream.route for upstream in self._upstreams.values()]
        left = [route for route in routes if route.is_of(environment, service)]
        if not left:
            return
        stay = [route for route in routes if route not in left]
        await asyncio.to_thread(write_routes, self._folder / "routes.json", stay)
        for route in left:
            upstream = self._upstreams.pop(route.address)
            self._flown.append(upstream)
            upstream.leave()
            if route.address in self._listening:
                await self._listening.pop(route.address).cleanup()

    def _all(self) -> list[Upstream]:
        return [*self._upstreams.values(), *self._flown]

    def _traffic(self) -> dict[str, object]:
        flying: Counter[str] = Counter()
        for upstream in self._all():
            flying[upstream.route.operation] += upstream.flying
        return {
            "pid": os.getpid(),
            "routes": [vars(upstream.route) for upstream in self._upstreams.values()],
            "flying": flying,
            "asked": self._asked,
            "silent": [a for a in self._upstreams if a not in self._listening],
        }


def _reason(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else "its name is unknown"


def main(folder: Path) -> int:
    """Run until asked to end; ``HELD`` at once when another router has this folder."""
    os.setsid()
    os.chdir("/")
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return HELD
    (folder / "control.json").unlink(missing_ok=True)
    asyncio.run(Router(folder, lock).run())
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
