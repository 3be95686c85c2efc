"""The event stream of one open page."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from aiohttp import web

from playground.bus import Mailbox
from playground.world import World

_KEEP_ALIVE_SECONDS = 15.0
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}


def event_stream(world: World) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of ``/_play/events?as=U``."""

    async def handle(request: web.Request) -> web.StreamResponse:
        user = request.query.get("as", "")
        if user not in world.workspace.people:
            return web.json_response({"ok": False, "error": f"unknown: {user}"}, status=404)
        response = web.StreamResponse(headers=_HEADERS)
        with world.bus.subscribe(user) as mailbox:
            try:
                await response.prepare(request)
                await response.write(b": welcome\n\n")
                await _forward(mailbox, response)
            except ConnectionError:
                pass  # the page is gone
        return response

    return handle


async def _forward(mailbox: Mailbox, response: web.StreamResponse) -> None:
    while True:
        try:
            event = await asyncio.wait_for(mailbox.get(), _KEEP_ALIVE_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if event is None:
            return
        await response.write(f"data: {json.dumps(event)}\n\n".encode())
