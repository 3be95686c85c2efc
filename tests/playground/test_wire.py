"""Socket Mode as it goes over the wire, for a client that knows nothing but the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from playground.server import Playground
from tests.workspace import JSON, PATIENCE, Workspace


class Wire:
    """One client with as many connections as it opens, and somebody who types."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session

    async def opens(self) -> JSON:
        headers = {"Authorization": "Bearer xapp-playground"}
        async with self.session.post("/api/apps.connections.open", headers=headers) as answer:
            said: JSON = await answer.json()
            return said

    async def address(self) -> str:
        return str((await self.opens())["url"])

    async def connects(self) -> tuple[ClientWebSocketResponse, JSON]:
        """A connection, and the first thing that was said on it."""
        socket = await self.session.ws_connect(await self.address(), autoping=False)
        return socket, await socket.receive_json()

    async def types(self, text: str) -> JSON:
        return await self.posts("command", {"as": "U0ANA", "channel": "C0OPS", "text": text})

    async def posts(self, what: str, body: JSON) -> JSON:
        async with self.session.post(f"/_play/{what}", json=body) as answer:
            said: JSON = await answer.json()
            return said


def over_the_wire(playground: Playground, act: Callable[[Wire], Awaitable[Any]]) -> None:
    async def run() -> None:
        async with (
            asyncio.timeout(2 * PATIENCE),
            ClientSession(playground.base_url, timeout=aiohttp.ClientTimeout(PATIENCE)) as session,
        ):
            await act(Wire(session))

    asyncio.run(run())


def test_hello_says_how_many_and_for_how_long(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        kept = [await wire.connects() for _ in range(2)]
        for number, (_, hello) in enumerate(kept, start=1):
            assert (hello["type"], hello["num_connections"]) == ("hello", number)
            assert hello["connection_info"]["app_id"].startswith("A")
            assert hello["debug_info"]["approximate_connection_time"] > 0

    over_the_wire(playground, act)


def test_a_ticket_opens_one_connection(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        address = await wire.address()
        await wire.session.ws_connect(address)
        with pytest.raises(WSServerHandshakeError):
            await wire.session.ws_connect(address)

    over_the_wire(playground, act)


def test_a_ticket_is_not_good_for_long(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        address = await wire.address()
        await wire.posts("control", {"action": "advance", "seconds": 31})
        with pytest.raises(WSServerHandshakeError):
            await wire.session.ws_connect(address)

    over_the_wire(playground, act)


def test_there_are_ten_connections_at_most(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        kept = [await wire.connects() for _ in range(10)]
        assert [hello["num_connections"] for _, hello in kept] == list(range(1, 11))
        socket, said = await wire.connects()
        assert (said["type"], said["reason"]) == ("disconnect", "too_many_websockets")
        assert (await socket.receive()).type is WSMsgType.CLOSE

    over_the_wire(playground, act)


def test_who_switches_socket_mode_off_is_told_and_not_let_in_again(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        socket, _ = await wire.connects()
        await wire.posts("control", {"action": "disconnect", "reason": "link_disabled"})
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert await wire.opens() == {"ok": False, "error": "access_denied"}
        await wire.posts("control", {"action": "enable_socket_mode"})
        _, hello = await wire.connects()
        assert hello["type"] == "hello"

    over_the_wire(playground, act)
    (violation,) = Workspace(playground.base_url).violated()
    assert "access_denied" in violation


def test_a_ping_is_echoed_with_what_it_carried(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        socket, _ = await wire.connects()
        await socket.ping(b"me:17")
        pong = await socket.receive()
        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"me:17")

    over_the_wire(playground, act)


def test_an_envelope_goes_to_exactly_one_connection(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        sockets = [(await wire.connects())[0] for _ in range(2)]
        got: list[list[str]] = [[], []]

        async def answers(number: int) -> None:
            async for message in sockets[number]:
                envelope = message.json()
                got[number].append(envelope["payload"]["text"])
                await sockets[number].send_json({"envelope_id": envelope["envelope_id"]})

        listening = [asyncio.create_task(answers(number)) for number in range(2)]
        for number in range(6):
            assert await wire.types(f"/say {number}") == {"ok": True}
        for task in listening:
            task.cancel()
        assert sorted(got[0] + got[1]) == list("012345")
        assert all(got)

    over_the_wire(playground, act)


@pytest.mark.parametrize("body", ["text", [1], {"blocks": [{"type": "nonsense"}]}])
def test_an_ack_that_slack_cannot_read_fails_before_its_sender(
    playground: Playground, body: Any
) -> None:
    async def act(wire: Wire) -> None:
        socket, _ = await wire.connects()
        typing = asyncio.create_task(wire.types("/say x"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": body})
        error = '/say failed with the error "invalid_command_response"'
        assert await typing == {"ok": False, "error": error}

    over_the_wire(playground, act)
    (violation,) = Workspace(playground.base_url).violated()
    assert "invalid_command_response" in violation


def test_an_ack_of_nothing_that_was_sent_is_a_violation(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        socket, _ = await wire.connects()
        await socket.send_json({"envelope_id": "of nothing"})
        await socket.ping(b"after it")
        await socket.receive()

    over_the_wire(playground, act)
    (violation,) = Workspace(playground.base_url).violated()
    assert "no envelope that was sent" in violation


def test_once_the_app_is_gone_a_command_fails_at_once(playground: Playground) -> None:
    async def act(wire: Wire) -> None:
        socket, _ = await wire.connects()
        await wire.posts("control", {"action": "drop"})
        assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.ERROR)
        answer = await wire.types("/say x")
        assert answer["error"] == '/say failed with the error "dispatch_failed"'

    over_the_wire(playground, act)
