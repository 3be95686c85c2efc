"""Scheduled messages: kept until the clock of the workspace reaches their time, then posted."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from playground import ids
from playground.background import Background
from playground.clock import ShiftedClock
from playground.shapes import JSON
from playground.store import Store


class NotScheduled(KeyError):
    """No message with this id waits to be posted."""


@dataclass(frozen=True)
class Scheduled:
    """One message that waits: what it will say, where, and when."""

    id: str
    channel: str
    post_at: int
    created: int
    content: JSON

    def slack(self) -> JSON:
        """Return the object of chat.scheduledMessages.list."""
        return {
            "id": self.id,
            "channel_id": self.channel,
            "post_at": self.post_at,
            "date_created": self.created,
            "text": self.content["text"],
        }


class Agenda:
    """The messages that wait, and an alarm for each."""

    def __init__(self, store: Store, clock: ShiftedClock, post: Callable[[Scheduled], None]):
        self._store = store
        self._clock = clock
        self._post = post
        self._waiting = {key: Scheduled(**entry) for key, entry in store.all("scheduled")}
        self._alarms = Background()

    def start(self) -> None:
        """Wait for what was scheduled before a restart."""
        for entry in self._waiting.values():
            self._alarms.start(self._ring(entry))

    def add(self, channel: str, post_at: int, content: JSON) -> Scheduled:
        """Schedule a message."""
        entry = Scheduled(ids.capitals("Q"), channel, post_at, int(self._clock.now()), content)
        self._waiting[entry.id] = entry
        self._store.put("scheduled", entry.id, asdict(entry))
        self._alarms.start(self._ring(entry))
        return entry

    def remove(self, scheduled_id: str) -> Scheduled:
        """Take a message off; raise NotScheduled for one that is not, or no longer, waiting."""
        try:
            entry = self._waiting.pop(scheduled_id)
        except KeyError:
            raise NotScheduled(scheduled_id) from None
        self._store.delete("scheduled", scheduled_id)
        return entry

    def waiting(self, channel: str = "") -> list[Scheduled]:
        """Return what waits, for one channel or for all, the next one first."""
        entries = [e for e in self._waiting.values() if channel in ("", e.channel)]
        return sorted(entries, key=lambda e: (e.post_at, e.created))

    async def _ring(self, entry: Scheduled) -> None:
        while entry.id in self._waiting:
            await self._clock.sleep(max(0.0, entry.post_at - self._clock.now()))
            # Every alarm posts all that is due, so that a leap of the clock keeps their order.
            for due in self.waiting():
                if due.post_at <= self._clock.now():
                    self._post(self.remove(due.id))

    async def close(self) -> None:
        """Stop waiting; what waits stays scheduled."""
        await self._alarms.close()
