"""The only sender: posts and redraws the card of each deployment whose row has moved, and puts
its history into the card's thread. What cannot be sent now is sent later; the last state wins.

One channel gets at most one message a second (Slack's limit for posts); a channel that Slack
asks to wait for waits, and the others flow.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.acks import Acks
from bot.views.cards import draw_card
from bot.views.history import draw_note
from bot.views.message import Message
from handlers import deliveries
from handlers.deliveries import CardDue, NoteDue
from handlers.setup import Setup
from handlers.store import Store

log = logging.getLogger(__name__)

PACE = 1.05
"""Seconds between two messages in one channel."""
IDLE, BACK_OFF, LONG_BACK_OFF = 0.5, 2.0, 30.0
"""Seconds between looks at the rows when nobody woke us, after Slack was out of reach, and after
it would not have us at all."""
GATHER = 0.2
"""Seconds in which further wakes are taken together: one look answers them all."""
GIVE_WAY = 0.5
"""Seconds for which a message gives way to acks."""
SENDERS = 4

UNREACHABLE = {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
"""Answers that will not change by trying again: the requester is told directly instead."""

UNREADABLE = {"missing_scope", "not_in_channel", "channel_not_found"}

PASSING = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
"""Answers about Slack and not about the message: it is tried again."""

LOCKED_OUT = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
"""Answers about our token: nothing is given up, because somebody will mend that."""

UNREACHED = (SlackClientError, OSError, HTTPException)

GONE = {"message_not_found", "thread_not_found", "cannot_reply_to_message"}
"""Somebody deleted the card."""


class Courier:
    """A thread that looks for what Slack has not been told yet, and a few that tell it."""

    def __init__(
        self,
        client: WebClient,
        store: Store,
        setup: Setup,
        now: Callable[[], datetime],
        acks: Acks,
    ) -> None:
        self._client, self._store, self._setup, self._now = client, store, setup, now
        self._acks = acks
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._senders = ThreadPoolExecutor(SENDERS, "courier")
        self._turn = threading.Lock()
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something has moved: look now."""
        self._woken.set()

    def stop(self) -> None:
        """Finish what is being sent; the rest is due after the next start."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._dispatch()
            except Exception:
                log.exception("the courier could not look at what is due")
            self._woken.wait(self._pause())
            self._stopping.wait(GATHER)
            self._woken.clear()

    def _pause(self) -> float:
        now = time.monotonic()
        with self._turn:
            return min([IDLE, *(at - now for at in self._free_at.values() if at > now)])

    def _dispatch(self) -> None:
        """Give each free channel its next message: cards before history, oldest first."""
        due: list[CardDue | NoteDue] = [
            *deliveries.cards_due(self._store),
            *deliveries.notes_due(self._store),
        ]
        for item in due:
            if self._claim(item.channel):
                self._senders.submit(self._deliver, item)

    def _claim(self, channel: str) -> bool:
        """Take a channel, unless somebody sends to it or it has to rest."""
        with self._turn:
            if channel in self._busy or self._free_at.get(channel, 0.0) > time.monotonic():
                return False
            self._free_at.pop(channel, None)
            self._busy.add(channel)
            return True

    def _free(self, channel: str, pause: float) -> None:
        with self._turn:
            self._free_at[channel] = time.monotonic() + pause
            self._busy.discard(channel)
        self._woken.set()

    def _deliver(self, item: CardDue | NoteDue) -> None:
        pause = BACK_OFF
        try:
            pause = self._attempt(item)
        except (*UNREACHED, SQLAlchemyError) as error:
            log.warning("a message to %s has to wait: %s", item.channel, error)
        except Exception:
            # Drawing failed: a bug. Tried again it would keep its channel from everybody else.
            log.exception("%s could not be drawn", item)
            self._give_up(item, "not drawn")
        finally:
            self._free(item.channel, pause)

    def _attempt(self, item: CardDue | NoteDue) -> float:
        """Send it; returns how many seconds its channel rests."""
        self._acks.let_pass(time.monotonic() + GIVE_WAY)
        try:
            sent = self._card(item) if isinstance(item, CardDue) else self._note(item)
        except SlackApiError as error:
            return self._refused(item, error)
        return PACE if sent else 0.0

    def _card(self, due: CardDue) -> bool:
        view = deliveries.read_card(self._store, self._setup, self._now(), due.deployment)
        message = draw_card(view)
        if due.ts:
            self._send("chat.update", due.channel, message, ts=due.ts)
        else:
            marker = {"card": due.deployment, "asked": int(view.requested_at.timestamp())}
            deliveries.begin_card(self._store, due.deployment)
            channel, ts, is_new = self._post_once(due.channel, message, marker, due.attempts)
            deliveries.card_posted(
                self._store, due.deployment, channel, ts, self._permalink(channel, ts)
            )
            if not is_new:
                return False  # it shows what was true when it was posted; it is redrawn next
        deliveries.card_drawn(self._store, due.deployment, view.revision)
        return True

    def _note(self, due: NoteDue) -> bool:
        message = draw_note(due.code, due.facts)
        if message is None:
            deliveries.note_posted(self._store, due.id, "-")
            return False
        marker = {"note": due.id, "asked": int(due.at.timestamp())}
        deliveries.begin_note(self._store, due.id)
        _, ts, _ = self._post_once(due.channel, message, marker, due.attempts, due.thread)
        deliveries.note_posted(self._store, due.id, ts)
        return True

    def _post_once(
        self,
        channel: str,
        message: Message,
        marker: dict[str, int],
        attempts: int,
        thread: str = "",
    ) -> tuple[str, str, bool]:
        """Post, unless an earlier attempt is found to have arrived although nobody heard of it.
        Where the message is, and whether it is new."""
        if attempts:
            found = self._find(channel, marker, thread)
            if found:
                return channel, found, False
        metadata = {"event_type": "stationmaster", "event_payload": marker}
        answer = self._send(
            "chat.postMessage",
            channel,
            message,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
            **({"thread_ts": thread} if thread else {}),
        )
        return str(answer["channel"]), str(answer["ts"]), True

    def _find(self, channel: str, marker: dict[str, int], thread: str) -> str:
        """The message that carries ``marker``, from the time it was asked for on."""
        method = "conversations.replies" if thread else "conversations.history"
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": str(marker["asked"] - 60),
            "limit": 999,  # the most that Slack gives at once
            "include_all_metadata": True,
        }
        if thread:
            arguments["ts"] = thread
        try:
            answer = self._client.api_call(method, params=arguments, http_verb="GET")
        except SlackApiError as error:
            if error.response.get("error") not in UNREADABLE:
                raise
            return ""  # this channel's history is closed to us: better said twice than never
        for message in answer["messages"]:
            if (message.get("metadata") or {}).get("event_payload") == marker:
                return str(message["ts"])
        return ""

    def _send(self, method: str, channel: str, message: Message, **more: Any) -> dict[str, Any]:
        body = {"channel": channel, "text": message.text, "blocks": list(message.blocks), **more}
        try:
            return dict(self._client.api_call(method, json=body).data)  # type: ignore[arg-type]
        except SlackApiError as error:
            if error.response.get("error") != "invalid_blocks":
                raise
            # Better the plain sentence than silence; the log has what Slack objected to.
            log.error("Slack refused the blocks of %s: %s", method, error.response.get("errors"))
            return dict(self._client.api_call(method, json=body | {"blocks": []}).data)  # type: ignore[arg-type]

    def _permalink(self, channel: str, ts: str) -> str:
        try:
            answer = self._client.chat_getPermalink(channel=channel, message_ts=ts)
        except UNREACHED as error:
            log.warning("no permalink for the card in %s: %s", channel, error)
            return ""
        return str(answer["permalink"])

    def _refused(self, item: CardDue | NoteDue, error: SlackApiError) -> float:
        """What to do about a no: wait as asked, go elsewhere, or give up and say so. Returns how
        many seconds the channel rests."""
        code, status = str(error.response.get("error", "")), error.response.status_code
        if status == 429:
            return float(error.response.headers.get("Retry-After", BACK_OFF))
        # What is not one word is no answer of Slack's, but of something between it and us.
        if status >= 500 or code in PASSING or not code.isidentifier():
            log.warning("Slack answered %s; trying again", code or status)
            return BACK_OFF
        log.error("Slack answered %s for %s", code, item)
        if code in LOCKED_OUT:
            return LONG_BACK_OFF
        if code in GONE:
            deliveries.card_lost(self._store, item.deployment)
        elif code not in UNREACHABLE or not self._divert(item):
            self._give_up(item, code)
        return 0.0

    def _divert(self, item: CardDue | NoteDue) -> bool:
        return deliveries.card_to_requester(self._store, item.deployment)

    def _give_up(self, item: CardDue | NoteDue, why: str) -> None:
        if isinstance(item, NoteDue):
            deliveries.note_posted(self._store, item.id, f"refused: {why}")
        else:
            deliveries.card_failed(self._store, item.deployment, why)
