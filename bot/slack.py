"""The Slack side put together: one client factory, one Bolt app, and a watch on the connection."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.acks import Acks
from bot.clerk import Clerk
from bot.desk import Desk
from bot.listeners import (
    actions,
    bookings,
    commands,
    created,
    forms,
    home,
    instances,
    preparations,
    rest,
)
from bot.settings import Settings

log = logging.getLogger(__name__)

LISTENERS = 32
"""Threads for listeners and for envelopes: with Bolt's five, five slow ones stop everybody."""
TIMEOUT = 10
"""Seconds for one call of the Web API."""
WATCH = 2.0
CLOSE_WITHIN = 10.0
"""Seconds that closing the connection may take: nothing of it is worth a stop that hangs."""
PING = 3.0
"""Seconds between pings: after five without an answer a connection counts as gone."""


def slack_client(settings: Settings) -> WebClient:
    """Without retry handlers: a repeated chat.postMessage is a second message, and the built-in
    handlers sleep in the caller's thread. Who calls decides what to do about a failure."""
    return WebClient(
        token=settings.bot_token,
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


def bolt_app(client: WebClient) -> App:
    """A Bolt app that has no listeners yet."""
    return App(
        name="stationmaster",  # unnamed, Bolt reads the source of its callers: most of a start
        client=client,
        listener_executor=ThreadPoolExecutor(LISTENERS, "listener"),
        token_verification_enabled=False,
    )


def make_app(client: WebClient, desk: Desk, clerk: Clerk, opened: home.Opened) -> App:
    """The Bolt app with every listener registered."""
    app = bolt_app(client)
    commands.register(app, desk, clerk)
    actions.register(app, desk, clerk)
    bookings.register(app, desk, clerk)
    preparations.register(app, desk, clerk)
    instances.register(app, desk, clerk)
    created.register(app, desk, clerk)
    rest.register(app, desk, clerk)
    forms.register(app, desk)
    home.register(app, opened)
    return app


class Handler(SocketModeHandler):
    """Bolt's own, which lets others know how many acks are awaited."""

    def __init__(self, app: App, token: str, acks: Acks) -> None:
        super().__init__(app, token, concurrency=LISTENERS, ping_interval=PING)
        self._acks = acks

    def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        with self._acks.one():
            super().handle(client, req)


class Line:
    """The Socket Mode connection, and a watch that reconnects when it has silently gone."""

    def __init__(self, app: App, settings: Settings, acks: Acks) -> None:
        self._handler = Handler(app, settings.app_token, acks)
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="line", daemon=True)

    @property
    def is_connected(self) -> bool:
        return self._handler.client.is_connected()

    def is_ready(self) -> bool:
        return bool(self.is_connected)

    def open(self) -> None:
        """Connect, or keep trying from the watch when Slack is out of reach."""
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except (SlackClientError, OSError) as error:
            log.warning("Slack could not be reached: %s; trying again", error)
        self._watch.start()

    def close(self) -> None:
        """Returns within ``CLOSE_WITHIN`` whatever the client does."""
        self._stopping.set()
        closing = threading.Thread(target=self._handler.close, name="closing", daemon=True)
        closing.start()
        until = time.monotonic() + CLOSE_WITHIN
        while closing.is_alive() and time.monotonic() < until:
            # Where its receiver begins anew while it is closed, the client forgets that it is, and
            # waits for the receiver for good (slack_sdk 3, SocketModeClient._run_current_session).
            self._handler.client.current_session_state.terminated = True
            closing.join(0.05)
        if closing.is_alive():
            log.warning("the connection did not close within %g s; left as it is", CLOSE_WITHIN)

    def _keep(self) -> None:
        while not self._stopping.wait(WATCH):
            if self.is_connected:
                continue
            try:
                # Not by force: the client also looks, and a second connection closes the first
                # with whatever was just sent on it.
                self._handler.client.connect_to_new_endpoint()
            except (SlackClientError, OSError) as error:
                log.warning("Slack is still out of reach: %s", error)
            except Exception:
                log.exception("the connection could not be opened")
