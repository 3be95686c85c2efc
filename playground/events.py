"""The Events API: what happens in the workspace that the manifest subscribes to."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from playground.channels import Channel
from playground.clock import Clock, Stamps
from playground.delivery import Transport
from playground.manifest import Manifest
from playground.payloads import Payloads
from playground.people import Person
from playground.shapes import JSON
from playground.socket_mode import DeliveryFailed, Envelope
from playground.views import Views
from playground.workspace import Workspace

# Slack tries again at once, after a minute, after five.
_RETRY_SECONDS = (0.0, 60.0, 300.0)


class Events:
    """Sends events in the background; people never wait for them."""

    def __init__(
        self,
        manifest: Manifest,
        workspace: Workspace,
        views: Views,
        transport: Transport,
        stamps: Stamps,
        clock: Clock,
    ) -> None:
        self._manifest = manifest
        self._workspace = workspace
        self._views = views
        self._payloads = Payloads(workspace)
        self._transport = transport
        self._stamps = stamps
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def home_opened(self, user: Person) -> None:
        """Tell the app that someone opened its Home tab."""
        event: JSON = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self._workspace.im_id(user.id),
            "tab": "home",
            "event_ts": self._stamps.next(),
        }
        if home := self._views.home(user.id):
            event["view"] = self._views.slack(home)
        self._send("app_home_opened", event)

    def said(self, channel: Channel, message: JSON) -> None:
        """Tell the app what a person typed: in its direct messages, to it, or in a channel."""
        where = {"channel": channel.id, "event_ts": message["ts"]}
        if channel.is_im:
            self._send("message.im", {**message, **where, "channel_type": "im"})
            return
        self._send("message.channels", {**message, **where, "channel_type": "channel"})
        if f"<@{self._workspace.app.user_id}>" in message["text"]:
            self._send("app_mention", {**message, **where, "type": "app_mention"})

    def _send(self, subscription: str, event: JSON) -> None:
        if subscription in self._manifest.events:
            payload = self._payloads.event(event, self._clock.now())
            self._start(self._deliver(payload))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, payload: JSON) -> None:
        retry = (0, "")
        for attempt, seconds in enumerate((0.0, *_RETRY_SECONDS)):
            await asyncio.sleep(seconds)
            try:
                name = payload["event"]["type"]
                await self._transport.send(Envelope("events_api", payload, False, name, retry))
                return
            except DeliveryFailed:
                retry = (attempt + 1, "timeout")

    async def close(self) -> None:
        """Give up on whatever is still to be delivered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
