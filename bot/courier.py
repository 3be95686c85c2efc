"""The only sender: posts and redraws the card of each subject that has moved, puts its history into
the card's thread, and brings people their notices. What cannot be sent now is sent later; the last
state wins.

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

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from bot.acks import Acks
from bot.home import next_home
from bot.letters import Letter, Rows, due_letters
from bot.pictures import due_pictures
from bot.post import UNREACHED, Post
from handlers import homes
from handlers.messages import Actor
from handlers.setup import InForce
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

UNREACHABLE = {
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action",
    "posting_to_channel_denied",
}  # fmt: skip
"""Answers that will not change by trying again: the card's owner is told directly instead."""

PASSING = {"ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
"""Answers about Slack and not about the message: it is tried again."""

LOCKED_OUT = {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
"""Answers about our token: nothing is given up, because somebody will mend that."""

GONE = {"message_not_found", "thread_not_found", "cannot_reply_to_message"}
"""Somebody deleted the message."""


class Courier:
    """A thread that looks for what Slack has not been told yet, and a few that tell it."""

    def __init__(
        self,
        client: WebClient,
        store: Store,
        in_force: InForce,
        now: Callable[[], datetime],
        acks: Acks,
    ) -> None:
        self._post, self._rows, self._acks = Post(client), Rows(store, in_force, now), acks
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._senders = ThreadPoolExecutor(SENDERS, "courier")
        self._turn = threading.Lock()
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}

    def start(self) -> None:
        self._thread.start()

    def opened(self, actor: Actor, is_empty: bool) -> None:
        """Somebody looks at their App Home: draw it next."""
        homes.opened(self._rows.store, actor, self._rows.now(), is_empty)
        self.wake()

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
        """Give each free channel its next message."""
        with self._turn:
            sending = set(self._busy)
        # What is read of a channel while something is sent there may be of before it was sent.
        for letter in (
            *due_letters(self._rows),
            *due_pictures(self._rows),
            *next_home(self._rows),
        ):
            if letter.channel not in sending and self._claim(letter.channel):
                self._senders.submit(self._deliver, letter)

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

    def _deliver(self, letter: Letter) -> None:
        pause = BACK_OFF
        try:
            pause = self._attempt(letter)
        except (*UNREACHED, SQLAlchemyError) as error:
            log.warning("a message to %s has to wait: %s", letter.channel, error)
        except Exception:
            # Drawing failed: a bug. Tried again it would keep its channel from everybody else.
            log.exception("%s could not be drawn", letter)
            letter.give_up("not drawn")
        finally:
            self._free(letter.channel, pause)

    def _attempt(self, letter: Letter) -> float:
        """Send it; returns how many seconds its channel rests."""
        self._acks.let_pass(time.monotonic() + GIVE_WAY)
        try:
            sent = letter.deliver(self._post)
        except SlackApiError as error:
            return self._refused(letter, error)
        return PACE if sent else 0.0

    def _refused(self, letter: Letter, error: SlackApiError) -> float:
        """What to do about a no: wait as asked, go elsewhere, or give up and say so. Returns how
        many seconds the channel rests."""
        code, status = str(error.response.get("error", "")), error.response.status_code
        if status == 429:
            return float(error.response.headers.get("Retry-After", BACK_OFF))
        # What is not one word is no answer of Slack's, but of something between it and us.
        if status >= 500 or code in PASSING or not code.isidentifier():
            log.warning("Slack answered %s; trying again", code or status)
            return BACK_OFF
        log.error("Slack answered %s for %s", code, letter)
        if code in LOCKED_OUT:
            return LONG_BACK_OFF
        if code in GONE:
            letter.lost()
        elif code not in UNREACHABLE or not letter.divert():
            letter.give_up(code)
        return 0.0
