"""Socket Mode, SLACK.md 2.2: tickets, connections, envelopes and their acks."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from playground import ids
from playground.background import Background
from playground.clock import ShiftedClock
from playground.envelope import DeliveryFailed, Envelope
from playground.inspector import Exchange, Inspector
from playground.shapes import JSON, parse

REASONS = ("warning", "refresh_requested", "too_many_websockets", "link_disabled")
_TICKET_SECONDS = 30.0
_PING_SECONDS = 10.0
_MAX_CONNECTIONS = 10
_REFRESH_AFTER_WARNING = 10.0
_CLOSE_AFTER_REFRESH = 3.0
_MAX_MESSAGE = 4 * 1024 * 1024
_REMEMBERED = 1_000
_HOST = {"host": "applink-playground"}


@dataclass(eq=False)
class Connection:
    """One open WebSocket of the app. ``half_open``: nothing gets through any more, either way."""

    socket: web.WebSocketResponse
    request: web.Request
    retiring: bool = False
    half_open: bool = False

    @property
    def works(self) -> bool:
        """Whether what is sent on it can be answered."""
        return not (self.socket.closed or self.half_open)

    async def send(self, message: JSON) -> None:
        """Send it, if anything still gets through."""
        if not self.half_open:
            await self.socket.send_json(message)

    def cut(self) -> None:
        """End the TCP connection without a word."""
        if self.request.transport is not None:
            self.request.transport.abort()


class SocketMode:
    """Every connection of the app, and every envelope that waits for its ack."""

    def __init__(
        self,
        app_id: str,
        clock: ShiftedClock,
        inspector: Inspector,
        on_change: Callable[[bool], None],
        *,
        enabled: bool,
    ) -> None:
        self._app_id = app_id
        self._clock = clock
        self._inspector = inspector
        self._on_change = on_change
        self.enabled = enabled
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._carriers: dict[str, Connection] = {}
        self._past: deque[str] = deque(maxlen=_REMEMBERED)
        self._fresh = asyncio.Event()
        self._later = Background()

    @property
    def connected(self) -> bool:
        """Whether the app has a connection."""
        return bool(self._connections)

    async def open(self) -> None:
        """The app comes by itself."""

    def ticket(self) -> str:
        """Issue a ticket for one connection, good for 30 seconds."""
        ticket = ids.unique()
        self._tickets[ticket] = self._clock.now() + _TICKET_SECONDS
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Run one connection until it closes; a ticket works once."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if not self.enabled or expires < self._clock.now():
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=403)
        socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE, autoping=False)
        await socket.prepare(request)
        if len(self._connections) >= _MAX_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        await self._run(Connection(socket, request))
        return socket

    async def _run(self, connection: Connection) -> None:
        self._connections.append(connection)
        await connection.send(self._hello())
        self._changed()
        self._close_retired()
        pings = asyncio.create_task(_ping(connection))
        try:
            await self._listen(connection)
        finally:
            pings.cancel()
            self._connections.remove(connection)
            self._changed()

    def _hello(self) -> JSON:
        time_left = {"build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {**_HOST, **time_left},
        }

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if connection.half_open:
                continue
            if message.type is WSMsgType.TEXT:
                self._receive(message.data)
            elif message.type is WSMsgType.PING:
                await connection.socket.pong(message.data)

    def _receive(self, text: str) -> None:
        try:
            ack = parse(text)
        except ValueError:
            ack = text
        envelope_id = str(ack.get("envelope_id")) if isinstance(ack, dict) else ""
        waiting = self._waiting.get(envelope_id)
        if waiting and not waiting.done():
            waiting.set_result(ack.get("payload"))
            return
        # One that comes too late was complained of when it did not come.
        late = waiting or envelope_id in self._past
        why = None if late else "an ack of no envelope that was sent"
        self._inspector.log(Exchange("ack", "ack", ok=False, response=ack, violation=why))

    async def carry(self, envelope: Envelope) -> Any:
        """Deliver to exactly one connection and return the body of the ack, or None."""
        if not self._connections:
            raise DeliveryFailed("dispatch_failed", "timeout")
        self._waiting[envelope.id] = asyncio.get_running_loop().create_future()
        try:
            # Right after a refresh there may be no connection that will still answer: the next
            # one is a fraction of a second away.
            await self._fresh.wait()
            connection = self._carriers[envelope.id] = self._pick()
            await connection.send(envelope.wire())
            answer = await self._waiting[envelope.id]
            del self._carriers[envelope.id]
            return answer
        except ConnectionError:
            raise self.timed_out(envelope) from None
        finally:
            del self._waiting[envelope.id]
            self._past.append(envelope.id)

    def timed_out(self, envelope: Envelope) -> DeliveryFailed:
        """The app is to blame where its connection still works."""
        carrier = self._carriers.pop(envelope.id, None)
        slow = carrier is not None and carrier.works
        why = "no ack within 3 seconds: operation_timeout" if slow else None
        return DeliveryFailed("operation_timeout", "timeout", why)

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

    async def disconnect(self, reason: str) -> None:
        """Tell the app to reconnect, and why; a warning comes ten seconds before the request."""
        if reason == "link_disabled":
            self.enabled = False
        await self._dismiss(list(self._connections), reason)

    async def _dismiss(self, connections: Iterable[Connection], reason: str) -> None:
        warned = [c for c in connections if not c.socket.closed]
        for connection in warned:
            await connection.send(_goodbye(reason))
            if reason != "warning":
                connection.retiring = True
                self._later.start(self._close(connection, _CLOSE_AFTER_REFRESH))
        if reason == "warning":
            self._later.start(self._refresh(warned))
        self._changed()

    async def _refresh(self, warned: list[Connection]) -> None:
        await self._clock.sleep(_REFRESH_AFTER_WARNING)
        await self._dismiss(warned, "refresh_requested")

    def _close_retired(self) -> None:
        """Close refreshed connections as soon as their successor is there, as clients expect."""
        for connection in self._connections:
            if connection.retiring:
                self._later.start(self._close(connection, 0.0))

    async def _close(self, connection: Connection, seconds: float) -> None:
        await self._clock.sleep(seconds)
        await connection.socket.close()

    def drop(self) -> None:
        """Cut every TCP connection of the app without a word."""
        for connection in self._connections:
            connection.cut()

    def half_open(self) -> None:
        """Let nothing through on the connections there are; the app has to find out by itself."""
        for connection in self._connections:
            connection.half_open = True

    async def close(self) -> None:
        """Close every connection, as the server goes away."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001)
        await self._later.close()


def _goodbye(reason: str) -> JSON:
    return {"type": "disconnect", "reason": reason, "debug_info": _HOST}


async def _ping(connection: Connection) -> None:
    while not connection.socket.closed:
        await asyncio.sleep(_PING_SECONDS)
        if not connection.half_open:
            await connection.socket.ping(b"Ping from applink-playground")
