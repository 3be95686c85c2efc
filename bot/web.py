"""The web server: whether the bot is well, and calendars at secret addresses. Off unless an address
is set. What was asked for is never logged: who knows an address may read the calendar."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.links import Links, read_name
from bot.settings import SettingsError, host_and_port
from bot.views.ics import ics
from handlers import feeds
from handlers.setup import InForce
from handlers.store import Store, ping

log = logging.getLogger(__name__)

T = TypeVar("T")

READERS = 4
"""Threads that read rows for the web; more have to wait."""
MOST_WAITING = 32
MINUTE = 60.0
PER_MINUTE, WRONG_PER_MINUTE = 30, 20
"""Reads of one person's calendars, and wrong addresses from one place."""
KEPT = 10_000
HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def listen_at(address: str) -> socket.socket:
    """Take the port before anything else starts, or say what is wrong with it."""
    host, port = host_and_port(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        said = f"STATION_WEB is {address}, and that cannot be used: {error.strerror or error}."
        mend = "Stop what listens there, or choose another address; without one the web is off."
        raise SettingsError([f"{said} {mend}"]) from None


@dataclass
class Pace:
    """How often something may happen within a minute, for each of many."""

    most: int
    times: dict[str, deque[float]] = field(default_factory=dict)

    def is_too_fast(self, who: str, now: float) -> bool:
        """Count one more, unless there were too many."""
        if len(self.times) > KEPT:
            self.times.clear()
        seen = self.times.setdefault(who, deque())
        while seen and seen[0] <= now - MINUTE:
            seen.popleft()
        if len(seen) >= self.most:
            return True
        seen.append(now)
        return False


@dataclass(frozen=True)
class Sources:
    """What is served."""

    store: Store
    in_force: InForce
    now: Callable[[], datetime]
    links: Links
    is_connected: Callable[[], bool]


class Web:
    """A server in a thread of its own, on a port that is taken already."""

    def __init__(self, listener: socket.socket, sources: Sources) -> None:
        self._listener, self._sources = listener, sources
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)
        self._readers = ThreadPoolExecutor(READERS, "web")
        self._reads, self._wrong = Pace(PER_MINUTE), Pace(WRONG_PER_MINUTE)
        self._waiting = 0

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=5)
        self._listener.close()
        self._readers.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application(client_max_size=1024)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/calendar/{name}.ics", self._calendar)
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=15)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.SockSite(runner, self._listener).start())
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _healthz(self, _request: web.Request) -> web.Response:
        database = await self._read(lambda: _is_well(self._sources.store))
        slack = self._sources.is_connected()
        said = {"database": bool(database), "slack": slack}
        return web.json_response(said, status=200 if all(said.values()) else 503, headers=HEADERS)

    async def _calendar(self, request: web.Request) -> web.Response:
        """A wrong address is like one that never was, whatever is wrong with it."""
        name, now = request.match_info["name"], time.monotonic()
        found = await self._read(lambda: self._find(name))
        if found is None:
            if self._wrong.is_too_fast(str(request.remote), now):
                return _later()
            return web.Response(status=404, text="There is no such calendar.\n", headers=HEADERS)
        who, content = found
        if self._reads.is_too_fast(who, now):
            return _later()
        return _answer(request, content)

    async def _read(self, look: Callable[[], T]) -> T:
        """Rows are read in a few threads; whoever comes when too many wait is sent away."""
        if self._waiting >= MOST_WAITING:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "10"})
        self._waiting += 1
        try:
            return await self._loop.run_in_executor(self._readers, look)
        except SQLAlchemyError:
            log.exception("the web could not read the database")
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "60"}) from None
        finally:
            self._waiting -= 1

    def _find(self, name: str) -> tuple[str, bytes] | None:
        """Whose it is and what it says, when the address is right today."""
        it, asked = self._sources, read_name(name)
        setup = it.in_force.setup
        who = feeds.whose(it.store, setup, it.now(), asked.feed) if asked else None
        if asked is None or who is None or not it.links.is_mine(asked, who.generation):
            return None
        view = feeds.read(it.store, setup, it.now(), who, asked.environment)
        domain = f"{setup.team.lower()}.stationmaster"
        return None if view is None else (str(who.id), ics(view, domain))


def _is_well(store: Store) -> bool:
    try:
        ping(store)
    except SQLAlchemyError:
        return False
    return True


def _later() -> web.Response:
    text = "Too often; come back in a minute.\n"
    return web.Response(status=429, text=text, headers=HEADERS | {"Retry-After": "60"})


def _answer(request: web.Request, content: bytes) -> web.Response:
    """The calendar, or that it is what the reader has already."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = HEADERS | {"ETag": tag}
    known = [part.strip().removeprefix("W/") for part in _tags(request).split(",")]
    if tag in known or "*" in known:
        return web.Response(status=304, headers=headers)
    kind = {"Content-Disposition": 'inline; filename="calendar.ics"'}
    return web.Response(
        body=content, content_type="text/calendar", charset="utf-8", headers=headers | kind
    )


def _tags(request: web.Request) -> str:
    return request.headers.get("If-None-Match", "")
