"""Socket Mode, SLACK.md 2.2: tickets, connections, envelopes and their acks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from playground import ids
from playground.clock import Clock
from playground.inspector import Exchange, Inspector
from playground.shapes import JSON, parse

_TICKET_SECONDS = 30.0
_PING_SECONDS = 10.0
_MAX_CONNECTIONS = 10
_CLOSE_AFTER_REFRESH = 3.0
_MAX_MESSAGE = 4 * 1024 * 1024


class DeliveryFailed(Exception):
    """The app was not reached or did not answer; ``code`` is what Slack calls it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Connection:
    """One open WebSocket of the app."""

    socket: web.WebSocketResponse
    request: web.Request
    retiring: bool = False


@dataclass(frozen=True)
class Envelope:
    """One delivery: its type, payload, and whether the ack may carry a body."""

    type: str
    payload: JSON
    accepts_body: bool
    name: str
    retry: tuple[int, str] | None = None
    id: str = field(default_factory=ids.unique)

    def wire(self) -> JSON:
        """Return what goes over the socket; only events say which attempt this is."""
        wire: JSON = {
            "envelope_id": self.id,
            "type": self.type,
            "accepts_response_payload": self.accepts_body,
            "payload": self.payload,
        }
        if self.retry is not None:
            wire["retry_attempt"], wire["retry_reason"] = self.retry
        return wire


class SocketMode:
    """Every connection of the app, and every envelope that waits for its ack."""

    def __init__(
        self,
        app_id: str,
        clock: Clock,
        inspector: Inspector,
        ack_seconds: float,
        on_change: Callable[[bool], None],
    ) -> None:
        self._app_id = app_id
        self._clock = clock
        self._inspector = inspector
        self._ack_seconds = ack_seconds
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._fresh = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether the app has a connection."""
        return bool(self._connections)

    def ticket(self) -> str:
        """Issue a ticket for one connection, good for 30 seconds."""
        ticket = ids.unique()
        self._tickets[ticket] = self._clock.now() + _TICKET_SECONDS
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Run one connection until it closes; a ticket works once."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if expires < self._clock.now() or len(self._connections) >= _MAX_CONNECTIONS:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self._connections.append(connection)
        await socket.send_json(self._hello())
        self._changed()
        self._close_retired()
        pings = asyncio.create_task(_ping(socket))
        try:
            await self._listen(socket)
        finally:
            pings.cancel()
            self._connections.remove(connection)
            self._changed()
        return socket

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {
                "host": "applink-playground",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
        }

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._receive(message.data)

    def _receive(self, text: str) -> None:
        try:
            ack = parse(text)
        except ValueError:
            ack = text
        known = isinstance(ack, dict) and self._waiting.get(str(ack.get("envelope_id")))
        if known and not known.done():
            known.set_result(ack.get("payload"))
            return
        why = "an ack of no envelope that waits for one"
        self._inspector.log(Exchange("ack", "ack", ok=False, response=ack, violation=why))

    async def send(self, envelope: Envelope) -> Any:
        """Deliver to exactly one connection and return the body of the ack, or None.

        Raises DeliveryFailed: dispatch_failed without a connection, operation_timeout when the
        app does not ack within 3 seconds.
        """
        if not self._connections:
            self._log_envelope(envelope, ok=False)
            raise DeliveryFailed("dispatch_failed")
        started = time.perf_counter()
        self._waiting[envelope.id] = asyncio.get_running_loop().create_future()
        self._log_envelope(envelope, ok=True)
        try:
            body = await self._send_and_wait(envelope)
        except (TimeoutError, ConnectionError):
            self._log_ack(envelope, started, None, "no ack within 3 seconds: operation_timeout")
            raise DeliveryFailed("operation_timeout") from None
        finally:
            del self._waiting[envelope.id]
        self._log_ack(envelope, started, body, None)
        return body if envelope.accepts_body else None

    async def _send_and_wait(self, envelope: Envelope) -> Any:
        async with asyncio.timeout(self._ack_seconds):
            # Right after a refresh there may be no connection that will still answer: the next
            # one is a fraction of a second away.
            await self._fresh.wait()
            await self._pick().socket.send_json(envelope.wire())
            return await self._waiting[envelope.id]

    def _pick(self) -> Connection:
        """Choose a connection in turn, never one that was told to reconnect."""
        connection = next(c for c in self._connections if not c.retiring)
        self._connections.remove(connection)
        self._connections.append(connection)
        return connection

    def _changed(self) -> None:
        if any(not c.retiring for c in self._connections):
            self._fresh.set()
        else:
            self._fresh.clear()
        self._on_change(self.connected)

    async def refresh(self, reason: str) -> None:
        """Tell the app to reconnect; except for a mere warning, close each socket soon after."""
        for connection in list(self._connections):
            host = {"host": "applink-playground"}
            message = {"type": "disconnect", "reason": reason, "debug_info": host}
            await connection.socket.send_json(message)
            if reason != "warning":
                connection.retiring = True
                self._close_later(connection, _CLOSE_AFTER_REFRESH)
        self._changed()

    def _close_retired(self) -> None:
        """Close refreshed connections as soon as their successor is there, as clients expect."""
        for connection in self._connections:
            if connection.retiring:
                self._close_later(connection, 0.0)

    def _close_later(self, connection: Connection, seconds: float) -> None:
        async def close() -> None:
            await asyncio.sleep(seconds)
            await connection.socket.close()

        task = asyncio.get_running_loop().create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def drop(self) -> None:
        """Cut every TCP connection of the app without a word."""
        for connection in self._connections:
            _drop(connection)

    async def close(self) -> None:
        """Close every connection, as the server goes away."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001)
        for task in list(self._closing):
            task.cancel()

    def _log_envelope(self, envelope: Envelope, *, ok: bool) -> None:
        wire = envelope.wire()
        self._inspector.log(Exchange("envelope", envelope.name, ok=ok, request=wire))

    def _log_ack(
        self, envelope: Envelope, started: float, body: Any, violation: str | None
    ) -> None:
        self._inspector.log(
            Exchange(
                "ack",
                envelope.name,
                ok=violation is None,
                request={"envelope_id": envelope.id},
                response=body,
                ms=(time.perf_counter() - started) * 1000,
                violation=violation,
            )
        )


async def _ping(socket: web.WebSocketResponse) -> None:
    while not socket.closed:
        await asyncio.sleep(_PING_SECONDS)
        await socket.ping(b"Ping from applink-playground")


def _drop(connection: Connection) -> None:
    transport = connection.request.transport
    if transport is not None:
        transport.abort()
