"""The clerk: takes what the listeners accepted to the gate, in the order in which it came, and has
the answer brought to the one who asked. Listeners only accept, so that an ack never waits for a
decision (Slack's limit is 3 s, whatever the number of people)."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.acks import Acks
from bot.desk import Desk
from bot.inbox import Inbox
from bot.views.forms import answer_view
from bot.views.message import Message
from handlers import messages
from handlers.messages import Actor, Command, Question

log = logging.getLogger(__name__)

BRINGERS = 4
"""Threads that bring answers: one response address that hangs does not keep the others."""
TIMEOUT = 10
PATIENCE = 2.0
"""Seconds for which a decision gives way to acks, so that a crowd that goes on and on is answered
late but answered."""


@dataclass(frozen=True)
class Way:
    """How an answer gets back to one person: Slack's response address (5 posts within 30
    minutes), or else a private message in the channel. Who clicked at the App Home has neither:
    ``trigger`` opens a window there (within 3 s), or else it is a direct message."""

    url: str
    channel: str
    user: str
    trigger: str = ""


@dataclass(frozen=True)
class Delivery:
    key: str
    message: Command | Question
    actor: Actor
    way: Way

    def packed(self) -> dict[str, Any]:
        return {
            "message": type(self.message).__name__,
            "words": vars(self.message),
            "actor": vars(self.actor),
            "way": vars(self.way),
        }


def unpacked(key: str, item: dict[str, Any]) -> Delivery:
    """A delivery as the inbox kept it. Only messages have names that are found here."""
    kind = getattr(messages, item["message"])
    return Delivery(key, kind(**item["words"]), Actor(**item["actor"]), Way(**item["way"]))


class Clerk:
    """One thread decides, so that first come is first served; a few bring the answers."""

    def __init__(self, inbox: Inbox, desk: Desk, client: WebClient, acks: Acks) -> None:
        self._inbox, self._desk, self._client, self._acks = inbox, desk, client, acks
        self._queue: SimpleQueue[tuple[float, Delivery] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        self._stopping = False
        self._bringers = ThreadPoolExecutor(BRINGERS, "answer")

    def start(self) -> None:
        """Take up first what an earlier process had accepted."""
        for key, item in self._inbox.waiting():
            try:
                self._queue.put((time.monotonic(), unpacked(key, item)))
            except (AttributeError, KeyError, TypeError):
                # Of another version of the bot; kept where it is, and no reason not to start.
                log.exception("%s was accepted once and cannot be read any more", key)
        self._thread.start()

    def accept(self, delivery: Delivery) -> None:
        """Return once it is sure that it will be decided: a command is on disk then, a question
        changes nothing and may be asked again. Raises NotAccepted."""
        if isinstance(delivery.message, Command):
            self._inbox.put(delivery.key, delivery.packed())
        self._queue.put((time.monotonic(), delivery))

    def stop(self) -> None:
        """Decide what is in hand; the rest stays in the inbox for the next start."""
        self._stopping = True
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._bringers.shutdown(wait=True)
        self._inbox.close()

    def _run(self) -> None:
        while (taken := self._queue.get()) is not None and not self._stopping:
            accepted_at, delivery = taken
            self._acks.let_pass(accepted_at + PATIENCE)
            try:
                message = self._desk.answer(delivery.message, delivery.actor, delivery.key)
                self._bringers.submit(self._bring, delivery, message)
            except Exception:
                # One delivery that cannot be answered must not keep all others from it.
                log.exception("%s could not be answered", delivery.key)

    def _bring(self, delivery: Delivery, message: Message) -> None:
        try:
            bring(message, delivery.way, self._client)
        finally:
            if isinstance(delivery.message, Command):
                self._inbox.done(delivery.key)


def bring(message: Message, way: Way, client: WebClient) -> None:
    """Tell only the one who asked; where the way there is used up, say it directly."""
    brought = _open(message, way, client) if way.trigger else _respond(message, way)
    if brought:
        return
    said = {"text": message.text, "blocks": list(message.blocks)}
    try:
        if way.trigger:
            client.api_call("chat.postMessage", json={"channel": way.user, **said})
        else:
            whom = {"channel": way.channel, "user": way.user}
            client.api_call("chat.postEphemeral", json=whom | said)
    except (SlackClientError, OSError) as error:
        log.error("nobody could be told %r: %s", message.text, error)


def _respond(message: Message, way: Way) -> bool:
    try:
        answer = WebhookClient(way.url, timeout=TIMEOUT, retry_handlers=[]).send(
            text=message.text,
            blocks=list(message.blocks),
            response_type="ephemeral",
            replace_original=False,
        )
    except (SlackClientError, OSError, ValueError) as error:
        log.warning("a response address did not answer: %s", error)
        return False
    if answer.status_code >= 400:
        log.warning("a response address answered %s", answer.status_code)
    return answer.status_code < 400


def _open(message: Message, way: Way, client: WebClient) -> bool:
    try:
        client.views_open(trigger_id=way.trigger, view=answer_view(message))
    except (SlackClientError, OSError) as error:
        log.warning("a window for an answer could not be opened: %s", error)
        return False
    return True
