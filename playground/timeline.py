"""Messages: what was said where, in order, with threads, reactions and read marks."""

from itertools import takewhile

from playground.clock import Stamps
from playground.shapes import JSON
from playground.store import Store


class NoSuchMessage(KeyError):
    """There is no message with this ts in this channel (or not for this person)."""


class Timeline:
    """Messages as Slack JSON by channel and ts; ephemerals by person, forgotten on restart."""

    def __init__(self, store: Store, stamps: Stamps) -> None:
        self._store = store
        self._stamps = stamps
        self._channels: dict[str, dict[str, JSON]] = {}
        self._replies: dict[tuple[str, str], dict[str, JSON]] = {}
        self._whispers: dict[str, dict[str, tuple[str, JSON]]] = {}
        self._reads: dict[str, str] = dict(store.all("read"))
        for key, message in store.all("message"):
            self._index(key.partition("/")[0], message)

    def _of(self, channel: str) -> dict[str, JSON]:
        return self._channels.setdefault(channel, {})

    def post(self, channel: str, message: JSON) -> JSON:
        """Give a message its ts and keep it."""
        return self.keep(channel, {**message, "ts": self._stamps.next()})

    def stamp(self) -> str:
        """Return a ts no message has."""
        return self._stamps.next()

    def now(self) -> str:
        """Return a ts that no earlier message is after, and every later one is."""
        return self._stamps.now()

    def keep(self, channel: str, message: JSON) -> JSON:
        """Write a message under its ts, replacing an older version of it."""
        self._index(channel, message)
        self._store.put("message", f"{channel}/{message['ts']}", message)
        return message

    def _index(self, channel: str, message: JSON) -> None:
        self._of(channel)[message["ts"]] = message
        if _is_reply(message):
            thread = self._replies.setdefault((channel, message["thread_ts"]), {})
            thread[message["ts"]] = message

    def remove(self, channel: str, ts: str) -> JSON:
        """Delete a message; raise NoSuchMessage."""
        message = self.find(channel, ts)
        if _is_reply(message):
            del self._replies[channel, message["thread_ts"]][ts]
        del self._of(channel)[ts]
        self._store.delete("message", f"{channel}/{ts}")
        return message

    def find(self, channel: str, ts: str) -> JSON:
        """Return a message; raise NoSuchMessage."""
        try:
            return self._of(channel)[ts]
        except KeyError:
            raise NoSuchMessage(ts) from None

    def root_of(self, channel: str, ts: str) -> str:
        """Return the ts of the thread's root, also for the ts of a reply; raise NoSuchMessage."""
        return str(self.find(channel, ts).get("thread_ts") or ts)

    def all(self, channel: str) -> list[JSON]:
        """Return every message of a channel, replies too, oldest first."""
        return list(self._of(channel).values())

    def roots(self, channel: str) -> list[JSON]:
        """Return what a channel shows, oldest first: roots, and replies sent to it as well."""
        shown = [m for m in self._of(channel).values() if not _hidden_reply(m)]
        return [self.with_thread(channel, m) for m in shown]

    def thread(self, channel: str, root: str) -> list[JSON]:
        """Return the root and its replies, oldest first; raise NoSuchMessage."""
        message = self.with_thread(channel, self.find(channel, root))
        return [message, *self._replies.get((channel, root), {}).values()]

    def with_thread(self, channel: str, message: JSON) -> JSON:
        """Return a message with what Slack adds to the root of a thread: who replied, how often."""
        replies = list(self._replies.get((channel, message["ts"]), {}).values())
        if not replies:
            return message
        people = list(dict.fromkeys(str(r.get("user") or r.get("bot_id")) for r in replies))
        return {
            **message,
            "thread_ts": message["ts"],
            "reply_count": len(replies),
            "reply_users_count": len(people),
            "reply_users": people,
            "latest_reply": replies[-1]["ts"],
            "is_locked": False,
            "subscribed": False,
        }

    def whisper(self, user: str, channel: str, message: JSON) -> JSON:
        """Keep a message that only this person sees."""
        return self.keep_whisper(user, channel, {**message, "ts": self._stamps.next()})

    def keep_whisper(self, user: str, channel: str, message: JSON) -> JSON:
        """Write an ephemeral message under its ts, replacing an older version of it."""
        whisper = {**message, "ephemeral": True}
        self._whispers.setdefault(user, {})[message["ts"]] = (channel, whisper)
        return whisper

    def forget_whisper(self, user: str, ts: str) -> JSON:
        """Remove an ephemeral message; raise NoSuchMessage."""
        try:
            return self._whispers.get(user, {}).pop(ts)[1]
        except KeyError:
            raise NoSuchMessage(ts) from None

    def whispers(self, user: str, channel: str) -> list[JSON]:
        """Return the ephemeral messages of this person in this channel, oldest first."""
        return [m for place, m in self._whispers.get(user, {}).values() if place == channel]

    def seen_by(self, user: str, channel: str, ts: str) -> JSON:
        """Return the message this person sees under this ts; raise NoSuchMessage."""
        place, whisper = self._whispers.get(user, {}).get(ts, ("", {}))
        return whisper if place == channel else self.find(channel, ts)

    def mark_read(self, user: str, channel: str) -> None:
        """Move this person's read mark to the newest message."""
        newest = next(reversed(self._of(channel)), "0")
        self._reads[f"{user}/{channel}"] = newest
        self._store.put("read", f"{user}/{channel}", newest)

    def unread(self, user: str, channel: str) -> list[JSON]:
        """Return the messages others posted to the channel after this person's mark."""
        mark = self._reads.get(f"{user}/{channel}", "0")
        newest_first = reversed(self._of(channel).values())
        later = takewhile(lambda m: m["ts"] > mark, newest_first)
        return [m for m in later if m.get("user") != user and not _hidden_reply(m)]


def _is_reply(message: JSON) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _hidden_reply(message: JSON) -> bool:
    return _is_reply(message) and message.get("subtype") != "thread_broadcast"
